"""The platforms whose boards can be kept in step: those that wiring has registered."""

from collections.abc import Iterable, Sequence
from typing import Final

from tracker.connectors.boards import Port
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence

_NO_SUCH_KIND: Final = Sentence(
    en="There is no board of the kind “{kind}”. GET /boards/platforms lists what there is.",
    fr="Il n'y a pas de tableau de type « {kind} ». GET /boards/platforms liste ce qui existe.",
)
_ports: dict[str, Port] = {}


def use_ports(ports: Iterable[Port]) -> None:
    """Make these the platforms that there are; only composition roots call this."""
    _ports.clear()
    _ports.update({port.kind: port for port in ports})


def port_of(kind: str) -> Port:
    """The port behind a kind. Raises NotFound."""
    port = _ports.get(kind)
    if port is None:
        raise NotFound(_NO_SUCH_KIND, kind=kind)
    return port


def all_ports() -> Sequence[Port]:
    """Every platform that can be connected."""
    return tuple(_ports.values())
