"""Rules of recurrence and the days of rituals; python-dateutil is the oracle."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from itertools import islice, pairwise

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.recurrence import BadRule, check_rule, days_of, read_rule
from tracker.playbooks.ritual import Ritual, next_occurrence, occurrences

quick = settings(deadline=None, derandomize=True, max_examples=60)
MONDAY = date(2027, 9, 6)
WEEKDAYS = WorkCalendar()


def held(
    rrule: str, first_on: date, until: date, on_closed: str = "shift", *closures: date
) -> list[date]:
    calendar = WorkCalendar(closures=closures)
    return list(occurrences(Ritual(rrule, first_on, until, on_closed), calendar))


def days(rrule: str, first: date, until: date) -> list[date]:
    return list(days_of(read_rule(rrule), first, until))


# The days of a rule.


def test_31_january_and_one_month_is_the_last_day_of_february() -> None:
    told = days("FREQ=MONTHLY", date(2028, 1, 31), date(2029, 3, 31))
    assert told[:3] == [date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31)]
    assert told[-2:] == [date(2029, 2, 28), date(2029, 3, 31)]
    assert len(told) == 15


def test_every_year_from_29_february_falls_on_28_february_in_between() -> None:
    told = days("FREQ=YEARLY", date(2028, 2, 29), date(2032, 12, 31))
    assert told == [date(2028, 2, 29), *(date(y, 2, 28) for y in (2029, 2030, 2031)),
                    date(2032, 2, 29)]  # fmt: skip


def test_a_day_that_the_rule_names_itself_is_not_replaced_by_another() -> None:
    told = days("FREQ=MONTHLY;BYMONTHDAY=31", date(2027, 1, 1), date(2027, 4, 30))
    assert told == [date(2027, 1, 31), date(2027, 3, 31)]


def test_a_quarterly_ritual_keeps_to_the_day_of_its_start() -> None:
    told = days("FREQ=MONTHLY;INTERVAL=3", date(2027, 11, 30), date(2028, 9, 30))
    assert told == [date(2027, 11, 30), date(2028, 2, 29), date(2028, 5, 30), date(2028, 8, 30)]


def test_a_ritual_tied_to_a_weekday_begins_on_the_first_one() -> None:
    told = days("FREQ=WEEKLY;BYDAY=TH", MONDAY, MONDAY + timedelta(days=14))
    assert told == [date(2027, 9, 9), date(2027, 9, 16)]


def test_the_last_friday_of_a_month_and_the_first_working_day_can_be_told() -> None:
    assert days("FREQ=MONTHLY;BYDAY=-1FR", MONDAY, date(2027, 10, 31)) == [
        date(2027, 9, 24),
        date(2027, 10, 29),
    ]
    first = "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1"
    assert days(first, MONDAY, date(2027, 11, 30)) == [date(2027, 10, 1), date(2027, 11, 1)]


numbers = st.sets(st.integers(1, 28), min_size=1, max_size=3)
months = st.sets(st.integers(1, 12), min_size=1, max_size=4)
weekdays = st.sets(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1)


def joined(values: set[int] | set[str]) -> str:
    return ",".join(sorted(map(str, values)))


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules that dateutil reads as the standard does: it takes MO,1TU for “both at once”."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 6))}"]
    if draw(st.booleans()):
        parts.append(f"BYMONTH={joined(draw(months))}")
    if draw(st.booleans()):
        nth = draw(st.sampled_from(["", "1", "2", "-1"]))
        nth = nth if frequency in ("MONTHLY", "YEARLY") else ""
        parts.append(f"BYDAY={','.join(nth + day for day in sorted(draw(weekdays)))}")
    if frequency != "WEEKLY" and draw(st.booleans()):
        sign = draw(st.sampled_from([1, -1]))
        parts.append(f"BYMONTHDAY={joined({sign * n for n in draw(numbers)})}")
    if frequency == "YEARLY" and draw(st.booleans()):
        parts.append(f"BYYEARDAY={joined(draw(st.sets(st.integers(-366, -1), min_size=1)))}")
    if frequency in ("MONTHLY", "YEARLY") and any(part.startswith("BYDAY") for part in parts):
        positions = draw(st.sets(st.sampled_from([1, 2, 3, -1, -2])))
        parts += [f"BYSETPOS={joined(positions)}"] if positions else []
    if frequency == "WEEKLY":
        parts.append(f"WKST={draw(st.sampled_from(['MO', 'SU', 'WE']))}")
    return ";".join(parts)


firsts = st.dates(date(2027, 1, 1), date(2028, 12, 31)).filter(lambda day: day.day <= 28)


@quick
@given(rules(), firsts)
def test_the_days_are_those_of_dateutil(rule: str, first: date) -> None:
    until = first + timedelta(days=900)
    start = datetime.combine(first, datetime.min.time())
    end = until.strftime(";UNTIL=%Y%m%dT000000")
    ours = list(islice(days_of(read_rule(rule), first, until), 40))
    theirs = [found.date() for found in islice(rrulestr(rule + end, dtstart=start), len(ours))]
    assert ours == theirs


@quick
@given(st.dates(date(2027, 1, 1), date(2031, 12, 31)), st.integers(1, 7))
def test_every_month_has_its_occurrence_wherever_it_began(first: date, interval: int) -> None:
    told = days(f"FREQ=MONTHLY;INTERVAL={interval}", first, first + timedelta(days=1500))
    months = [day.year * 12 + day.month for day in told]
    assert told[0] == first
    assert {b - a for a, b in pairwise(months)} == {interval}
    assert all(day.day <= first.day for day in told)


# What is refused.

UNREADABLE = [
    "",
    "WEEKLY",
    "FREQ=SOMETIMES",
    "FREQ=DAILY;FREQ=WEEKLY",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY;INTERVAL=-1",
    "FREQ=DAILY;INTERVAL=1e3",
    "FREQ=DAILY;INTERVAL=99999999999999999999",
    "FREQ=DAILY;INTERVAL=\u0663",
    "FREQ=MONTHLY;BYMONTHDAY=32",
    "FREQ=MONTHLY;BYMONTHDAY=0",
    "FREQ=MONTHLY;BYMONTHDAY=",
    "FREQ=YEARLY;BYMONTH=13",
    "FREQ=YEARLY;BYMONTH=-1",
    "FREQ=WEEKLY;BYDAY=1MO",
    "FREQ=WEEKLY;BYDAY=XX",
    "FREQ=WEEKLY;BYMONTHDAY=1",
    "FREQ=MONTHLY;BYYEARDAY=1",
    "FREQ=YEARLY;BYWEEKNO=20",
    "FREQ=YEARLY;BYEASTER=0",
    "FREQ=DAILY;BYSETPOS=0",
    "FREQ=DAILY;BYSETPOS=367",
    "INTERVAL=2",
    "FREQ=DAILY\nRDATE:20270101",
]
ENDED = ["FREQ=DAILY;COUNT=3", "FREQ=DAILY;UNTIL=20270101", "DTSTART=20270101;FREQ=DAILY"]
FINE = ["FREQ=HOURLY", "FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=5", "FREQ=DAILY;BYHOUR=1,2"]
NEVER = [
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
    "FREQ=DAILY;BYSETPOS=2",
    f"FREQ=YEARLY;BYSETPOS={','.join(map(str, range(320, 367)))};BYDAY=MO",
]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (UNREADABLE, "is not a recurrence rule of RFC 5545"),
        (ENDED, "first and last day are told beside it"),
        (FINE, "comes back within a day"),
        (NEVER, "falls on no day"),
        (["FREQ=DAILY"], "more than 1000 times"),
    ],
)
def test_a_rule_that_no_ritual_can_follow_is_refused_at_once(wrong: list[str], said: str) -> None:
    for rule in wrong:
        with pytest.raises(BadRule, match=said):
            check_rule(rule, MONDAY, MONDAY + timedelta(days=1000))


def test_a_thousand_occurrences_are_not_too_many() -> None:
    assert check_rule("FREQ=DAILY", MONDAY, MONDAY + timedelta(days=999)).frequency == "DAILY"


def test_a_ritual_that_lasts_for_ever_is_refused_without_counting() -> None:
    with pytest.raises(BadRule, match="15 years at most"):
        check_rule("FREQ=YEARLY", MONDAY, date.max)


@quick
@given(st.text(alphabet="FREQ=DAILYWKMONTHBSP;,0123456789-:\n", max_size=200))
def test_any_text_is_a_rule_or_is_refused(text: str) -> None:
    with suppress(BadRule):
        assert check_rule(text, MONDAY, MONDAY + timedelta(days=400)).frequency in text


# Closed days.


def test_an_occurrence_on_a_closed_day_is_held_on_the_next_working_day() -> None:
    assert held("FREQ=MONTHLY", date(2027, 10, 1), date(2028, 2, 1)) == [
        date(2027, 10, 1),
        date(2027, 11, 1),
        date(2027, 12, 1),
        date(2028, 1, 3),
        date(2028, 2, 1),
    ]


def test_a_ritual_that_skips_closed_days_leaves_them_out() -> None:
    told = held("FREQ=MONTHLY", date(2027, 10, 1), date(2028, 2, 1), "skip")
    assert date(2028, 1, 3) not in told
    assert len(told) == 4


def test_occurrences_that_a_closed_fortnight_moves_to_one_day_are_held_once() -> None:
    closed = [MONDAY + timedelta(days=n) for n in range(14)]
    told = held("FREQ=WEEKLY", MONDAY, MONDAY + timedelta(days=28), "shift", *closed)
    assert told == [MONDAY + timedelta(days=n) for n in (14, 21, 28)]


def test_no_occurrence_is_moved_beyond_the_end() -> None:
    assert held("FREQ=WEEKLY;BYDAY=SA", MONDAY, date(2027, 9, 18)) == [date(2027, 9, 13)]


def test_the_next_occurrence_is_the_first_one_after_a_day() -> None:
    ritual = Ritual("FREQ=WEEKLY", MONDAY, MONDAY + timedelta(days=14))
    asked = [None, MONDAY, MONDAY + timedelta(days=8), MONDAY + timedelta(days=14)]
    assert [next_occurrence(ritual, WEEKDAYS, day) for day in asked] == [
        MONDAY,
        MONDAY + timedelta(days=7),
        MONDAY + timedelta(days=14),
        None,
    ]


@quick
@given(rules(), firsts, st.sampled_from(["shift", "skip"]), st.sampled_from([None, "FR", "SA"]))
def test_what_is_held_is_held_on_working_days_once_and_in_order(
    rule: str, first: date, on_closed: str, country: str | None
) -> None:
    calendar = WorkCalendar(country)
    ritual = Ritual(rule, first, first + timedelta(days=500), on_closed)
    told = list(occurrences(ritual, calendar))
    assert told == sorted(set(told))
    assert all(calendar.is_open(day) and first <= day <= ritual.until for day in told)
    walked, day = [], next_occurrence(ritual, calendar)
    for _ in range(5):
        if day is not None:
            walked.append(day)
            day = next_occurrence(ritual, calendar, day)
    assert walked == told[:5]


def test_a_first_occurrence_that_a_holiday_moved_does_not_move_the_later_ones() -> None:
    calendar = WorkCalendar(closures=[MONDAY])
    stored = {"rrule": "FREQ=WEEKLY", "until": "2027-09-30", "first_on": "2027-09-06"}
    ritual = Ritual.of(stored, date(2027, 9, 7), calendar)
    assert list(islice(occurrences(ritual, calendar), 2)) == [date(2027, 9, 7), date(2027, 9, 13)]


def test_a_ritual_that_was_moved_counts_from_where_it_stands_now() -> None:
    stored = {"rrule": "FREQ=WEEKLY", "until": "2027-09-30", "first_on": "2027-09-06"}
    ritual = Ritual.of(stored, date(2027, 9, 9), WEEKDAYS)
    assert next_occurrence(ritual, WEEKDAYS, date(2027, 9, 9)) == date(2027, 9, 16)
