"""What happens to alerts."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tracker.kernel.outbox import Event


@dataclass(frozen=True, kw_only=True)
class AlertEvent(Event):
    """Something about one alert; ``rule`` is its key in the playbook."""

    about: ClassVar[str] = "alert_id"
    project_id: UUID
    alert_id: UUID
    rule: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class AlertOpened(AlertEvent):
    """A rule about figures is broken: an alert is open."""

    topic: ClassVar[str] = "alert.opened"


@dataclass(frozen=True, kw_only=True)
class AlertAcknowledged(AlertEvent):
    """Somebody has seen an alert, and takes care of it."""

    topic: ClassVar[str] = "alert.acknowledged"
    by: UUID


@dataclass(frozen=True, kw_only=True)
class AlertResolved(AlertEvent):
    """An alert is over; ``by`` is None where the figures say so."""

    topic: ClassVar[str] = "alert.resolved"
    by: UUID | None
