"""When the next occurrence of a ritual is due. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.recurrence import BadRule
from tracker.playbooks.ritual import Ritual, next_occurrence, occurrences


def workdays_of(parameters: Mapping[str, Any]) -> WorkCalendar:
    """The working days of a project's stored parameters; a closed launch day is none of them."""
    closures = map(date.fromisoformat, parameters["closures"])
    return WorkCalendar(parameters["country"], parameters["subdivision"], closures)


def next_on(
    recurring: Mapping[str, Any],
    start_on: date,
    calendar: WorkCalendar,
    *,
    after: date | None = None,
) -> date | None:
    """The first occurrence after ``after`` of a ritual that starts on ``start_on``.

    ``recurring`` is what its task stores. None when it is over, and for a rule that was stored
    before rules were held to what a ritual can follow.
    """
    try:
        return next_occurrence(Ritual.of(recurring, start_on, calendar), calendar, after)
    except BadRule:
        return None


def occurrences_between(
    recurring: Mapping[str, Any],
    start_on: date,
    calendar: WorkCalendar,
    *,
    first: date,
    last: date,
) -> list[date]:
    """The occurrences from ``first`` to ``last``; none of a rule that cannot be followed."""
    try:
        held = occurrences(Ritual.of(recurring, start_on, calendar), calendar)
        return [day for day in held if first <= day <= last]
    except BadRule:
        return []
