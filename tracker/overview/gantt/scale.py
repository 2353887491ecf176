"""From days and rows to places on the picture."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

WIDTH: Final = 1400
MARGIN: Final = 20
LABELS: Final = 340  # where the calendar begins; the titles stand before it
_CROWD, _THRONG = 80, 250
_LONG: Final = timedelta(days=270)
_KNEE_SHARE: Final = 0.55  # of the width, for the weeks around launch day


@dataclass(frozen=True, slots=True)
class Scale:
    """The days from ``first`` to ``last``; where there is a ``knee``, wider up to it."""

    first: date
    last: date
    knee: date | None = None
    left: float = LABELS
    right: float = WIDTH - MARGIN

    def x(self, day: date) -> float:
        """The left edge of ``day``; days beyond either end stand at that end."""
        days = min(max((day - self.first).days, 0), self._days)
        if self.knee is None:
            return self.left + days * self._room / self._days
        before = (self.knee - self.first).days
        if days <= before:
            return self.left + days * self.wide
        return self.left + before * self.wide + (days - before) * self.narrow

    def end(self, day: date) -> float:
        """The right edge of ``day``."""
        return self.x(day + timedelta(days=1))

    def middle(self, day: date) -> float:
        """The middle of ``day``."""
        return (self.x(day) + self.end(day)) / 2

    @property
    def wide(self) -> float:
        """Width of a day before the knee."""
        if self.knee is None:
            return self._room / self._days
        return self._room * _KNEE_SHARE / (self.knee - self.first).days

    @property
    def narrow(self) -> float:
        """Width of a day behind the knee."""
        if self.knee is None:
            return self.wide
        return self._room * (1 - _KNEE_SHARE) / (self._days - (self.knee - self.first).days)

    @property
    def _days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def _room(self) -> float:
        return self.right - self.left


def scale_of(first: date, last: date, today: date, launched: date | None) -> Scale:
    """A scale of two speeds while a long plan is before or in its launch, which is ``launched`` on.

    The months before it hold most tasks, each of a few days; the years behind it hold long ones.
    """
    first -= timedelta(days=first.weekday())
    last += timedelta(days=6 - last.weekday())
    if launched is None or last - first < _LONG:
        return Scale(first, last)
    knee = launched + timedelta(days=7 - launched.weekday())
    share = (knee - first) / (last - first)
    return Scale(first, last, knee if today < knee and share < _KNEE_SHARE else None)


def pitch(rows: int) -> int:
    """How high a row is: a long plan is drawn closer together."""
    return 22 if rows <= _CROWD else 18 if rows <= _THRONG else 15
