"""From where everything has come to lie to the answer: what changes, and what to know of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from tracker.kernel.texts import Said, Sentence
from tracker.playbooks.planned import PlannedTask
from tracker.playbooks.schedule import month_shift
from tracker.projects.replanning.advice import (
    LONGEST_MONTHS,
    Days,
    about_launch_day,
    about_length,
    earliest_launch,
    preparation_of,
)
from tracker.projects.replanning.axis import Axis
from tracker.projects.replanning.basis import Basis
from tracker.projects.replanning.checking import is_launched
from tracker.projects.replanning.conflicts import conflicts_of
from tracker.projects.replanning.floats import floats_of
from tracker.projects.replanning.following import Course
from tracker.projects.replanning.frame import Dues, moved_gates
from tracker.projects.replanning.linking import changes_of
from tracker.projects.replanning.shifting import told
from tracker.projects.replanning.values import (
    Changes,
    Frozen,
    Preparation,
    Reason,
    Replan,
    StoredTask,
    TaskChange,
)

_MOVED_TO_OPEN: Final = Sentence(
    en="{day} is not worked: “{task}” takes the next working day.",
    fr="Le {day} n'est pas travaillé : « {task} » prend le jour ouvré suivant.",
)


Dates = Sequence[tuple[date, date]]
"""First and last day of every task of the net, as they are shown."""


@dataclass(frozen=True)
class _Advice:
    """What is known of the launch day. Nothing, once it is over."""

    preparation: Preparation | None = None
    latest_safe_on: date | None = None
    earliest_on: date | None = None
    said: tuple[Said, ...] = ()


def answer(basis: Basis, course: Course, changes: Changes, today: date) -> Replan:
    """The whole answer."""
    frame, net = basis.frame, course.net
    changed = list(_changes(basis, course, changes))
    floats = floats_of(course.places, basis.launch_on, frame.end_on)
    advice = _advice(basis, course, changed, today)
    return Replan(
        parameters=replace(basis.parameters, start_on=frame.start_on),
        launch_on=basis.launch_on,
        start_on=frame.start_on,
        end_on=frame.end_on,
        phases=frame.phases,
        gates=moved_gates(basis.state, basis.grounds, _dues(basis, changed), today),
        tasks=tuple(change for change in changed if change.task.key not in basis.scope.added),
        floats=floats,
        frozen={
            task.key: frozen
            for task, frozen in zip(net.tasks, net.frozen, strict=True)
            if frozen not in (None, Frozen.FIXED)
        },
        added=tuple(_added(basis, course, floats)),
        retired=basis.scope.retired,
        revived=basis.scope.revived,
        links=tuple(changes_of(basis.state.tasks, basis.links)),
        left_out=basis.layouts[1].left_out if basis.layouts else {},
        conflicts=tuple(
            conflicts_of(course, launch_on=basis.launch_on, end_on=frame.end_on, today=today)
        ),
        preparation=advice.preparation,
        latest_safe_launch_on=advice.latest_safe_on,
        earliest_launch_on=advice.earliest_on,
        warnings=(*_about_closed_days(course, changes), *advice.said),
    )


# The tasks.


def _changes(basis: Basis, course: Course, changes: Changes) -> Iterator[TaskChange]:
    """Every task of which something is to be written, in the order of the plan."""
    stored = {task.key: task for task in basis.state.tasks}
    dates = [_dates(course, n) for n in range(len(course.net.tasks))]
    for n, task in enumerate(course.net.tasks):
        was = stored.get(task.key, task)
        change = _change(basis, course, changes, (n, dates))
        if change is None:
            continue
        if (
            (change.start_on, change.due_on, change.days, change.deadline_on)
            != (was.start_on, was.due_on, change.old_days, was.deadline_on)
            or (change.status, change.is_pinned) != (was.status, was.is_pinned)
            or change.repeats_until != was.repeats_until
        ):
            yield change if was is task else change._replace(task=was)


def _change(
    basis: Basis, course: Course, changes: Changes, which: tuple[int, Dates]
) -> TaskChange | None:
    n, dates = which
    task, frozen = course.net.tasks[n], course.net.frozen[n]
    move = changes.moves.get(task.key)
    start_on, due_on = dates[n]
    if not task.is_open and frozen is not None and task.key not in basis.scope.retired:
        return None  # what is over tells what was
    old_days = 0 if task.is_milestone else course.stood.span[n]
    moves = (start_on, due_on) != (task.start_on, task.due_on)
    return TaskChange(
        task=task,
        old_days=old_days,
        start_on=start_on,
        due_on=due_on,
        days=course.places.span[n] if moves and not task.is_milestone else old_days,
        reason=_reason(basis, course, n, dates),
        is_pinned=task.is_pinned if move is None or move.pinned is None else move.pinned,
        status=task.status,
        deadline_on=_anchored(basis, task, task.deadline_on, "deadline"),
        repeats_until=_anchored(basis, task, task.repeats_until, "until"),
    )


def _dates(course: Course, n: int) -> tuple[date, date]:
    task, frozen = course.net.tasks[n], course.net.frozen[n]
    if frozen in (None, Frozen.FIXED) or (frozen is Frozen.PINNED and n in course.held):
        return course.day(n), course.due(n)
    if frozen is Frozen.STARTED and n in course.reasons:
        return task.start_on, course.due(n)
    return task.start_on, task.due_on


def _reason(basis: Basis, course: Course, n: int, dates: Dates) -> Reason:
    """What put it there; by the rules it stands where they have it, or at a distance."""
    told_reason = course.reasons.get(n)
    if told_reason is not None:
        return told_reason
    net, places = course.net, course.places
    task, layout = net.tasks[n], basis.grounds[1].layout
    span = layout.spans.get(task.key) if layout else None
    if layout is None or span is None or net.frozen[n] is not None:
        return Reason("distance", basis.grounds[1].anchor(task.phase))
    ruled_on = layout.calendar.day(span.start)
    if places.start[n] != places.axis.own(span.start, opens=net.opens[n]):
        return Reason("distance", ruled_on)
    if span.driver is None:
        return Reason(*layout.reasons[task.key])
    driver = layout.spans[span.driver.task]
    is_due = span.driver.type in ("FS", "FF")
    on = layout.calendar.day(driver.end - 1 if is_due else driver.start)
    earlier = net.at.get(span.driver.task)
    if earlier is None or on != dates[earlier][is_due]:  # what it waits for has not moved
        return Reason("distance", ruled_on)
    return Reason(span.driver.type, on, span.driver.task, span.driver.lag)


def _anchored(basis: Basis, task: StoredTask, day: date | None, what: str) -> date | None:
    """A deadline, or a ritual's last day, at its distance to where the rules put it."""
    if day is None or basis.layouts is None or task.key not in basis.specs:
        return day
    spec = basis.specs[task.key]
    until = spec.recurring.until if spec.recurring else None
    anchor = spec.deadline if what == "deadline" else until
    if anchor is None:
        return day
    before, after = (layout.days.of(anchor, layout.calendar) for layout in basis.layouts)
    return told(day, before, after, (basis.grounds[0].axis, basis.grounds[1].axis))


