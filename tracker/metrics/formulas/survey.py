"""The net promoter score: what it is, and by how much it may be off."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from math import sqrt

from tracker.connectors.figures import Sample
from tracker.metrics.formulas.books import Books

_Z = 1.96  # 19 times in 20
_ANSWERS = ("nps_promoters", "nps_passives", "nps_detractors")


def counted(scores: Iterable[int]) -> tuple[int, int, int]:
    """Promoters, passives and detractors among scores from 0 to 10."""
    told = list(scores)
    promoters, detractors = sum(one >= 9 for one in told), sum(one <= 6 for one in told)  # noqa: PLR2004
    return promoters, len(told) - promoters - detractors, detractors


def nps(promoters: float, passives: float, detractors: float) -> float:
    """From -100 to 100, of at least one answer."""
    return 100 * (promoters - detractors) / (promoters + passives + detractors)


def margin(promoters: float, passives: float, detractors: float) -> float:
    """In points, to both sides."""
    n = promoters + passives + detractors
    p, d = promoters / n, detractors / n
    return 100 * _Z * sqrt(max(p + d - (p - d) ** 2, 0) / n)


def surveyed(books: Books, days: Sequence[date]) -> Iterator[Sample]:
    """On the days of surveys whose answers are told in full."""
    promoters, passives, detractors = (books.days_of(metric) for metric in _ANSWERS)
    asked = books.days_of("nps_asked")
    for day in days:
        if not all(day in told for told in (promoters, passives, detractors)):
            continue
        answers = promoters[day], passives[day], detractors[day]
        n = int(sum(answers))
        if n > 0:
            yield Sample("nps", day, nps(*answers), "derived", count=n)
            yield Sample("nps_margin", day, margin(*answers), "derived", count=n)
        if asked.get(day, 0) > 0:
            share = 100 * n / asked[day]
            yield Sample("nps_response_rate", day, share, "derived", count=int(asked[day]))
