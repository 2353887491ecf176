"""Who hears of a task, a gate or a project, and on which days."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.policy import RULES, Policy, merged
from tracker.reminders.rules import (
    Around,
    Asked,
    GateFacts,
    TaskFacts,
    gate_series,
    is_behind_gate,
    project_series,
    task_series,
)
from tracker.reminders.series import Series, Span, look

BOB, MONA, SOPHIE, OWNER, MAKER = (UUID(int=n) for n in range(1, 6))
NAMES = {BOB: "bob", MONA: "mona", SOPHIE: "sophie", OWNER: "owner", MAKER: "maker"}
PEOPLE = {"community_manager": BOB, "project_manager": MONA, "sponsor": SOPHIE}
START, DUE = date(2027, 1, 11), date(2027, 1, 22)  # a Monday, and the Friday of the week after
AROUND = Around(WorkCalendar(), PEOPLE, (OWNER,), MAKER)
TASK = TaskFacts(
    id=UUID(int=9), status="todo", phase="prepare", start_on=START, due_on=DUE, assignees=(BOB,)
)
USUAL = merged()


def told(series: Iterable[Series], last: date = date(2027, 2, 12)) -> set[tuple[Any, ...]]:
    """Rule, step, who and when, up to a day."""
    span = Span(date(2026, 12, 1), date(2026, 12, 1), last)
    return {
        (one.rule, one.step, NAMES[one.member_id], one.day.isoformat())
        for one in look(list(series), {}, span).moments
    }


def of_task(
    policy: Policy = USUAL, around: Around = AROUND, **changes: Any
) -> set[tuple[Any, ...]]:
    return told(task_series(replace(TASK, **changes), around, policy))


def test_a_task_reminds_whoever_has_it_then_others_until_it_is_done() -> None:
    assert of_task() == {
        ("before_start", "0", "bob", "2027-01-11"),
        ("before_due", "7", "bob", "2027-01-13"),
        ("before_due", "2", "bob", "2027-01-20"),
        ("before_due", "0", "bob", "2027-01-22"),
        ("overdue", "+1", "bob", "2027-01-25"),
        ("overdue", "+3", "bob", "2027-01-27"),
        ("overdue", "+8", "bob", "2027-02-03"),
        ("overdue", "+13", "bob", "2027-02-10"),
        ("escalation", "project_manager+4", "mona", "2027-01-28"),
        ("escalation", "sponsor+10", "sophie", "2027-02-05"),
    }
    assert of_task(status="done") == of_task(status="not_applicable") == of_task(is_ritual=True)
    assert of_task(status="done") == set()


def test_what_has_begun_is_not_to_be_begun() -> None:
    begun = of_task(status="in_progress")
    assert begun == {one for one in of_task() if one[0] != "before_start"}


def test_what_is_blocked_is_told_to_the_project_manager_too() -> None:
    blocked = of_task(status="blocked", blocked_on=date(2027, 1, 12))
    assert {one for one in blocked if one[0] == "blocked"} >= {
        ("blocked", "+3", "bob", "2027-01-15"),
        ("blocked", "+3", "mona", "2027-01-15"),
        ("blocked", "+8", "mona", "2027-01-22"),
    }


def test_a_task_of_nobody_is_told_to_the_project_manager_before_it_starts() -> None:
    nobodys = of_task(assignees=())
    assert {one for one in nobodys if one[0] != "escalation"} == {
        ("unassigned", "5", "mona", "2027-01-04"),
        ("unassigned", "0", "mona", "2027-01-11"),
    }
    assert ("escalation", "community_manager+2", "bob", "2027-01-26") in nobodys


def test_of_a_milestone_only_lateness_is_told_from_the_project_manager_up() -> None:
    milestone = of_task(is_milestone=True, start_on=DUE)
    assert {one[0] for one in milestone} == {"overdue", "escalation"}
    assert {one[2] for one in milestone if one[0] == "overdue"} == {"mona"}
    assert {one[1:3] for one in milestone if one[0] == "escalation"} == {
        ("community_manager+2", "bob"),
        ("sponsor+10", "sophie"),
    }


def test_what_is_optional_goes_no_further_up() -> None:
    assert of_task(is_optional=True) == {one for one in of_task() if one[0] != "escalation"}


@pytest.mark.parametrize(
    ("roles", "who"),
    [
        ({}, {"maker"}),
        ({"sponsor": SOPHIE}, {"sophie"}),
        ({"project_manager": MONA}, {"mona", "maker"}),
        (PEOPLE, {"mona", "sophie"}),
    ],
)
def test_a_role_that_nobody_has_falls_to_the_next_one(
    roles: dict[str, UUID], who: set[str]
) -> None:
    escalated = of_task(around=replace(AROUND, roles=roles))
    assert {one[2] for one in escalated if one[0] == "escalation"} == who


def test_without_whoever_made_the_project_an_owner_is_told() -> None:
    assert replace(AROUND, roles={}, maker=None).holder("content") == OWNER
    assert Around(WorkCalendar()).holder("content") is None
    assert of_task(around=Around(WorkCalendar()), assignees=()) == set()


def test_days_off_are_no_days() -> None:
    saturday = date(2027, 1, 23)
    pinned = of_task(due_on=saturday)
    assert ("before_due", "0", "bob", "2027-01-22") in pinned
    assert ("overdue", "+1", "bob", "2027-01-25") in pinned
    holiday = replace(AROUND, calendar=WorkCalendar("FR", None, [date(2027, 1, 21)]))
    assert ("before_due", "2", "bob", "2027-01-19") in of_task(around=holiday)


def test_behind_a_gate_days_count_from_its_opening() -> None:
    closed = replace(AROUND, closed=frozenset({"prepare"}))
    assert is_behind_gate(TASK, closed)
    assert not is_behind_gate(replace(TASK, is_early=True), closed)
    late = replace(AROUND, opened={"prepare": date(2027, 2, 1)})
    opened = of_task(around=late)
    assert ("before_start", "0", "bob", "2027-02-01") in opened
    assert ("overdue", "+1", "bob", "2027-02-02") in opened
    assert ("escalation", "project_manager+4", "mona", "2027-02-05") in opened
    early = replace(AROUND, opened={"prepare": date(2027, 1, 4)})
    assert of_task(around=early) == of_task() == of_task(around=late, is_early=True)


def test_a_policy_may_leave_anything_out() -> None:
    nothing = merged({rule: [] for rule in RULES})
    blocked = replace(TASK, status="blocked", blocked_on=START)
    assert told(task_series(blocked, AROUND, nothing)) == set()
    assert told(project_series(START, AROUND, nothing)) == set()
    gate = GateFacts(id=UUID(int=8), ready_on=START, deciders=(MONA,))
    assert told(gate_series(gate, AROUND, nothing)) == set()


def test_a_gate_is_told_to_those_who_may_open_it_or_approve_it() -> None:
    asked = Asked(UUID(int=7), date(2027, 1, 13), (SOPHIE,))
    gate = GateFacts(
        id=UUID(int=8),
        ready_on=START,
        approvable_on=date(2027, 1, 12),
        deciders=(MONA,),
        approvers=(OWNER,),
        asked=(asked,),
    )
    assert told(gate_series(gate, AROUND, USUAL)) == {
        ("gate_ready", "+0", "mona", "2027-01-11"),
        ("gate_ready", "+2", "mona", "2027-01-13"),
        ("gate_ready", "+5", "mona", "2027-01-18"),
        ("gate_ready", "+0", "owner", "2027-01-12"),
        ("gate_ready", "+2", "owner", "2027-01-14"),
        ("gate_ready", "+5", "owner", "2027-01-19"),
        ("approval_waiting", "+0", "sophie", "2027-01-13"),
        ("approval_waiting", "+2", "sophie", "2027-01-15"),
        ("approval_waiting", "+5", "sophie", "2027-01-20"),
    }
    assert gate.concerned == {MONA, OWNER, SOPHIE}


def test_a_quiet_project_is_told_of_week_by_week() -> None:
    assert told(project_series(date(2027, 1, 9), AROUND, USUAL), date(2027, 1, 23)) == {
        ("quiet", "+7", "mona", "2027-01-16"),
        ("quiet", "+14", "mona", "2027-01-23"),
    }
