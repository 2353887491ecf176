"""From values by day to samples: only for days that are asked for, and only where there is one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from tracker.connectors.figures import Method, Sample

Values = Sequence[float]
_PERCENT: Final = 100
_WHOLE: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The days that are wanted, by number, and how far back nothing is missing.

    What looks back further than ``since`` gives no value: it would be too small.
    """

    days: Sequence[tuple[int, date]]
    since: int = 0
    method: Method = "derived"

    def counts(
        self, metric: str, values: Values, *, window: int = 0, dims: Mapping[str, str] = _WHOLE
    ) -> Iterator[Sample]:
        """A figure that counts itself: 0 is a value."""
        for day, on in self._covered(window):
            yield Sample(metric, on, float(values[day]), self.method, dims)

    def shares(
        self,
        metric: str,
        part: Values,
        whole: Values,
        *,
        window: int = 0,
        scale: float = _PERCENT,
        dims: Mapping[str, str] = _WHOLE,
    ) -> Iterator[Sample]:
        """``part`` of ``whole``, in percent; no value where there is no whole."""
        for day, on in self._covered(window):
            if (n := whole[day]) > 0:
                yield Sample(metric, on, part[day] * scale / n, self.method, dims, int(n))

    def found(
        self,
        metric: str,
        values: Mapping[int, tuple[float, int]],
        *,
        window: int = 0,
        dims: Mapping[str, str] = _WHOLE,
    ) -> Iterator[Sample]:
        """Values with what they stand on, of the days that have any."""
        for day, on in self._covered(window):
            if day in values:
                value, n = values[day]
                yield Sample(metric, on, value, self.method, dims, n)

    def _covered(self, window: int) -> Iterator[tuple[int, date]]:
        """The days whose ``window`` has all its events; a window of 0 needs none."""
        least = self.since + window - 1 if window else 0
        return ((day, on) for day, on in self.days if day >= least)
