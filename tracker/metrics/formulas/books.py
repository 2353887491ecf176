"""Figures that others are computed from, added up by month or looked up as of a day."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import fsum

from tracker.metrics.formulas.calendar import month_number
from tracker.metrics.formulas.story import Line

WHOLE = ""
_Series = Sequence[tuple[date, float]]


class Books:
    """Lines of figures by metric, as a whole and by channel.

    The parts stand in for a whole that nobody told of.
    """

    def __init__(self, lines: Iterable[Line]) -> None:
        self._series: dict[tuple[str, str], _Series] = {}
        self._sums: dict[tuple[str, str], dict[int, float]] = {}
        self._channels: dict[str, list[str]] = defaultdict(list)
        for line in lines:
            if set(line.dims) <= {"channel"}:
                self._take(line.metric, line.dims.get("channel", WHOLE), line.values)

    def _take(self, metric: str, channel: str, values: Mapping[date, float]) -> None:
        by_month: dict[int, list[float]] = defaultdict(list)
        for day, value in values.items():
            by_month[month_number(day)].append(value)
        self._series[metric, channel] = sorted(values.items())
        self._sums[metric, channel] = {month: fsum(found) for month, found in by_month.items()}
        if channel:
            self._channels[metric].append(channel)

    def months(self) -> set[int]:
        """The months of which anything is told."""
        return {month for sums in self._sums.values() for month in sums}

    def channels(self, metric: str) -> list[str]:
        """The channels by which a metric is told."""
        return sorted(self._channels[metric])

    def sum_of(self, metric: str, month: int, channel: str = WHOLE) -> float | None:
        """What was told for the days of a month; None: nothing was."""
        whole = self._sums.get((metric, channel), {}).get(month)
        if whole is not None or channel:
            return whole
        parts = [self._sums[metric, part].get(month) for part in self._channels[metric]]
        told = [part for part in parts if part is not None]
        return fsum(told) if told else None

    def as_of(self, metric: str, day: date) -> float | None:
        """What holds on a day: the latest that was told by then."""
        series = self._series.get((metric, WHOLE), ())
        found = bisect_right(series, day, key=lambda point: point[0])
        return series[found - 1][1] if found else None

    def within(self, metric: str, month: int, day: date) -> float | None:
        """The latest that was told in a month, up to a day of it."""
        return self.as_of(metric, day) if month in self._sums.get((metric, WHOLE), {}) else None

    def between(self, metric: str, first: date, last: date) -> float:
        """What was told for the days from ``first`` to ``last``."""
        series = self._series.get((metric, WHOLE), ())
        return fsum(value for day, value in series if first <= day <= last)

    def days_of(self, metric: str) -> Mapping[date, float]:
        """A metric by day."""
        return dict(self._series.get((metric, WHOLE), ()))
