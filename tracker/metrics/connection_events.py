"""What happens to connections. No address and nothing of its credentials is ever told."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tracker.kernel.outbox import Event, Previous


@dataclass(frozen=True, kw_only=True)
class ConnectionEvent(Event):
    """Something that happened to a connection of a project."""

    about: ClassVar[str] = "connection_id"
    project_id: UUID
    connection_id: UUID
    kind: str


@dataclass(frozen=True, kw_only=True)
class ConnectionAdded(ConnectionEvent):
    """A platform was connected."""

    topic: ClassVar[str] = "connection.added"
    by: UUID


@dataclass(frozen=True, kw_only=True)
class ConnectionChanged(ConnectionEvent):
    """Somebody changed a connection, paused it, or gave it other credentials.

    ``previous`` never has its address, settings or credentials.
    """

    topic: ClassVar[str] = "connection.changed"
    fields: list[str]
    previous: Previous
    by: UUID


@dataclass(frozen=True, kw_only=True)
class ConnectionRemoved(ConnectionEvent):
    """A connection was taken away, with credentials and members; its readings stay."""

    topic: ClassVar[str] = "connection.removed"
    by: UUID


@dataclass(frozen=True, kw_only=True)
class ConnectionStateChanged(ConnectionEvent):
    """Pulling has got into trouble, or out of it. ``problem`` is a word, None when all is well."""

    topic: ClassVar[str] = "connection.state_changed"
    state: str
    problem: str | None
    previous: Previous
