"""Order and distances in a network of activities, in whole working days; no dates yet.

Positions are boundaries between days: an activity takes the days from ``start`` up to, and not
including, ``end``. A milestone stands on the last day before its ``end``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from types import MappingProxyType

from tracker.playbooks.model import Link


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that takes ``days`` working days (0: a milestone) and waits for others."""

    key: str
    days: int
    after: tuple[Link, ...] = ()

    @property
    def span(self) -> int:
        """Days that it occupies in the calendar: a milestone stands on one."""
        return self.days or 1


@dataclass(frozen=True, slots=True)
class Span:
    """Where an activity lies, and which link pushed it there (None: nothing did)."""

    start: int
    end: int
    driver: Link | None = None


def in_order(activities: Iterable[Activity]) -> list[Activity]:
    """Predecessors first. Raises graphlib.CycleError; links to strangers are ignored."""
    by_key = {activity.key: activity for activity in activities}
    graph = {
        key: [link.task for link in activity.after if link.task in by_key]
        for key, activity in by_key.items()
    }
    ordered = _layered(graph)
    if len(ordered) < len(by_key):  # a loop; graphlib names it
        ordered = list(TopologicalSorter(graph).static_order())
    return [by_key[key] for key in ordered]


def _layered(graph: Mapping[str, Sequence[str]]) -> list[str]:
    """Keys whose predecessors come first; what is on a loop, or behind one, is left out.

    A third of the price of graphlib, which keeps books for callers that work in parallel.
    """
    waiting = {key: len(after) for key, after in graph.items()}
    followers: dict[str, list[str]] = {key: [] for key in graph}
    for key, after in graph.items():
        for earlier in after:
            followers[earlier].append(key)
    ordered = [key for key, count in waiting.items() if not count]
    for key in ordered:  # grows while it is walked
        for follower in followers[key]:
            waiting[follower] -= 1
            if not waiting[follower]:
                ordered.append(follower)
    return ordered


def earliest_start(activity: Activity, link: Link, earlier: Span) -> int:
    """The first day on which ``link`` lets the activity start.

    FS: the day after the predecessor is due (a milestone: on that day) · SS: when it starts ·
    FF: due when it is due · SF: due no earlier than it starts.
    """
    if link.type == "FS":
        return earlier.end + link.lag - (activity.days == 0)
    if link.type == "SS":
        return earlier.start + link.lag
    if link.type == "FF":
        return earlier.end + link.lag - activity.span
    return earlier.start + link.lag + 1 - activity.span


def forward(
    ordered: Sequence[Activity],
    *,
    floors: Mapping[str, int] = MappingProxyType({}),
    fixed: Mapping[str, int] = MappingProxyType({}),
    known: Mapping[str, Span] = MappingProxyType({}),
) -> dict[str, Span]:
    """Earliest positions.

    ``floors`` are first possible starts (0 where none is given), ``fixed`` are starts that nothing
    moves, ``known`` are spans decided elsewhere that activities may wait for. A link is the driver
    where it, and not a floor, decides; of equals the first one. What is fixed has a driver only
    where a link would push it further.
    """
    spans = dict(known)
    for activity in ordered:
        start, driver = floors.get(activity.key, 0), None
        for link in activity.after:
            earlier = spans.get(link.task)
            if earlier is None:
                continue
            pushed = earliest_start(activity, link, earlier)
            if pushed > start or (driver is None and pushed == start):
                start, driver = pushed, link
        if activity.key in fixed:
            driver = driver if start > fixed[activity.key] else None
            start = fixed[activity.key]
        spans[activity.key] = Span(start, start + activity.span, driver)
    return {activity.key: spans[activity.key] for activity in ordered}


def latest_ends(ordered: Sequence[Activity], bounds: Mapping[str, int]) -> dict[str, int]:
    """Latest ends that push nothing behind them beyond its own bound."""
    ends = dict(bounds)
    by_key = {activity.key: activity for activity in ordered}
    for activity in reversed(ordered):
        for link in activity.after:
            earlier = by_key.get(link.task)
            if earlier is not None:
                latest = _latest_end(activity, link, ends[activity.key], earlier.span)
                ends[earlier.key] = min(ends[earlier.key], latest)
    return ends


def _latest_end(activity: Activity, link: Link, end: int, earlier_span: int) -> int:
    """The mirror of ``earliest_start``: how late the predecessor may end."""
    if link.type == "FS":
        return end - activity.span + (activity.days == 0) - link.lag
    if link.type == "SS":
        return end - activity.span - link.lag + earlier_span
    if link.type == "FF":
        return end - link.lag
    return end - 1 - link.lag + earlier_span
