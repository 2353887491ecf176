"""A playbook in memory: frozen values, read once and shared."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from tracker.kernel.texts import Text

LinkType = Literal["FS", "SS", "FF", "SF"]
AnchorName = Literal["start", "launch", "launch_end", "develop", "end"]


@dataclass(frozen=True, slots=True)
class Link:
    """Waits for ``task``. ``lag`` is in working days at the shortest preparation."""

    task: str
    type: LinkType = "FS"
    lag: int = 0


@dataclass(frozen=True, slots=True)
class Anchor:
    """A day told from one of the plan's fixed points.

    At most one offset is set. ``share`` is percent of the way from month six to the end.
    """

    name: AnchorName
    working_days: int | None = None
    calendar_days: int | None = None
    months: int | None = None
    share: int | None = None

    @property
    def is_offset(self) -> bool:
        """Whether it tells another day than the fixed point itself."""
        return any((self.working_days, self.calendar_days, self.months, self.share))


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A ritual: ``rrule`` is RFC 5545 §3.3.10, without DTSTART and UNTIL."""

    rrule: str
    until: Anchor
    each: str | None = None  # what one occurrence is held for, e.g. a strategic member
    on_closed: Literal["shift", "skip"] = "shift"


@dataclass(frozen=True, slots=True)
class StepSpec:
    """One checklist point of a task."""

    key: str
    title: Text


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """One task of a playbook. ``key`` is the full key; ``days`` 0 is a milestone.

    ``days`` is the likely duration; the optimistic and the pessimistic one are None if untold.
    """

    key: str
    phase: str
    checklist: str
    title: Text
    description: Text | None
    role: str
    days: int
    after: tuple[Link, ...] = ()
    only_for: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    early: bool = False
    optional: bool = False
    on: Anchor | None = None
    not_before: Anchor | None = None
    deadline: Anchor | None = None
    recurring: Recurrence | None = None
    evidence: str | None = None
    proof: Text | None = None
    pillar: str | None = None
    steps: tuple[StepSpec, ...] = ()
    optimistic: int | None = None
    pessimistic: int | None = None

    @property
    def is_milestone(self) -> bool:
        """A task without duration."""
        return self.days == 0

    @property
    def is_before_launch(self) -> bool:
        """Whether it belongs to the network that is planned backwards from launch day."""
        return self.early or self.phase == "prepare"

    @property
    def opens_the_launch(self) -> bool:
        """Whether it may lie on a closed launch day."""
        return self.phase == "launch" and self.checklist == "day"


@dataclass(frozen=True, slots=True)
class PhaseSpec:
    """One phase, with what is shown beside its tasks."""

    key: str
    title: Text
    description: Text | None
    pitfalls: tuple[Mapping[str, Any], ...]
    success_factors: tuple[Mapping[str, Any], ...]
    checklists: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class GateSpec:
    """The border between two phases; None stands for the outside."""

    key: str
    title: Text
    description: Text | None
    after_phase: str | None
    before_phase: str | None
    on: Anchor
    criteria: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class ModuleSpec:
    """Tasks that a running community may add, as often as wanted; they belong to ``phase``.

    The task ``anchor`` falls on the day that is chosen. ``types`` are the community types that it
    is offered to (none: all), ``mechanics`` those of their mechanics that it carries out. What is
    corrective is never due by itself: figures ask for it.
    """

    key: str
    title: Text
    description: Text | None
    phase: str
    types: tuple[str, ...]
    mechanics: tuple[str, ...]
    anchor: str
    tasks: tuple[TaskSpec, ...]
    is_corrective: bool = False


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """What a metric should come to. No phases or types: in all of them."""

    metric: str
    op: str
    value: float
    phases: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WatchSpec:
    """A rule on figures that raises an alert. ``values`` are those of its kind.

    ``corrects`` is the module that is added once when it fires; ``cool_down_days`` are how long it
    stays silent after it was resolved. No phases or types: in all of them.
    """

    key: str
    kind: str
    title: Text
    description: Text | None
    values: Mapping[str, Any]
    phases: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    cool_down_days: int = 14
    corrects: str | None = None


@dataclass(frozen=True)
class Playbook:
    """A versioned template. ``reference`` holds the sections that are shown and date nothing.

    ``reminders`` is what it says of the policy, as ``policy`` understands it.
    """

    slug: str
    version: int
    title: Text
    description: Text | None
    phases: tuple[PhaseSpec, ...]
    tasks: tuple[TaskSpec, ...]
    gates: tuple[GateSpec, ...]
    quiz: Mapping[str, Any] | None
    reference: Mapping[str, Any]
    modules: tuple[ModuleSpec, ...] = ()
    reminders: Mapping[str, Any] = field(default_factory=dict)
    targets: tuple[TargetSpec, ...] = ()
    watches: tuple[WatchSpec, ...] = ()

    @cached_property
    def by_key(self) -> Mapping[str, TaskSpec]:
        """The tasks under their full keys."""
        return {task.key: task for task in self.tasks}

    def community_type(self, key: str) -> Mapping[str, Any] | None:
        """What the playbook says of a community type, if it knows it."""
        types: tuple[Mapping[str, Any], ...] = self.reference.get("community_types", ())
        return next((entry for entry in types if entry["key"] == key), None)
