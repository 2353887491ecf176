"""What verdicts are made from: frozen values, read at one instant. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tracker.metrics.values import Reading
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.schedule import FixedDays


@dataclass(frozen=True, slots=True)
class MemberFact:
    """Somebody who may approve, or did."""

    id: UUID
    name: str
    email: str
    role: str
    is_present: bool = True


@dataclass(frozen=True, slots=True)
class TaskFact:
    """A task that a criterion counts or names.

    No gate waits for what is ``is_aside``: rituals, which never stop, and what was added later with
    a day of its own.
    """

    id: UUID
    key: str
    title: str
    phase: str
    status: str
    is_optional: bool = False
    is_aside: bool = False
    finished_on: date | None = None


@dataclass(frozen=True, slots=True)
class EvidenceFact:
    """Something that shows that a task is done."""

    id: UUID
    kind: str
    url: str | None
    note: str | None
    figure: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ContentFact:
    """What a task says, with its evidence: what somebody approves who approves it."""

    title: str
    description: str | None
    notes: str | None
    evidences: tuple[EvidenceFact, ...] = ()


@dataclass(frozen=True, slots=True)
class ApprovalFact:
    """A request, an approval or a refusal."""

    id: UUID
    gate_id: UUID
    criterion: str
    role: str
    kind: str
    comment: str | None
    subject: str
    member: MemberFact
    at: datetime
    voided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AssessmentFact:
    """The workspace's newest answers to the quiz of the project's playbook."""

    id: UUID
    score: int
    at: datetime


@dataclass(frozen=True, slots=True)
class GateFact:
    """A gate as it is stored. ``waived`` are the keys that its last waiver covers."""

    id: UUID
    key: str
    title: str
    description: str | None
    position: int
    after_phase: str | None
    before_phase: str | None
    planned_on: date
    criteria: Sequence[Mapping[str, Any]]
    state: str = "pending"
    decided_at: datetime | None = None
    waived_until: datetime | None = None
    waived: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    flagged_at: datetime | None = None
    ready_at: datetime | None = None
    approvable_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class ProjectFact:
    """The project whose gates they are."""

    workspace_id: UUID
    id: UUID
    name: str
    playbook: str
    language: str
    timezone: str
    parameters: Mapping[str, Any]
    launch_on: date
    start_on: date
    end_on: date
    state: str
    phase: str | None
    left_out: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class People:
    """Who decides and approves: members under the roles that name them, and the owners."""

    named: Mapping[str, MemberFact] = field(default_factory=dict)
    owners: tuple[MemberFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the gates of one project are judged by. Tasks are under their keys."""

    project: ProjectFact
    gates: tuple[GateFact, ...]
    now: datetime
    today: date
    days: FixedDays
    calendar: WorkCalendar
    tasks: Mapping[str, TaskFact] = field(default_factory=dict)
    contents: Mapping[str, ContentFact] = field(default_factory=dict)
    approvals: tuple[ApprovalFact, ...] = ()
    people: People = field(default_factory=People)
    assessment: AssessmentFact | None = None
    readings: Mapping[str, Sequence[Reading]] = field(default_factory=dict)

    def gate(self, gate_id: UUID) -> GateFact:
        """One of the gates."""
        return next(gate for gate in self.gates if gate.id == gate_id)
