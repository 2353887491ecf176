"""From a running plan to what is left of it, with its chances. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.model import Anchor, Link, LinkType
from tracker.playbooks.schedule import FixedDays
from tracker.projects.forecast.values import Uncertain, Work, three_points
from tracker.projects.replanning.checking import is_launched
from tracker.projects.replanning.frame import fixed_days, frame_of
from tracker.projects.replanning.net import Net, net_of
from tracker.projects.replanning.values import Changes, Frozen, State

Goal = Literal["launch", "end"]


@dataclass(frozen=True)
class _Plan:
    """A running plan, and what its tasks are counted on. ``rows`` are theirs, under their keys."""

    state: State
    rows: Mapping[str, Any]
    net: Net
    days: FixedDays
    calendar: WorkCalendar
    goal: Goal


def goal_of(state: State, today: date) -> Goal:
    """What is still to come: launch day or, once that is over, the project's end."""
    return "end" if is_launched(state, today) else "launch"


def work_of(
    state: State, rows: Mapping[str, Any], calendar: WorkCalendar, *, today: date, goal: Goal
) -> Work:
    """What must be over before ``goal``: before launch day all that is planned backwards from it.

    Rituals come back and what does not apply takes no time: neither is waited for.
    """
    links = {task.key: list(task.after) for task in state.tasks}
    net = net_of(state.tasks, Changes(), state.playbook.by_key, links)
    days = fixed_days(frame_of(state), state.parameters, calendar)
    plan = _Plan(state, rows, net, days, calendar, goal)
    return Work(
        tasks=tuple(_uncertain(plan, n) for n in range(len(net.tasks)) if _counts(plan, n)),
        calendar=calendar,
        today=today,
        promised_on=state.launch_on if goal == "launch" else state.end_on,
        is_exclusive=goal == "launch",
    )


def _counts(plan: _Plan, n: int) -> bool:
    task = plan.net.tasks[n]
    return (
        plan.net.frozen[n] is not Frozen.NOT_APPLICABLE
        and not task.is_ritual
        and task.ritual is None
        and (plan.goal == "end" or task.is_before_launch)
    )


def _uncertain(plan: _Plan, n: int) -> Uncertain:
    task = plan.net.tasks[n]
    row = plan.rows[task.key]
    low, top, high = three_points(
        row.duration_days, row.reference_days, row.optimistic_days, row.pessimistic_days
    )
    return Uncertain(
        key=task.key,
        title=task.title,
        optimistic=low,
        likely=top,
        pessimistic=high,
        after=tuple(_links(plan.net, n)),
        started_on=task.began_on,
        finished_on=(task.finished_on or task.due_on) if task.status == "done" else None,
        not_before=_floor(plan, n),
    )


def _links(net: Net, n: int) -> Iterator[Link]:
    for tie in net.ties[n]:
        kind: LinkType = tie.type  # type: ignore[assignment]
        yield Link(net.tasks[tie.at].key, kind, tie.lag)


def _floor(plan: _Plan, n: int) -> date:
    """The day that a task is pinned to; the first one of its window, its phase or the project."""
    task, spec = plan.net.tasks[n], plan.state.playbook.by_key.get(plan.net.tasks[n].key)
    if plan.net.frozen[n] is Frozen.PINNED:
        return task.start_on
    if spec is not None and spec.on is not None and _stands(spec.on, plan.goal):
        return task.start_on
    borders = {phase.key: phase.start_on for phase in plan.state.phases}
    later = borders.get(task.phase, plan.days.launch)
    first = plan.days.start if task.is_before_launch else later
    if spec is not None and spec.not_before is not None and _stands(spec.not_before, plan.goal):
        return max(first, plan.days.of(spec.not_before, plan.calendar))
    return first


def _stands(anchor: Anchor, goal: Goal) -> bool:
    """Whether a day stays where it is whatever becomes of launch day."""
    return goal == "end" or anchor.name == "start"
