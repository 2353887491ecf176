"""Two plans side by side."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tracker.playbooks.calendar import WorkCalendar
from tracker.projects.baselines.comparing import Kept, compare

FRIDAY, SATURDAY, MONDAY = date(2027, 3, 5), date(2027, 3, 6), date(2027, 3, 8)
CALENDAR = WorkCalendar()
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def kept(key: str, start_on: date, due_on: date) -> Kept:
    return Kept(f"id of {key}", key, key.title(), "prepare", start_on, due_on)


@st.composite
def plans(draw: st.DrawFn) -> list[Kept]:
    keys = draw(st.lists(st.sampled_from("abcdef"), unique=True))
    return [kept(key, *sorted((draw(DAYS), draw(DAYS)))) for key in keys]


def test_a_task_that_waits_over_the_weekend_has_moved_by_one_day() -> None:
    (moved,) = compare([kept("a", FRIDAY, FRIDAY)], [kept("a", FRIDAY, MONDAY)], CALENDAR).later
    assert (moved.moved_days, moved.start_moved_days) == (1, 0)


def test_from_a_closed_day_to_the_next_open_one_no_working_day_lies_between() -> None:
    (moved,) = compare([kept("a", SATURDAY, SATURDAY)], [kept("a", MONDAY, MONDAY)], CALENDAR).later
    assert moved.moved_days == 0


@given(plans(), plans())
def test_every_task_is_told_once_and_backwards_is_the_mirror(
    old: list[Kept], new: list[Kept]
) -> None:
    there, back = compare(old, new, CALENDAR), compare(new, old, CALENDAR)
    told = [*there.added, *(one.task for one in (*there.earlier, *there.later))]
    assert len(told) + there.unchanged == len(new)
    assert len({task.key for task in told}) == len(told)
    assert {task.key for task in there.added} == {task.key for task in back.removed}
    mirrored = {one.task.key: -one.moved_days for one in back.earlier}
    assert {one.task.key: one.moved_days for one in there.later} == mirrored
    assert there.unchanged == back.unchanged


@given(plans())
def test_a_plan_differs_in_nothing_from_itself(plan: list[Kept]) -> None:
    found = compare(plan, plan, CALENDAR)
    assert found.unchanged == len(plan)
    assert [*found.added, *found.removed, *found.earlier, *found.later] == []
