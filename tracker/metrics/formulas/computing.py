"""All figures of a story, for the days that are asked for."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from tracker.connectors.figures import Sample
from tracker.metrics.formulas.activity import Crowd, activity
from tracker.metrics.formulas.answers import answers
from tracker.metrics.formulas.brought import brought
from tracker.metrics.formulas.calendar import Calendar
from tracker.metrics.formulas.facts import Facts
from tracker.metrics.formulas.growth import growth
from tracker.metrics.formulas.loyalty import loyalty
from tracker.metrics.formulas.meetings import meetings
from tracker.metrics.formulas.newcomers import newcomers
from tracker.metrics.formulas.orbit import orbit
from tracker.metrics.formulas.participation import participation
from tracker.metrics.formulas.sheet import Sheet
from tracker.metrics.formulas.story import Story

LOOKS_BACK = timedelta(days=430)
"""Further than any figure does: cohorts of a year ago, and the month that they joined in."""


def compute(story: Story, days: Sequence[date], zone: ZoneInfo) -> list[Sample]:
    """Every figure that can be told of ``days``, in the zone's local days, each over at its end.

    What has no value has no sample: a denominator of zero, one that is too young, or events that
    are no longer kept.
    """
    wanted = sorted(set(days))
    if not wanted:
        return []
    return [*_of_community(story, wanted, zone), *brought(story.lines, wanted)]


def _of_community(story: Story, days: Sequence[date], zone: ZoneInfo) -> Iterator[Sample]:
    calendar = Calendar(days[0] - LOOKS_BACK, days[-1], zone)
    facts = Facts(story, calendar)
    if not (facts.roles or facts.active or facts.months):
        return
    since = calendar.number(story.since) if story.since else 0
    sheet = Sheet([(calendar.number(day), day) for day in days], max(since, 0))
    crowd = Crowd.of(facts)
    yield from growth(facts, sheet, crowd.members)
    yield from activity(facts, sheet, crowd)
    yield from participation(facts, sheet, crowd.members)
    yield from newcomers(facts, sheet)
    yield from loyalty(facts, sheet)
    yield from answers(facts, sheet)
    yield from meetings(facts, sheet)
    yield from orbit(facts, sheet, crowd)
