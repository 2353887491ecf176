"""Who stays, by months: from events where they are kept, from what was folded where not."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from tracker.connectors.figures import Sample
from tracker.metrics.formulas.facts import Facts
from tracker.metrics.formulas.growth import how_leaves_are_known
from tracker.metrics.formulas.sheet import Sheet

AFTER = (3, 6, 12)
_Values = dict[int, tuple[float, int]]


def loyalty(facts: Facts, sheet: Sheet) -> Iterator[Sample]:
    """Told on the last day of a month, when it can be known."""
    ends = [day for day, _ in sheet.days if facts.calendar.is_month_end(day)]
    active, there = _retention(facts, ends)
    for after in AFTER:
        yield from sheet.found(f"retention_{after}_months", active[after])
    noticed = replace(sheet, method=how_leaves_are_known(facts))
    for after in AFTER:
        yield from noticed.found(f"retention_member_{after}_months", there[after])
    yield from sheet.found("activity_churn", _churn(facts, ends))


def _retention(facts: Facts, ends: list[int]) -> tuple[dict[int, _Values], dict[int, _Values]]:
    """By months after joining: who did something in that month, and who had not left."""
    months, base = facts.calendar.months, facts.base_month
    cohorts: dict[int, list[int]] = defaultdict(list)
    for index, stay in enumerate(facts.stays):
        if stay.joined < facts.length:
            cohorts[months[stay.joined]].append(index)
    active: dict[int, _Values] = {after: {} for after in AFTER}
    there: dict[int, _Values] = {after: {} for after in AFTER}
    for end in ends:
        bit = 1 << (months[end] - base)
        for after in AFTER:
            cohort = cohorts.get(months[end] - after, [])
            if cohort:
                n = len(cohort)
                doing = sum(facts.months.get(index, 0) & bit > 0 for index in cohort)
                staying = sum(facts.stays[index].left > end for index in cohort)
                active[after][end] = (doing * 100 / n, n)
                there[after][end] = (staying * 100 / n, n)
    return active, there


def _churn(facts: Facts, ends: list[int]) -> _Values:
    """Active in the month before and not in this one, of those active before."""
    masks = list(facts.months.values())
    found = {}
    for end in ends:
        bit = 1 << (facts.calendar.months[end] - facts.base_month)
        before = [mask for mask in masks if mask & bit >> 1]
        if before:
            gone = sum(not mask & bit for mask in before)
            found[end] = (gone * 100 / len(before), len(before))
    return found
