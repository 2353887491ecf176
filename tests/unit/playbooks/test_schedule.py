from datetime import date

import pytest

from tests.builders import waits
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.model import Anchor, Link
from tracker.playbooks.network import Activity
from tracker.playbooks.schedule import FixedDays, Preparation, month_shift

DAYS = FixedDays(
    start=date(2027, 7, 5),
    launch=date(2027, 9, 6),
    launch_end=date(2027, 10, 15),
    develop=date(2028, 3, 6),
    end=date(2029, 3, 6),
)
WEEKDAYS = WorkCalendar()


@pytest.mark.parametrize(
    ("day", "months", "moved"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2027, 10, 31), -1, date(2027, 9, 30)),
        (date(2027, 9, 6), 6, date(2028, 3, 6)),
    ],
)
def test_the_end_of_a_shorter_month_is_kept(day: date, months: int, moved: date) -> None:
    assert month_shift(day, months) == moved


@pytest.mark.parametrize(
    ("anchor", "day"),
    [
        (Anchor("start"), date(2027, 7, 5)),
        (Anchor("launch", working_days=-1), date(2027, 9, 3)),
        (Anchor("launch", working_days=1), date(2027, 9, 7)),
        (Anchor("launch", calendar_days=7), date(2027, 9, 13)),
        (Anchor("launch", months=3), date(2027, 12, 6)),
        (Anchor("launch_end", working_days=1), date(2027, 10, 18)),
        (Anchor("develop", share=0), date(2028, 3, 6)),
        (Anchor("develop", share=50), date(2028, 9, 4)),  # 182 of 365 days
        (Anchor("develop", share=100), date(2029, 3, 6)),
        (Anchor("end", months=-1), date(2029, 2, 6)),
    ],
)
def test_an_anchor_tells_a_day(anchor: Anchor, day: date) -> None:
    assert DAYS.of(anchor, WEEKDAYS) == day


def stretched(months: int, *activities: Activity) -> dict[str, tuple[int, int]]:
    """First start and duration in force, told from a launch at 0."""
    laid_out, starts = Preparation.of(list(activities), months).laid_out(0)
    return {activity.key: (starts[activity.key], activity.days) for activity in laid_out}


def test_the_shortest_preparation_is_not_stretched() -> None:
    plan = stretched(2, Activity("a", 3), Activity("b", 2, (Link("a", lag=1),)))
    assert plan == {"a": (-6, 3), "b": (-2, 2)}


def test_twice_the_months_double_durations_and_lags() -> None:
    plan = stretched(4, Activity("a", 3), Activity("b", 2, (Link("a", lag=1),)))
    assert plan == {"a": (-12, 6), "b": (-4, 4)}


def test_odd_months_keep_whole_days() -> None:
    plan = stretched(3, Activity("a", 1), Activity("b", 1, (Link("a"),)), Activity("c", 1))
    assert plan == {"a": (-3, 2), "b": (-1, 1), "c": (-3, 2)}


def test_a_milestone_is_not_stretched() -> None:
    plan = stretched(6, Activity("a", 2), Activity("done", 0, (Link("a"),)))
    assert plan == {"a": (-6, 6), "done": (-1, 0)}


def test_a_lead_is_not_stretched() -> None:
    activities = [Activity("a", 4), Activity("b", 4, (waits("FS", "a", -2),))]
    laid_out, _ = Preparation.of(activities, 6).laid_out(0)
    assert laid_out[1].after == (waits("FS", "a", -2),)


def test_what_starts_with_a_milestone_starts_on_its_day_however_long_the_preparation() -> None:
    activities = [
        Activity("decision", 0),
        Activity("talks", 3, (waits("SS", "decision"),)),
        Activity("work", 5, (Link("decision"),)),
    ]
    for months in range(2, 7):
        starts = stretched(months, *activities)
        assert starts["talks"][0] == starts["decision"][0]
        assert starts["work"][0] == starts["decision"][0] + 1
