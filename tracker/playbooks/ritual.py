"""When a ritual is held: the days of its rule, moved or left out where nobody works."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.recurrence import MOST_OCCURRENCES, days_of, read_rule


@dataclass(frozen=True, slots=True)
class Ritual:
    """A rule with its first and last possible day, and what is done on days that are closed."""

    rrule: str
    first_on: date
    until: date
    on_closed: str = "shift"

    @classmethod
    def of(cls, recurring: Mapping[str, Any], start_on: date, calendar: WorkCalendar) -> "Ritual":
        """The ritual behind what a task stores as ``recurring``, once it stands on ``start_on``.

        It counts from the day that was told, so that a first occurrence which a holiday moved does
        not move the later ones; from its start where it has been moved away from there.
        """
        told = date.fromisoformat(recurring.get("first_on") or start_on.isoformat())
        return cls(
            rrule=recurring["rrule"],
            first_on=told if calendar.on_or_after(told) == start_on else start_on,
            until=date.fromisoformat(recurring["until"]),
            on_closed=recurring.get("on_closed", "shift"),
        )


def occurrences(ritual: Ritual, calendar: WorkCalendar) -> Iterator[date]:
    """The working days on which it is held, one by one. Raises BadRule.

    Two that a closed week moves to the same day are held once, and none is moved beyond the end.
    """
    rule = read_rule(ritual.rrule)
    last = None
    for told in islice(days_of(rule, ritual.first_on, ritual.until), MOST_OCCURRENCES):
        day = told
        if not calendar.is_open(told):
            if ritual.on_closed == "skip":
                continue
            day = calendar.on_or_after(told)
        if day <= ritual.until and (last is None or day > last):
            yield day
            last = day


def next_occurrence(
    ritual: Ritual, calendar: WorkCalendar, after: date | None = None
) -> date | None:
    """The first day after ``after`` (None: of all) on which it is held; None when it is over."""
    held = occurrences(ritual, calendar)
    return next((day for day in held if after is None or day > after), None)
