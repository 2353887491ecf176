"""Local days as numbers: an instant finds its day, a day its month, whatever clocks do."""

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ONE: Final = timedelta(days=1)


class Calendar:
    """The days from ``first`` to ``last`` in a zone, numbered from 0. What is earlier is day 0."""

    __slots__ = ("_begins", "_day", "_from", "_until", "first", "length", "months")

    def __init__(self, first: date, last: date, zone: ZoneInfo) -> None:
        self.first, self.length = first, (last - first).days + 1
        days = [first + n * ONE for n in range(self.length + 1)]
        # A midnight that clocks jump over is the instant of the jump.
        self._begins = [datetime.combine(day, time(), zone).astimezone(UTC) for day in days]
        self.months = [day.year * 12 + day.month - 1 for day in days]
        self._day, self._from, self._until = 0, self._begins[0], self._begins[1]

    def number(self, day: date) -> int:
        """The number of a date."""
        return (day - self.first).days

    def day_of(self, at: datetime) -> int:
        """The day in which an instant lies; ``length`` if that is later than the last.

        Cheap where one instant follows the other: most lie in the same day as the one before.
        """
        if self._from <= at < self._until:
            return self._day
        found = max(bisect_right(self._begins, at) - 1, 0)
        if found < self.length:
            self._day, self._from, self._until = found, self._begins[found], self._begins[found + 1]
        return found

    def known_on(self, at: datetime) -> int:
        """The first day at whose end the instant has come."""
        return max(bisect_left(self._begins, at) - 1, 0)

    def is_month_end(self, day: int) -> bool:
        """Whether the next day begins another month."""
        return self.months[day] != self.months[day + 1]


def month_number(day: date) -> int:
    """Months since the year 0."""
    return day.year * 12 + day.month - 1
