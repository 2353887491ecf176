"""Who registers for events, who comes, and who comes again."""

from collections.abc import Iterator, Mapping

from tracker.connectors.figures import Sample
from tracker.metrics.formulas.activity import cover
from tracker.metrics.formulas.facts import NEVER, Facts
from tracker.metrics.formulas.sheet import Sheet
from tracker.metrics.formulas.spans import Tally

_WINDOW = 90
_By = Mapping[tuple[int, str], int]


def meetings(facts: Facts, sheet: Sheet) -> Iterator[Sample]:
    """Over the 90 days that end with each day."""
    registered, attended = _firsts(facts.registered), _firsts(facts.attended)
    due, came = Tally(facts.length), Tally(facts.length)
    for place, day in registered.items():
        due.add(day, day + _WINDOW - 1)
        if place in attended:
            came.add(max(day, attended[place]), day + _WINDOW - 1)
    yield from sheet.shares("event_showup", came.by_day(), due.by_day(), window=_WINDOW)
    some, again = Tally(facts.length), Tally(facts.length)
    for days in _days_by_person(attended).values():
        cover(some, days, _WINDOW)
        for earlier, later, following in zip(days, days[1:], (*days[2:], NEVER), strict=False):
            again.add(later, min(earlier + _WINDOW - 1, following - 1))
    yield from sheet.shares("repeat_attendance", again.by_day(), some.by_day(), window=_WINDOW)


def _firsts(told: Mapping[tuple[int, int], set[str]]) -> _By:
    """The first day on which each person registered for each event, or came to it."""
    found: dict[tuple[int, str], int] = {}
    for (index, day), events in told.items():
        for event in events:
            found[index, event] = min(day, found.get((index, event), day))
    return found


def _days_by_person(attended: _By) -> Mapping[int, list[int]]:
    """The days on which somebody came to an event, one for each event, in order."""
    found: dict[int, list[int]] = {}
    for (index, _), day in attended.items():
        found.setdefault(index, []).append(day)
    return {index: sorted(days) for index, days in found.items()}
