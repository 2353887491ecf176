"""What has become of dates since a baseline kept them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.playbooks.calendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class Kept:
    """A task of one of the two plans."""

    id: str
    key: str
    title: str
    phase: str
    start_on: date
    due_on: date

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Kept":
        """From a row of a baseline."""
        start_on, due_on = map(date.fromisoformat, (row["start_on"], row["due_on"]))
        return cls(row["id"], row["key"], row["title"], row["phase"], start_on, due_on)


@dataclass(frozen=True, slots=True)
class Moved:
    """A task whose dates differ. Days are working days, negative towards the past.

    ``moved_days`` are those of the due day; the start may have moved by others.
    """

    task: Kept
    old_start_on: date
    old_due_on: date
    moved_days: int
    start_moved_days: int

    @property
    def is_later(self) -> bool:
        """Whether it is due later; where it is due as before, whether it starts later."""
        task = self.task
        return (task.due_on, task.start_on) > (self.old_due_on, self.old_start_on)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans, task by task; tasks are the same where their keys are."""

    added: Sequence[Kept]
    removed: Sequence[Kept]
    earlier: Sequence[Moved]
    later: Sequence[Moved]
    unchanged: int


def compare(old: Iterable[Kept], new: Iterable[Kept], calendar: WorkCalendar) -> Comparison:
    """What became of ``old`` in ``new``, each in the order of its plan."""
    before, after = ({task.key: task for task in tasks} for tasks in (old, new))
    both = [(before[key], task) for key, task in after.items() if key in before]
    moved = [
        _moved(was, task, calendar)
        for was, task in both
        if (was.start_on, was.due_on) != (task.start_on, task.due_on)
    ]
    return Comparison(
        added=[task for key, task in after.items() if key not in before],
        removed=[task for key, task in before.items() if key not in after],
        earlier=[one for one in moved if not one.is_later],
        later=[one for one in moved if one.is_later],
        unchanged=len(both) - len(moved),
    )


def _moved(was: Kept, task: Kept, calendar: WorkCalendar) -> Moved:
    return Moved(
        task,
        was.start_on,
        was.due_on,
        days_between(was.due_on, task.due_on, calendar),
        days_between(was.start_on, task.start_on, calendar),
    )


def days_between(old: date, new: date, calendar: WorkCalendar) -> int:
    """Working days from ``old`` to ``new``; negative where that lies before it."""
    return calendar.index(new) - calendar.index(old)
