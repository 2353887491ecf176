"""What happens to baselines by hand. Those of start and gates come with what is told of these."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tracker.kernel.outbox import Event, Previous


@dataclass(frozen=True, kw_only=True)
class BaselineEvent(Event):
    """Something that happened to a baseline."""

    about: ClassVar[str] = "baseline_id"
    project_id: UUID
    baseline_id: UUID
    name: str
    by: UUID


@dataclass(frozen=True, kw_only=True)
class BaselineCreated(BaselineEvent):
    """All dates were kept under a name."""

    topic: ClassVar[str] = "baseline.created"


@dataclass(frozen=True, kw_only=True)
class BaselineChanged(BaselineEvent):
    """A baseline has another name, or was locked or opened."""

    topic: ClassVar[str] = "baseline.changed"
    previous: Previous


@dataclass(frozen=True, kw_only=True)
class BaselineDeleted(BaselineEvent):
    """A baseline is gone."""

    topic: ClassVar[str] = "baseline.deleted"
