"""What formulas are computed from: who is in a community, what they did, and what was brought."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal, NamedTuple

from tracker.connectors.figures import EventKind, Role

ENGAGED: Final[frozenset[EventKind]] = frozenset({"post", "question", "reply", "reaction"})
ACTIVE: Final[frozenset[EventKind]] = ENGAGED | {"answer_accepted", "rsvp", "checkin", "star"}
"""What makes somebody active: they did something. To be seen is another basis."""


class Act(NamedTuple):
    """One event of the story. ``actor`` is a hash, or None where the platform does not say who."""

    source_id: str
    kind: EventKind
    at: datetime
    actor: str | None
    role: Role = "member"
    parent: str | None = None
    root: str | None = None
    channel: str | None = None
    weight: float = 1.0


class Person(NamedTuple):
    """One member, as the platform lists them. ``contributed_at`` is the first time, if any."""

    actor: str
    role: Role
    joined_at: datetime
    left_at: datetime | None = None
    is_left_exact: bool = True
    acquisition: str | None = None
    contributed_at: datetime | None = None
    fits: bool | None = None


class MonthOf(NamedTuple):
    """What is left of somebody's month once its events are pruned; ``month`` is its first day."""

    actor: str
    month: date
    is_active: bool
    contributions: int


@dataclass(frozen=True, slots=True)
class Line:
    """One series of figures that others are computed from."""

    metric: str
    values: Mapping[date, float]
    dims: Mapping[str, str] = field(default_factory=dict)


Covered = Literal["derived", "snapshot_diff"]


@dataclass(frozen=True, slots=True)
class Story:
    """All that is known. ``events`` are read once, in any order.

    ``since`` is the first local day from which on no event is missing; None: none ever was.
    """

    members: Sequence[Person] = ()
    events: Iterable[Act] = ()
    months: Iterable[MonthOf] = ()
    lines: Sequence[Line] = ()
    since: date | None = None
