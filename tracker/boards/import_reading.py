"""What is to be brought: the order, and the board out of a file or from the platform itself."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from tracker.boards.import_service import Order
from tracker.boards.ports import port_of
from tracker.boards.said import TROUBLES
from tracker.connectors.board_copy import BoardCopy
from tracker.connectors.boards import Keeper
from tracker.connectors.notion.copying import copy_board as copy_from_notion
from tracker.connectors.trello.copying import copy_board as copy_from_trello
from tracker.connectors.trello.export import NO_BOARD, NoBoard, read_board
from tracker.connectors.trouble import PlatformError, said_detail
from tracker.kernel.db import reading
from tracker.kernel.errors import Invalid, Unavailable
from tracker.kernel.muting import check_may_send
from tracker.kernel.texts import Said, Sentence

_READERS: Final[Mapping[str, Callable[[Keeper, str], BoardCopy]]] = {
    "trello": copy_from_trello,
    "notion": copy_from_notion,
}
_NEEDED: Final = Sentence(
    en="The source {source} needs this.", fr="La source {source} en a besoin."
)
_NOT_HERE: Final = Sentence(
    en="The source {source} does not take this; leave it out.",
    fr="La source {source} ne prend pas ceci ; le retirer.",
)
_OF_FILES: Final[tuple[str, ...]] = ("export",)
_OF_PLATFORMS: Final[tuple[str, ...]] = ("credentials", "board")


class PlatformAway(Unavailable):
    """The platform does not answer now."""

    type = "platform-away"


def order_of(data: Mapping[str, Any]) -> Order:
    """What is asked for, out of a body that fits its schema."""
    names = ("source", "into", "name", "playbook", "version", "parameters", "lists", "members")
    wanted = {name: data[name] for name in names}
    if data["into"] == "playbook":  # its phases are those of the empty plan
        wanted = {name: one for name, one in wanted.items() if name not in ("playbook", "version")}
    return Order(**wanted, keeps_archived=data["archived"] == "keep")


def is_live(source: object) -> bool:
    """Whether it is read over the network."""
    return isinstance(source, str) and source in _READERS


def check_source(data: Mapping[str, Any]) -> None:
    """Raise Invalid where what is given is not what the source needs."""
    needed, other = _OF_FILES, (*_OF_PLATFORMS, "base_url")
    if is_live(data["source"]):
        needed, other = _OF_PLATFORMS, _OF_FILES
    gap = {"source": data["source"]}
    faults = {
        **{name: [Said(_NEEDED, gap)] for name in needed if data[name] is None},
        **{name: [Said(_NOT_HERE, gap)] for name in other if data[name] is not None},
    }
    if faults:
        raise Invalid(faults)


def board_in(export: Mapping[str, Any]) -> BoardCopy:
    """The board in a file. Raises Invalid."""
    try:
        return read_board(export)
    except NoBoard:
        raise Invalid({"export": [Said(NO_BOARD, {})]}) from None


def read_live(data: Mapping[str, Any]) -> BoardCopy:
    """The board as it is there now: never called within a transaction.

    Raises Muted, PlatformAway, and Invalid, with a sentence that says what to do.
    """
    check_source(data)
    with reading() as session:
        check_may_send(session)
    port = port_of(data["source"])
    keeper = Keeper(base_url=data["base_url"] or port.default_url, secrets=data["credentials"])
    try:
        return _READERS[data["source"]](keeper, data["board"])
    except PlatformError as error:
        sentence = port.problems.get(error.detail) or TROUBLES[error.trouble]
        values = {"detail": said_detail(error.detail), "tries": 1, "id": "{id}"}
        if error.trouble in ("transient", "throttled", "not_ready"):
            raise PlatformAway(sentence, **values) from None
        field = "credentials" if error.trouble == "credential" else "board"
        raise Invalid({field: [Said(sentence, values)]}) from None
