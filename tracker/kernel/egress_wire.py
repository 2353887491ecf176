"""The sockets of outgoing requests: opened to checked addresses only, and bound by one deadline.

The check stands where the connection is made, on the very address that is then dialled: there is no
second look-up between them that could answer otherwise. Host, SNI and certificate stay those of
the name, because neither requests nor urllib3 ever hear of the address.
"""

import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from queue import Empty, SimpleQueue
from socket import AF_INET, AF_INET6, IPPROTO_TCP, SOCK_STREAM, TCP_NODELAY, getaddrinfo, socket
from threading import Thread
from time import monotonic
from typing import Any, Final

from tracker.kernel.egress_rules import Address, Opening, check_addresses

CONNECT_SECONDS: Final = 3.0

Resolve = Callable[[str, int, float], Sequence[str]]
"""A name, a port and how long to wait → addresses. Raises OSError."""

Connect = Callable[[Address, int, float], socket]
"""An address, a port and how long to wait → a connected socket. Raises OSError."""


class Trip:
    """One request on its way: what it may reach, until when, and whether it has left."""

    def __init__(
        self, openings: Sequence[Opening], resolve: Resolve, connect: Connect, seconds: float
    ) -> None:
        self._openings, self._resolve, self._connect = openings, resolve, connect
        self._deadline = monotonic() + seconds
        self.has_left = False  # from here on the other side may have it

    def left(self) -> float:
        """Seconds that remain. Raises TimeoutError where none do."""
        seconds = self._deadline - monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds

    def look_up(self, host: str, port: int) -> list[Address]:
        """Every address behind ``host``, each of them checked. Raises EgressRefused, OSError."""
        found = self._resolve(host, port, min(CONNECT_SECONDS, self.left()))
        return check_addresses(found, port, self._openings)

    def dial(self, addresses: Sequence[Address], port: int) -> socket:
        """Connect to the first that answers. Raises OSError."""
        until = monotonic() + min(CONNECT_SECONDS, self.left())
        failed: OSError = OSError("no address")
        for address in addresses:
            remaining = until - monotonic()
            if remaining <= 0:
                raise TimeoutError
            try:
                return self._connect(address, port, remaining)
            except OSError as error:
                failed = error
        raise failed


_trip: ContextVar[Trip] = ContextVar("trip")


def this_trip() -> Trip:
    """The trip under way. LookupError outside of one: nothing gets out by accident."""
    return _trip.get()


@contextmanager
def on_trip(trip: Trip) -> Iterator[None]:
    """Have every socket below belong to ``trip``; outside of one nothing can be reached."""
    mark = _trip.set(trip)
    try:
        yield
    finally:
        _trip.reset(mark)


class _PlainSocket(socket):
    """Each wait is as long as the whole request still has: a drip of bytes wins no time."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(_trip.get().left())
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        trip = _trip.get()
        self.settimeout(trip.left())
        trip.has_left = True
        super().sendall(*args, **kwargs)


class TLSSocket(ssl.SSLSocket):
    """As above; the handshake is over before anything is sent through here."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """Wait as long as there is time."""
        self.settimeout(_trip.get().left())
        return super().recv_into(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        """Send a piece: SSLSocket.sendall calls it for each."""
        trip = _trip.get()
        self.settimeout(trip.left())
        trip.has_left = True
        return super().send(*args, **kwargs)


def resolve_name(host: str, port: int, seconds: float) -> list[str]:
    """Ask the system's resolver, which knows no time limit of ours: from a thread of its own."""
    told: SimpleQueue[list[str] | OSError] = SimpleQueue()
    Thread(target=_ask, args=(host, port, told), daemon=True).start()
    try:
        found = told.get(timeout=seconds)
    except Empty:
        raise TimeoutError from None
    if isinstance(found, OSError):
        raise found
    return found


def _ask(host: str, port: int, told: "SimpleQueue[list[str] | OSError]") -> None:
    try:
        found = getaddrinfo(host, port, type=SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # UnicodeError: a label that DNS cannot hold
        told.put(error if isinstance(error, OSError) else OSError(str(error)))
        return
    told.put(list(dict.fromkeys(str(one[4][0]) for one in found)))


def connect(address: Address, port: int, seconds: float) -> socket:
    """A socket to that address and no other."""
    made = _PlainSocket(AF_INET if address.version == 4 else AF_INET6, SOCK_STREAM)  # noqa: PLR2004
    try:
        made.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        made.settimeout(seconds)
        made.connect((str(address), port))
    except OSError:
        made.close()
        raise
    return made
