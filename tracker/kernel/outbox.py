"""Announcements that commit with the fact that they tell, or not at all."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.kernel.db import Base, after_commit, core, new_id, waiting_index

# Written out in a query, too: a partial index serves those that repeat its words.
PARKED: Final = "ready_at IS NULL AND relayed_at IS NULL"
NEW: Final = "position IS NULL"
Previous = Mapping[str, object]
"""Field → what it was before the event."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that has happened, worth telling to others. ``at`` is when.

    ``topic`` is its type, for other programs, too: ``<what>.<happened>``. ``about`` names the field
    with the id of what it has happened to.
    """

    topic: ClassVar[str]
    about: ClassVar[str] = "project_id"
    workspace_id: UUID
    at: datetime


def event_types() -> Mapping[str, type[Event]]:
    """The events that are known by their topics, in the order of these."""
    kinds = (kind for kind in _below(Event) if "topic" in vars(kind))
    return {kind.topic: kind for kind in sorted(kinds, key=lambda kind: kind.topic)}


def _below(kind: type[Event]) -> Iterator[type[Event]]:
    for lower in kind.__subclasses__():
        yield lower
        yield from _below(lower)


def _numbered_index(name: str, *columns: str, is_unique: bool = False) -> Index:
    """Over the log alone: to announce something costs nothing more."""
    where = text("position IS NOT NULL")
    return Index(
        name,
        "workspace_id",
        *columns,
        "position",
        unique=is_unique,
        postgresql_where=where,
        sqlite_where=where,
    )


class OutboxMessage(Base):
    """One announcement, until the relay has handed it on."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        waiting_index("ix_outbox_messages_ready", "ready_at"),
        waiting_index("ix_outbox_messages_relayed", "relayed_at"),
        Index(
            "ix_outbox_messages_parked",
            "occurred_at",
            postgresql_where=text(PARKED),
            sqlite_where=text(PARKED),
        ),
        Index(
            "ix_outbox_messages_new",
            "id",
            postgresql_where=text(NEW),
            sqlite_where=text(NEW),
        ),
        _numbered_index("uq_outbox_messages_position", is_unique=True),
        _numbered_index("ix_outbox_messages_project", "project_id"),
        _numbered_index("ix_outbox_messages_object", "object_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    workspace_id: Mapped[UUID]
    topic: Mapped[str]
    payload: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime]
    relayed_at: Mapped[datetime | None]  # when all who listen had heard it
    ready_at: Mapped[datetime | None]  # when it may be handed on next; None once it is over
    claim: Mapped[int] = mapped_column(default=0, server_default="0")
    crashes: Mapped[int] = mapped_column(default=0, server_default="0")
    # Its place in the workspace's log, and among the events of its object; None until numbered.
    position: Mapped[int | None] = mapped_column(BigInteger)
    sequence: Mapped[int | None] = mapped_column(BigInteger)
    object_id: Mapped[UUID | None]  # what it is about; both are known once it is numbered
    project_id: Mapped[UUID | None]


_ANNOUNCE: Final = OutboxMessage.__table__.insert()
_RANG = "outbox_rang"
_doorbell: Callable[[], None] | None = None


def hang_doorbell(ring: Callable[[], None] | None) -> None:
    """Have ``ring`` called after each commit that announced something; it must be quick."""
    global _doorbell  # noqa: PLW0603 - one doorbell for the process
    _doorbell = ring


def publish(session: Session, *happened: Event) -> None:
    """Announce what ``happened`` when, and only if, the transaction commits; in one statement."""
    if happened:
        core(session).execute(_ANNOUNCE, [_message(event) for event in happened])
        session.info[_RANG] = True


def previous_of(changes: Mapping[str, tuple[object, object]]) -> Previous:
    """What changed, as it was, of the history that an activity tells."""
    return {name: before for name, (before, _after) in changes.items()}


def _message(happened: Event) -> dict[str, Any]:
    """Its row. Ids and days become text with all the rest, when the payload is written."""
    payload = dict(vars(happened))
    workspace_id, at = payload.pop("workspace_id"), payload.pop("at")
    return {
        "workspace_id": workspace_id,
        "topic": happened.topic,
        "payload": payload,
        "occurred_at": at,
        "ready_at": at,
    }


@after_commit
def _ring(session: Session) -> None:
    """A lost ring costs a poll's delay, never a message."""
    if session.info.pop(_RANG, False) and _doorbell is not None:
        _doorbell()