def _added(basis: Basis, course: Course, floats: Mapping[str, int]) -> Iterator[PlannedTask]:
    """New tasks on the days that they have come to lie on."""
    for key, task in basis.scope.added.items():
        n = course.net.at[key]
        start_on, due_on = course.day(n), course.due(n)
        reason = course.reasons.get(n)
        facts = {**task.facts, "start_on": start_on.isoformat(), "due_on": due_on.isoformat()}
        if reason is not None:
            facts |= facts_of(reason, start_on)
        yield replace(
            task, start_on=start_on, due_on=due_on, facts=facts, float_days=floats.get(key, 0)
        )


def facts_of(reason: Reason, start_on: date) -> dict[str, Any]:
    """The reason as ``playbooks.why`` reads it."""
    waited = {"task": reason.task, "lag": reason.lag} if reason.task else {}
    return {
        "rule": reason.rule,
        "from_on": reason.from_on.isoformat(),
        "span_from": min(reason.from_on, start_on).isoformat() if waited else start_on.isoformat(),
        **waited,
    }


def _dues(basis: Basis, changed: list[TaskChange]) -> Dues:
    before = {task.key: task.due_on for task in basis.state.tasks}
    return Dues(before, {**before, **{change.task.key: change.due_on for change in changed}})


def _about_closed_days(course: Course, changes: Changes) -> Iterator[Said]:
    net, axis = course.net, course.places.axis
    for key, move in changes.moves.items():
        n = net.at[key]
        for day in filter(None, (move.start_on, move.due_on)):
            if not axis.is_open(day, opens=net.opens[n]):
                told_day = {"day": day.isoformat(), "task": net.tasks[n].title}
                yield Said(_MOVED_TO_OPEN, told_day)


# The launch day.


def _advice(basis: Basis, course: Course, changed: list[TaskChange], today: date) -> _Advice:
    if is_launched(basis.state, today):
        return _Advice()
    axis = basis.grounds[1].axis
    if axis.hole is not None:  # whether the wanted day is good is asked of the bare calendar
        axis = Axis(basis.grounds[1].bare)
    after = {change.task.key: change for change in changed}
    preparation = preparation_of(basis.state, after, basis.launch_on)
    days = Days(basis.parameters, axis, today)
    earliest_on = earliest_launch(course.places, today)
    latest_on = month_shift(preparation.start_on, LONGEST_MONTHS)
    said = (
        *about_launch_day(days, basis.launch_on),
        *about_length(preparation, earliest_on),
    )
    return _Advice(preparation, days.on_or_before(latest_on), earliest_on, said)
