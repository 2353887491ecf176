"""The calendar behind the rows: months, weeks, and their names."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from babel.dates import format_date

from tracker.kernel.texts import Language
from tracker.overview.gantt.paint import rect, text, upright, width_of
from tracker.overview.gantt.scale import Scale

HEIGHT: Final = 40
_WEEK: Final = 13  # narrower than that, a week has no line
_NUMBER: Final = 17  # narrower than that, its Monday has no number
_USUAL, _SMALL = 12, 10.5
_BOLD: Final = 1.1  # how much wider it is
_MOST_DAYS: Final = 28  # days that every month has


class Axis:
    """Months and weeks of ``scale``, named in ``language``.

    On each side of its knee all months are named alike: in full, shortened, or by a letter.
    """

    def __init__(self, scale: Scale, language: Language) -> None:
        self._scale, self._language = scale, language

    def background(self, top: float, bottom: float) -> Iterator[str]:
        """Every other month shaded; a line for each month, and for each week wide enough."""
        x = self._scale.x
        for number, (first, following) in enumerate(self._months):
            if number % 2:
                yield rect(x(first), top, (x(following) - x(first), bottom - top), "odd")
        for monday in self._mondays(_WEEK):
            yield upright(x(monday), top + HEIGHT, bottom, "grid")
        for first, _following in self._months:
            yield upright(x(first), top, bottom, "month")

    def names(self, top: float) -> Iterator[str]:
        """Names of months, the first of each year with its number; and the numbers of Mondays."""
        told = None
        for first, following in self._months:
            said, size = self._name(first)
            if first.year != told and self._fits(f"{said} {first.year}", first, following, size):
                said, told = f"{said} {first.year}", first.year
            elif first.year != told and not self._is_wide(first):
                yield text(self._scale.x(first) + 4, top + 32, str(first.year), "soft small halo")
                told = first.year
            if self._fits(said, first, following, size):
                look = "ink strong halo" if size == _USUAL else "ink small halo"
                yield text(self._scale.x(first) + 4, top + 15, said, look)
        for monday in self._mondays(_NUMBER):
            yield text(self._scale.x(monday) + 2, top + 32, str(monday.day), "soft small halo")

    def short_names(self, base: float) -> Iterator[str]:
        """Names of months in a row of their own, for readers far below the head of the picture."""
        for first, following in self._months:
            said, _size = self._name(first)
            if self._fits(said, first, following, _SMALL):
                yield text(self._scale.x(first) + 4, base, said, "faint small")

    @cached_property
    def _months(self) -> list[tuple[date, date]]:
        """The first day of each month and of the one after it, cut to the scale."""
        found, first, end = [], self._scale.first, self._scale.last + timedelta(days=1)
        while first < end:
            following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
            found.append((first, min(following, end)))
            first = following
        return found

    def _mondays(self, least: float) -> Iterator[date]:
        """The Mondays of weeks that are at least so wide."""
        for days in range(0, (self._scale.last - self._scale.first).days + 1, 7):
            monday = self._scale.first + timedelta(days=days)
            if self._day(monday) * 7 >= least:
                yield monday

    def _day(self, day: date) -> float:
        return self._scale.wide if self._is_before_knee(day) else self._scale.narrow

    def _is_before_knee(self, day: date) -> bool:
        return self._scale.knee is None or day < self._scale.knee

    def _is_wide(self, day: date) -> bool:
        return self._day(day) * 7 >= _NUMBER

    def _fits(self, said: str, first: date, following: date, size: float) -> bool:
        room = self._scale.x(following) - self._scale.x(first) - 6
        return width_of(said, size * _BOLD) <= room

    def _name(self, month: date) -> tuple[str, float]:
        """How a month is called, and how large that is written."""
        form, size = self._forms[self._is_before_knee(month)]
        return format_date(month, form, locale=self._language), size

    @cached_property
    def _forms(self) -> dict[bool, tuple[str, float]]:
        return {True: self._widest(self._scale.wide), False: self._widest(self._scale.narrow)}

    def _widest(self, day: float) -> tuple[str, float]:
        """The longest form in which every month fits between its lines."""
        for form, size in (("MMMM", _USUAL), ("MMM", _USUAL), ("MMM", _SMALL)):
            names = [
                format_date(date(2027, n, 1), form, locale=self._language) for n in range(1, 13)
            ]
            if max(width_of(name, size * _BOLD) for name in names) <= day * _MOST_DAYS - 5:
                return form, size
        return "MMMMM", _SMALL
