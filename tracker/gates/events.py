"""What happens at gates."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from tracker.kernel.outbox import Event, Previous


@dataclass(frozen=True, kw_only=True)
class GateEvent(Event):
    """Something at one gate of a project; ``gate`` is its key."""

    about: ClassVar[str] = "gate_id"
    project_id: UUID
    gate_id: UUID
    gate: str


@dataclass(frozen=True, kw_only=True)
class GateReady(GateEvent):
    """A pending gate has everything that it asks for."""

    topic: ClassVar[str] = "gate.ready"


@dataclass(frozen=True, kw_only=True)
class GateDecided(GateEvent):
    """Somebody passed a gate, with conditions or without, held it or rejected it."""

    topic: ClassVar[str] = "gate.decided"
    decision: str
    number: int
    previous: Previous
    by: UUID


@dataclass(frozen=True, kw_only=True)
class GateWaived(GateEvent):
    """An owner lets criteria of a gate go unmet for a while."""

    topic: ClassVar[str] = "gate.waived"
    criteria: list[str]
    expires_at: datetime
    previous: Previous
    by: UUID


@dataclass(frozen=True, kw_only=True)
class WaiverExpired(GateEvent):
    """A waiver has run out, and what lies behind the gate is closed again."""

    topic: ClassVar[str] = "gate.waiver_expired"


@dataclass(frozen=True, kw_only=True)
class GateFlagged(GateEvent):
    """Criteria of a passed gate have slipped back. It stays open."""

    topic: ClassVar[str] = "gate.flagged"
    criteria: list[str]


@dataclass(frozen=True, kw_only=True)
class GateCleared(GateEvent):
    """Everything that had slipped back at a passed gate is met again."""

    topic: ClassVar[str] = "gate.cleared"


@dataclass(frozen=True, kw_only=True)
class ApprovalAsked(GateEvent):
    """Somebody asks for an approval at a gate; ``approver`` is named for the role, if any is."""

    topic: ClassVar[str] = "gate.approval_asked"
    criterion: str
    role: str
    by: UUID
    approver: UUID | None


@dataclass(frozen=True, kw_only=True)
class ApprovalGiven(GateEvent):
    """Somebody has given an approval that a gate asks for."""

    topic: ClassVar[str] = "gate.approval_given"
    criterion: str
    role: str
    by: UUID


@dataclass(frozen=True, kw_only=True)
class ApprovalRefused(GateEvent):
    """Somebody has refused an approval that a gate asks for."""

    topic: ClassVar[str] = "gate.approval_refused"
    criterion: str
    role: str
    by: UUID


@dataclass(frozen=True, kw_only=True)
class PhaseEntered(Event):
    """A project entered a phase, through the gate before it: there is no other way in."""

    topic: ClassVar[str] = "project.phase_entered"
    project_id: UUID
    phase: str
    gate: str
    previous: Previous
