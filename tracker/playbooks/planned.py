"""A dated plan, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from tracker.kernel.texts import Said, Text
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.model import GateSpec, Link, Playbook, TaskSpec
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.schedule import FixedDays


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """A task with its dates. ``facts`` are what ``why.explain`` tells; ``days`` are in force."""

    spec: TaskSpec
    start_on: date
    due_on: date
    days: int
    float_days: int
    after: tuple[Link, ...]
    facts: Mapping[str, Any]
    repeats_until: date | None = None
    deadline_on: date | None = None

    @property
    def is_critical(self) -> bool:
        """Whether any slip moves the launch day or the project's end."""
        return self.float_days <= 0


@dataclass(frozen=True, slots=True)
class PlannedPhase:
    """A phase with its dates, both inclusive."""

    key: str
    title: Text
    start_on: date
    end_on: date


@dataclass(frozen=True, slots=True)
class PlannedGate:
    """A gate with the day on which it is to be decided."""

    spec: GateSpec
    on: date


@dataclass(frozen=True)
class Plan:
    """A dated plan. Tasks are in the order of their dates."""

    playbook: Playbook
    parameters: Parameters
    days: FixedDays
    calendar: WorkCalendar
    phases: tuple[PlannedPhase, ...]
    tasks: tuple[PlannedTask, ...]
    gates: tuple[PlannedGate, ...]
    left_out: Mapping[str, Said]
    warnings: tuple[Said, ...]

    @cached_property
    def by_key(self) -> Mapping[str, PlannedTask]:
        """The tasks under their full keys."""
        return {task.spec.key: task for task in self.tasks}
