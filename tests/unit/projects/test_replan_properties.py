"""Whatever the plan and whatever is asked, a re-plan keeps its promises."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.unit.playbooks.order import Waiting, bounds
from tests.unit.playbooks.test_properties import ALL_LAGS, playbooks
from tests.unit.projects.running import after, dates, state_of
from tracker.kernel.errors import DomainError
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.model import Link
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.plan import make_plan
from tracker.playbooks.schedule import FixedDays
from tracker.projects.replanning.axis import Axis
from tracker.projects.replanning.replan import replan
from tracker.projects.replanning.values import (
    Changes,
    Frozen,
    Move,
    NewLink,
    Replan,
    State,
    StoredTask,
    Strategy,
)

PLANNED = date(2027, 1, 4)
LAUNCH = date(2027, 9, 6)
thorough = settings(deadline=None, derandomize=True, max_examples=80)


@st.composite
def states(draw: st.DrawFn, *, slips: bool = True) -> tuple[State, date]:
    """A plan on some day of its life: some done, some started, some pinned, some slipped."""
    playbook = draw(playbooks(lags=ALL_LAGS))
    parameters = Parameters(
        launch_on=LAUNCH + timedelta(days=draw(st.integers(0, 13))),
        prepare_months=draw(st.integers(2, 4)),
        country=draw(st.sampled_from((None, "FR", "SA"))),
    )
    try:
        plan = make_plan(playbook, parameters, PLANNED)
    except DomainError:
        assume(False)  # what cannot be planned cannot run
        raise
    state = state_of(plan)
    today = draw(st.sampled_from((PLANNED, plan.days.launch - timedelta(days=9))))
    if slips:
        axis = axis_of(state)
        tasks = tuple(draw(lived(task, axis, today)) for task in state.tasks)
        custom = draw(customs(state, axis, today))
        state = replace(state, tasks=(*tasks, *custom))
    return state, today


@st.composite
def lived(draw: st.DrawFn, task: StoredTask, axis: Axis, today: date) -> StoredTask:
    """What may have become of a task by ``today``."""
    fate = draw(st.sampled_from(("as planned", "as planned", "slipped", "pinned", "lived")))
    if fate == "pinned":
        return task._replace(is_pinned=True)
    if fate == "slipped":
        return slipped(task, axis, draw(st.integers(0, 6)))
    if fate == "lived" and task.start_on <= today:
        return draw(
            st.sampled_from(
                (
                    task._replace(status="done", started_on=task.start_on, finished_on=today),
                    task._replace(status="in_progress", started_on=task.start_on),
                    task._replace(status="not_applicable"),
                )
            )
        )
    return task


def slipped(task: StoredTask, axis: Axis, days: int) -> StoredTask:
    opens = task.phase == "launch" and task.checklist == "day"
    start, due = (axis.first(day, opens=opens) for day in (task.start_on, task.due_on))
    return task._replace(
        start_on=axis.day(start + days, opens=opens),
        due_on=axis.day(due + days, opens=opens),
    )


@st.composite
def customs(draw: st.DrawFn, state: State, axis: Axis, today: date) -> list[StoredTask]:
    """Tasks of which the playbook knows nothing."""
    found: list[StoredTask] = []
    for n in range(draw(st.integers(0, 2))):
        start = axis.first(today) + draw(st.integers(0, 120))
        first = state.tasks[draw(st.integers(0, len(state.tasks) - 1))]
        phase = draw(st.sampled_from(("prepare", "recruit", "develop")))
        found.append(
            first._replace(
                key=f"{phase}.custom.c{n}",
                phase=phase,
                checklist="custom",
                start_on=axis.day(start),
                due_on=axis.day(start + 2),
                is_milestone=False,
                is_early=False,
                after=draw(st.sampled_from(((), (Link(first.key),)))),
            )
        )
    return found


def axis_of(state: State) -> Axis:
    wanted = state.parameters
    return Axis.on(WorkCalendar(wanted.country, None, wanted.closures), state.launch_on)


@st.composite
def asked(draw: st.DrawFn, state: State, today: date) -> Changes:
    """Anything at all that is not refused for its values."""
    parameters: dict[str, Any] = {}
    if draw(st.booleans()):
        parameters["launch_on"] = state.launch_on + timedelta(days=draw(st.integers(-40, 40)))
    if draw(st.sampled_from((False, False, True))):
        parameters["prepare_months"] = draw(st.integers(2, 6))
    if draw(st.sampled_from((False, False, True))):
        parameters["country"] = draw(st.sampled_from((None, "FR", "BR")))
    if draw(st.sampled_from((False, False, True))):
        parameters["closures"] = (LAUNCH - timedelta(days=4), LAUNCH + timedelta(days=1))
    if draw(st.sampled_from((False, False, False, True))):
        parameters["audience"] = draw(st.sampled_from(("existing", "from_scratch")))
    free = [task for task in state.tasks if task.is_open and not task.is_pinned]
    moves: dict[str, Move] = {}
    if draw(st.booleans()) and free:
        task = free[draw(st.integers(0, len(free) - 1))]
        day = max(today, task.start_on) + timedelta(days=draw(st.integers(0, 30)))
        moves[task.key] = Move(due_on=day) if task.began_on else Move(start_on=day)
    links: tuple[NewLink, ...] = ()
    if len(free) > 1 and draw(st.booleans()):
        one, other = free[0], free[-1]
        links = (NewLink(other.key, Link(one.key, "FS", draw(st.integers(0, 3)))),)
    strategy = draw(st.sampled_from(tuple(Strategy)))
    return Changes(parameters=parameters, moves=moves, links=links, strategy=strategy)


def answered(state: State, changes: Changes, today: date) -> Replan | None:
    try:
        return replan(state, changes, today)
    except DomainError:
        return None


@thorough
@given(st.data())
def test_what_is_frozen_stays_and_what_moves_keeps_the_rules(data: st.DataObject) -> None:
    state, today = data.draw(states())
    changes = data.draw(asked(state, today))
    plan = answered(state, changes, today)
    assume(plan is not None)
    assert plan is not None
    new = after(state, plan)
    assert broken(state, new, plan, today) == []
    assert answered(state, changes, today) == plan, "equal inputs give equal answers"


def broken(old: State, new: State, plan: Replan, today: date) -> list[str]:
    axis, before = axis_of(new), axis_of(old)
    faults = []
    for was, task in zip(old.tasks, new.tasks, strict=True):
        opens = plan_opens(new, task)
        is_same = (was.start_on, was.due_on) == (task.start_on, task.due_on)
        frozen = plan.frozen.get(task.key)
        if frozen in (Frozen.DONE, Frozen.NOT_APPLICABLE, Frozen.PINNED) and not is_same:
            faults.append(f"{task.key} is {frozen} and moved")
        if was.began_on and task.start_on != was.start_on:
            faults.append(f"{task.key} has started and its start moved")
        if not task.is_open or frozen is Frozen.PINNED:
            continue
        if task.due_on < today or (not was.began_on and task.start_on < today):
            faults.append(f"{task.key} is open and lies before today")
        days = (task.due_on,) if was.began_on else (task.start_on, task.due_on)
        if not is_same and not all(axis.is_open(day, opens=opens) for day in days):
            faults.append(f"{task.key} lies on a closed day: {days}")
        lasted = length(was, before, opens=plan_opens(old, was))
        is_as_before = was.status == task.status and not was.began_on and not plan.added
        keeps_pace = old.parameters.prepare_months == new.parameters.prepare_months
        lasts = length(task, axis, opens=opens)
        if keeps_pace and is_as_before and lasts != lasted:
            faults.append(f"{task.key} lasted {lasted} and lasts {lasts}")
    return faults


def length(task: StoredTask, axis: Axis, *, opens: bool) -> int:
    return axis.first(task.due_on, opens=opens) - axis.first(task.start_on, opens=opens)


def plan_opens(state: State, task: StoredTask) -> bool:
    spec = state.playbook.by_key.get(task.key)
    on_launch = spec and spec.on and spec.on.name == "launch" and not spec.on.is_offset
    return (task.phase == "launch" and task.checklist == "day") or bool(
        task.is_milestone and on_launch
    )


def restores(
    state: State, today: date, there: Callable[[State], Changes], back: Callable[[State], Changes]
) -> list[str]:
    """Tasks that two moves leave elsewhere, though they lie in the future all the time."""
    first = answered(state, there(state), today)
    assume(first is not None)
    assert first is not None
    middle = after(state, first)
    second = replan(middle, back(middle), today)
    end = after(middle, second)
    on_the_way, now = dates(middle), axis_of(middle).calendar.on_or_after(today)
    found = dates(end)
    return [
        f"{key}: {was} → {on_the_way[key]} → {found[key]}"
        for key, was in dates(state).items()
        if was != found[key] and was[0] >= today and on_the_way[key][0] > now
    ]


@thorough
@given(st.data(), st.integers(-60, 60), st.booleans())
def test_launch_day_moved_there_and_back_restores_every_date(
    data: st.DataObject, days: int, working: bool
) -> None:
    state, today = data.draw(states())
    axis = axis_of(state)
    there = state.launch_on + timedelta(days=days)
    if working:
        there = axis.day(axis.first(state.launch_on) + days)
    assume(there >= today)
    assert (
        restores(
            state,
            today,
            lambda _: Changes(parameters={"launch_on": there}),
            lambda _: Changes(parameters={"launch_on": state.launch_on}),
        )
        == []
    )


@thorough
@given(st.data(), st.integers(1, 40))
def test_a_task_moved_later_and_back_restores_every_date(data: st.DataObject, days: int) -> None:
    state, today = data.draw(states())
    healed = replan(state, Changes(strategy=Strategy.CLOSE_GAP), today)
    state = after(state, healed)  # links are kept and nothing lies in the past
    free = [task for task in state.tasks if task.key not in {*healed.frozen, *fixed(state)}]
    assume(free)
    task = free[data.draw(st.integers(0, len(free) - 1))]
    axis = axis_of(state)
    opens = plan_opens(state, task)
    there = axis.day(axis.first(task.start_on, opens=opens) + days, opens=opens)
    assert (
        restores(
            state,
            today,
            lambda _: Changes(moves={task.key: Move(start_on=there)}),
            lambda _: Changes(moves={task.key: Move(start_on=task.start_on)}),
        )
        == []
    )


@thorough
@given(st.data())
def test_closing_gaps_keeps_every_link_and_leaves_no_room(data: st.DataObject) -> None:
    state, today = data.draw(states())
    changes = replace(data.draw(asked(state, today)), strategy=Strategy.CLOSE_GAP)
    plan = answered(state, changes, today)
    assume(plan is not None)
    assert plan is not None
    new = after(state, plan)
    loose = {task.key for task in new.tasks if task.key not in plan.frozen} - fixed(new)
    broken_links = [
        conflict
        for conflict in plan.conflicts
        if conflict.kind == "link" and {conflict.task, conflict.other} <= loose
    ]
    assert broken_links == []
    is_laid_out_anew = plan.launch_on != state.launch_on
    if is_laid_out_anew and not plan.added and not plan.retired and not plan.revived:
        assert gaps(new, plan, today, held=set(changes.moves)) == []


def fixed(state: State) -> set[str]:
    """What the playbook ties to an anchor."""
    return {task.key for task in state.playbook.tasks if task.on is not None}


def gaps(state: State, plan: Replan, today: date, held: set[str]) -> list[str]:
    """Tasks that could start a day earlier. Measured in ordinals of the open calendar."""
    axis = axis_of(state)  # one for all: where its count begins is its own business
    index = axis.calendar.index
    transparent = {task.key for task in state.tasks if task.status == "not_applicable"}
    places = {
        task.key: (
            index(task.began_on or task.start_on),
            index((task.finished_on or max(task.due_on, today)) + timedelta(days=1)) - 1
            if task.key in plan.frozen
            else index(task.due_on),
        )
        for task in state.tasks
    }
    found = []
    for task in state.tasks:
        if task.key in {*plan.frozen, *held, *fixed(state)} or task.checklist == "custom":
            continue
        if any(link.task in transparent for link in task.after):
            continue
        opens = plan_opens(state, task)
        floor = first_possible(state, task, axis.calendar)
        start = places[task.key][0]
        reached = [floor, index(today)]
        row = Waiting(
            task.key,
            is_milestone=task.is_milestone,
            after=[(link.task, link.type, link.lag) for link in task.after],
        )
        tight = any(day <= bound for bound, day in bounds(row, places))
        if axis.hole is None and not opens and not tight and start > max(reached):
            found.append(f"{task.key} starts at {start}, could at {reached}")
    return found


def first_possible(state: State, task: StoredTask, calendar: WorkCalendar) -> int:
    """By its phase and its window."""
    borders = {phase.key: phase for phase in state.phases}
    day = state.start_on if task.is_before_launch else borders[task.phase].start_on
    if task.phase == "launch":
        day = state.launch_on
    spec = state.playbook.by_key[task.key]
    floor = calendar.index(day)
    if spec.not_before:
        fixed = FixedDays(
            state.start_on,
            state.launch_on,
            borders["launch"].end_on,
            borders["develop"].start_on,
            state.end_on,
        )
        floor = max(floor, calendar.index(fixed.of(spec.not_before, calendar)))
    return floor
