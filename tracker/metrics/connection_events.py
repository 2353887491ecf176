"""What happens to connections. No address and nothing of its credentials is ever told."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tracker.kernel.outbox import Event


@dataclass(frozen=True, kw_only=True)
class ConnectionEvent(Event):
    """Something that happened to a connection of a project."""

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
    """Somebody changed it, paused it, or gave it other credentials."""

    topic: ClassVar[str] = "connection.changed"
    by: UUID


@dataclass(frozen=True, kw_only=True)
class ConnectionRemoved(ConnectionEvent):
    """Credentials and members are gone; its readings stay."""

    topic: ClassVar[str] = "connection.removed"
    by: UUID


@dataclass(frozen=True, kw_only=True)
class ConnectionStateChanged(ConnectionEvent):
    """Pulling has got into trouble, or out of it. ``problem`` is a word, None when all is well."""

    topic: ClassVar[str] = "connection.state_changed"
    was: str
    state: str
    problem: str | None
