from datetime import date

import pytest

from tests.builders import a_milestone, a_plan, a_task, dates, due, waits
from tracker.playbooks.model import Link

A_WORKING_WEEK = [date(2027, 8, 30 + n) if n < 2 else date(2027, 9, n - 1) for n in range(5)]
MON, TUE, WED, THU, FRI = A_WORKING_WEEK  # the last ones before launch day
LAST_THU, LAST_FRI = date(2027, 8, 26), date(2027, 8, 27)


def test_a_task_starts_the_working_day_after_the_task_it_waits_for() -> None:
    plan = a_plan(a_task("draft", days=2), a_task("review", after=["draft"]))
    assert dates(plan) == {"draft": (WED, THU), "review": (FRI, FRI)}


def test_the_preparation_ends_the_working_day_before_launch_day() -> None:
    assert a_plan(a_task("draft", days=5)).phases[0].end_on == FRI


def test_a_one_day_task_starts_and_is_due_on_the_same_day() -> None:
    (planned,) = a_plan(a_task("draft")).tasks
    assert (planned.start_on, planned.due_on, planned.days) == (FRI, FRI, 1)


def test_everything_is_planned_at_its_early_dates() -> None:
    plan = a_plan(a_task("long", days=5), a_task("short", days=1))
    assert dates(plan)["short"] == (MON, MON)


LINKS = [
    (waits("FS", "a"), (MON, WED), (THU, FRI)),
    (waits("FS", "a", 2), (LAST_THU, MON), (THU, FRI)),
    (waits("FS", "a", -1), (TUE, THU), (THU, FRI)),
    (waits("SS", "a"), (WED, FRI), (WED, THU)),
    (waits("SS", "a", 2), (TUE, THU), (THU, FRI)),
    (waits("FF", "a"), (WED, FRI), (THU, FRI)),
    (waits("FF", "a", 2), (MON, WED), (THU, FRI)),
    (waits("FF", "a", -1), (WED, FRI), (WED, THU)),
    (waits("SF", "a", 3), (TUE, THU), (THU, FRI)),
]


@pytest.mark.parametrize(("link", "first", "second"), LINKS, ids=[str(link[0]) for link in LINKS])
def test_a_link_dates_both_tasks(
    link: Link, first: tuple[date, date], second: tuple[date, date]
) -> None:
    plan = a_plan(a_task("a", days=3), a_task("b", days=2, after=[link]))
    assert dates(plan) == {"a": first, "b": second}


def test_sf_ends_no_earlier_than_the_start_of_its_predecessor() -> None:
    plan = a_plan(
        a_task("before"),
        a_task("a", days=3, after=["before"]),
        a_task("b", days=2, after=[waits("SF", "a")]),
    )
    assert dates(plan) == {"before": (TUE, TUE), "a": (WED, FRI), "b": (TUE, WED)}


def test_ss_with_a_lead_starts_ahead_of_its_predecessor() -> None:
    plan = a_plan(
        a_task("before", days=2),
        a_task("a", days=3, after=["before"]),
        a_task("b", after=[waits("SS", "a", -1)]),
    )
    assert dates(plan)["b"] == (TUE, TUE)


def test_a_milestone_falls_on_the_due_day_of_its_last_predecessor() -> None:
    plan = a_plan(
        a_task("a", days=2),
        a_task("b", days=3),
        a_milestone("ready", after=["a", "b"]),
        a_task("after", days=2, after=["ready"]),
    )
    assert dates(plan)["ready"] == (WED, WED)
    assert dates(plan)["after"] == (THU, FRI)
    assert plan.by_key["ready"].days == 0


def test_a_last_milestone_costs_no_day() -> None:
    plan = a_plan(a_task("a", days=2), a_milestone("ready", after=["a"]))
    assert dates(plan) == {"a": (THU, FRI), "ready": (FRI, FRI)}


def test_a_milestone_without_predecessors_stands_on_the_first_day() -> None:
    plan = a_plan(a_milestone("decided"), a_task("a", days=2, after=["decided"]))
    assert dates(plan) == {"decided": (WED, WED), "a": (THU, FRI)}
    assert plan.days.start == WED


