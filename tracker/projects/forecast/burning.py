"""Burn-up: how many tasks were to be done by the end of each week, and how many were."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Counted:
    """A task of the burn-up. ``planned_on`` is when it was promised for, None if it was not."""

    phase: str
    planned_on: date | None
    finished_on: date | None = None


@dataclass(frozen=True, slots=True)
class Week:
    """One phase at the end of one week, Sunday. ``done`` is None while the week lies ahead."""

    phase: str
    starts_on: date
    planned: int
    done: int | None


def burn_up(tasks: Iterable[Counted], today: date) -> Sequence[Week]:
    """Every phase, from the week of its first day to that of its last one; sums, not steps."""
    planned: dict[str, list[date]] = defaultdict(list)
    done: dict[str, list[date]] = defaultdict(list)
    for task in tasks:
        if task.planned_on is not None:
            planned[task.phase].append(task.planned_on)
        if task.finished_on is not None:
            done[task.phase].append(task.finished_on)
    phases = list(dict.fromkeys((*planned, *done)))
    return [week for phase in phases for week in _weeks(phase, planned[phase], done[phase], today)]


def _weeks(phase: str, planned: list[date], done: list[date], today: date) -> Iterable[Week]:
    planned.sort()
    done.sort()
    days = planned + done
    monday, last = _monday(min(days)), max(days)
    while monday <= last:
        sunday = monday + _WEEK - timedelta(days=1)
        finished = bisect_right(done, sunday) if monday <= today else None
        yield Week(phase, monday, bisect_right(planned, sunday), finished)
        monday += _WEEK


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
