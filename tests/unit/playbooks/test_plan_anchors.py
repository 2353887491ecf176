from datetime import date

import pytest

from tests.builders import a_milestone, a_plan, a_playbook, a_ritual, a_task, dates, due
from tests.builders import some_parameters as parameters
from tracker.kernel.texts import LANGUAGES
from tracker.playbooks.model import Anchor, GateSpec
from tracker.playbooks.plan import make_plan

CONTENT = "recruit.universal.content"


def test_a_task_is_due_no_earlier_than_its_bound() -> None:
    plan = a_plan(a_task(CONTENT, days=2, not_before=Anchor("launch", calendar_days=7)))
    assert dates(plan)[CONTENT] == (date(2027, 9, 13), date(2027, 9, 14))


def test_a_bound_on_a_closed_day_means_the_next_working_day() -> None:
    plan = a_plan(a_task(CONTENT, not_before=Anchor("launch", calendar_days=5)))
    assert due(plan)[CONTENT] == date(2027, 9, 13)


def test_a_bound_that_is_passed_already_changes_nothing() -> None:
    plan = a_plan(
        a_task("launch.followup.figures", days=10),
        a_task(
            CONTENT, after=["launch.followup.figures"], not_before=Anchor("launch", calendar_days=7)
        ),
    )
    assert due(plan)[CONTENT] == date(2027, 9, 20)


def test_a_fixed_task_stays_on_its_date_and_its_followers_wait_for_it() -> None:
    plan = a_plan(
        a_task("launch.followup.audit", days=2, on=Anchor("launch", working_days=5)),
        a_task("launch.followup.report", after=["launch.followup.audit"]),
    )
    assert dates(plan) == {
        "launch.followup.audit": (date(2027, 9, 13), date(2027, 9, 14)),
        "launch.followup.report": (date(2027, 9, 15), date(2027, 9, 15)),
    }


def test_a_fixed_task_has_no_float_on_either_side_of_launch_day() -> None:
    plan = a_plan(
        a_task("work", days=10),
        a_task("audit", on=Anchor("launch", working_days=-5)),
        a_task("launch.followup.audit", on=Anchor("launch", working_days=5)),
    )
    assert {key: plan.by_key[key].float_days for key in ("audit", "launch.followup.audit")} == {
        "audit": 0,
        "launch.followup.audit": 0,
    }


def test_what_a_fixed_task_waits_for_can_slip_up_to_it_and_no_further() -> None:
    plan = a_plan(
        a_task("work", days=10),
        a_task("papers", days=2),
        a_task("audit", on=Anchor("launch", working_days=-5), after=["papers"]),
    )
    assert plan.by_key["papers"].float_days == 3


def test_a_share_counts_from_month_six_to_the_end() -> None:
    key = "develop.growth.events"
    for months, day in ((6, date(2028, 6, 6)), (18, date(2028, 12, 5))):
        plan = a_plan(a_task(key, not_before=Anchor("develop", share=50)), develop_months=months)
        assert due(plan)[key] == day


def test_a_deadline_flags_and_does_not_drive() -> None:
    late = a_task(CONTENT, days=3, deadline=Anchor("launch", working_days=2))
    plan = a_plan(late)
    assert due(plan)[CONTENT] == date(2027, 9, 9)
    assert plan.by_key[CONTENT].deadline_on == date(2027, 9, 8)
    (warning,) = plan.warnings
    for language in LANGUAGES:
        assert CONTENT in warning.say(language)
        assert "2027-09-09" in warning.say(language)
        assert "2027-09-08" in warning.say(language)


def test_a_deadline_that_is_met_is_not_mentioned() -> None:
    plan = a_plan(a_task(CONTENT, days=2, deadline=Anchor("launch", working_days=2)))
    assert plan.warnings == ()


def test_a_task_that_outlasts_its_phase_is_flagged() -> None:
    plan = a_plan(a_task("launch.followup.figures", days=40))
    (warning,) = plan.warnings
    assert "2027-10-15" in warning.say("en")
    assert "2027-10-29" in warning.say("fr")


def test_a_ritual_carries_its_first_date_and_its_last() -> None:
    key = "launch.rituals.animation"
    plan = a_plan(a_ritual(key, until=Anchor("develop"), not_before=Anchor("launch")))
    assert dates(plan)[key] == (date(2027, 9, 6), date(2027, 9, 6))
    assert plan.by_key[key].repeats_until == date(2028, 3, 6)


def test_a_ritual_on_a_closed_first_day_begins_the_next_working_day() -> None:
    key = "launch.rituals.animation"
    ritual = a_ritual(key, until=Anchor("develop"), not_before=Anchor("launch"))
    assert due(a_plan(ritual, launch_on=date(2027, 9, 5)))[key] == date(2027, 9, 6)


def test_a_ritual_that_would_be_over_before_it_begins_is_left_out_with_the_reason() -> None:
    key = "launch.rituals.figures"
    ritual = a_ritual(key, not_before=Anchor("launch", calendar_days=7), until=Anchor("launch_end"))
    assert key in due(a_plan(ritual, launch_weeks=2))
    plan = a_plan(ritual, launch_weeks=1)
    assert key not in due(plan)
    assert "2027-09-10" in plan.left_out[key].say("en")
    assert "2027-09-10" in plan.left_out[key].say("fr")


def test_consumer_tactics_wait_for_the_seeds() -> None:
    plan = a_plan(
        a_task("launch.day.opening"),
        a_milestone(
            "recruit.milestones.seeds_engaged",
            after=["launch.day.opening"],
            not_before=Anchor("launch", calendar_days=7),
        ),
        a_task("recruit.scratch.seo", days=2, after=["recruit.milestones.seeds_engaged"]),
    )
    assert due(plan)["recruit.milestones.seeds_engaged"] == date(2027, 9, 13)
    assert dates(plan)["recruit.scratch.seo"] == (date(2027, 9, 14), date(2027, 9, 15))


def gate_day(*criteria: dict[str, str], anchor: Anchor, task_days: int) -> date:
    gate = GateSpec("gate", {}, None, "prepare", "launch", anchor, criteria)
    playbook = a_playbook(
        a_task("launch.followup.work", days=task_days),
        a_milestone("launch.milestones.done", after=["launch.followup.work"]),
        gates=[gate],
    )
    plan = make_plan(playbook, parameters(), date(2027, 1, 4))
    return plan.gates[0].on


def test_a_gate_lies_on_its_anchor() -> None:
    assert gate_day(anchor=Anchor("launch", working_days=-1), task_days=1) == date(2027, 9, 3)


@pytest.mark.parametrize(("days", "day"), [(1, date(2027, 9, 7)), (5, date(2027, 9, 10))])
def test_a_gate_waits_for_the_milestones_that_it_asks_for(days: int, day: date) -> None:
    asked = {"kind": "milestone", "task": "launch.milestones.done"}
    assert gate_day(asked, anchor=Anchor("launch", working_days=1), task_days=days) == day
