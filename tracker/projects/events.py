"""What happens to projects and tasks."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from tracker.kernel.outbox import Event, Previous


@dataclass(frozen=True, kw_only=True)
class ProjectCreated(Event):
    """A project was planned from a playbook."""

    topic: ClassVar[str] = "project.created"
    project_id: UUID
    name: str
    by: UUID


@dataclass(frozen=True, kw_only=True)
class ProjectChanged(Event):
    """A project has another name, other people or another policy; ``fields`` name what changed."""

    topic: ClassVar[str] = "project.changed"
    project_id: UUID
    fields: list[str]
    previous: Previous
    by: UUID


@dataclass(frozen=True, kw_only=True)
class ProjectStateChanged(Event):
    """A project was paused, resumed, cancelled or archived, or has reached its end."""

    topic: ClassVar[str] = "project.state_changed"
    project_id: UUID
    state: str
    previous: Previous
    by: UUID


@dataclass(frozen=True, kw_only=True)
class ProjectReplanned(Event):
    """Dates have moved; ``tasks`` are all that changed, and no event comes for each of them."""

    topic: ClassVar[str] = "project.replanned"
    project_id: UUID
    launch_on: date
    previous: Previous
    tasks: list[UUID]
    added: int
    retired: int
    by: UUID | None  # None where a rule of the tracker did it


@dataclass(frozen=True, kw_only=True)
class ProjectDeleted(Event):
    """A project is gone, with everything in it."""

    topic: ClassVar[str] = "project.deleted"
    project_id: UUID
    by: UUID


@dataclass(frozen=True, kw_only=True)
class TaskEvent(Event):
    """Something that happened to a task. ``by`` is None where a rule of the tracker did it."""

    about: ClassVar[str] = "task_id"
    project_id: UUID
    task_id: UUID
    by: UUID | None


@dataclass(frozen=True, kw_only=True)
class TaskChanged(TaskEvent):
    """Something about a task was changed; ``fields`` are the names of what was."""

    topic: ClassVar[str] = "task.changed"
    fields: list[str]
    previous: Previous


@dataclass(frozen=True, kw_only=True)
class TaskTurned(TaskEvent):
    """A task has another status; ``previous`` has the one before."""

    previous: Previous


@dataclass(frozen=True, kw_only=True)
class TaskStarted(TaskTurned):
    """Work on a task has begun."""

    topic: ClassVar[str] = "task.started"


@dataclass(frozen=True, kw_only=True)
class TaskDone(TaskTurned):
    """A task is done."""

    topic: ClassVar[str] = "task.done"


@dataclass(frozen=True, kw_only=True)
class TaskBlocked(TaskTurned):
    """A task cannot go on. ``reason`` says why."""

    topic: ClassVar[str] = "task.blocked"
    reason: str


@dataclass(frozen=True, kw_only=True)
class TaskGivenUp(TaskTurned):
    """A task does not apply any more. ``reason`` says why."""

    topic: ClassVar[str] = "task.given_up"
    reason: str


@dataclass(frozen=True, kw_only=True)
class TaskReopened(TaskTurned):
    """A task that was done, or did not apply, is to be done again."""

    topic: ClassVar[str] = "task.reopened"


@dataclass(frozen=True, kw_only=True)
class TaskCreated(TaskEvent):
    """A task of the team's own was added."""

    topic: ClassVar[str] = "task.created"


@dataclass(frozen=True, kw_only=True)
class TaskDeleted(TaskEvent):
    """A task of the team's own is gone, with everything in it."""

    topic: ClassVar[str] = "task.deleted"


@dataclass(frozen=True, kw_only=True)
class TaskCommented(TaskEvent):
    """Somebody said something about a task. ``mentions`` are the members meant by it."""

    topic: ClassVar[str] = "task.commented"
    comment_id: UUID
    mentions: list[UUID]
    by: UUID


@dataclass(frozen=True, kw_only=True)
class OccurrenceMade(Event):
    """A ritual is due: its occurrence is a task now."""

    topic: ClassVar[str] = "ritual.occurrence_made"
    about: ClassVar[str] = "task_id"
    project_id: UUID
    task_id: UUID
    ritual_id: UUID
    occurrence_on: date


@dataclass(frozen=True, kw_only=True)
class OccurrenceMissed(Event):
    """An occurrence was not done before the next one came."""

    topic: ClassVar[str] = "ritual.occurrence_missed"
    about: ClassVar[str] = "task_id"
    project_id: UUID
    task_id: UUID
    ritual_id: UUID
    occurrence_on: date


@dataclass(frozen=True, kw_only=True)
class ChecklistAdded(Event):
    """A checklist or a module was added to a running project. ``tasks`` are those that it has."""

    topic: ClassVar[str] = "checklist.added"
    about: ClassVar[str] = "checklist_id"
    project_id: UUID
    checklist_id: UUID
    key: str
    number: int
    tasks: list[UUID]
    by: UUID
