"""Working days: weekends, public holidays of a country, and the project's own closures."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

from tracker.kernel.public_holidays import (
    knows_country,
    knows_subdivision,
    named_holidays,
    public_holidays,
    weekend_of,
)
from tracker.kernel.texts import Language, Sentence

WEEKEND = Sentence(en="weekend", fr="week-end")
CLOSURE = Sentence(en="closure", fr="fermeture")
_FIRST_YEAR, _LAST_YEAR = 1970, 2200


class _Known(NamedTuple):
    """The working days of some years in a row."""

    days: list[int]  # their ordinals
    shift: int  # index of the first of them
    first_year: int
    last_year: int


class WorkCalendar:
    """Counts in working days.

    Each working day has an index; the index of a date is the same for the life of the calendar,
    and only differences between indexes mean anything. ``opened`` is one closed day on which work
    is done all the same: a launch day.
    """

    def __init__(
        self,
        country: str | None = None,
        subdivision: str | None = None,
        closures: Iterable[date] = (),
        opened: date | None = None,
    ) -> None:
        self._country, self._subdivision = country, subdivision
        self._closures = frozenset(closures)
        self._opened = opened
        # Replaced as a whole: threads share calendars, and none may see half of a year.
        self._known: _Known | None = None
        self._learning = Lock()

    def opening(self, day: date) -> "WorkCalendar":
        """The same calendar, on which ``day`` is worked."""
        return WorkCalendar(self._country, self._subdivision, self._closures, day)

    @property
    def opened(self) -> date | None:
        """The closed day on which work is done all the same."""
        return self._opened

    def is_open(self, day: date) -> bool:
        """Whether ``day`` is worked."""
        return day == self._opened or (
            day.weekday() not in weekend_of(self._country)
            and day not in self._closures
            and day not in public_holidays(self._country, self._subdivision, day.year)
        )

    def index(self, day: date) -> int:
        """Index of the first working day on or after ``day``."""
        ordinal, known = day.toordinal(), self._known
        if known is None or not known.days or not known.days[0] <= ordinal <= known.days[-1]:
            known = self._know(day.year)
            while not known.days or ordinal > known.days[-1]:
                known = self._know(known.last_year + 1)
        return bisect_left(known.days, ordinal) + known.shift

    def day(self, index: int) -> date:
        """The working day with this index."""
        known = self._known
        assert known is not None, "days are counted only after the first look"
        while index < known.shift:
            known = self._know(known.first_year - 1)
        while index - known.shift >= len(known.days):
            known = self._know(known.last_year + 1)
        return date.fromordinal(known.days[index - known.shift])

    def on_or_after(self, day: date) -> date:
        """The first working day from ``day`` on."""
        return self.day(self.index(day))

    def on_or_before(self, day: date) -> date:
        """The last working day up to ``day``."""
        return day if self.is_open(day) else self.day(self.index(day) - 1)

    def skipped(
        self, first: date, last: date, language: Language
    ) -> Iterator[tuple[date, str | None]]:
        """Days from ``first`` to ``last`` that are not worked; None names a plain weekend day."""
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            if not self.is_open(day):
                yield day, self.name(day, language)

    def name(self, day: date, language: Language) -> str | None:
        """What closes this weekday: a holiday or a closure; None on weekends and working days."""
        if day.weekday() in weekend_of(self._country):
            return None
        if day in self._closures:
            return CLOSURE.say(language)
        return named_holidays(self._country, self._subdivision, day.year, language).get(day)

    def _know(self, year: int) -> _Known:
        """Take the years up to ``year``, from either side, into what is known."""
        with self._learning:
            known = self._known or _Known(self._working_days(year), 0, year, year)
            while year < known.first_year:
                earlier = self._working_days(known.first_year - 1)
                known = _Known(
                    earlier + known.days,
                    known.shift - len(earlier),
                    known.first_year - 1,
                    known.last_year,
                )
            while year > known.last_year:
                later = self._working_days(known.last_year + 1)
                known = known._replace(days=known.days + later, last_year=known.last_year + 1)
            self._known = known
            return known

    def _working_days(self, year: int) -> list[int]:
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise OverflowError(f"calendars reach from {_FIRST_YEAR} to {_LAST_YEAR}, not {year}")
        days = _working_days(self._country, self._subdivision, year)
        mine = {day.toordinal() for day in self._closures if day.year == year}
        days = [day for day in days if day not in mine] if mine else list(days)
        if self._opened and self._opened.year == year:
            days = sorted({*days, self._opened.toordinal()})
        return days


@lru_cache(maxsize=1024)
def _working_days(country: str | None, subdivision: str | None, year: int) -> list[int]:
    closed = {day.toordinal() for day in public_holidays(country, subdivision, year)}
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    weekend = weekend_of(country)
    # Ordinal 1 was a Monday, so the remainder counts as date.weekday() does.
    return [n for n in range(first, last + 1) if (n - 1) % 7 not in weekend and n not in closed]


def knows_region(region: str) -> bool:
    """Whether ``region``, as FR or DE-BY, has holidays that are known."""
    country, _, subdivision = region.partition("-")
    return knows_country(country) and (not subdivision or knows_subdivision(country, subdivision))


def region_holiday(region: str, day: date, language: Language) -> str | None:
    """The public holiday that ``region`` keeps on ``day``, even on a weekend; None without one."""
    country, _, subdivision = region.partition("-")
    return named_holidays(country, subdivision or None, day.year, language).get(day)
