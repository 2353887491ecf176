"""A seeded Monte-Carlo simulation of what is left to do, in plain Python.

Task by task, all runs at once: a list per task is far cheaper than an object per run. Every task
draws from a stream of its own, told by seed and key; so progress elsewhere changes none of its
luck, and more progress never gives a later day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil, sqrt
from operator import add
from random import Random

from tracker.playbooks.model import Link
from tracker.playbooks.network import Activity, in_order
from tracker.projects.forecast.values import RUNS, Forecast, Uncertain, Work

Many = list[int]


@dataclass(frozen=True, slots=True)
class _Course:
    """First and last day of one task in each run."""

    starts: Many
    ends: Many


def forecast(work: Work, *, seed: int, runs: int = RUNS) -> Forecast:
    """Simulate ``work``. Equal inputs give equal answers."""
    ordered = _ordered(work.tasks)
    courses: dict[str, _Course] = {}
    for task in ordered:
        luck = Random(f"{seed}/{task.key}")  # noqa: S311 - luck, no secret
        courses[task.key] = _course(task, work, courses, luck=luck, runs=runs)
    opened = [task for task in ordered if task.finished_on is None]
    ends = _latest([courses[task.key].ends for task in opened])
    nothing_left = work.calendar.index(work.today) - 1
    overs = sorted(end + work.is_exclusive for end in ends) or [nothing_left + 1] * runs
    day = work.calendar.day
    promised = work.calendar.index(work.promised_on)
    return Forecast(
        p50=day(_percentile(overs, 0.50)),
        p80=day(_percentile(overs, 0.80)),
        p95=day(_percentile(overs, 0.95)),
        promised_on=work.promised_on,
        probability=sum(over <= promised for over in overs) / runs,
        criticality=_criticality(opened, courses, ends),
        runs=runs,
        seed=seed,
    )


def _ordered(tasks: Sequence[Uncertain]) -> list[Uncertain]:
    by_key = {task.key: task for task in tasks}
    return [by_key[a.key] for a in in_order(Activity(t.key, t.likely, t.after) for t in tasks)]


def _latest(many: Sequence[Many]) -> Many:
    return list(map(max, *many)) if len(many) > 1 else list(*many)


def _percentile(ordered: Many, share: float) -> int:
    """The day by which that share of the runs is over."""
    return ordered[ceil(share * len(ordered)) - 1]


def _course(
    task: Uncertain, work: Work, courses: Mapping[str, _Course], *, luck: Random, runs: int
) -> _Course:
    index, now = work.calendar.index, work.calendar.index(work.today)
    if task.finished_on is not None:
        last = index(task.finished_on + timedelta(days=1)) - 1
        first = min(last, index(task.started_on or task.finished_on))
        return _Course([first] * runs, [last] * runs)
    lasts = [max(0, days - 1) for days in _durations(task, luck, runs)]
    if task.started_on is not None:
        first = index(task.started_on)
        return _Course([first] * runs, [max(now, first + days) for days in lasts])
    floor = max(now, index(task.not_before)) if task.not_before else now
    starts = [floor] * runs
    for link in () if task.is_pinned else task.after:
        if link.task in courses:
            starts = list(map(max, starts, _bounds(task, link, courses[link.task], lasts)))
    return _Course(starts, list(map(add, starts, lasts)))


def _bounds(task: Uncertain, link: Link, earlier: _Course, lasts: Many) -> Many:
    """The first day that ``link`` allows, in each run; see ``network.earliest_start``."""
    lag = link.lag
    if link.type == "FS":
        lag += task.likely > 0
        return [end + lag for end in earlier.ends]
    if link.type == "SS":
        return [start + lag for start in earlier.starts]
    told = earlier.ends if link.type == "FF" else earlier.starts
    return [day + lag - last for day, last in zip(told, lasts, strict=True)]


def _durations(task: Uncertain, luck: Random, runs: int) -> Many:
    """From the triangle between optimistic and pessimistic, its top at the likely, whole days."""
    low, top, high = task.optimistic, task.likely, task.pessimistic
    if low == high:
        return [top] * runs
    width, rise, fall = high - low, top - low, high - top
    border, draw = rise / width, luck.random
    up, down = sqrt(width * rise), sqrt(width * fall)
    base, ceiling = low + 0.5, high + 0.5
    return [
        int(base + up * sqrt(u) if u < border else ceiling - down * sqrt(1.0 - u))
        for u in [draw() for _ in range(runs)]
    ]


def _criticality(
    opened: Sequence[Uncertain], courses: Mapping[str, _Course], finals: Many
) -> tuple[tuple[str, float], ...]:
    """Walk back from what ends last along the links that left no room."""
    on_chain = {
        task.key: [end == final for end, final in zip(courses[task.key].ends, finals, strict=True)]
        for task in opened
    }
    for task in reversed(opened):
        if task.started_on is not None or task.is_pinned:
            continue
        mine, course = on_chain[task.key], courses[task.key]
        lasts = [end - start for start, end in zip(course.starts, course.ends, strict=True)]
        for link in task.after:
            if link.task in on_chain:
                bounds = _bounds(task, link, courses[link.task], lasts)
                on_chain[link.task] = [
                    was or (is_mine and bound == start)
                    for was, is_mine, bound, start in zip(
                        on_chain[link.task], mine, bounds, course.starts, strict=True
                    )
                ]
    shares = [(task.key, sum(on_chain[task.key]) / len(finals)) for task in opened]
    return tuple(sorted(shares, key=lambda pair: (-pair[1], pair[0])))
