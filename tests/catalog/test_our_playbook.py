"""The playbook that comes with the product: what its plans are like."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.catalog import editions, find_all_problems, our_playbook
from tracker.playbooks.checklist import Frame, lay_out, of_module
from tracker.playbooks.grammar import AUDIENCES, SCOPES, TYPES
from tracker.playbooks.model import Playbook
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.plan import make_plan
from tracker.playbooks.planned import Plan
from tracker.playbooks.policy import DEFAULT
from tracker.playbooks.schedule import month_shift

TODAY, LAUNCH = date(2027, 1, 4), date(2027, 9, 6)
CONSUMER_TACTICS = {
    "prepare.team.influence",
    "recruit.scratch.viral_content",
    "recruit.scratch.seo_and_content",
    "recruit.scratch.partnerships",
    "develop.growth.seo_and_visibility",
    "develop.growth.indirect_monetisation",
}
CORRECTIONS = {
    *("fit_review", "revival", "elders", "rescue", "welcome", "relief"),
    "invitation_wave",  # no alert's: a funnel that falls short proposes it
}


def a_plan_of(playbook: Playbook, **wanted: Any) -> Plan:
    return make_plan(playbook, Parameters(**{"launch_on": LAUNCH, **wanted}), TODAY)


def test_every_playbook_of_ours_is_faultless() -> None:
    assert editions()
    for edition in editions():
        assert list(find_all_problems(edition.path)) == []


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("kind", [None, *TYPES])
@pytest.mark.parametrize("public", [False, True])
def test_internal_communities_get_no_consumer_tactics_sponsoring_or_public_seo(
    audience: str, kind: str | None, public: bool, playbook: Playbook
) -> None:
    plan = a_plan_of(
        playbook, scope="internal", audience=audience, community_type=kind, public=public
    )
    assert not CONSUMER_TACTICS & set(plan.by_key)
    assert set(plan.left_out) >= CONSUMER_TACTICS


def test_a_public_community_from_scratch_gets_all_consumer_tactics(playbook: Playbook) -> None:
    plan = a_plan_of(playbook, audience="from_scratch", public=True)
    assert set(plan.by_key) >= CONSUMER_TACTICS


def test_consumer_tactics_wait_for_the_seeds_to_be_engaged(playbook: Playbook) -> None:
    plan = a_plan_of(playbook, audience="from_scratch", public=True)
    engaged = plan.by_key["recruit.milestones.seeds_engaged"].due_on
    assert engaged >= LAUNCH + timedelta(days=7)
    for key in ("viral_content", "seo_and_content", "partnerships"):
        assert plan.by_key[f"recruit.scratch.{key}"].start_on > engaged


@pytest.mark.parametrize("kind", TYPES)
def test_a_type_adds_the_tasks_of_its_mechanics_and_no_others(
    kind: str, playbook: Playbook
) -> None:
    told = playbook.community_type(kind)
    assert told
    added = {key for mechanic in told["mechanics"] for key in mechanic["tasks"]}
    with_type = set(a_plan_of(playbook, community_type=kind).by_key)
    assert with_type - set(a_plan_of(playbook).by_key) == added


@pytest.mark.parametrize("country", [None, "FR", "US", "JP"])
@pytest.mark.parametrize("months", range(2, 7))
def test_the_preparation_lasts_between_two_and_six_calendar_months(
    months: int, country: str | None, playbook: Playbook
) -> None:
    for scope, audience, public in product(SCOPES, AUDIENCES, (False, True)):
        plan = a_plan_of(
            playbook,
            prepare_months=months,
            country=country,
            scope=scope,
            audience=audience,
            public=public,
        )
        longest, shortest = (month_shift(LAUNCH, -n) for n in (6, 2))
        assert plan.days.start >= longest - timedelta(days=5), (scope, audience, public)
        assert plan.days.start <= shortest + timedelta(days=5), (scope, audience, public)


def test_every_task_that_takes_time_is_estimated_around_its_likely_duration(
    playbook: Playbook,
) -> None:
    tasks = [*playbook.tasks, *(task for module in playbook.modules for task in module.tasks)]
    for task in tasks:
        if task.is_milestone:
            assert (task.optimistic, task.pessimistic) == (None, None)
        else:
            assert task.optimistic is not None, task.key
            assert task.pessimistic is not None, task.key
            assert 0 < task.optimistic <= task.days < task.pessimistic, task.key


def test_version_two_plans_as_version_one() -> None:
    first, second = (our_playbook("community-launch", version) for version in (1, 2))
    assert first.modules == ()
    assert [replace(task, optimistic=None, pessimistic=None) for task in second.tasks] == [
        *first.tasks
    ]
    assert second.gates == first.gates


def test_version_three_adds_nothing_but_the_policy_that_holds_anyway() -> None:
    second, third = (our_playbook("community-launch", version) for version in (2, 3))
    assert second.reminders == {}
    assert third.reminders == DEFAULT
    assert third == replace(second, version=3, reminders=DEFAULT)


def test_version_four_adds_targets_watches_and_what_corrects(playbook: Playbook) -> None:
    third = our_playbook("community-launch", 3)
    assert (third.targets, third.watches) == ((), ())
    assert playbook.modules[: len(third.modules)] == third.modules
    assert playbook.tasks == third.tasks
    assert playbook.gates == third.gates
    assert {module.key for module in playbook.modules[len(third.modules) :]} == CORRECTIONS
    assert {watch.corrects for watch in playbook.watches} - {None} < CORRECTIONS


def test_every_alert_of_the_paper_has_a_rule_that_watches_for_it(playbook: Playbook) -> None:
    watched = {watch.key for watch in playbook.watches}
    assert {alert["key"] for alert in playbook.reference["alerts"]} <= watched


def test_every_type_has_a_target_of_its_own_or_shares_those_of_all(playbook: Playbook) -> None:
    of_all = {target.metric for target in playbook.targets if not target.types}
    known = {metric["key"] for metric in playbook.reference["metrics"]}
    assert {target.metric for target in playbook.targets} <= known
    assert {"activation_rate_7_days", "retention_3_months", "engagement_rate"} <= of_all


@pytest.mark.parametrize("country", [None, "FR"])
def test_every_module_can_be_added_around_a_day(country: str | None, playbook: Playbook) -> None:
    wanted, end = date(2028, 5, 9), date(2029, 3, 5)
    frame = Frame(WorkCalendar(country), TODAY, end, lambda _anchor: end)
    for module in playbook.modules:
        layout = lay_out(of_module(module), wanted, frame)
        by_key = {task.spec.key: task for task in layout.tasks}
        assert by_key[module.anchor].start_on == wanted
        is_correction = module.key in CORRECTIONS  # what corrects begins on its day
        assert (min(task.start_on for task in layout.tasks) < wanted) != is_correction, module.key


def test_what_opens_the_launch_lies_on_launch_day(playbook: Playbook) -> None:
    plan = a_plan_of(playbook)
    assert plan.by_key["launch.day.opening"].due_on == LAUNCH
    assert plan.by_key["launch.day.launch_day"].due_on == LAUNCH


def test_the_gates_come_in_order(playbook: Playbook) -> None:
    plan = a_plan_of(playbook)
    days = [gate.on for gate in plan.gates]
    assert days == sorted(days)
    assert days == [
        plan.days.start,
        date(2027, 9, 3),
        date(2027, 9, 7),
        date(2028, 3, 6),
        plan.days.end,
    ]


def test_the_early_tasks_of_the_recruitment_are_over_before_launch_day(playbook: Playbook) -> None:
    plan = a_plan_of(playbook)
    early = {
        task.spec.key: task
        for task in plan.tasks
        if task.spec.early and task.spec.phase == "recruit"
    }
    assert set(early) == {
        "recruit.existing.segmentation",
        "recruit.existing.exclusive_pre_onboarding",
        "recruit.scratch.personal_networks",
        "recruit.scratch.professional_networks",
        "recruit.universal.one_percent_rule",
        "recruit.universal.immediate_activation",
    }
    assert all(task.due_on < LAUNCH for task in early.values())


def test_a_plan_with_room_has_no_warnings(playbook: Playbook) -> None:
    for kind in (None, *TYPES):
        told = playbook.community_type(kind or "")
        scope = told["scope"][0] if told else "external"
        for months in (12, 18):
            plan = a_plan_of(playbook, community_type=kind, scope=scope, develop_months=months)
            assert [warning.say("en") for warning in plan.warnings] == []


def test_a_short_development_is_warned_of(playbook: Playbook) -> None:
    assert "6 months is short" in a_plan_of(playbook, develop_months=6).warnings[0].say("en")


def test_a_type_in_a_scope_where_it_is_unusual_is_warned_of(playbook: Playbook) -> None:
    plan = a_plan_of(playbook, community_type="share_and_learn", scope="external")
    assert "internal" in plan.warnings[0].say("en")


def test_a_critical_chain_reaches_from_the_decision_to_launch_day(playbook: Playbook) -> None:
    for months in range(2, 7):
        plan = a_plan_of(playbook, prepare_months=months)
        critical = [t for t in plan.tasks if t.is_critical and t.spec.is_before_launch]
        assert critical[0].spec.key == "prepare.milestones.decision_to_prepare"
        assert critical[-1].due_on == date(2027, 9, 3)
        for task in critical[1:]:
            assert {link.task for link in task.after} & {t.spec.key for t in critical}
