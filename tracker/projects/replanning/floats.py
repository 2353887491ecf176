"""How far each open task can slip before launch day, the end, or something fixed is in the way."""

from collections.abc import Mapping
from datetime import date

from tracker.projects.replanning.bounds import Places
from tracker.projects.replanning.net import Net, Tie
from tracker.projects.replanning.values import Frozen

_MOVABLE = (None, Frozen.STARTED)


def floats_of(places: Places, launch_on: date, end_on: date) -> Mapping[str, int]:
    """Working days of float under the keys of open tasks; below zero: already too late."""
    net, axis = places.net, places.axis
    first, last = _positions(places)
    launch, end = axis.calendar.index(launch_on), axis.last(end_on, opens=True) + 1
    ends = [launch if task.is_before_launch else end for task in net.tasks]
    for n, frozen in enumerate(net.frozen):
        if frozen not in _MOVABLE:
            ends[n] = last[n] + 1
    for n in reversed(net.order):
        if net.tasks[n].is_open:
            length = last[n] - first[n] + 1
            for tie in net.ties[n]:
                earlier = last[tie.at] - first[tie.at] + 1
                latest = _latest_end(net, (n, tie), ends[n], length=length, earlier=earlier)
                ends[tie.at] = min(ends[tie.at], latest)
    return {task.key: ends[n] - last[n] - 1 for n, task in enumerate(net.tasks) if task.is_open}


def _positions(places: Places) -> tuple[list[int], list[int]]:
    net, axis = places.net, places.axis
    last = [start + span - 1 for start, span in zip(places.start, places.span, strict=True)]
    if axis.hole is None:
        return places.start, last
    return (
        [axis.position(n, opens=opens) for n, opens in zip(places.start, net.opens, strict=True)],
        [axis.position(n, opens=opens) for n, opens in zip(last, net.opens, strict=True)],
    )


def _latest_end(net: Net, which: tuple[int, Tie], end: int, *, length: int, earlier: int) -> int:
    """The mirror of ``Places.bound``: how late the predecessor may end."""
    n, (_at, kind, lag) = which
    if kind == "FS":
        return end - length + net.tasks[n].is_milestone - lag
    if kind == "SS":
        return end - length - lag + earlier
    if kind == "FF":
        return end - lag
    return end - 1 - lag + earlier
