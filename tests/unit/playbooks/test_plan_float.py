from datetime import date

import pytest

from tests.builders import a_milestone, a_plan, a_task, waits
from tests.unit.playbooks.slips import slips
from tracker.playbooks.model import Anchor, LinkType, TaskSpec
from tracker.playbooks.planned import Plan

DIAMOND = (
    a_task("begin", days=2),
    a_task("long", days=6, after=["begin"]),
    a_task("short", days=2, after=["begin"]),
    a_task("end", days=1, after=["long", "short"]),
)


def floats(plan: Plan) -> dict[str, int]:
    return {task.spec.key: task.float_days for task in plan.tasks}


def critical(plan: Plan) -> list[str]:
    return [task.spec.key for task in plan.tasks if task.is_critical]


def test_the_longest_chain_is_critical_and_the_rest_has_float() -> None:
    plan = a_plan(*DIAMOND)
    assert floats(plan) == {"begin": 0, "long": 0, "short": 4, "end": 0}
    assert critical(plan) == ["begin", "long", "end"]


def test_float_is_counted_in_working_days() -> None:
    plan = a_plan(*DIAMOND, launch_on=date(2027, 5, 18), country="FR")
    assert floats(plan)["short"] == 4


@pytest.mark.parametrize("months", range(2, 7))
def test_the_critical_chain_reaches_from_the_start_to_launch_day(months: int) -> None:
    plan = a_plan(
        a_milestone("decided"),
        a_task("a", days=3, after=["decided"]),
        a_task("b", days=5, after=[waits("SS", "a", 1)]),
        a_task("c", days=3, after=[waits("FF", "b", 3)]),
        a_task("d", days=1, after=[waits("FS", "c", 1)]),
        a_task("aside", days=1, after=["a"]),
        prepare_months=months,
    )
    assert critical(plan) == ["decided", "a", "b", "c", "d"]


def test_after_launch_day_float_reaches_to_the_end_of_the_project() -> None:
    plan = a_plan(
        a_task("develop.a.first", days=5, not_before=Anchor("end", working_days=-9)),
        a_task("develop.a.second", days=2, after=["develop.a.first"]),
    )
    assert floats(plan) == {"develop.a.first": 3, "develop.a.second": 3}


def test_a_task_up_to_the_end_of_the_project_is_critical() -> None:
    plan = a_plan(a_task("develop.a.last", days=10, not_before=Anchor("end", working_days=-9)))
    assert critical(plan) == ["develop.a.last"]


def test_a_wait_leaves_no_more_float_than_it_has() -> None:
    plan = a_plan(
        a_task("work", days=10),
        a_task("late", days=2, not_before=Anchor("launch", working_days=-3)),
    )
    assert floats(plan) == {"work": 0, "late": 1}


def pair(kind: LinkType, lag: int) -> tuple[TaskSpec, ...]:
    return (
        a_task("long", days=9),
        a_milestone("decided"),
        a_task("a", days=3, after=["decided"]),
        a_task("b", days=2, after=[waits(kind, "a", lag)]),
        a_milestone("done", after=[waits(kind, "b", lag)]),
    )


@pytest.mark.parametrize("months", [2, 3, 6])
@pytest.mark.parametrize("lag", [-1, 0, 2])
@pytest.mark.parametrize("kind", ["FS", "SS", "FF", "SF"])
def test_float_is_what_can_be_tried_out(kind: LinkType, lag: int, months: int) -> None:
    plan = a_plan(*pair(kind, lag), prepare_months=months)
    assert floats(plan) == slips(plan)


@pytest.mark.parametrize("months", range(2, 7))
def test_rounding_never_promises_a_day_that_is_not_there(months: int) -> None:
    plan = a_plan(
        *(a_task("c1"), a_task("c2", after=["c1"]), a_task("c3", after=["c2"])),
        *(a_task("p"), a_task("v", after=["p"])),
        prepare_months=months,
    )
    assert floats(plan) == slips(plan)
