from datetime import date
from typing import Any

import pytest

from tests.builders import a_milestone, a_plan, a_ritual, a_task, dates, due
from tracker.kernel.texts import LANGUAGES
from tracker.playbooks.model import Anchor, GateSpec, TaskSpec
from tracker.playbooks.planned import Plan
from tracker.playbooks.refusals import PlanDoesNotFit

TODAY = date(2027, 12, 6)  # three months after launch day
TASKS = (
    a_task("prepare.strategy.purpose", days=5),
    a_task("recruit.existing.segmentation", early=True, after=["prepare.strategy.purpose"]),
    a_task("launch.day.opening", on=Anchor("launch"), after=["recruit.existing.segmentation"]),
    a_task("launch.followup.figures", days=2, after=["launch.day.opening"]),
    a_task("recruit.universal.content", days=3, after=["launch.followup.figures"]),
    a_task("develop.growth.events"),
)


def a_running(*tasks: TaskSpec, today: date = TODAY, **wanted: Any) -> Plan:
    return a_plan(*tasks, today=today, already_launched=True, **wanted)


def test_a_running_community_has_its_preparation_behind_it() -> None:
    plan = a_running(*TASKS)
    assert set(plan.left_out) == {
        "prepare.strategy.purpose",
        "recruit.existing.segmentation",
        "launch.day.opening",
    }
    for language in LANGUAGES:
        assert "2027-09-06" in plan.left_out["launch.day.opening"].say(language)


def test_what_is_open_in_a_running_community_is_planned_from_today_on() -> None:
    assert dates(a_running(*TASKS)) == {
        "launch.followup.figures": (date(2027, 12, 6), date(2027, 12, 7)),
        "recruit.universal.content": (date(2027, 12, 8), date(2027, 12, 10)),
        "develop.growth.events": (date(2028, 3, 6), date(2028, 3, 6)),
    }


def test_today_on_a_closed_day_means_the_next_working_day() -> None:
    plan = a_running(*TASKS, today=date(2027, 12, 4))
    assert dates(plan)["launch.followup.figures"][0] == date(2027, 12, 6)


def test_a_launch_today_counts_as_launched() -> None:
    plan = a_running(*TASKS, today=date(2027, 9, 6))
    assert due(plan)["launch.day.opening"] == date(2027, 9, 6)
    assert "prepare.strategy.purpose" in plan.left_out


def test_a_launch_still_to_come_is_prepared_as_any_other() -> None:
    plan = a_running(*TASKS, today=date(2027, 1, 4))
    assert "prepare.strategy.purpose" in due(plan)


def test_the_same_launch_day_without_the_flag_is_refused() -> None:
    with pytest.raises(Exception, match="errors"):
        a_plan(*TASKS, today=TODAY)


def test_rituals_go_on_from_today() -> None:
    ritual = a_ritual("launch.rituals.animation", until=Anchor("develop"))
    plan = a_running(ritual)
    assert due(plan)["launch.rituals.animation"] == TODAY
    assert plan.by_key["launch.rituals.animation"].repeats_until == date(2028, 3, 6)


def test_gates_of_the_past_are_to_be_decided_today() -> None:
    gate = GateSpec("launched", {}, None, "launch", "recruit", Anchor("launch", working_days=1), ())
    assert gate.on.working_days == 1
    plan = a_running(a_milestone("launch.milestones.done"))
    assert all(row.on >= TODAY for row in plan.gates)


def test_a_community_taken_over_too_late_is_told_the_earliest_launch_day_that_fits() -> None:
    tasks = a_task("recruit.universal.content", days=200), a_task("develop.growth.events")
    wanted: dict[str, Any] = {"develop_months": 6, "today": date(2028, 3, 6)}
    with pytest.raises(PlanDoesNotFit) as refused:
        a_running(*tasks, **wanted)
    earliest = refused.value.earliest_launch_on
    assert earliest is not None
    assert refused.value.chain == ("recruit.universal.content",)
    assert earliest.isoformat() in refused.value.say("en")
    assert earliest.isoformat() in refused.value.say("fr")
    assert a_running(*tasks, launch_on=earliest, **wanted).tasks
    with pytest.raises(PlanDoesNotFit):
        a_running(*tasks, launch_on=earliest.replace(day=earliest.day - 1), **wanted)
