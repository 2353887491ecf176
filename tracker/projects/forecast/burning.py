"""Burn-up: how many tasks were to be done by the end of each week, and how many were. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Counted:
    """A task of the burn-up. ``baseline_on`` is when it was first due, None if it came later."""

    phase: str
    planned_on: date
    baseline_on: date | None = None
    finished_on: date | None = None


@dataclass(frozen=True, slots=True)
class Week:
    """Tasks by the end of one ISO week, Sunday. ``done`` is None while the week lies ahead."""

    starts_on: date
    baseline: int
    planned: int
    done: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """The weeks of one phase, or of the whole project; ``scope`` counts all its tasks."""

    phase: str | None
    scope: int
    weeks: tuple[Week, ...]


@dataclass(frozen=True, slots=True)
class BurnUp:
    """The whole, and its phases in the order of their tasks."""

    whole: Progress
    phases: tuple[Progress, ...]


def burn_up(tasks: Iterable[Counted], today: date) -> BurnUp:
    """Sums and not steps, from the week of the first day to that of the last, or to today."""
    counted = list(tasks)
    phases = dict.fromkeys(task.phase for task in counted)
    return BurnUp(
        _progress(None, counted, today),
        tuple(_progress(key, [t for t in counted if t.phase == key], today) for key in phases),
    )


def _progress(phase: str | None, tasks: Sequence[Counted], today: date) -> Progress:
    planned = sorted(task.planned_on for task in tasks)
    baseline = sorted(task.baseline_on for task in tasks if task.baseline_on)
    done = sorted(task.finished_on for task in tasks if task.finished_on)
    days = [*planned, *baseline, *done]
    if days and len(done) < len(tasks):
        days.append(max(today, min(days)))
    weeks = [
        Week(
            monday,
            bisect_right(baseline, sunday),
            bisect_right(planned, sunday),
            bisect_right(done, sunday) if monday <= today else None,
        )
        for monday, sunday in _weeks(days)
    ]
    return Progress(phase, len(tasks), tuple(weeks))


def _weeks(days: Sequence[date]) -> Iterable[tuple[date, date]]:
    if days:
        monday = min(days) - timedelta(days=min(days).weekday())
        while monday <= max(days):
            yield monday, monday + _WEEK - timedelta(days=1)
            monday += _WEEK
