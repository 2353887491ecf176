"""How many belong to a community, who comes and who goes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from tracker.connectors.figures import Method, Sample
from tracker.metrics.formulas.facts import Facts
from tracker.metrics.formulas.sheet import Sheet
from tracker.metrics.formulas.spans import Tally, before, rolling

_UNKNOWN = "unknown"


def members_by_day(facts: Facts) -> list[float]:
    """How many are members at the end of each day."""
    tally = Tally(facts.length)
    for stay in facts.stays:
        tally.add(stay.joined, stay.left - 1)
    return tally.by_day()


def growth(facts: Facts, sheet: Sheet, members: Sequence[float]) -> Iterator[Sample]:
    """Members, arrivals, departures, and what they come to."""
    joins, leaves = [0.0] * facts.length, [0.0] * facts.length
    for stay in facts.stays:
        if stay.joined < facts.length:
            joins[stay.joined] += 1
        if stay.left < facts.length:
            leaves[stay.left] += 1
    earlier = before(members, 30)
    yield from sheet.counts("members_total", members)
    yield from sheet.counts("signups", list(accumulate(joins)))
    yield from sheet.counts("joins", joins)
    grown = [now - then for now, then in zip(members, earlier, strict=True)]
    yield from sheet.shares("growth_acquisition_retention_attrition", grown, earlier)
    noticed = replace(sheet, method=how_leaves_are_known(facts))
    net = [came - went for came, went in zip(joins, leaves, strict=True)]
    yield from noticed.counts("leaves", leaves)
    yield from noticed.counts("net_growth", net)
    yield from noticed.shares("churn_rate", rolling(leaves, 30), earlier)
    yield from _channels(facts, sheet, joins)
    yield from _fit(facts, sheet)


def how_leaves_are_known(facts: Facts) -> Method:
    """By comparing two lists, where no departure was ever told by the platform itself."""
    left = [stay.person.is_left_exact for stay in facts.stays if stay.person.left_at]
    return "snapshot_diff" if left and not any(left) else "derived"


def _channels(facts: Facts, sheet: Sheet, joins: list[float]) -> Iterator[Sample]:
    """By the way people came, where any is known; what is not known stays visible."""
    if all(stay.person.acquisition is None for stay in facts.stays):
        return
    by_channel: dict[str, list[float]] = defaultdict(lambda: [0.0] * facts.length)
    for stay in facts.stays:
        if stay.joined < facts.length:
            by_channel[stay.person.acquisition or _UNKNOWN][stay.joined] += 1
    whole = rolling(joins, 30)
    for channel, daily in sorted(by_channel.items()):
        dims = {"channel": channel}
        some = {day: (daily[day], 0) for day, _ in sheet.days if daily[day]}
        for sample in sheet.found("joins", some, dims=dims):
            yield replace(sample, count=None)
        lately = rolling(daily, 30)
        told = replace(sheet, days=[(day, on) for day, on in sheet.days if lately[day]])
        yield from told.shares("acquisition", lately, whole, dims=dims)


def _fit(facts: Facts, sheet: Sheet) -> Iterator[Sample]:
    """Whether newcomers are those who were wanted, of those for whom it is known."""
    judged, misfits = Tally(facts.length), Tally(facts.length)
    for stay in facts.stays:
        if stay.person.fits is not None:
            judged.add(stay.joined, stay.joined + 27)
            if not stay.person.fits:
                misfits.add(stay.joined, stay.joined + 27)
    yield from sheet.shares("persona_misfit_share", misfits.by_day(), judged.by_day())
