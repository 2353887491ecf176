"""Builders that hide the noise: playbooks and plans in one line each."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from tracker.kernel.texts import Text
from tracker.playbooks.grammar import PHASES
from tracker.playbooks.model import (
    Anchor,
    GateSpec,
    Link,
    LinkType,
    PhaseSpec,
    Playbook,
    Recurrence,
    TaskSpec,
)
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.plan import make_plan
from tracker.playbooks.planned import Plan

MONDAY_4_JANUARY: Final = date(2027, 1, 4)
MONDAY_6_SEPTEMBER: Final = date(2027, 9, 6)
"""The launch day of most tests: no holiday is near it in the countries that they use."""


def a_text(words: str) -> Text:
    """The same words in both languages, told apart by their tag."""
    return {"en": words, "fr": f"{words} (fr)"}


def a_task(key: str, *, days: int = 1, after: Iterable[str | Link] = (), **more: Any) -> TaskSpec:
    """A task of the preparation, or, with a full key, of the phase that its key names."""
    phase, checklist, _ = key.split(".") if "." in key else ("prepare", "work", key)
    return TaskSpec(
        key=key,
        phase=phase,
        checklist=checklist,
        title=more.pop("title", a_text(key)),
        description=None,
        role=more.pop("role", "community_manager"),
        days=days,
        after=tuple(link if isinstance(link, Link) else Link(link) for link in after),
        **more,
    )


def a_milestone(key: str, *, after: Iterable[str | Link] = (), **more: Any) -> TaskSpec:
    """A task without duration."""
    return a_task(key, days=0, after=after, **more)


def a_ritual(key: str, *, until: Anchor, rrule: str = "FREQ=WEEKLY", **more: Any) -> TaskSpec:
    """A task that comes back."""
    return a_task(key, recurring=Recurrence(rrule, until), **more)


def waits(kind: LinkType, task: str, lag: int = 0) -> Link:
    """A link, read as it is spoken: ``waits("SS", "draft", 2)``."""
    return Link(task, kind, lag)


def a_playbook(*tasks: TaskSpec, gates: Iterable[GateSpec] = (), **sections: Any) -> Playbook:
    """A playbook of these tasks, with all four phases."""
    phases = (PhaseSpec(key, a_text(key), None, (), (), {}) for key in PHASES)
    return Playbook(
        slug="small",
        version=1,
        title=a_text("Small"),
        description=None,
        phases=tuple(phases),
        tasks=tasks,
        gates=tuple(gates),
        quiz=None,
        reference=sections,
    )


def some_parameters(**wanted: Any) -> Parameters:
    """The shortest preparation before 6 September 2027, unless told otherwise."""
    anchor = {} if "start_on" in wanted else {"launch_on": MONDAY_6_SEPTEMBER}
    return Parameters(**{**anchor, "prepare_months": 2, **wanted})


def a_plan(*tasks: TaskSpec, today: date = MONDAY_4_JANUARY, **wanted: Any) -> Plan:
    """The plan of a playbook that has only these tasks."""
    return make_plan(a_playbook(*tasks), some_parameters(**wanted), today)


def dates(plan: Plan) -> dict[str, tuple[date, date]]:
    """First and last day of each task."""
    return {task.spec.key: (task.start_on, task.due_on) for task in plan.tasks}


def due(plan: Plan) -> dict[str, date]:
    """Last day of each task."""
    return {task.spec.key: task.due_on for task in plan.tasks}
