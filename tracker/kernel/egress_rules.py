"""Where outgoing requests may go: addresses, ports and the form of URLs. PURE: asks nobody.

The lists are our own. What ``ipaddress`` calls global changes between versions of Python, and has
never covered what clouds answer on (168.63.129.16) or IPv4 inside IPv6.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final, NoReturn

import idna

from tracker.kernel.errors import DomainError, Unfit
from tracker.kernel.texts import Sentence

Address = IPv4Address | IPv6Address

PORTS: Final = frozenset({80, 443, 8443})
LONGEST_URL: Final = 2048
_LONGEST_HOST: Final = 253
_PORT_OF: Final = {"http": 80, "https": 443}
_MOST_PORTS: Final = 65535

_INNER: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network: 0.0.0.0 reaches loopback
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' NAT; Alibaba's metadata is at 100.100.100.200
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host agent, public by its number
        "169.254.0.0/16",  # link-local, with the metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata is at 192.0.0.192
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
# Of IPv6 only what is handed out to the world, without the parts of it that carry IPv4 or nothing.
# So loopback, fc00::/7, fe80::/10, fec0::/10, ff00::/8, NAT64, and mapped forms are out at once.
_WORLD: Final = IPv6Network("2000::/3")
_NOT_OF_THE_WORLD: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocols: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
)

_FORM: Final = re.compile(r"(https?)://([^/?]*)((?:[/?].*)?)", re.IGNORECASE)
_AUTHORITY: Final = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]@%]+)(?::([0-9]{1,5}))?", re.IGNORECASE)
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_BLANK: Final = re.compile(r"[\x00- ]")
_CONTROL: Final = re.compile(r"%(?:[01][0-9a-f]|7f)", re.IGNORECASE)

_NOT_A_URL: Final = Sentence(
    en="This is not an address that can be called. Give a plain https:// URL: a host, perhaps a "
    "port, a path; no user name, no fragment, no blanks.",
    fr="Cette adresse ne peut pas être appelée. Donner une URL https:// simple : un hôte, au "
    "besoin un port, un chemin ; ni nom d'utilisateur, ni fragment, ni espace.",
)
_NO_OPENING: Final = Sentence(
    en="“{text}” must be CIDR:port, such as 10.0.0.0/8:8080 or [fd00::/8]:443",
    fr="« {text} » doit être CIDR:port, comme 10.0.0.0/8:8080 ou [fd00::/8]:443",
)
_BAD_PORT: Final = Sentence(
    en="Port {port} may not be called: only {ports}. The operator can open others with "
    "TRACKER_EGRESS_ALLOW.",
    fr="Le port {port} ne peut pas être appelé : seulement {ports}. L'exploitant peut en ouvrir "
    "d'autres avec TRACKER_EGRESS_ALLOW.",
)
_INSIDE: Final = Sentence(
    en="This address leads inside a network, where the tracker does not call. Use one that the "
    "internet can reach, or have the operator open it with TRACKER_EGRESS_ALLOW.",
    fr="Cette adresse mène dans un réseau interne, où le tracker n'appelle pas. En prendre une "
    "qui soit publique, ou demander à l'exploitant de l'ouvrir avec TRACKER_EGRESS_ALLOW.",
)
_OURSELVES: Final = Sentence(
    en="This is the tracker's own address: it would be calling itself.",
    fr="C'est l'adresse du tracker lui-même : il s'appellerait lui-même.",
)


class EgressRefused(DomainError):
    """The door does not open for this address. Says why; never repeats the address."""

    type = "address-refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A URL taken apart once, strictly; put together again it is what will be called."""

    scheme: str
    host: str  # lower case, in the letters of DNS; an IPv6 address without brackets
    port: int
    path: str  # with the query; holds secrets of the other side's

    @property
    def url(self) -> str:
        """The one spelling of it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == _PORT_OF[self.scheme]
        return f"{self.scheme}://{host}{'' if usual else f':{self.port}'}{self.path}"


def parse_target(url: str) -> Target:
    """Take a URL apart. Raises EgressRefused where two parsers could read it differently."""
    if len(url) > LONGEST_URL or _BLANK.search(url):
        _refuse()
    if "\\" in url or "#" in url or _CONTROL.search(url):
        _refuse()
    form = _FORM.fullmatch(url)
    authority = _AUTHORITY.fullmatch(form[2]) if form else None
    if form is None or authority is None or not form[3].isascii():
        _refuse()
    scheme = form[1].lower()
    port = int(authority[2] or _PORT_OF[scheme])
    if not 0 < port <= _MOST_PORTS:
        _refuse()
    path = form[3] if form[3].startswith("/") else f"/{form[3]}"
    return Target(scheme=scheme, host=_host(authority[1]), port=port, path=path)


def _host(text: str) -> str:
    if text.startswith("["):
        address = _strict_address(text[1:-1])
        return str(address) if isinstance(address, IPv6Address) else _refuse()
    name = _in_letters_of_dns(text)
    labels = name.split(".")
    if not all(map(_LABEL.fullmatch, labels)):
        _refuse()
    # Where the last label is a number, resolvers read an address: 127.1, 0x7f.1, 2130706433.
    return str(_strict_address(name)) if _NUMBER.fullmatch(labels[-1]) else name


def _strict_address(text: str) -> Address:
    """Four decimal numbers without leading zeros, or IPv6 without a zone."""
    try:
        return ip_address(text)
    except ValueError:
        _refuse()


def _in_letters_of_dns(text: str) -> str:
    if len(text) > _LONGEST_HOST:  # before idna, whose work grows with the square
        _refuse()
    if text.isascii():
        return text.lower()
    try:
        return idna.encode(text, uts46=True).decode("ascii")
    except idna.IDNAError:
        _refuse()


def _refuse() -> NoReturn:
    raise EgressRefused(_NOT_A_URL)


@dataclass(frozen=True, slots=True)
class Opening:
    """What an operator has opened: one port of some addresses."""

    network: IPv4Network | IPv6Network
    port: int


def parse_openings(texts: Iterable[str]) -> tuple[Opening, ...]:
    """Read a list of ``CIDR:port``. Raises Unfit."""
    return tuple(map(_opening, texts))


def _opening(text: str) -> Opening:
    network, _, port = text.strip().rpartition(":")
    if ":" in network:
        if not (network.startswith("[") and network.endswith("]")):
            raise Unfit(_NO_OPENING, text=text)
        network = network[1:-1]
    if not (port.isascii() and port.isdigit() and 0 < int(port) <= _MOST_PORTS):
        raise Unfit(_NO_OPENING, text=text)
    try:
        return Opening(ip_network(network), int(port))
    except ValueError:
        raise Unfit(_NO_OPENING, text=text) from None


def check_addresses(
    addresses: Iterable[str], port: int, openings: Iterable[Opening]
) -> list[Address]:
    """All that a name stands for, if every one of it may be called. Raises EgressRefused.

    One that may not condemns the others: a name that is both outside and inside is a trap.
    """
    found = [ip_address(one) for one in addresses]
    opened = tuple(opening for opening in openings if opening.port == port)
    closed = [one for one in found if not any(one in opening.network for opening in opened)]
    if any(map(is_inner, closed)):
        raise EgressRefused(_INSIDE)
    if closed:
        check_port(port)  # what is opened elsewhere opens nothing here
    return found


def check_port(port: int, openings: Iterable[Opening] = ()) -> None:
    """Refuse a port at which no address at all may be called. Raises EgressRefused."""
    if port not in PORTS and all(opening.port != port for opening in openings):
        raise EgressRefused(_BAD_PORT, port=port, ports=", ".join(map(str, sorted(PORTS))))


def is_inner(address: Address) -> bool:
    """Whether it is not plainly a machine of the public internet."""
    if isinstance(address, IPv4Address):
        return any(address in network for network in _INNER)
    return address not in _WORLD or any(address in network for network in _NOT_OF_THE_WORLD)


def check_not_ours(target: Target, ours: Target | None) -> None:
    """Refuse calls to ourselves, which could go in circles. Raises EgressRefused."""
    if ours is not None and (target.host, target.port) == (ours.host, ours.port):
        raise EgressRefused(_OURSELVES)
