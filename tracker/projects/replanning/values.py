"""A running plan, what is asked of it, and what comes of that: frozen values.

What a plan has hundreds of are tuples with names: made in a fraction of a dataclass's time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from tracker.kernel.texts import Said
from tracker.playbooks.model import Link, Playbook
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.planned import PlannedTask


class Strategy(StrEnum):
    """What those do that wait for something that moved."""

    KEEP_GAP = "keep_gap"
    CLOSE_GAP = "close_gap"
    NONE = "none"


class Frozen(StrEnum):
    """Why a task stays where it is."""

    DONE = "done"
    NOT_APPLICABLE = "not_applicable"
    PINNED = "pinned"
    STARTED = "started"
    FIXED = "fixed"  # the playbook ties it to an anchor: it moves with that, and with nothing else


class StoredTask(NamedTuple):
    """A task as it stands. ``after`` names other tasks of the project by their keys."""

    id: UUID
    key: str
    title: str
    phase: str
    start_on: date
    due_on: date
    status: str = "todo"
    checklist: str = ""
    started_on: date | None = None
    finished_on: date | None = None
    is_pinned: bool = False
    is_milestone: bool = False
    is_early: bool = False
    deadline_on: date | None = None
    is_ritual: bool = False
    ritual: str | None = None  # the key of the ritual that it is an occurrence of
    repeats_until: date | None = None
    after: tuple[Link, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to do it."""
        return self.status not in ("done", "not_applicable")

    @property
    def is_before_launch(self) -> bool:
        """Whether it belongs to what must be over by launch day."""
        return self.is_early or self.phase == "prepare"

    @property
    def began_on(self) -> date | None:
        """The day on which work really began; None if it has not."""
        if self.started_on is None and self.status == "in_progress":
            return self.start_on
        return self.started_on


@dataclass(frozen=True, slots=True)
class StoredPhase:
    """A phase with its dates, both inclusive."""

    key: str
    start_on: date
    end_on: date


@dataclass(frozen=True, slots=True)
class StoredGate:
    """A gate with its planned day. ``asks`` are the tasks that its criteria name."""

    id: UUID
    key: str
    planned_on: date
    before_phase: str | None
    is_decided: bool
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class State:
    """A running plan. ``phase`` is the last one entered; ``parameters`` tell the launch day.

    Without a ``playbook`` no task has rules of its own: all keep their distance to their phase.
    """

    playbook: Playbook
    parameters: Parameters
    start_on: date
    end_on: date
    phase: str | None
    phases: tuple[StoredPhase, ...]
    gates: tuple[StoredGate, ...]
    tasks: tuple[StoredTask, ...]

    @property
    def launch_on(self) -> date:
        """The launch day in force."""
        assert self.parameters.launch_on
        return self.parameters.launch_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What is asked of one task. None leaves it as it is."""

    start_on: date | None = None
    due_on: date | None = None
    days: int | None = None
    pinned: bool | None = None


@dataclass(frozen=True, slots=True)
class NewLink:
    """``task`` is to wait for ``link.task``."""

    task: str
    link: Link


@dataclass(frozen=True, slots=True)
class Cut:
    """``task`` waits for ``predecessor`` no longer; ``type`` None cuts whatever joins them."""

    task: str
    predecessor: str
    type: str | None = None


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Everything that is asked at once. ``parameters`` are new values by name."""

    parameters: Mapping[str, Any] = field(default_factory=dict)
    moves: Mapping[str, Move] = field(default_factory=dict)
    links: tuple[NewLink, ...] = ()
    cuts: tuple[Cut, ...] = ()
    strategy: Strategy = Strategy.KEEP_GAP


class Reason(NamedTuple):
    """Why a task lies where it lies; ``playbooks.why`` has the sentences."""

    rule: str
    from_on: date
    task: str | None = None
    lag: int = 0


class TaskChange(NamedTuple):
    """One task before and after. ``days`` are working days, 0 of a milestone."""

    task: StoredTask
    old_days: int
    start_on: date
    due_on: date
    days: int
    reason: Reason
    is_pinned: bool
    status: str
    deadline_on: date | None
    repeats_until: date | None

    @property
    def moves(self) -> bool:
        """Whether its dates change."""
        return (self.start_on, self.due_on) != (self.task.start_on, self.task.due_on)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something that the new dates do not keep. ``other`` is the task that it waits for, if any.

    ``by_days`` counts working days that are missing.
    """

    kind: str  # link, pinned, past, launch, end
    task: str
    said: Said
    other: str | None = None
    by_days: int = 0


@dataclass(frozen=True, slots=True)
class Preparation:
    """How long the preparation lasts now."""

    start_on: date
    launch_on: date
    months: float
    is_within: bool  # two to six months, give or take a week


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A link that comes, goes, or lasts longer. ``lag`` None: it goes."""

    task: str
    predecessor: str
    type: str
    lag: int | None


@dataclass(frozen=True, kw_only=True)
class Replan:
    """What comes of the changes; applying it writes exactly this."""

    parameters: Parameters
    launch_on: date
    start_on: date
    end_on: date
    phases: tuple[StoredPhase, ...]
    gates: tuple[StoredGate, ...]
    tasks: tuple[TaskChange, ...]
    floats: Mapping[str, int]
    frozen: Mapping[str, Frozen]
    added: tuple[PlannedTask, ...]
    retired: Mapping[str, Said]
    revived: tuple[str, ...]
    links: tuple[LinkChange, ...]
    left_out: Mapping[str, Said]
    conflicts: tuple[Conflict, ...]
    preparation: Preparation | None
    latest_safe_launch_on: date | None
    earliest_launch_on: date | None
    warnings: tuple[Said, ...]

    @property
    def negative_floats(self) -> Mapping[str, int]:
        """Open tasks whose slip has already moved launch day or the end."""
        return {key: days for key, days in self.floats.items() if days < 0}
