"""What happens on a roster. Ids, roles and stages only: names stay on the roster."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tracker.kernel.outbox import Event, Previous


@dataclass(frozen=True, kw_only=True)
class RosterEvent(Event):
    """Something that happened to somebody on the roster of a project."""

    about: ClassVar[str] = "roster_contact_id"
    project_id: UUID
    roster_contact_id: UUID
    role: str
    stage: str
    by: UUID


@dataclass(frozen=True, kw_only=True)
class RosterContactAdded(RosterEvent):
    """Somebody was put on the roster."""

    topic: ClassVar[str] = "roster.added"


@dataclass(frozen=True, kw_only=True)
class RosterContactChanged(RosterEvent):
    """Something about somebody on the roster has changed.

    ``previous`` has role, stage and consent where they did, and never a name or a text.
    """

    topic: ClassVar[str] = "roster.changed"
    previous: Previous


@dataclass(frozen=True, kw_only=True)
class RosterContactErased(RosterEvent):
    """Somebody was taken off the roster, and is gone from it."""

    topic: ClassVar[str] = "roster.erased"
