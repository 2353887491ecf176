"""Many days as a few: percentiles, the mean, a small histogram. Days are indexes of a calendar."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from tracker.projects.forecast.values import Bar

MOST_BARS: Final = 20


def percentile(ordered: Sequence[int], percent: int) -> int:
    """The first day by which that many of a hundred are over; ``ordered`` is, and not empty."""
    return ordered[-(-percent * len(ordered) // 100) - 1]


def mean(days: Sequence[int]) -> int:
    """The day on or just after the mean: rounding never promises too much."""
    return -(-sum(days) // len(days))


def histogram(ordered: Sequence[int], day: Callable[[int], date]) -> tuple[Bar, ...]:
    """At most twenty bars of equal width in working days, from the first day to the last."""
    first, last = ordered[0], ordered[-1]
    width = (last - first) // MOST_BARS + 1
    counts = [0] * ((last - first) // width + 1)
    for one in ordered:
        counts[(one - first) // width] += 1
    return tuple(
        Bar(day(start), day(start + width - 1), count)
        for start, count in zip(range(first, last + 1, width), counts, strict=True)
    )
