"""What happens to projects and tasks."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tracker.kernel.outbox import Event


@dataclass(frozen=True, kw_only=True)
class ProjectCreated(Event):
    """A project was planned from a playbook."""

    topic: ClassVar[str] = "project.created"
    project_id: UUID
    name: str
    by: UUID


@dataclass(frozen=True, kw_only=True)
class ProjectChanged(Event):
    """What a project is called, or who stands behind its roles. ``fields`` name what changed."""

    topic: ClassVar[str] = "project.changed"
    project_id: UUID
    fields: list[str]
    by: UUID


@dataclass(frozen=True, kw_only=True)
class ProjectStateChanged(Event):
    """A project was paused, resumed, cancelled or archived, or has reached its end."""

    topic: ClassVar[str] = "project.state-changed"
    project_id: UUID
    state: str
    was: str
    by: UUID


@dataclass(frozen=True, kw_only=True)
class ProjectDeleted(Event):
    """A project is gone, with everything in it."""

    topic: ClassVar[str] = "project.deleted"
    project_id: UUID
    by: UUID


@dataclass(frozen=True, kw_only=True)
class TaskChanged(Event):
    """A task was changed. ``fields`` are the names of what did."""

    topic: ClassVar[str] = "task.changed"
    project_id: UUID
    task_id: UUID
    fields: list[str]
    by: UUID
