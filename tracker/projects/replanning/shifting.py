"""Where every task lies once its rules have moved, and before anybody follows anybody.

A task keeps its distance, in its own working days, to where the rules put it. What the playbook
does not know keeps its distance to the anchor of its phase.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.layout import Layout
from tracker.playbooks.schedule import FixedDays
from tracker.projects.replanning.axis import Axis
from tracker.projects.replanning.bounds import Places
from tracker.projects.replanning.net import Net
from tracker.projects.replanning.values import Frozen, StoredTask


@dataclass(frozen=True, slots=True)
class Ground:
    """What positions are counted on: the calendar, the fixed points, and the rules if they move."""

    axis: Axis
    days: FixedDays
    layout: Layout | None
    bare: WorkCalendar  # on which a closed launch day stays closed

    def anchor(self, phase: str) -> date:
        """Where what the playbook does not know belongs to."""
        if phase == "recruit":
            return self.days.launch + timedelta(days=1)
        return self.days.develop if phase == "develop" else self.days.launch


def stored(net: Net, ground: Ground, today: date) -> Places:
    """Where the tasks lie as they stand: done and started ones where work really was."""
    starts: list[int] = []
    spans: list[int] = []
    for task, frozen, opens in zip(net.tasks, net.frozen, net.opens, strict=True):
        start, last = _stands(task, frozen, ground.axis, opens=opens, today=today)
        starts.append(start)
        spans.append(max(1, last - start + 1))
    return Places(net, ground.axis, starts, spans)


def _stands(
    task: StoredTask, frozen: Frozen | None, axis: Axis, *, opens: bool, today: date
) -> tuple[int, int]:
    first = axis.first
    if frozen in (None, Frozen.FIXED, Frozen.NOT_APPLICABLE):
        return first(task.start_on, opens=opens), first(task.due_on, opens=opens)
    start = first(task.began_on or task.start_on, opens=opens)
    if frozen is Frozen.STARTED:
        due_on = task.due_on if task.is_ritual else max(task.due_on, today)
        return start, max(start, first(due_on, opens=opens))
    last = axis.last(task.finished_on or task.due_on, opens=opens)
    return min(start, last), last


def shifted(places: Places, old: Ground, new: Ground, today: date) -> Places:
    """``places`` after the rules have moved from ``old`` to ``new``; what is frozen stays."""
    net = places.net
    moved = Places(net, new.axis, places.start, places.span)
    for n, (task, frozen) in enumerate(zip(net.tasks, net.frozen, strict=True)):
        opens = net.opens[n]
        if frozen not in (None, Frozen.FIXED):
            start, last = _stands(task, frozen, new.axis, opens=opens, today=today)
            moved.start[n], moved.span[n] = start, max(1, last - start + 1)
            continue
        before, after = _ruled(task, old, opens=opens), _ruled(task, new, opens=opens)
        if before is None and after is not None:  # it did not apply before
            moved.start[n], moved.span[n] = after
            continue
        if before is None or after is None:
            before, after = _anchored(task, old, opens=opens), _anchored(task, new, opens=opens)
        elif places.span[n] == before[1]:
            moved.span[n] = after[1]
        moved.start[n] = after[0] + places.start[n] - before[0]
    return moved


def _ruled(task: StoredTask, ground: Ground, *, opens: bool) -> tuple[int, int] | None:
    """First day and length by the rules; an occurrence stands where its ritual does."""
    span = ground.layout.spans.get(task.ritual or task.key) if ground.layout else None
    if span is None:
        return None
    length = 0 if task.ritual else span.end - span.start
    return ground.axis.own(span.start, opens=opens), length


def _anchored(task: StoredTask, ground: Ground, *, opens: bool) -> tuple[int, int]:
    return ground.axis.first(ground.anchor(task.phase), opens=opens), 0


def told(day: date, before: date, after: date, axes: tuple[Axis, Axis]) -> date:
    """``day`` as far from ``after`` as it was from ``before``; exact where it was not away."""
    if day == before:
        return after
    old, new = axes
    return new.day(new.first(after) + old.first(day) - old.first(before))
