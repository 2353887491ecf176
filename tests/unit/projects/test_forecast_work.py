"""What a forecast takes a running plan to be."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from tests.builders import MONDAY_6_SEPTEMBER, a_milestone, a_plan, a_ritual, a_task
from tests.unit.projects.running import but, state_of
from tracker.playbooks.catalog import our_playbook
from tracker.playbooks.model import Anchor
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.plan import make_plan
from tracker.playbooks.planned import Plan
from tracker.projects.forecast.simulation import forecast
from tracker.projects.forecast.values import Uncertain, Work
from tracker.projects.forecast.work import Goal, goal_of, work_of
from tracker.projects.replanning.values import State

TODAY = date(2027, 8, 2)
END = Anchor("end")


def left(plan: Plan, state: State | None = None, *, goal: Goal = "launch", **more: Any) -> Work:
    """What is left of ``plan`` as ``state`` has it; ``more`` are columns of every task."""
    rows = {
        task.spec.key: SimpleNamespace(
            **{
                "duration_days": task.days,
                "reference_days": task.spec.days,
                "optimistic_days": task.spec.optimistic,
                "pessimistic_days": task.spec.pessimistic,
                **more,
            }
        )
        for task in plan.tasks
    }
    return work_of(state or state_of(plan), rows, plan.calendar, today=TODAY, goal=goal)


def named(work: Work) -> dict[str, Uncertain]:
    return {task.key: task for task in work.tasks}


def certain(work: Work) -> Work:
    """The same, if every task takes as long as is likely."""
    tasks = (replace(t, optimistic=t.likely, pessimistic=t.likely) for t in work.tasks)
    return replace(work, tasks=tuple(tasks))


def test_before_launch_day_counts_what_is_planned_backwards_from_it() -> None:
    plan = a_plan(
        a_task("a"),
        a_task("recruit.work.early", early=True),
        a_task("recruit.work.late"),
        a_ritual("prepare.work.weekly", until=END),
        today=TODAY,
    )
    assert named(left(plan)).keys() == {"a", "recruit.work.early"}
    assert named(left(plan, goal="end")).keys() == {"a", "recruit.work.early", "recruit.work.late"}


def test_what_does_not_apply_is_bridged_and_takes_no_time() -> None:
    plan = a_plan(a_task("a"), a_task("b", after=["a"]), a_task("c", after=["b"]), today=TODAY)
    work = left(plan, but(state_of(plan), "b", status="not_applicable"))
    assert named(work).keys() == {"a", "c"}
    assert [link.task for link in named(work)["c"].after] == ["a"]


def test_progress_is_read_from_the_tasks() -> None:
    plan = a_plan(a_task("a"), a_task("b"), a_task("c"), today=TODAY)
    state = but(state_of(plan), "a", status="done", started_on=TODAY, finished_on=TODAY)
    state = but(state, "b", status="in_progress", started_on=TODAY)
    found = named(left(plan, state))
    assert (found["a"].finished_on, found["b"].started_on) == (TODAY, TODAY)
    assert (found["b"].finished_on, found["c"].started_on) == (None, None)


def test_a_pin_holds_and_what_is_tied_to_launch_day_moves_with_it() -> None:
    plan = a_plan(
        a_task("free", days=10),
        a_task("pinned"),
        a_milestone("begun", on=Anchor("start")),
        a_milestone("eve", on=Anchor("launch", working_days=-1)),
        a_task("window", not_before=Anchor("launch", working_days=-3)),
        today=TODAY,
    )
    start, day = plan.days.start, date(2027, 8, 25)
    found = named(left(plan, but(state_of(plan), "pinned", is_pinned=True, start_on=day)))
    assert {key: task.not_before for key, task in found.items()} == {
        "free": start,
        "pinned": day,
        "begun": start,
        "eve": start,
        "window": start,
    }
    to_the_end = named(left(plan, goal="end"))
    assert to_the_end["eve"].not_before == date(2027, 9, 3)
    assert to_the_end["window"].not_before == date(2027, 9, 1)


def test_the_goal_is_the_end_once_the_launch_is_over() -> None:
    state = state_of(a_plan(a_task("a"), today=TODAY))
    assert goal_of(state, MONDAY_6_SEPTEMBER) == "launch", "late, but not launched"
    launched = replace(state, phase="launch")
    assert goal_of(launched, MONDAY_6_SEPTEMBER) == "end"
    work = left(a_plan(a_task("a"), today=TODAY), launched, goal="end")
    assert (work.promised_on, work.is_exclusive) == (launched.end_on, False)


def test_our_playbook_is_forecast_on_its_launch_day_if_all_goes_as_is_likely() -> None:
    for months in (2, 3, 5):
        parameters = Parameters(launch_on=date(2028, 3, 6), prepare_months=months, country="FR")
        plan = make_plan(our_playbook("community-launch"), parameters, TODAY)
        found = forecast(certain(left(plan)), seed=1, runs=1)
        gap = plan.calendar.index(plan.days.launch) - plan.calendar.index(found.p50)
        assert 0 <= gap <= months // 2, "a stretched duration is rounded, boundary by boundary"
        assert forecast(left(plan), seed=1, runs=100).p95 > plan.days.launch
