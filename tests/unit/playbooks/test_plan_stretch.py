from datetime import date
from typing import Any

import pytest

from tests.builders import a_milestone, a_plan, a_task, dates, waits
from tracker.playbooks.planned import Plan

CHAIN = (
    a_milestone("decided"),
    a_task("purpose", days=5, after=["decided"]),
    a_task("talks", days=3, after=[waits("SS", "purpose", 1)]),
    a_task("platform", days=8, after=["purpose", waits("FF", "talks", 3)]),
    a_milestone("ready", after=["platform"]),
    a_task("kit", days=2, after=["ready"]),
)


def days_before_launch(plan: Plan) -> dict[str, tuple[int, int]]:
    """Working days from launch day, of starts and due days."""
    count, launch = plan.calendar.index, plan.calendar.index(plan.days.launch)
    return {
        key: (count(first) - launch, count(last) - launch)
        for key, (first, last) in dates(plan).items()
    }


def test_reference_durations_are_those_of_two_months() -> None:
    assert days_before_launch(a_plan(*CHAIN)) == {
        "decided": (-16, -16),
        "purpose": (-15, -11),
        "talks": (-14, -12),
        "platform": (-10, -3),
        "ready": (-3, -3),
        "kit": (-2, -1),
    }


def test_durations_and_lags_are_half_as_long_again_with_three_months() -> None:
    plan = a_plan(*CHAIN, prepare_months=3)
    assert days_before_launch(plan) == {
        "decided": (-23, -23),
        "purpose": (-22, -16),
        "talks": (-21, -17),
        "platform": (-15, -4),
        "ready": (-4, -4),
        "kit": (-3, -1),
    }
    assert plan.by_key["talks"].after[0].lag == 1
    assert plan.by_key["platform"].after[1].lag == 4  # half days are left off


def test_durations_are_three_times_as_long_with_six_months() -> None:
    plan = a_plan(*CHAIN, prepare_months=6)
    assert {task.spec.key: task.days for task in plan.tasks} == {
        "decided": 0,
        "purpose": 15,
        "talks": 9,
        "platform": 24,
        "ready": 0,
        "kit": 6,
    }


@pytest.mark.parametrize("months", range(3, 7))
def test_a_longer_preparation_makes_no_task_later(months: int) -> None:
    shorter = days_before_launch(a_plan(*CHAIN, prepare_months=months - 1))
    longer = days_before_launch(a_plan(*CHAIN, prepare_months=months))
    for key, (start, end) in longer.items():
        assert start <= shorter[key][0]
        assert end <= shorter[key][1]


def test_tasks_after_launch_day_are_not_stretched() -> None:
    plan = a_plan(a_task("launch.followup.figures", days=4), prepare_months=6)
    assert plan.by_key["launch.followup.figures"].days == 4


def test_what_starts_with_a_milestone_is_not_pushed_later_by_a_longer_preparation() -> None:
    tasks = (
        a_task("work", days=2),
        a_milestone("decided", after=["work"]),
        a_task("talks", after=[waits("SS", "decided")]),
        a_task("rest", after=["decided"]),
    )
    assert days_before_launch(a_plan(*tasks))["talks"] == (-2, -2)
    for months in range(3, 7):
        assert days_before_launch(a_plan(*tasks, prepare_months=months))["talks"][1] <= -2


def test_leads_are_kept_as_they_are_and_still_end_before_launch_day() -> None:
    plan = a_plan(
        a_task("a", days=4), a_task("b", days=4, after=[waits("FS", "a", -2)]), prepare_months=6
    )
    assert days_before_launch(plan) == {"a": (-22, -11), "b": (-12, -1)}


def test_start_and_launch_day_follow_from_each_other() -> None:
    for months in range(2, 7):
        wanted: dict[str, Any] = {"prepare_months": months, "country": "FR"}
        forth = a_plan(*CHAIN, **wanted, launch_on=date(2027, 5, 18))
        back = a_plan(*CHAIN, **wanted, start_on=forth.days.start)
        assert back.days == forth.days
        assert dates(back) == dates(forth)


def test_a_closed_start_moves_to_the_next_working_day() -> None:
    saturday, monday = date(2027, 9, 4), date(2027, 9, 6)
    plan = a_plan(a_task("a", days=2), start_on=saturday)
    assert plan.days.start == monday
    assert plan.days.launch == date(2027, 9, 8)
    assert plan.parameters.start_on == monday
    assert plan.parameters.launch_on == date(2027, 9, 8)
