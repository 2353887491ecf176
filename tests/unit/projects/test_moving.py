"""A task moved by hand: onto working days, never before today, its neighbours told of."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.kernel.errors import Invalid
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.model import LinkType
from tracker.projects.moving import DatedLink, LinkEnd, Move, broken_links, move, with_changes

MONDAY, FRIDAY = date(2027, 1, 4), date(2027, 1, 8)
WEEKDAYS = WorkCalendar()


def day(n: int) -> date:
    """The n-th day from the Monday that is today."""
    return MONDAY + timedelta(days=n)


@dataclass
class Task:
    title: str = "Write"
    phase: str = "prepare"
    start_on: date = MONDAY
    due_on: date = FRIDAY
    deadline_on: date | None = None
    float_days: int = 3
    is_milestone: bool = False


def moves(task: Task, *, is_pinned: bool = False, **wish: date) -> Move:
    return move(task, wish, calendar=WEEKDAYS, today=MONDAY, is_pinned=is_pinned)


def refused(task: Task, *, is_pinned: bool = False, **wish: date) -> set[str]:
    with pytest.raises(Invalid) as error:
        moves(task, is_pinned=is_pinned, **wish)
    return set(error.value.fields)


def values(start_on: date, due_on: date, duration_days: int, float_days: int) -> dict[str, Any]:
    lies = {"start_on": start_on, "due_on": due_on}
    return {**lies, "duration_days": duration_days, "float_days": float_days}


def test_a_moved_end_changes_duration_and_float_by_working_days() -> None:
    assert moves(Task(), due_on=day(8)) == Move(values(day(0), day(8), 7, 1), [])
    assert moves(Task(), due_on=day(2)) == Move(values(day(0), day(2), 3, 5), [])


def test_a_moved_start_leaves_the_float() -> None:
    assert moves(Task(), start_on=day(3)) == Move(values(day(3), day(4), 2, 3), [])


def test_dates_that_the_task_has_already_are_no_move() -> None:
    assert moves(Task(start_on=day(-9)), start_on=day(-9), due_on=day(4)) == Move()
    assert moves(Task()) == Move()


def test_a_closed_day_becomes_the_next_working_day_with_a_warning() -> None:
    moved = moves(Task(), start_on=day(5), due_on=day(6))
    assert moved.values == values(day(7), day(7), 1, 2)
    assert [
        ("2027-01-11" in said.say("en"), "2027-01-11" in said.say("fr"))
        for said in (moved.warnings)
    ] == [(True, True), (True, True)]


def test_a_pinned_task_does_not_leave_a_closed_day_by_itself() -> None:
    assert refused(Task(), is_pinned=True, due_on=day(5)) == {"due_on"}
    assert refused(Task(), is_pinned=True, start_on=day(5), due_on=day(6)) == {"start_on", "due_on"}
    assert moves(Task(), is_pinned=True, due_on=day(7)).warnings == []


def test_the_past_the_far_future_and_an_end_before_the_start_are_refused() -> None:
    assert refused(Task(), due_on=day(-1)) == {"due_on"}
    assert refused(Task(), start_on=day(-3), due_on=date(2101, 1, 1)) == {"start_on", "due_on"}
    assert refused(Task(), start_on=day(7)) == {"start_on"}
    assert refused(Task(start_on=day(3)), due_on=day(1)) == {"due_on"}
    assert refused(Task(), start_on=day(3), due_on=day(2)) == {"due_on"}


def test_a_milestone_has_one_date() -> None:
    stone = Task(start_on=day(4), is_milestone=True)
    later = values(day(7), day(7), 0, 2)
    assert moves(stone, start_on=day(7)).values == later
    assert moves(stone, due_on=day(7)).values == later
    assert moves(stone, start_on=day(7), due_on=day(7)).values == later
    assert len(moves(stone, start_on=day(5), due_on=day(5)).warnings) == 1
    assert refused(stone, start_on=day(7), due_on=day(8)) == {"due_on"}


def test_a_closed_launch_day_is_worked_for_the_launch_alone() -> None:
    calendar = WEEKDAYS.opening(day(5))
    for phase, wanted in (("launch", day(5)), ("prepare", day(7))):
        moved = move(
            Task(phase=phase), {"due_on": day(5)}, calendar=calendar, today=MONDAY, is_pinned=False
        )
        assert moved.values["due_on"] == wanted


def test_a_missed_deadline_and_a_lost_float_are_told() -> None:
    late = Task(deadline_on=day(7))
    assert moves(late, due_on=day(7)).warnings == []
    (deadline,) = moves(late, due_on=day(8)).warnings
    assert "deadline" in deadline.say("en")
    (too_late,) = moves(Task(), due_on=day(11)).warnings
    assert "2 working days" in too_late.say("en")
    assert moves(Task(float_days=-5, due_on=day(11)), due_on=day(10)).warnings == []


@given(st.integers(0, 60), st.integers(0, 60), st.integers(-5, 20))
def test_there_and_back_again_is_where_it_was(start: int, length: int, float_days: int) -> None:
    first = WEEKDAYS.on_or_after(day(start))
    last = WEEKDAYS.on_or_after(first + timedelta(days=length))
    task = Task(start_on=first, due_on=last, float_days=float_days)
    there = moves(task, start_on=day(70), due_on=day(90))
    back = moves(Task(**{**vars(task), **_lies(there)}), start_on=first, due_on=last)
    index = WEEKDAYS.index
    assert back.values == values(first, last, index(last) - index(first) + 1, float_days)


def _lies(moved: Move) -> dict[str, Any]:
    return {name: moved.values[name] for name in ("start_on", "due_on", "float_days")}


# Links.


def an_end(start: int, due: int, status: str = "todo", *, is_milestone: bool = False) -> LinkEnd:
    return LinkEnd(uuid4(), "key", "Title", status, day(start), day(due), is_milestone)


def broken(earlier: LinkEnd, later: LinkEnd, kind: LinkType = "FS", lag: int = 0) -> bool:
    said = broken_links([DatedLink(earlier, later, kind, lag)], WEEKDAYS)
    assert all(warning.say("en") != warning.say("fr") for warning in said)
    return bool(said)


def test_a_link_is_broken_where_the_later_task_lies_too_early() -> None:
    earlier = an_end(0, 1)
    assert broken(earlier, an_end(1, 3))
    assert not broken(earlier, an_end(2, 3))
    assert broken(earlier, an_end(3, 3), lag=2)
    assert broken(an_end(3, 4), an_end(4, 9), "SS", 2)
    assert not broken(an_end(3, 4), an_end(7, 9), "SS", 2)
    assert broken(an_end(0, 4), an_end(0, 3), "FF")
    assert not broken(an_end(0, 4), an_end(0, 4), "FF")
    assert broken(an_end(4, 7), an_end(0, 3), "SF")
    assert not broken(an_end(4, 7), an_end(0, 4), "SF")


def test_a_milestone_lies_on_the_day_of_what_it_waits_for() -> None:
    assert not broken(an_end(0, 4), an_end(4, 4, is_milestone=True))
    assert broken(an_end(0, 4), an_end(3, 3, is_milestone=True))


def test_what_is_closed_breaks_no_link() -> None:
    for status in ("done", "not_applicable"):
        assert not broken(an_end(0, 4, status), an_end(0, 4))
        assert not broken(an_end(0, 4), an_end(0, 4, status))


def test_links_are_looked_at_as_they_will_be() -> None:
    earlier, later = an_end(0, 1), an_end(2, 3)
    link = DatedLink(earlier, later, "FS", 0)
    changes: dict[UUID, dict[str, Any]] = {earlier.id: {"due_on": day(2), "float_days": 3}}
    (moved,) = with_changes([link], changes)
    assert broken_links([moved], WEEKDAYS)
    assert not broken_links(with_changes([link], {earlier.id: {"status": "done"}}), WEEKDAYS)