@pytest.mark.parametrize("months", range(2, 7))
def test_the_first_milestone_opens_the_preparation_however_long_it_is(months: int) -> None:
    plan = a_plan(
        a_milestone("decided"),
        a_task("a", days=2, after=["decided"]),
        prepare_months=months,
    )
    calendar = plan.calendar
    assert due(plan)["decided"] == plan.days.start
    assert calendar.index(dates(plan)["a"][0]) == calendar.index(plan.days.start) + 1


def test_tasks_after_launch_day_count_forwards_from_it() -> None:
    plan = a_plan(
        a_task("launch.day.opening"),
        a_task("launch.followup.figures", days=5, after=["launch.day.opening"]),
    )
    assert dates(plan) == {
        "launch.day.opening": (date(2027, 9, 6), date(2027, 9, 6)),
        "launch.followup.figures": (date(2027, 9, 7), date(2027, 9, 13)),
    }


def test_recruiting_begins_the_first_working_day_after_launch_day() -> None:
    plan = a_plan(a_task("recruit.universal.content", days=2), launch_on=date(2027, 9, 3))
    assert dates(plan)["recruit.universal.content"] == (date(2027, 9, 6), date(2027, 9, 7))


def test_early_tasks_of_the_recruitment_are_planned_before_launch_day() -> None:
    plan = a_plan(
        a_task("a", days=2), a_task("recruit.existing.segmentation", early=True, after=["a"])
    )
    assert dates(plan)["recruit.existing.segmentation"] == (FRI, FRI)


def test_development_begins_six_months_after_launch_day() -> None:
    plan = a_plan(a_task("develop.growth.events"), launch_on=date(2027, 8, 31))
    assert plan.days.develop == date(2028, 2, 29)
    assert dates(plan)["develop.growth.events"][0] == date(2028, 2, 29)


def test_development_on_a_closed_day_begins_the_next_working_day() -> None:
    plan = a_plan(a_task("develop.growth.events"), launch_on=date(2027, 10, 15))
    assert plan.days.develop == date(2028, 4, 17)  # six months later is a Saturday


def test_the_phases_follow_each_other_without_a_hole() -> None:
    plan = a_plan(a_task("a", days=3), develop_months=12)
    assert [(phase.key, phase.start_on, phase.end_on) for phase in plan.phases] == [
        ("prepare", WED, FRI),
        ("launch", date(2027, 9, 6), date(2027, 10, 15)),
        ("recruit", date(2027, 9, 7), date(2028, 3, 3)),
        ("develop", date(2028, 3, 6), date(2029, 3, 6)),
    ]


def test_the_first_weeks_are_as_many_as_wanted() -> None:
    plan = a_plan(a_task("a"), launch_weeks=2)
    assert plan.days.launch_end == date(2027, 9, 17)


def test_public_holidays_are_skipped() -> None:
    plan = a_plan(a_task("a", days=3), launch_on=date(2027, 5, 10), country="FR")
    # Ascension Day is Thursday, 6 May.
    assert dates(plan)["a"] == (date(2027, 5, 4), date(2027, 5, 7))


def test_closures_of_the_project_are_skipped() -> None:
    plan = a_plan(a_task("a", days=2), closures=(THU, FRI))
    assert dates(plan)["a"] == (TUE, WED)


def test_tasks_come_in_the_order_of_their_dates() -> None:
    plan = a_plan(
        a_task("late", after=["long"]), a_task("long", days=3), a_task("short"), a_task("other")
    )
    assert [task.spec.key for task in plan.tasks] == ["short", "other", "long", "late"]


def test_equal_inputs_give_equal_plans() -> None:
    tasks = a_task("a", days=3), a_task("b", after=["a"])
    assert a_plan(*tasks).tasks == a_plan(*tasks).tasks


def test_a_playbook_without_preparation_starts_on_launch_day() -> None:
    plan = a_plan(a_task("launch.day.opening"))
    assert plan.days.start == plan.days.launch


def test_an_empty_playbook_has_a_plan() -> None:
    plan = a_plan()
    assert plan.tasks == ()
    assert len(plan.phases) == 4
