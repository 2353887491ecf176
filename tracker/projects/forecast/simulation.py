"""A seeded Monte-Carlo simulation of what is left to do, in plain Python.

Task by task, all runs at once: a list per task is far cheaper than an object per run. Every task
draws from a stream of its own, told by seed and key; so progress elsewhere changes none of its
luck, and more progress never gives a later day.

Durations come from a triangle and not from PERT's beta. Its three corners are all that a playbook
knows, whereas the beta's shape is a guess of its own; its mean leans towards the pessimistic end,
where projects err; and it is drawn by one square root.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from operator import add, eq, sub
from random import Random

from tracker.playbooks.model import Link
from tracker.playbooks.network import Activity, in_order
from tracker.projects.forecast.spread import histogram, mean, percentile
from tracker.projects.forecast.values import RUNS, Forecast, Uncertain, Work

Many = list[int]


@dataclass(frozen=True, slots=True)
class _Course:
    """First and last day of one task in each run, and how early each link lets it end."""

    starts: Many
    ends: Many
    bounds: Sequence[tuple[str, Many]] = ()


def forecast(work: Work, *, seed: int, runs: int = RUNS) -> Forecast:
    """Simulate ``work``. Equal inputs give equal answers."""
    ordered = _ordered(work.tasks)
    courses: dict[str, _Course] = {}
    for task in ordered:
        luck = Random(f"{seed}/{task.key}")  # noqa: S311 - luck, no secret
        courses[task.key] = _course(task, work, courses, luck=luck, runs=runs)
    opened = [task.key for task in ordered if task.finished_on is None]
    ends = _latest([courses[key].ends for key in opened])
    index, day = work.calendar.index, work.calendar.day
    overs = sorted(end + work.is_exclusive for end in ends) or [index(work.today)] * runs
    return Forecast(
        p50=day(percentile(overs, 50)),
        p80=day(percentile(overs, 80)),
        p95=day(percentile(overs, 95)),
        mean_on=day(mean(overs)),
        histogram=histogram(overs, day),
        promised_on=work.promised_on,
        probability=sum(over <= index(work.promised_on) for over in overs) / runs,
        criticality=_criticality(opened, courses, ends),
        runs=runs,
        seed=seed,
    )


def _ordered(tasks: Sequence[Uncertain]) -> list[Uncertain]:
    by_key = {task.key: task for task in tasks}
    return [by_key[a.key] for a in in_order(Activity(t.key, t.likely, t.after) for t in tasks)]


def _latest(many: Sequence[Many]) -> Many:
    return list(map(max, *many)) if len(many) > 1 else list(*many)


def _course(
    task: Uncertain, work: Work, courses: Mapping[str, _Course], *, luck: Random, runs: int
) -> _Course:
    if task.finished_on is not None:
        return _done(task, task.finished_on, work, runs)
    index, now = work.calendar.index, work.calendar.index(work.today)
    lasts = [max(0, days - 1) for days in _durations(task, luck, runs)]
    floor = max(now, index(task.not_before)) if task.not_before else now
    first = index(task.started_on) if task.started_on else floor
    alone = [max(now, first + last) for last in lasts]
    bounds = list(_bounds(task, courses, lasts))
    ends = _latest([alone, *(bound for _key, bound in bounds)])
    starts = [first] * runs if task.started_on else list(map(sub, ends, lasts))
    return _Course(starts, ends, bounds)


def _done(task: Uncertain, finished_on: date, work: Work, runs: int) -> _Course:
    """What is done has its days, whatever they were planned to be."""
    last = work.calendar.index(finished_on + timedelta(days=1)) - 1
    first = min(last, work.calendar.index(task.started_on or finished_on))
    return _Course([first] * runs, [last] * runs)


def _bounds(
    task: Uncertain, courses: Mapping[str, _Course], lasts: Many
) -> Iterator[tuple[str, Many]]:
    """The first last day that each link allows, in each run; see ``network.earliest_start``."""
    has_begun = task.started_on is not None
    for link in task.after:
        if link.task in courses and not (has_begun and link.type == "SS"):
            earlier = courses[link.task]
            bound = _bound(task, link, earlier, lasts)
            if has_begun and link.type == "FS":
                # It began too early, yet is not done before what must be finished first.
                bound = list(map(min, bound, earlier.ends)) if link.lag < 0 else earlier.ends
            yield link.task, bound


def _bound(task: Uncertain, link: Link, earlier: _Course, lasts: Many) -> Many:
    lag = link.lag + (link.type == "FS" and task.likely > 0)
    told = earlier.ends if link.type in ("FS", "FF") else earlier.starts
    bound = [day + lag for day in told] if lag else told
    return list(map(add, bound, lasts)) if link.type in ("FS", "SS") else bound


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
    opened: Sequence[str], courses: Mapping[str, _Course], finals: Many
) -> tuple[tuple[str, float], ...]:
    """Walk back from what ends last along the links that left no room."""
    on_chain = {key: list(map(eq, courses[key].ends, finals)) for key in opened}
    for key in reversed(opened):
        mine, ends = on_chain[key], courses[key].ends
        for earlier, bound in courses[key].bounds:
            if earlier in on_chain:
                on_chain[earlier] = [
                    was or (is_mine and allowed == end)
                    for was, is_mine, allowed, end in zip(
                        on_chain[earlier], mine, bound, ends, strict=True
                    )
                ]
    shares = [(key, sum(on_chain[key]) / len(finals)) for key in opened]
    return tuple(sorted(shares, key=lambda pair: (-pair[1], pair[0])))
