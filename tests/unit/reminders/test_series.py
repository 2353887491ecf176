"""Days on which somebody is to hear: counted, caught up, one a day."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from tracker.playbooks.calendar import WorkCalendar
from tracker.reminders.series import EveryDay, Moment, Series, Span, after, before, look, one_a_day
from tracker.reminders.timing import last_begun, planned_at, span_of

BOB, MONA = UUID(int=1), UUID(int=2)
FRIDAY = date(2027, 1, 8)
CALENDAR = WorkCalendar()


def a_series(rule: str = "overdue", **more: object) -> Series:
    usual = {"days": CALENDAR, "base": CALENDAR.index(FRIDAY), "steps": after([1, 3])}
    return Series(rule, **{**usual, **more}).of(FRIDAY, (BOB,))  # type: ignore[arg-type]


def a_span(since: date, today: date, until: date | None = None) -> Span:
    return Span(since, today, until or today)


def days_after(number: int) -> date:
    return CALENDAR.day(CALENDAR.index(FRIDAY) + number)


def found(series: Series, span: Span) -> list[tuple[str, date, date, bool]]:
    seen = look([series], {}, span)
    return [(one.step, one.day, one.planned_on, one.is_late) for one in seen.moments]


def test_days_are_those_of_work() -> None:
    monday = date(2027, 1, 11)
    assert found(a_series(), a_span(FRIDAY, FRIDAY, monday)) == [("+1", monday, monday, False)]
    steps = before([2, 0])
    wednesday = date(2027, 1, 6)
    ahead = look([a_series("before_due", steps=steps)], {}, a_span(date(2027, 1, 4), wednesday))
    assert [one.day for one in ahead.moments] == [wednesday]
    assert ahead.next_on == FRIDAY


def test_what_goes_on_goes_on_from_its_last_step() -> None:
    series = a_series(then_every=5)
    days = [day for day, _ in zip(series.from_day(FRIDAY), range(4), strict=False)]
    assert days == [(days_after(n), f"+{n}") for n in (1, 3, 8, 13)]
    far = days_after(1000)
    assert next(iter(series.from_day(far))) == (days_after(1003), "+1003")
    assert next(iter(a_series(steps=(), then_every=5).from_day(FRIDAY)))[1] == "+5"


def test_what_has_no_end_ends_with_the_calendar() -> None:
    last = date(2200, 12, 31)
    calendar = a_series(then_every=365, base=CALENDAR.index(date(2200, 1, 3)))
    assert list(calendar.from_day(last)) == []
    days = Series("quiet", EveryDay(), date.max.toordinal() - 8, after([7]), 7)
    assert list(days.from_day(date(9999, 12, 30))) == [(date(9999, 12, 30), "+7")]


@pytest.mark.parametrize("down", [1, 26, 8 * 24, 90 * 24])
def test_after_downtime_the_latest_is_caught_up_and_the_others_are_told_to_be_late(
    down: int,
) -> None:
    since = days_after(1)
    now = datetime.combine(since, datetime.min.time(), UTC) + timedelta(hours=down)
    today = now.date()
    series = a_series(then_every=5)
    seen = found(series, a_span(since, today))
    planned = [day for day, _ in zip(series.from_day(since), range(100), strict=False)]
    assert [(step, on) for step, _, on, _ in sorted(seen, key=lambda one: one[2])] == [
        (step, on) for on, step in planned if on <= today
    ]
    told = [one for one in seen if not one[3]]
    assert [(day, on) for _, day, on, _ in told] == [(today, max(one[2] for one in seen))]


def test_what_is_for_today_needs_no_catching_up() -> None:
    span = a_span(days_after(1), days_after(3))
    assert [(step, late) for step, _, _, late in found(a_series(), span)] == [
        ("+1", True),
        ("+3", False),
    ]


def test_of_one_thing_a_member_hears_one_word_a_day() -> None:
    def a_moment(rule: str, planned_on: date = FRIDAY, member: UUID = BOB) -> Moment:
        return Moment(rule, "0", "", member, FRIDAY, planned_on)

    moments = [
        a_moment("before_start"),
        a_moment("escalation"),
        a_moment("before_due", FRIDAY - timedelta(days=1)),
        a_moment("before_due", member=MONA),
    ]
    heard = list(one_a_day(moments))
    assert [(one.rule, one.member_id) for one in heard if not one.is_late] == [
        ("escalation", BOB),
        ("before_due", MONA),
    ]
    assert [one.rule for one in heard if one.is_late] == ["before_due"]


def test_a_policy_of_ones_own_counts_for_oneself() -> None:
    common = Series("blocked", CALENDAR, CALENDAR.index(FRIDAY), after([1])).of("", (BOB, MONA))
    own = Series("blocked", CALENDAR, CALENDAR.index(FRIDAY), after([3])).of("", (BOB, MONA))
    seen = look([common], {BOB: [own]}, a_span(FRIDAY, FRIDAY, days_after(3)))
    assert {(one.member_id, one.step) for one in seen.moments} == {(MONA, "+1"), (BOB, "+3")}
    nobodys = look([common], {BOB: [], MONA: []}, a_span(FRIDAY, FRIDAY))
    assert (nobodys.moments, nobodys.next_on) == ([], days_after(1))


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Europe/Paris", "Pacific/Pago_Pago"])
def test_a_planned_look_begins_with_its_day_and_a_change_with_the_day_that_it_is(
    zone: str,
) -> None:
    at = planned_at(FRIDAY)
    assert last_begun(at) == FRIDAY
    assert last_begun(at - timedelta(microseconds=2)) == FRIDAY - timedelta(days=1)
    assert span_of(at, zone, at).since == FRIDAY
    late = span_of(at, zone, at + timedelta(days=8))
    assert (late.since, late.until) == (FRIDAY, FRIDAY + timedelta(days=8))
    noon = datetime(2027, 1, 8, 12, tzinfo=UTC)
    assert span_of(noon, zone, noon).since == span_of(noon, zone, noon).today
