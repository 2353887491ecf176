"""A task is told to start on the day on which it can: what must be finished first is waited for."""

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.reminders.test_rules import AROUND, BOB, START, TASK, USUAL, of_task
from tracker.playbooks.policy import merged
from tracker.reminders.rules import task_series
from tracker.reminders.series import Span, look, one_a_day
from tracker.reminders.starting import free_from, tells_to_start, waits_for

CALENDAR = AROUND.calendar
FRIDAY, MONDAY = date(2027, 1, 8), date(2027, 1, 11)
EVERYTHING = of_task()


def free(day: date) -> int:
    return CALENDAR.index(day)


def starts(**changes: Any) -> set[tuple[str, str]]:
    """Steps and days on which Bob is told to start."""
    return {(step, day) for rule, step, _, day in of_task(**changes) if rule == "before_start"}


def a_link(title: str, status: str, over_on: date | None = None, **given: Any) -> Any:
    noon = datetime(2027, 1, 1, 12, tzinfo=UTC)
    usual = {"title": title, "status": status, "finished_on": over_on, "lag_days": 0}
    return SimpleNamespace(**{**usual, "updated_at": noon, **given})


def test_only_the_word_to_start_waits() -> None:
    waiting = of_task(waits_for=("Say why",))
    assert EVERYTHING - waiting == {("before_start", "0", "bob", "2027-01-11")}
    policy = merged({"before_start": [3, 0]})
    assert starts(policy=policy, waits_for=("Say why",)) == {("3", "2027-01-06")}
    assert of_task(assignees=(), waits_for=("Say why",)) == of_task(assignees=())


@pytest.mark.parametrize(
    ("over_on", "told_on"),
    [
        ("2026-12-28", "2027-01-11"),  # long ago: at the planned start
        ("2027-01-01", "2027-01-11"),  # six working days ahead
        ("2027-01-04", "2027-01-04"),  # five
        ("2027-01-09", "2027-01-11"),  # on a Saturday: the Monday is the start itself
        ("2027-01-11", "2027-01-11"),
        ("2027-01-13", "2027-01-13"),  # late
        ("2027-01-16", "2027-01-18"),  # late, and on a Saturday
    ],
)
def test_it_is_told_when_the_last_one_is_finished(over_on: str, told_on: str) -> None:
    task: dict[str, Any] = {"free_from": free(date.fromisoformat(over_on))}
    assert starts(**task) == {("0", told_on)}
    assert of_task(**task) - EVERYTHING <= {("before_start", "0", "bob", told_on)}


def test_who_could_not_hear_of_it_then_hears_at_the_start() -> None:
    freed = replace(TASK, free_from=free(date(2027, 1, 6)))

    def told(since: date) -> list[tuple[str, str, bool]]:
        span = Span(since, since, START)
        moments = look(list(task_series(freed, AROUND, USUAL)), {}, span).moments
        return [(str(one.day), one.occurrence, one.is_freed) for one in moments]

    assert told(date(2027, 1, 6)) == [("2027-01-06", "2027-01-11", True)]
    assert told(date(2027, 1, 7)) == [("2027-01-11", "2027-01-11", False)], "the same effect"
    late = replace(TASK, free_from=free(date(2027, 1, 13)))
    assert look(list(task_series(late, AROUND, USUAL)), {}, Span(START, START, START)).moments == []


def test_that_it_can_start_is_told_beside_what_is_more_pressing() -> None:
    def told(**task: Any) -> list[str]:
        freed = replace(TASK, free_from=free(MONDAY), **task)
        series = list(task_series(freed, AROUND, USUAL))
        return [one.rule for one in one_a_day(look(series, {}, Span(START, START, START)).moments)]

    assert told() == ["before_start"]
    assert told(due_on=date(2027, 1, 20)) == ["before_start"], "its letter tells the due day, too"
    assert told(due_on=FRIDAY) == ["overdue", "before_start"]


def test_a_gate_that_opens_later_is_waited_for_too() -> None:
    opened = replace(AROUND, opened={"prepare": date(2027, 1, 7)})
    for over_on, told_on in (("2027-01-06", "2027-01-11"), ("2027-01-08", "2027-01-08")):
        task = {"free_from": free(date.fromisoformat(over_on))}
        assert starts(around=opened, **task) == {("0", told_on)}
        assert starts(around=opened, is_early=True, **task) == {("0", over_on)}
    opened = replace(AROUND, opened={"prepare": date(2027, 1, 20)})
    assert starts(around=opened, free_from=free(FRIDAY)) == {("0", "2027-01-20")}


def test_what_waits_is_found_where_it_is_asked_for() -> None:
    series = list(task_series(replace(TASK, waits_for=("Say why",)), AROUND, USUAL))
    ((one, today),) = [
        (one, one.day)
        for one in look(series, {}, Span(date.min, MONDAY, MONDAY), waiting=True).moments
    ]
    assert (one.rule, one.step, one.member_id, today) == ("before_start", "0", BOB, MONDAY)
    later = date(2027, 1, 20)
    (one,) = look(series, {}, Span(date.min, later, later), waiting=True).moments
    assert (one.planned_on, one.day, one.is_late) == (START, later, False)
    only_start = merged({"before_start": [0], "before_due": [], "overdue": [], "escalation": []})
    waiting = replace(TASK, waits_for=("Say why",))
    alone = look(list(task_series(waiting, AROUND, only_start)), {}, Span(START, START, START))
    assert alone.next_on is None, "whoever finishes the other task has it looked at"


def over(*links: Any, zone: str = "UTC") -> int | None:
    return free_from(links, CALENDAR, zone)


def test_a_task_is_free_once_all_before_it_are_over() -> None:
    done, given_up = a_link("A", "done", FRIDAY), a_link("B", "not_applicable")
    assert over() is None
    assert over(done, a_link("C", "todo")) is None
    assert over(done) == over(done, given_up) == free(FRIDAY)
    assert over(given_up) == free(date(2027, 1, 1))
    assert waits_for([done, given_up, *(a_link(s, s) for s in OPEN)]) == OPEN
    assert waits_for([done, given_up]) == ()


OPEN = ("todo", "in_progress", "blocked")


def test_a_lag_is_waited_for_as_well() -> None:
    lagging = a_link("A", "done", FRIDAY, lag_days=2)
    assert over(lagging, a_link("B", "done", MONDAY)) == free(date(2027, 1, 12))


def test_what_was_given_up_is_over_on_the_day_of_the_project() -> None:
    late = datetime(2027, 1, 7, 23, 30, tzinfo=UTC)
    link = a_link("A", "not_applicable", updated_at=late)
    for zone, day in (("UTC", date(2027, 1, 7)), ("Europe/Paris", FRIDAY)):
        assert over(link, zone=zone) == free(day)


def test_a_reminder_ahead_of_the_start_does_not_tell_to_start() -> None:
    assert tells_to_start("before_start", "0")
    assert not tells_to_start("before_start", "5")
    assert not tells_to_start("unassigned", "0")
