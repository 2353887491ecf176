"""What happens to the boards that are kept in step with a project."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tracker.kernel.outbox import Event, Previous


@dataclass(frozen=True, kw_only=True)
class BoardAdded(Event):
    """A board is to be kept in step with a project."""

    topic: ClassVar[str] = "board.added"
    about: ClassVar[str] = "board_id"
    project_id: UUID
    board_id: UUID
    kind: str
    by: UUID


@dataclass(frozen=True, kw_only=True)
class BoardChanged(Event):
    """How a board is kept in step was changed. ``fields`` name what."""

    topic: ClassVar[str] = "board.changed"
    about: ClassVar[str] = "board_id"
    project_id: UUID
    board_id: UUID
    fields: list[str]
    previous: Previous
    by: UUID


@dataclass(frozen=True, kw_only=True)
class BoardRemoved(Event):
    """A board is not kept in step any more."""

    topic: ClassVar[str] = "board.removed"
    about: ClassVar[str] = "board_id"
    project_id: UUID
    board_id: UUID
    by: UUID


@dataclass(frozen=True, kw_only=True)
class BoardStateChanged(Event):
    """Something is wrong with a board, or is right again. ``problem`` is a word for it."""

    topic: ClassVar[str] = "board.state_changed"
    about: ClassVar[str] = "board_id"
    project_id: UUID
    board_id: UUID
    state: str
    problem: str | None
    previous: Previous


@dataclass(frozen=True, kw_only=True)
class BoardItemMissing(Event):
    """A card was deleted or archived there; its task stays, and somebody is to say what follows."""

    topic: ClassVar[str] = "board.item_missing"
    about: ClassVar[str] = "board_id"
    project_id: UUID
    board_id: UUID
    item_id: UUID
    kind: str
    object_id: UUID


@dataclass(frozen=True, kw_only=True)
class BoardConflictFound(Event):
    """Both sides have changed the same field, or a rule has refused what was changed there."""

    topic: ClassVar[str] = "board.conflict_found"
    about: ClassVar[str] = "board_id"
    project_id: UUID
    board_id: UUID
    conflict_id: UUID
    object_id: UUID
    field: str
    taken: str
