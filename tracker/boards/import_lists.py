"""What becomes of each list of a board: a phase, a status, a checklist, or nothing. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tracker.boards.import_words import phase_in, plain, status_in
from tracker.connectors.board_copy import BoardCopy, Column
from tracker.kernel.errors import FieldErrors, Invalid
from tracker.kernel.texts import Said, Sentence

_UNKNOWN: Final = Sentence(
    en="The board has no list “{name}”. Its lists are: {lists}.",
    fr="Le tableau n'a pas de liste « {name} ». Ses listes sont : {lists}.",
)
_SEVERAL: Final = Sentence(
    en="Several lists are called “{name}”; name this one by its id: {ids}.",
    fr="Plusieurs listes s'appellent « {name} » ; désigner celle-ci par son identifiant : {ids}.",
)
_MOST_NAMED: Final = 20


@dataclass(frozen=True, slots=True)
class ListRule:
    """What a list is taken for.

    No ``phase``: that of each card is found by its labels and dates. No ``status``: that of each
    card is its own. What is neither a phase nor a status is a checklist, and its title is kept.
    """

    column: Column
    phase: str | None = None
    status: str | None = None
    is_left_out: bool = False
    is_guessed: bool = True

    @property
    def is_checklist(self) -> bool:
        """Whether its title says what its cards are about."""
        return self.phase is None and self.status is None


def rules_of(board: BoardCopy, named: Mapping[str, Mapping[str, Any]]) -> dict[str, ListRule]:
    """The rules by the ids of the lists; ``named`` are the manager's, by id or title.

    Raises Invalid, naming every list that is not there.
    """
    rules = {column.id: _guessed(column) for column in board.columns}
    faults: dict[str, list[Said] | FieldErrors] = {}
    for name, wish in named.items():
        found = _found(board.columns, name)
        if len(found) == 1:
            rules[found[0].id] = _told(found[0], wish)
        else:
            faults[name] = [_fault(board.columns, name, found)]
    if faults:
        raise Invalid({"lists": faults})
    return rules


def _guessed(column: Column) -> ListRule:
    return ListRule(column, phase_in(column.title), column.status or status_in(column.title))


def _told(column: Column, wish: Mapping[str, Any]) -> ListRule:
    """What is not told of a list that is named is not guessed, either."""
    rule = ListRule(column, is_guessed=False)
    return replace(
        rule,
        phase=wish.get("phase"),
        status=wish.get("status"),
        is_left_out=bool(wish.get("leave_out")),
    )


def _found(columns: Sequence[Column], name: str) -> list[Column]:
    by_id = [column for column in columns if column.id == name]
    wanted = plain(name) or name
    return by_id or [one for one in columns if (plain(one.title) or one.title) == wanted]


def _fault(columns: Sequence[Column], name: str, found: Sequence[Column]) -> Said:
    if found:
        return Said(_SEVERAL, {"name": name, "ids": ", ".join(one.id for one in found)})
    titles = ", ".join(column.title for column in columns[:_MOST_NAMED])
    return Said(_UNKNOWN, {"name": name, "lists": titles or "—"})
