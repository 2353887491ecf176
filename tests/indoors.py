"""No packet of any test leaves loopback: held for every socket of Python's, whoever opens it."""

import sys
from ipaddress import ip_address
from typing import Any, Final

ESCAPED: Final[list[str]] = []
"""What somebody has tried: an error in a thread of the product's may be heard by nobody."""

_SENDS: Final = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_ASKS: Final = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
_OURS: Final = frozenset({"", "localhost", "localhost."})
_watching: Final[list[bool]] = []


class LeftLoopback(BaseException):
    """It is no OSError, so that nobody takes it for a network that is away."""


def watch_the_door() -> None:
    """From now on, in this process and in those that it forks. A hook cannot be taken down."""
    if not _watching:
        _watching.append(True)
        sys.addaudithook(_watch)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _SENDS:
        address = arguments[1] if len(arguments) > 1 else None
        # A path is a socket of this machine; None goes where connect went.
        if isinstance(address, tuple):
            _check(address[0], event)
    elif event in _ASKS and not _is_number(arguments[0]):
        _check(arguments[0], event)


def _check(host: object, event: str) -> None:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name is None or name in _OURS or _is_loopback(str(name)):
        return
    ESCAPED.append(f"{event} {name}")
    raise LeftLoopback(ESCAPED[-1])


def _is_number(host: object) -> bool:
    """Nobody is asked about an address: it is only written differently."""
    try:
        return bool(ip_address(str(host).partition("%")[0]))
    except ValueError:
        return False


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False
