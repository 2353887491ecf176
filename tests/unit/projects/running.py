"""Running plans in one line: a plan, and what has become of some of its tasks."""

from dataclasses import replace
from datetime import date
from typing import Any, cast
from uuid import UUID

from tests.builders import MONDAY_4_JANUARY, a_plan
from tracker.playbooks.model import Link, TaskSpec
from tracker.playbooks.planned import Plan
from tracker.projects.replanning.replan import replan
from tracker.projects.replanning.values import (
    Changes,
    Move,
    Replan,
    State,
    StoredGate,
    StoredPhase,
    StoredTask,
    Strategy,
    TaskChange,
)


def state_of(plan: Plan, **more: Any) -> State:
    """The plan, stored and not begun."""
    tasks = tuple(
        StoredTask(
            id=UUID(int=n),
            key=task.spec.key,
            title=task.spec.title["en"],
            phase=task.spec.phase,
            checklist=task.spec.checklist,
            start_on=task.start_on,
            due_on=task.due_on,
            is_milestone=task.spec.is_milestone,
            is_early=task.spec.early,
            is_ritual=task.spec.recurring is not None,
            deadline_on=task.deadline_on,
            repeats_until=task.repeats_until,
            after=task.after,
        )
        for n, task in enumerate(plan.tasks)
    )
    gates = tuple(
        StoredGate(
            id=UUID(int=n),
            key=gate.spec.key,
            planned_on=gate.on,
            before_phase=gate.spec.before_phase,
            is_decided=False,
            asks=tuple(c["task"] for c in gate.spec.criteria if "task" in c),
        )
        for n, gate in enumerate(plan.gates)
    )
    known = {
        "playbook": plan.playbook,
        "parameters": replace(plan.parameters, start_on=None),
        "start_on": plan.days.start,
        "end_on": plan.days.end,
        "phase": None,
        "phases": tuple(StoredPhase(p.key, p.start_on, p.end_on) for p in plan.phases),
        "gates": gates,
        "tasks": tasks,
    }
    return State(**{**known, **more})


def running(*tasks: TaskSpec, today: date = MONDAY_4_JANUARY, **wanted: Any) -> State:
    """A playbook of these tasks, planned and stored."""
    return state_of(a_plan(*tasks, today=today, **wanted))


def but(state: State, key: str, **values: Any) -> State:
    """The same, with another value in one task."""
    tasks = tuple(task._replace(**values) if task.key == key else task for task in state.tasks)
    return replace(state, tasks=tasks)


def after(state: State, plan: Replan) -> State:
    """What is stored once ``plan`` has been applied."""
    changed = {change.task.key: change for change in plan.tasks}
    links = {(link.task, link.predecessor, link.type): link.lag for link in plan.links}
    tasks = []
    for task in state.tasks:
        kept = [
            replace(link, lag=links.get((task.key, link.task, link.type), link.lag) or 0)
            for link in task.after
            if links.get((task.key, link.task, link.type), link.lag) is not None
        ]
        known = {(link.task, link.type) for link in kept}
        come = [
            Link(other, cast("Any", kind), lag)
            for (key, other, kind), lag in links.items()
            if key == task.key and lag is not None and (other, kind) not in known
        ]
        values = _values(changed[task.key]) if task.key in changed else {}
        tasks.append(task._replace(after=(*kept, *come), **values))
    return replace(
        state,
        parameters=replace(plan.parameters, start_on=None),
        start_on=plan.start_on,
        end_on=plan.end_on,
        phases=plan.phases,
        gates=plan.gates,
        tasks=tuple(tasks),
    )


def _values(change: TaskChange) -> dict[str, Any]:
    names = ("start_on", "due_on", "status", "is_pinned", "deadline_on", "repeats_until")
    return {name: getattr(change, name) for name in names}


def moved(
    state: State,
    key: str | None = None,
    *,
    today: date = MONDAY_4_JANUARY,
    strategy: Strategy = Strategy.KEEP_GAP,
    launch_on: date | None = None,
    **move: Any,
) -> State:
    """The plan after one task, or launch day, has been moved."""
    parameters = {"launch_on": launch_on} if launch_on else {}
    moves = {key: Move(**move)} if key else {}
    changes = Changes(parameters=parameters, moves=moves, strategy=strategy)
    return after(state, replan(state, changes, today))


def dates(state: State) -> dict[str, tuple[date, date]]:
    """First and last day of each task."""
    return {task.key: (task.start_on, task.due_on) for task in state.tasks}
