import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from tracker.kernel.public_holidays import knows_country, knows_subdivision
from tracker.playbooks.calendar import WorkCalendar

WEEKDAYS = WorkCalendar()
FRANCE = WorkCalendar("FR")
FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2027, 9, day) for day in (3, 4, 5, 6))
ASCENSION_DAY = date(2027, 5, 6)


def test_weekends_are_closed_without_a_country() -> None:
    assert [WEEKDAYS.is_open(day) for day in (FRIDAY, SATURDAY, SUNDAY, MONDAY)] == [
        True,
        False,
        False,
        True,
    ]


def test_public_holidays_of_the_country_are_closed() -> None:
    assert WEEKDAYS.is_open(ASCENSION_DAY)
    assert not FRANCE.is_open(ASCENSION_DAY)


def test_a_subdivision_has_holidays_of_its_own() -> None:
    saint_stephen = date(2028, 12, 26)
    assert FRANCE.is_open(saint_stephen)
    assert not WorkCalendar("FR", "Moselle").is_open(saint_stephen)


def test_closures_of_the_project_are_closed() -> None:
    assert not WorkCalendar(closures=[MONDAY]).is_open(MONDAY)


def test_working_days_are_counted_across_a_weekend() -> None:
    assert WEEKDAYS.index(MONDAY) - WEEKDAYS.index(FRIDAY) == 1


def test_a_closed_day_counts_as_the_next_working_day() -> None:
    assert WEEKDAYS.index(SATURDAY) == WEEKDAYS.index(SUNDAY) == WEEKDAYS.index(MONDAY)


def test_the_first_working_day_from_a_closed_day_lies_after_it() -> None:
    assert WEEKDAYS.on_or_after(SATURDAY) == MONDAY
    assert WEEKDAYS.on_or_after(MONDAY) == MONDAY


def test_the_last_working_day_up_to_a_closed_day_lies_before_it() -> None:
    assert WEEKDAYS.on_or_before(SUNDAY) == FRIDAY
    assert WEEKDAYS.on_or_before(FRIDAY) == FRIDAY


def test_indexes_stay_the_same_when_earlier_years_become_known() -> None:
    calendar = WorkCalendar("FR")
    before = calendar.index(MONDAY)
    assert calendar.day(calendar.index(date(2019, 3, 1))) == date(2019, 3, 1)
    assert calendar.index(MONDAY) == before


def test_days_are_counted_across_the_turn_of_a_year() -> None:
    calendar = WorkCalendar("FR")
    friday_31_december = date(2027, 12, 31)
    assert calendar.day(calendar.index(friday_31_december) + 1) == date(2028, 1, 3)
    assert calendar.day(calendar.index(date(2028, 1, 3)) - 1) == friday_31_december


def test_an_index_agrees_with_counting_day_by_day() -> None:
    calendar = WorkCalendar("FR", closures=[date(2027, 8, 16)])
    first = calendar.index(date(2027, 1, 1))
    day, counted = date(2027, 1, 1), 0
    while day < date(2029, 1, 1):
        assert calendar.index(day) - first == counted, day
        counted += calendar.is_open(day)
        day += timedelta(days=1)


def test_a_year_end_that_is_closed_counts_as_the_next_year() -> None:
    calendar = WorkCalendar(closures=[date(2027, 12, day) for day in range(27, 32)])
    assert calendar.on_or_after(date(2027, 12, 27)) == date(2028, 1, 3)


def test_an_opened_day_is_worked_and_moves_no_other() -> None:
    opened = WEEKDAYS.opening(SUNDAY)
    assert opened.is_open(SUNDAY)
    assert not opened.is_open(SATURDAY)
    assert opened.index(MONDAY) - opened.index(FRIDAY) == 2
    assert not WEEKDAYS.is_open(SUNDAY)


def test_skipped_days_are_named_in_both_languages() -> None:
    first, last = date(2027, 5, 5), date(2027, 5, 9)
    saturday, sunday = date(2027, 5, 8), date(2027, 5, 9)
    assert list(FRANCE.skipped(first, last, "fr")) == [
        (ASCENSION_DAY, "Ascension"),
        (saturday, None),
        (sunday, None),
    ]
    assert next(FRANCE.skipped(first, last, "en")) == (ASCENSION_DAY, "Ascension Day")


def test_a_closure_is_named_as_one() -> None:
    calendar = WorkCalendar(closures=[MONDAY])
    assert calendar.name(MONDAY, "en") == "closure"
    assert calendar.name(MONDAY, "fr") == "fermeture"


def test_calendars_refuse_years_out_of_reach() -> None:
    with pytest.raises(OverflowError, match="1970 to 2200, not 2201"):
        WEEKDAYS.index(date(2201, 1, 1))


@pytest.mark.parametrize("code", ["FR", "DE", "US", "GB", "JP", "IN", "BR", "SA", "CN"])
def test_countries_are_known_by_their_two_letters(code: str) -> None:
    assert knows_country(code)
    assert not knows_country(code.lower())


def test_a_subdivision_belongs_to_its_country() -> None:
    assert knows_subdivision("DE", "BY")
    assert not knows_subdivision("FR", "BY")


@pytest.mark.parametrize("code", ["", "F", "FRA", "XX", "F\x00"])
def test_what_is_no_country_is_unknown(code: str) -> None:
    assert not knows_country(code)


def test_a_weekend_lies_where_the_country_has_it() -> None:
    friday, saturday, sunday = date(2027, 6, 11), date(2027, 6, 12), date(2027, 6, 13)
    riyadh, nowhere = WorkCalendar("SA"), WorkCalendar()
    assert [riyadh.is_open(day) for day in (friday, saturday, sunday)] == [False, False, True]
    assert [nowhere.is_open(day) for day in (friday, saturday, sunday)] == [True, False, False]
    assert riyadh.on_or_after(friday) == sunday


@pytest.fixture
def impatient_threads() -> Iterator[None]:
    """Threads that take turns after a microsecond."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("impatient_threads")
def test_threads_that_share_a_calendar_count_alike() -> None:
    days = [date(year, 6, 15) for year in range(1990, 2070)]
    alone = WorkCalendar("FR")
    alone.index(date(2030, 1, 1))
    distances = [alone.index(day) - alone.index(date(2030, 1, 1)) for day in days]
    for _ in range(20):
        shared = WorkCalendar("FR")
        first = shared.index(date(2030, 1, 1))
        with ThreadPoolExecutor(8) as threads:
            counted = list(threads.map(shared.index, days + days[::-1]))
        assert [index - first for index in counted] == distances + distances[::-1]


def test_only_the_countries_that_are_asked_for_are_read() -> None:
    asked = "from tracker.kernel.public_holidays import public_holidays as of; of('FR', None, 2027)"
    told = "import sys; print(*(name for name in sys.modules if name.count('.') == 2))"
    words = [sys.executable, "-c", f"{asked}; {told}"]
    found = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    countries = [name for name in found if name.startswith("holidays.countries.")]
    assert countries == ["holidays.countries.france"]
