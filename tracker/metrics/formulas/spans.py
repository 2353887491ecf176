"""Counting what holds from one day to another, in one pass over spans and one over days."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate


class Tally:
    """How much holds on each day, told by spans: the steps up and down, added up once."""

    __slots__ = ("_steps", "length")

    def __init__(self, length: int) -> None:
        self.length = length
        self._steps: list[float] = [0] * (length + 1)

    def add(self, first: int, last: int, amount: float = 1) -> None:
        """``amount`` more from ``first`` to ``last``, both included; nothing where it is over."""
        last = last if last < self.length else self.length - 1
        if first <= last:
            self._steps[first] += amount
            self._steps[last + 1] -= amount

    def by_day(self) -> list[float]:
        """What holds on each day."""
        return list(accumulate(self._steps[:-1]))


class Waits:
    """Durations that are known on some days, and the middle of those of each day."""

    __slots__ = ("_changes", "length")

    def __init__(self, length: int) -> None:
        self.length = length
        self._changes: dict[int, list[tuple[bool, float]]] = {}

    def add(self, first: int, last: int, value: float) -> None:
        """``value`` is known from ``first`` to ``last``, both included."""
        first = max(first, 0)
        if first <= last and first < self.length:
            self._changes.setdefault(first, []).append((True, value))
            self._changes.setdefault(last + 1, []).append((False, value))

    def by_day(self) -> Iterator[list[float]]:
        """What is known on each day, sorted; one list, which changes from day to day."""
        known: list[float] = []
        for day in range(self.length):
            for is_new, value in self._changes.get(day, ()):
                if is_new:
                    insort(known, value)
                else:
                    del known[bisect_left(known, value)]
            yield known


def runs(days: Iterable[int], window: int) -> Iterator[tuple[int, int]]:
    """The days that have one of ``days``, told in order, in the ``window`` that ends with them.

    As spans that do not touch, both ends included.
    """
    start = end = None
    for day in days:
        if start is None or end is None:
            start = day
        elif day > end:
            yield start, end - 1
            start = day
        end = day + window
    if start is not None and end is not None:
        yield start, end - 1


def rolling(daily: Sequence[float], window: int) -> list[float]:
    """The sum over the ``window`` days that end with each day."""
    sums = [0.0, *accumulate(daily)]
    return [sums[day + 1] - sums[max(day + 1 - window, 0)] for day in range(len(daily))]


def before(values: Sequence[float], days: int) -> list[float]:
    """The value of so many days earlier; 0 before there was any."""
    return [*([0.0] * min(days, len(values))), *values[: max(len(values) - days, 0)]]


def median(ordered: Sequence[float]) -> float:
    """The middle of sorted values, or the mean of the two middle ones."""
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def percentile(ordered: Sequence[float], percent: int) -> float:
    """The value within which ``percent`` of sorted values lie, by the nearest rank."""
    return ordered[max(-(-len(ordered) * percent // 100), 1) - 1]
