"""What happens to the figures of a project by somebody's hand."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tracker.kernel.outbox import Event, Previous


@dataclass(frozen=True, kw_only=True)
class ReadingsEntered(Event):
    """Somebody brought figures; ``new`` were not known, ``corrected`` were others before."""

    topic: ClassVar[str] = "readings.entered"
    project_id: UUID
    metrics: list[str]
    new: int
    corrected: int
    by: UUID


@dataclass(frozen=True, kw_only=True)
class MetricSet(Event):
    """A metric has another target, or another series speaks for it; ``fields`` name what.

    In ``previous`` a target of one phase only is called ``target <phase>``.
    """

    topic: ClassVar[str] = "metric.set"
    project_id: UUID
    metric: str
    fields: list[str]
    previous: Previous
    by: UUID
