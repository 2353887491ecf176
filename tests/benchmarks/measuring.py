"""Ratios on a noisy machine: ours and the yardstick in turns, the median of their quotients."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log2
from statistics import median, quantiles
from time import perf_counter
from typing import Final

PAIRS: Final = 21
Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of many measurements, and the tenth and ninetieth of a hundred."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Of at least two values."""
        tenths = quantiles(values, n=10, method="inclusive")
        return cls(median(values), tenths[0], tenths[-1])


@dataclass(frozen=True, slots=True)
class Comparison:
    """Seconds of a piece of work, of its yardstick, and the quotients of each pair."""

    ours: Spread
    theirs: Spread
    ratio: Spread


def seconds(work: Work, times: int = 1) -> float:
    """How long one ``work`` takes, on the mean of ``times`` of them."""
    start = perf_counter()
    for _ in range(times):
        work()
    return (perf_counter() - start) / times


def compare(ours: Work, theirs: Work, *, times: int = 1, pairs: int = PAIRS) -> Comparison:
    """``ours`` against ``theirs``, warm; who begins changes from pair to pair."""
    both = (ours, theirs)
    for work in both:
        seconds(work, times)
    measured = []
    for n in range(pairs):
        order = both if n % 2 else both[::-1]
        taken = {work: seconds(work, times) for work in order}
        measured.append((taken[ours], taken[theirs]))
    return Comparison(
        Spread.of([mine for mine, _ in measured]),
        Spread.of([other for _, other in measured]),
        Spread.of([mine / other for mine, other in measured]),
    )


def exponent(sizes: Sequence[int], taken: Sequence[float]) -> float:
    """The power of the size that time grows with, from the first size to the last."""
    return log2(taken[-1] / taken[0]) / log2(sizes[-1] / sizes[0])


def spread_of_inverse(found: Spread) -> Spread:
    """Requests a second where ``found`` tells seconds a request."""
    return Spread(1 / found.median, 1 / found.high, 1 / found.low)
