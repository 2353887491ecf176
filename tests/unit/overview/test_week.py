"""A person's week: which task belongs to which group."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.overview.week import GROUPS, Week, group_of, grouped

MONDAY = date(2027, 9, 6)
WEDNESDAY = MONDAY + timedelta(days=2)
WEEK = Week.of(WEDNESDAY)


def a_task(start: int, due: int, status: str = "todo", **more: Any) -> dict[str, Any]:
    """A task whose days are told from Monday."""
    days = {"start_on": MONDAY + timedelta(days=start), "due_on": MONDAY + timedelta(days=due)}
    return {"id": 1, "status": status, "priority": "normal", "finished_on": None, **days, **more}


@pytest.mark.parametrize(
    ("task", "group"),
    [
        (a_task(-9, -5), "overdue"),
        (a_task(-9, 1), "overdue"),
        (a_task(-9, 1, "blocked"), "overdue"),
        (a_task(-9, 2), "due"),
        (a_task(0, 6), "due"),
        (a_task(3, 7), "starting"),
        (a_task(-3, 7, "in_progress"), "under_way"),
        (a_task(-3, 7, "blocked"), "under_way"),
        (a_task(-3, 7), None),
        (a_task(7, 9), None),
        (a_task(-9, -5, "done", finished_on=MONDAY), "done"),
        (a_task(-9, -5, "done", finished_on=MONDAY - timedelta(days=1)), None),
        (a_task(-9, -5, "not_applicable"), None),
    ],
)
def test_a_task_stands_where_it_asks_for_attention(task: dict[str, Any], group: str | None) -> None:
    assert group_of(task, WEEK, WEDNESDAY) == group


def test_a_coming_week_begins_with_what_is_late_today() -> None:
    following = Week.of(MONDAY + timedelta(days=7))
    assert group_of(a_task(-9, 1), following, WEDNESDAY) == "overdue"
    assert group_of(a_task(-9, 3), following, WEDNESDAY) is None
    assert group_of(a_task(-9, 8), following, WEDNESDAY) == "due"


def test_a_past_week_shows_what_was_due_in_it_and_is_still_open() -> None:
    past = Week.of(MONDAY - timedelta(days=7))
    assert group_of(a_task(-9, -5), past, WEDNESDAY) == "overdue"
    assert group_of(a_task(-9, 1), past, WEDNESDAY) is None


def test_the_most_urgent_of_a_day_comes_first() -> None:
    tasks = [a_task(0, 4, priority=p, id=n) for n, p in enumerate(("low", "urgent", "normal"))]
    due = grouped([*tasks, a_task(0, 3, id=9)], WEEK, WEDNESDAY)["due"]
    assert [task["id"] for task in due] == [9, 1, 2, 0]


@pytest.mark.parametrize(
    ("text", "monday"),
    [
        ("2027-W36", MONDAY),
        ("2026-W53", date(2026, 12, 28)),
        ("2027-W53", None),
        ("2027-W00", None),
        ("2027W36", None),
        ("2027-W036", None),
        ("0000-W01", None),
        ("٢٠٢٧-W36", None),
    ],
)
def test_weeks_are_read_as_iso_writes_them(text: str, monday: date | None) -> None:
    week = Week.read(text)
    assert (week and week.first_on) == monday


@given(st.dates(date(1970, 1, 1), date(2200, 1, 1)))
def test_a_week_reads_back_what_it_writes(day: date) -> None:
    week = Week.of(day)
    assert week.holds(day)
    assert Week.read(str(week)) == week


@given(st.integers(-60, 60), st.integers(0, 60), st.integers(-30, 30))
def test_every_open_task_is_in_one_group_at_most(start: int, lasts: int, now: int) -> None:
    task = a_task(start, start + lasts, "in_progress")
    today = MONDAY + timedelta(days=now)
    found = grouped([task], Week.of(today), today)
    assert sum(len(found[name]) for name in GROUPS) <= 1
    if task["due_on"] < today:
        assert found["overdue"]
