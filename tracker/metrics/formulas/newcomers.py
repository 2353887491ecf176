"""What becomes of those who have just joined."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from tracker.connectors.figures import Sample
from tracker.metrics.formulas.facts import SETTLING, Facts
from tracker.metrics.formulas.sheet import Sheet
from tracker.metrics.formulas.spans import Tally, Waits, median

_FIRST_STEP = timedelta(days=7)
_REGULAR = timedelta(days=90)
_REGULAR_DAYS = 3
_COHORT = 28
_MOST_POINTS = 100
_HOUR = 3600


def newcomers(facts: Facts, sheet: Sheet) -> Iterator[Sample]:
    """Activation, first contributions, conversion, and the score of who has just come."""
    yield from _activation(facts, sheet, "activation_rate_7_days", facts.first_contribution)
    with_reactions = "activation_rate_7_days_with_reactions"
    yield from _activation(facts, sheet, with_reactions, facts.first_step, window=_COHORT)
    yield from _firsts(facts, sheet)
    yield from _conversion(facts, sheet)
    yield from _score(facts, sheet)


def _activation(
    facts: Facts, sheet: Sheet, metric: str, first: Mapping[int, datetime], *, window: int = 0
) -> Iterator[Sample]:
    """Of those whose seven days are over; who is younger does not count, active or not."""
    mature, activated = Tally(facts.length), Tally(facts.length)
    for index, stay in enumerate(facts.stays):
        until = stay.joined_at + _FIRST_STEP
        span = facts.calendar.known_on(until), stay.joined + _COHORT - 1
        mature.add(*span)
        if index in first and first[index] <= until:
            activated.add(*span)
    yield from sheet.shares(metric, activated.by_day(), mature.by_day(), window=window)


def _firsts(facts: Facts, sheet: Sheet) -> Iterator[Sample]:
    new, activated = [0.0] * facts.length, [0.0] * facts.length
    waits = Waits(facts.length)
    for index, at in facts.first_contribution.items():
        day = facts.calendar.day_of(at)
        if index >= len(facts.stays) or day >= facts.length:
            continue
        stay = facts.stays[index]
        new[day] += 1
        activated[day] += at <= stay.joined_at + _FIRST_STEP
        wait = max((at - stay.joined_at).total_seconds(), 0) / _HOUR
        waits.add(max(day, stay.joined), stay.joined + 89, wait)
    yield from sheet.counts("new_contributors", new)
    yield from sheet.counts("activations", activated)
    values = {day: (median(known), len(known)) for day, known in enumerate(waits.by_day()) if known}
    yield from sheet.found("time_to_first_contribution", values)


def _conversion(facts: Facts, sheet: Sheet) -> Iterator[Sample]:
    """Regular is who contributed on three days within 90."""
    mature, regular = Tally(facts.length), Tally(facts.length)
    for index, stay in enumerate(facts.stays):
        known = facts.calendar.known_on(stay.joined_at + _REGULAR)
        if known >= facts.length:
            continue
        mature.add(known, known + _COHORT - 1)
        days = facts.contributed.get(index, {})
        within = [day for day in days if stay.joined <= day <= known]
        if len(within) >= _REGULAR_DAYS:
            regular.add(known, known + _COHORT - 1)
    window = _REGULAR.days + _COHORT
    yield from sheet.shares("conversion_rate", regular.by_day(), mature.by_day(), window=window)


def _score(facts: Facts, sheet: Sheet) -> Iterator[Sample]:
    """The mean of what each has gathered in the first 30 days, at most a hundred."""
    people, points = Tally(facts.length), Tally(facts.length)
    for stay in facts.stays:
        people.add(stay.joined, min(stay.joined + SETTLING - 1, stay.left - 1))
    for index, by_day in facts.points.items():
        stay, gathered = facts.stays[index], 0
        for day in sorted(by_day):
            more = min(by_day[day], _MOST_POINTS - gathered)
            points.add(day, min(stay.joined + SETTLING - 1, stay.left - 1), more)
            gathered += more
    score, n = points.by_day(), people.by_day()
    yield from sheet.shares("member_engagement_score", score, n, window=30, scale=1)
