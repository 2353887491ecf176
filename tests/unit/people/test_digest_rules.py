"""One digest each local day, at the wanted wall time, wherever and whenever clocks change."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from tests.unit.people.zones import NOBODY, Change, kinds_of_zones, somebody
from tracker.people.time_rules import Away, Person
from tracker.people.wall_time import instant, shown

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
Due = dict[date, datetime]


def changes() -> Iterator[tuple[str, Change]]:
    for zone, found in kinds_of_zones().items():
        yield from ((zone, change) for change in found)


def minutes_near(change: Change) -> list[int]:
    """Wall times in, at the ends of and around what comes twice or never, and far from it."""
    wall = change.at + change.before
    near = [wall + step * MINUTE for step in (-61, -30, -1, 0, 15, 59, 60, 90)]
    return sorted({each.hour * 60 + each.minute for each in near} | {0, 8 * 60, 23 * 60 + 59})


def wanted(change: Change, minute: int, days: range) -> Due:
    """When each day's digest is due, told by the change alone."""
    walls = {change.day + DAY * n: time(minute // 60, minute % 60) for n in days}
    utc = change.at.tzinfo
    return {
        day: change.instant(datetime.combine(day, wall, tzinfo=utc)) for day, wall in walls.items()
    }


def test_the_whole_world_is_tried() -> None:
    assert len(kinds_of_zones()) > 60
    assert len(list(changes())) > 400
    assert {"Australia/LHI", "Antarctica/Troll", "Africa/Casablanca"} <= {
        zone for zone, change in changes()
    }


def test_every_day_has_one_digest_at_its_wall_time_whatever_the_clocks_do() -> None:
    for zone, change in changes():
        for minute in minutes_near(change):
            person = somebody(zone, digest="daily", digest_minute=minute)
            due = wanted(change, minute, range(-2, 3))
            at = min(due.values()) - MINUTE
            for day, moment in due.items():
                at = person.next_digest_at(at) or at
                assert (zone, minute, at) == (zone, minute, moment)
                assert person.next_digest_at(moment - MINUTE) == moment
                assert person.digest_day(moment) == day
                assert person.digest_day(moment - MINUTE) == day - DAY


def test_every_week_has_one_digest_at_its_wall_time_whatever_the_clocks_do() -> None:
    for zone, change in changes():
        for minute in minutes_near(change):
            weekday = change.day.isoweekday()
            wishes = {"digest": "weekly", "digest_minute": minute, "digest_weekday": weekday}
            person = somebody(zone, **wishes)
            due = wanted(change, minute, range(-7, 8, 7))
            at = min(due.values()) - DAY
            for day, moment in due.items():
                at = person.next_digest_at(at) or at
                assert (zone, minute, at) == (zone, minute, moment)
                assert person.digest_day(at + DAY) == day


def looks_of(random: Random, first: datetime, last: datetime) -> Iterator[datetime]:
    """A clock that looks now and then, twice at once, or after having been down for days."""
    while first < last:
        yield first
        pause = random.choice((timedelta(), MINUTE, HOUR, 5 * HOUR, 26 * HOUR, 3 * DAY))
        first += pause * random.random()


def made_by(person: Person, looks: list[datetime], start: datetime) -> list[tuple[date, datetime]]:
    """The digests that a job makes which looks at these instants, and when."""
    made, digest_at = [], person.next_digest_at(start)
    for now in looks:
        if digest_at is not None and digest_at <= now:
            day = person.digest_day(now)
            assert day is not None
            made.append((day, now))
            digest_at = person.next_digest_at(now)
    return made


def test_no_clock_makes_a_days_digest_early_twice_or_out_of_order() -> None:
    random = Random(4)
    for zone, change in changes():
        minute = random.choice(minutes_near(change))
        person = somebody(zone, digest="daily", digest_minute=minute)
        due = wanted(change, minute, range(-6, 7))
        start = min(due.values()) - MINUTE
        looks = list(looks_of(random, start, max(due.values())))
        expected, earlier = [], start
        for now in looks:
            last = [day for day, at in due.items() if earlier < at <= now]
            expected += [(last[-1], now)] if last else []
            earlier = now
        assert made_by(person, looks, start) == expected
        days = [day for day, _now in expected]
        assert days == sorted(set(days))


def test_a_clock_that_never_rests_makes_each_days_digest_within_the_minute() -> None:
    for zone in ("Europe/Paris", "Australia/Lord_Howe", "America/Nuuk", "Africa/Cairo"):
        person = somebody(zone, digest="daily", digest_minute=2 * 60 + 30)
        (change,) = [each for each in kinds_of_zones_of(zone) if each.at.year == 2027][:1]
        due = wanted(change, 2 * 60 + 30, range(-1, 2))
        start = min(due.values()) - MINUTE
        looks = [start + MINUTE * n for n in range(2 * 24 * 60 + 120)]
        assert dict(made_by(person, looks, start)) == due


def kinds_of_zones_of(zone: str) -> tuple[Change, ...]:
    """The changes of a zone under the name of the one that stands for its kind."""
    local = ZoneInfo(zone)
    for found in kinds_of_zones().values():
        if found and all(
            (
                each.at.astimezone(local).utcoffset(),
                (each.at - MINUTE).astimezone(local).utcoffset(),
            )
            == (each.after, each.before)
            for each in found
        ):
            return found
    raise AssertionError(zone)


@pytest.mark.parametrize(
    ("zone", "left_out"),
    [("Pacific/Apia", date(2011, 12, 30)), ("Pacific/Kwajalein", date(1993, 8, 21))],
)
def test_a_day_that_was_left_out_has_no_digest(zone: str, left_out: date) -> None:
    person = somebody(zone, digest="daily", digest_minute=8 * 60)
    at, days = instant(person.zone, left_out - 2 * DAY, 0), []
    for _ in range(3):
        at = person.next_digest_at(at) or at
        days.append(person.digest_day(at))
        assert shown(person.zone, at) == (days[-1], 8 * 60)
    assert days == [left_out - 2 * DAY, left_out - DAY, left_out + DAY]


def test_a_weeks_digest_of_a_day_that_was_left_out_comes_with_the_next_day() -> None:
    friday = date(2011, 12, 30)
    person = somebody("Pacific/Apia", digest="weekly", digest_weekday=5)
    at = person.next_digest_at(instant(person.zone, friday - DAY, 0)) or NOON
    assert shown(person.zone, at) == (friday + DAY, 8 * 60)
    assert person.digest_day(at) == friday


def test_a_midnight_that_is_taken_back_after_a_minute_has_been() -> None:
    sunday = date(2010, 11, 7)  # at 00:01 clocks went back to 23:01
    person = somebody("America/St_Johns", digest="daily", digest_minute=0)
    at = instant(person.zone, sunday, 0)
    assert shown(person.zone, at + HOUR / 2)[0] == sunday - DAY
    assert person.digest_day(at + HOUR / 2) == sunday
    assert person.next_digest_at(at) == at + 25 * HOUR


def test_who_wants_no_digest_has_none() -> None:
    now = datetime(2027, 9, 6, 12, tzinfo=instant(ZoneInfo("UTC"), date(2027, 9, 6), 0).tzinfo)
    assert somebody().next_digest_at(now) is None
    assert somebody().digest_day(now) is None


MONDAY = date(2027, 9, 6)
NOON = instant(ZoneInfo("UTC"), MONDAY, 12 * 60)


def test_who_is_away_has_no_digest_until_they_are_back() -> None:
    away = (Away(MONDAY, MONDAY + 9 * DAY), Away(MONDAY + 10 * DAY, MONDAY + 11 * DAY))
    person = somebody(digest="daily", absences=away)
    assert person.next_digest_at(NOON - DAY) == instant(person.zone, MONDAY + 12 * DAY, 8 * 60)
    assert person.digest_day(NOON + 3 * DAY) == MONDAY - DAY


def test_a_digest_comes_as_often_as_any_project_wants_it() -> None:
    project = {str(NOBODY): {"digest": "daily"}}
    person = somebody(digest="weekly", projects=project)
    assert person.next_digest_at(NOON) == instant(person.zone, MONDAY + DAY, 8 * 60)
    assert somebody(projects=project).next_digest_at(NOON) == person.next_digest_at(NOON)
    weekly = {str(NOBODY): {"digest": "weekly"}}
    assert somebody(projects=weekly).next_digest_at(NOON) == instant(
        person.zone, MONDAY + 7 * DAY, 8 * 60
    )


def test_what_is_meant_for_a_day_is_told_by_that_days_digest_or_the_next() -> None:
    person = somebody(digest="daily", digest_minute=7 * 60)
    early = instant(person.zone, MONDAY, 6 * 60)

    def told(day: date, now: datetime) -> tuple[date, int]:
        return shown(person.zone, person.due_at(day, now, project_id=NOBODY, rule="overdue"))

    assert told(MONDAY, early) == (MONDAY, 7 * 60)
    assert told(MONDAY, NOON) == (MONDAY + DAY, 7 * 60)
    assert told(MONDAY + 5 * DAY, NOON) == (MONDAY + 7 * DAY, 7 * 60)  # not on a Saturday


def test_a_weekly_digest_of_ones_own_day_tells_of_the_week() -> None:
    person = somebody(digest="weekly", digest_weekday=7, digest_minute=20 * 60)
    told = person.due_at(MONDAY, NOON, project_id=NOBODY, rule="overdue")
    assert shown(person.zone, told) == (MONDAY + 6 * DAY, 20 * 60)


def test_a_project_can_be_told_in_another_way_than_usual() -> None:
    here, there = str(NOBODY), "0f0f0f0f-0000-0000-0000-000000000000"
    person = somebody(digest="daily", projects={here: {"digest": "off"}, there: {"muted": True}})
    assert person.way(NOBODY, "overdue") == "single"
    assert person.way(None, "overdue") == "digest"
    assert person.way(None, "asked") == person.way(None, "confirm") == "single"
    assert person.wants(NOBODY, "overdue")
    some = somebody(projects={here: {"muted": True}})
    assert not some.wants(NOBODY, "asked")
    one = somebody(projects={here: {"rules": ["quiet"]}})
    assert (one.wants(NOBODY, "quiet"), one.wants(NOBODY, "blocked")) == (False, True)
