"""Which states a project can take, and from where. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from tracker.kernel.errors import Conflict
from tracker.kernel.texts import Sentence

Act = Literal["pause", "resume", "cancel", "archive"]


@dataclass(frozen=True, slots=True)
class Turn:
    """What an act makes of a project, and in which states it is possible."""

    to: str
    possible_in: tuple[str, ...]
    told: str  # what the history calls it


TURNS: Final[Mapping[Act, Turn]] = {
    "pause": Turn("paused", ("active",), "paused"),
    "resume": Turn("active", ("paused",), "resumed"),
    "cancel": Turn("cancelled", ("active", "paused"), "cancelled"),
    "archive": Turn("archived", ("active", "paused", "cancelled", "done"), "archived"),
}
_WRONG: Final[Mapping[str, Sentence]] = {
    "active": Sentence(
        en="This project is running; it can be paused, cancelled or archived.",
        fr="Ce projet est en cours ; il peut être mis en pause, annulé ou archivé.",
    ),
    "paused": Sentence(
        en="This project is paused already; it can be resumed, cancelled or archived.",
        fr="Ce projet est déjà en pause ; il peut être repris, annulé ou archivé.",
    ),
    "cancelled": Sentence(
        en="This project was cancelled; it can only be archived, or deleted.",
        fr="Ce projet a été annulé ; il ne peut plus qu'être archivé ou supprimé.",
    ),
    "done": Sentence(
        en="This project has reached its end; it can only be archived.",
        fr="Ce projet est arrivé à son terme ; il ne peut plus qu'être archivé.",
    ),
    "archived": Sentence(
        en="This project is archived; it can only be read, or deleted.",
        fr="Ce projet est archivé ; il ne peut plus qu'être lu ou supprimé.",
    ),
}


class WrongState(Conflict):
    """The project's state does not allow it. ``possible`` are the acts that it allows."""

    type = "wrong-state"
    extensions = ("state", "possible")

    def __init__(self, state: str) -> None:
        self.state = state
        self.possible = possible_acts(state)
        super().__init__(_WRONG[state])


def possible_acts(state: str) -> list[str]:
    """What can be done with a project in this state."""
    return [act for act, turn in TURNS.items() if state in turn.possible_in]


def state_after(state: str, act: Act) -> str:
    """The state that an act leads to. Raises WrongState."""
    turn = TURNS[act]
    if state not in turn.possible_in:
        raise WrongState(state)
    return turn.to
