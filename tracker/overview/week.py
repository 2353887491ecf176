"""A person's week: what is late, due, beginning, and under way. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Self

from tracker.projects.rules import CLOSED

_WEEK: Final = re.compile(r"([0-9]{4})-W([0-9]{2})")
_URGENCY: Final = {"urgent": 0, "high": 1, "normal": 2, "low": 3}
GROUPS: Final = ("overdue", "due", "starting", "under_way", "done")


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday, as ISO 8601 numbers them."""

    first_on: date

    @classmethod
    def of(cls, day: date) -> Self:
        """The week in which ``day`` lies."""
        return cls(day - timedelta(days=day.weekday()))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """``2027-W36``; None where there is no such week."""
        match = _WEEK.fullmatch(text)
        try:
            return cls(date.fromisocalendar(int(match[1]), int(match[2]), 1)) if match else None
        except ValueError:
            return None

    @property
    def last_on(self) -> date:
        """Its Sunday."""
        return self.first_on + timedelta(days=6)

    def holds(self, day: date | None) -> bool:
        """Whether ``day`` lies in it."""
        return day is not None and self.first_on <= day <= self.last_on

    def __str__(self) -> str:
        year, week, _day = self.first_on.isocalendar()
        return f"{year:04}-W{week:02}"


def group_of(task: Mapping[str, Any], week: Week, today: date) -> str | None:
    """Where a task stands in ``week``; None where it has nothing to do with it.

    What is late on ``today`` comes first in every week but those that lie before it was due.
    """
    if task["status"] in CLOSED:
        return "done" if week.holds(task["finished_on"]) else None
    if task["due_on"] < today and task["due_on"] <= week.last_on:
        return "overdue"
    if week.holds(task["due_on"]):
        return "due"
    if week.holds(task["start_on"]) and task["due_on"] > week.last_on:
        return "starting"
    spans = task["start_on"] < week.first_on and task["due_on"] > week.last_on
    return "under_way" if spans and task["status"] in ("in_progress", "blocked") else None


def grouped(
    tasks: Iterable[dict[str, Any]], week: Week, today: date
) -> Mapping[str, list[dict[str, Any]]]:
    """Tasks under their groups, by due day, the most urgent of a day first."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in GROUPS}
    for task in tasks:
        if name := group_of(task, week, today):
            found[name].append(task)
    for rows in found.values():
        rows.sort(key=lambda task: (task["due_on"], _URGENCY[task["priority"]], str(task["id"])))
    return found
