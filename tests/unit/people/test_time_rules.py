"""Nobody is written to outside of the hours that they accept, wherever they are."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.people.zones import FIRST, kinds_of_zones, somebody
from tracker.people.hours_rules import USUAL_HOURS, Hours
from tracker.people.time_rules import Away, Person
from tracker.people.wall_time import instant, minute_of, shown, written

DAY, HALF_HOUR = timedelta(days=1), timedelta(minutes=30)
WHOLE_WEEK = frozenset(range(1, 8))
ALWAYS = Hours(0, 24 * 60, WHOLE_WEEK, None, None)
AT_NIGHT = Hours(60, 5 * 60, WHOLE_WEEK, None, None)
LATE = Hours(21 * 60, 24 * 60, WHOLE_WEEK, 22 * 60 + 30, 23 * 60)
SHAPES = (USUAL_HOURS, ALWAYS, AT_NIGHT, LATE)
MONDAY = date(2027, 9, 6)


def utc(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def accepts(person: Person, at: datetime) -> bool:
    day, minute = shown(person.zone, at)
    in_hours = person.hours.work_from <= minute < person.hours.work_until
    return in_hours and not person.hours.is_quiet(minute) and person.works_on(day)


def test_moments_lie_in_accepted_hours_whatever_the_clocks_do() -> None:
    for zone, changes in kinds_of_zones().items():
        for hours in SHAPES:
            person = somebody(zone, hours=hours)
            for change in changes:
                for early in (-30, -3, 0, 2):
                    now = change.at + timedelta(hours=early)
                    found = person.moment_on(change.day, now)
                    assert found >= now
                    assert person.today(found) >= change.day
                    assert accepts(person, found), (zone, hours, now, found)
                    assert found - now < 4 * DAY


def test_moments_are_the_first_that_will_do() -> None:
    """Told from a walk by the half hour; where a gap swallows the start, by what is swallowed."""
    for zone in ("Europe/Paris", "Australia/Lord_Howe", "America/Nuuk", "Africa/Cairo", "UTC"):
        for hours in SHAPES:
            person = somebody(zone, hours=hours)
            now = datetime(2027, 3, 26, tzinfo=UTC)
            for _ in range(12):
                day = person.today(now)
                at = now
                while not accepts(person, at):
                    at += HALF_HOUR
                found = person.moment_on(day, now)
                assert timedelta() <= found - at < timedelta(hours=1), (zone, hours, now)
                now += timedelta(hours=9)


def shapes() -> st.SearchStrategy[Hours]:
    minute = st.integers(0, 1439)
    work = st.tuples(minute, minute).map(sorted)
    days = st.sets(st.integers(1, 7), min_size=1).map(frozenset)
    return st.builds(
        lambda work, days, quiet: Hours(work[0], work[1] + 1, days, *quiet),
        work,
        days,
        st.one_of(st.just((None, None)), st.tuples(minute, minute)),
    )


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(sorted(kinds_of_zones())),
    st.integers(0, 7 * 365 * 24 * 60).map(lambda n: FIRST + timedelta(minutes=n)),
    shapes(),
    st.sampled_from([(None, None), ("FR", None), ("DE", "BY"), ("SA", None)]),
)
def test_hours_of_any_shape_are_kept(
    zone: str, now: datetime, hours: Hours, place: tuple[str | None, str | None]
) -> None:
    person = somebody(zone, hours=hours, country=place[0], subdivision=place[1])
    for ahead in (-3, 0, 1, 40):
        day = person.today(now) + ahead * DAY
        found = person.moment_on(day, now)
        assert found >= now
        if hours.windows:
            assert accepts(person, found)
            assert person.today(found) >= day


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (utc(3), utc(9)),
        (utc(11, 7), utc(11, 7)),
        (utc(18), utc(9, day=MONDAY + DAY)),
        (utc(9, day=MONDAY + 5 * DAY), utc(9, day=MONDAY + 7 * DAY)),
    ],
)
def test_a_message_comes_with_the_start_of_work_or_at_once_within_it(
    now: datetime, expected: datetime
) -> None:
    assert somebody().moment_on(MONDAY, now) == expected


def test_work_that_comes_twice_is_awaited_the_second_time() -> None:
    sunday = date(2027, 10, 31)  # at 03:00 clocks go back to 02:00
    person = somebody("Europe/Paris", hours=Hours(150, 600, WHOLE_WEEK, None, None))
    first, second = utc(0, 30, sunday), utc(1, 30, sunday)
    assert person.moment_on(sunday, utc(0, 10, sunday)) == first
    assert person.moment_on(sunday, utc(1, 10, sunday)) == second


def test_a_day_that_was_left_out_is_no_day_of_work() -> None:
    friday = date(2011, 12, 30)
    found = somebody("Pacific/Apia").moment_on(friday, utc(0, day=friday - DAY))
    assert shown(ZoneInfo("Pacific/Apia"), found) == (friday + 3 * DAY, 9 * 60)


def test_quiet_hours_cut_into_work() -> None:
    person = somebody(hours=Hours(quiet_from=12 * 60, quiet_until=14 * 60))
    assert person.hours.windows == ((9 * 60, 12 * 60), (14 * 60, 18 * 60))
    assert person.moment_on(MONDAY, utc(12)) == utc(14)


def test_holidays_and_absences_are_waited_for() -> None:
    bastille = date(2027, 7, 14)  # a Wednesday
    person = somebody(country="FR")
    assert person.moment_on(bastille, utc(6, day=bastille)) == utc(9, day=bastille + DAY)
    away = somebody(absences=(Away(MONDAY, MONDAY + 700 * DAY),))
    assert away.moment_on(MONDAY, utc(6)) == utc(9, day=MONDAY + 701 * DAY)


def test_who_stands_in_hears_on_those_days_alone() -> None:
    other = UUID(int=7)
    person = somebody(
        absences=(Away(MONDAY, MONDAY + DAY, other), Away(MONDAY + 3 * DAY, MONDAY + 3 * DAY))
    )
    days = [person.stand_in_on(MONDAY + n * DAY) for n in range(-1, 5)]
    assert days == [None, other, other, None, None, None]


def test_what_is_asked_for_comes_at_once_unless_it_disturbs() -> None:
    sunday = MONDAY - DAY
    person = somebody("Europe/Paris")
    assert person.moment_at_once(utc(12, day=sunday)) == utc(12, day=sunday)
    assert person.moment_at_once(utc(19, day=sunday)) == utc(6)
    assert person.moment_at_once(utc(1)) == utc(6)
    assert somebody(hours=ALWAYS).moment_at_once(utc(1)) == utc(1)


def test_who_can_never_be_reached_holds_nothing_up() -> None:
    person = somebody(hours=Hours(work_days=frozenset()))
    assert person.moment_on(MONDAY, utc(3)) == utc(3)


@pytest.mark.parametrize(
    "text", ["8:00", "08:60", "25:00", "24:01", "08:00:00", "\u0660\u0668:00", "", "08"]
)
def test_a_time_of_day_is_written_plainly(text: str) -> None:
    assert minute_of(text) is None


def test_every_time_of_day_can_be_written() -> None:
    assert all(minute_of(written(minute)) == minute for minute in range(24 * 60 + 1))


def test_a_gap_shifts_and_a_fold_takes_the_first() -> None:
    paris = ZoneInfo("Europe/Paris")
    assert instant(paris, date(2027, 3, 28), 150) == utc(1, 30, date(2027, 3, 28))  # shows 03:30
    assert instant(paris, date(2027, 10, 31), 150) == utc(0, 30, date(2027, 10, 31))
