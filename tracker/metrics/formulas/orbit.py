"""Levels of commitment after the Orbit model, and whether people are drawn towards the centre."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from tracker.connectors.figures import Sample
from tracker.metrics.formulas.activity import Crowd, cover
from tracker.metrics.formulas.facts import Facts
from tracker.metrics.formulas.sheet import Sheet
from tracker.metrics.formulas.spans import Tally, before

LEVELS = ("exploring", "participating", "contributing", "leading")
WEIGHTS = (1, 4, 7, 10)
_MILESTONES = ((2, 7), (7, 30), (30, 90))
"""Days of presence within a number of days, for all levels but the first."""
_WINDOW = 90
_MONTH = 30
Span = tuple[int, int]


def love(counts: Iterable[float]) -> float:
    """What the members at each level, from the outermost inwards, come to."""
    return sum(weight**2 * n for weight, n in zip(WEIGHTS, counts, strict=True))


def gravity(counts: Sequence[float], earlier: Sequence[float]) -> float:
    """How much the same community was drawn inwards, by member."""
    return (love(counts) - love(earlier)) / sum(counts)


def orbit(facts: Facts, sheet: Sheet, crowd: Crowd) -> Iterator[Sample]:
    """Members at each level, gravity, and reach."""
    at_least = [Tally(facts.length) for _ in LEVELS]
    heavy = _heavy_days(facts)
    for index, days in crowd.lines:
        cover(at_least[0], days, _WINDOW)
        inner: list[Span] = []
        for level in (3, 2, 1):
            inner = _joined(inner + _spans(days, level, heavy.get((index, level), ())))
            for first, last in inner:
                at_least[level].add(first, last)
    reached = [tally.by_day() for tally in at_least]
    counts = [
        [one - more for one, more in zip(own, inner, strict=True)]
        for own, inner in zip(reached, (*reached[1:], [0.0] * facts.length), strict=True)
    ]
    for name, by_day in zip(LEVELS, counts, strict=True):
        yield from sheet.counts("orbit_love", by_day, window=_WINDOW, dims={"level": name})
    sums = [love(day) for day in zip(*counts, strict=True)]
    drawn = [now - then for now, then in zip(sums, before(sums, _MONTH), strict=True)]
    yield from sheet.shares("orbit_gravity", drawn, reached[0], window=_WINDOW + _MONTH, scale=1)
    yield from _reach(facts, sheet, crowd.mau)


def _spans(days: Sequence[int], level: int, heavy: Sequence[int]) -> list[Span]:
    """When somebody has been there on enough days lately, or done something weighty."""
    wanted, window = _MILESTONES[level - 1]
    spans = [(day, day + _WINDOW - 1) for day in heavy]
    if len(days) >= wanted:
        pairs = zip(days, days[wanted - 1 :], strict=False)
        spans += [(last, first + window - 1) for first, last in pairs if last < first + window]
    return spans


def _heavy_days(facts: Facts) -> dict[tuple[int, int], list[int]]:
    """Days of weighty activities by person and level."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for (index, day), weight in facts.heaviest.items():
        level = sum(weight >= least for least in WEIGHTS[1:])
        if level:
            found[index, level].append(day)
    return found


def _joined(spans: list[Span]) -> list[Span]:
    """The same days in spans that do not overlap."""
    if len(spans) < 2:  # noqa: PLR2004 - most have none or one
        return spans
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            if last > found[-1][1]:
                found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def _reach(facts: Facts, sheet: Sheet, mau: Sequence[float]) -> Iterator[Sample]:
    """Ten for each pair of whom one replied to the other, by active member; once a month."""
    ties = sorted(facts.threads.ties)
    values = {}
    for day in (day for day, _ in sheet.days if facts.calendar.is_month_end(day) and mau[day]):
        lately = ties[bisect_left(ties, (day - _MONTH + 1,)) : bisect_left(ties, (day + 1,))]
        pairs = {(one, two) for _, one, two in lately}
        values[day] = (10 * len(pairs) / mau[day], int(mau[day]))
    yield from sheet.found("orbit_reach", values, window=_MONTH)
