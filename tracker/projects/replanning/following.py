"""Who moves with whom: named tasks first, then those that wait for them, then out of the past."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from tracker.playbooks.model import TaskSpec
from tracker.projects.replanning.bounds import Places
from tracker.projects.replanning.net import Net, Tie
from tracker.projects.replanning.shifting import Ground
from tracker.projects.replanning.values import Changes, Frozen, Move, Reason, StoredTask


@dataclass
class Course:
    """Where the tasks go, from where they stood.

    ``before`` is where the rules have moved them, and nobody has followed anybody yet.
    """

    stood: Places
    before: Places
    places: Places
    held: set[int] = field(default_factory=set)
    reasons: dict[int, Reason] = field(default_factory=dict)

    @property
    def net(self) -> Net:
        """Whose places these are."""
        return self.places.net

    def day(self, n: int) -> date:
        """The first day of a task."""
        return self.places.axis.day(self.places.start[n], opens=self.net.opens[n])

    def due(self, n: int) -> date:
        """The last day of a task."""
        places = self.places
        last = places.start[n] + places.span[n] - 1
        return places.axis.day(last, opens=self.net.opens[n])


def name(course: Course, moves: Mapping[str, Move]) -> None:
    """Put the tasks that are named where they are wanted."""
    net, places = course.net, course.places
    for key, move in moves.items():
        n = net.at[key]
        if move.start_on is None and move.due_on is None and move.days is None:
            continue
        places.start[n], places.span[n] = _wanted(course, n, move)
        course.held.add(n)
        course.reasons[n] = Reason("asked", course.day(n))


def _wanted(course: Course, n: int, move: Move) -> tuple[int, int]:
    """Both ends: the time between them; one end: the other keeps its distance."""
    places, opens = course.places, course.net.opens[n]
    start = places.start[n]
    span = places.span[n] if move.days is None else max(1, move.days)
    if move.start_on is not None:
        start = places.axis.first(move.start_on, opens=opens)
    if move.due_on is None:
        return start, span
    last = places.axis.first(move.due_on, opens=opens)
    if move.start_on is not None or course.net.frozen[n] is Frozen.STARTED:
        return start, max(1, last - start + 1)
    return last - span + 1, span


def standing(places: Places) -> set[int]:
    """Milestones on the due day of their last predecessor."""
    return {
        n
        for n, task in enumerate(places.net.tasks)
        if task.is_milestone and places.earliest(n) == places.start[n]
    }


def keep_gaps(course: Course, stood: Collection[int], fresh: Collection[tuple[int, int]]) -> None:
    """Let followers move by as much as those that they wait for.

    ``fresh`` are the links, as follower and predecessor, that were not there before: they bind.
    """
    net, places, before = course.net, course.places, course.before
    bound_anew = {follower for follower, _ in fresh}
    for n in net.order:
        if net.frozen[n] is not None or n in course.held:
            continue
        deltas = {tie: delta for tie in net.ties[n] if (delta := _delta(course, n, tie))}
        if not deltas and n not in bound_anew:
            continue
        if n in stood:
            start = places.earliest(n)
            assert start is not None
        else:
            start = before.start[n] + _common(deltas.values())
            for tie in net.ties[n]:
                kept = before.bound(n, tie) <= before.start[n]
                if kept or (n, tie.at) in fresh:
                    start = max(start, places.bound(n, tie))
        if start != places.start[n]:
            places.start[n] = start
            course.reasons[n] = _with(course, n, deltas)


def _delta(course: Course, n: int, tie: Tie) -> int:
    """By how much what the link allows has moved, in the follower's own days."""
    at, places, before = tie.at, course.places, course.before
    if places.start[at] == before.start[at] and places.span[at] == before.span[at]:
        return 0
    return places.bound(n, tie) - before.bound(n, tie)


def _common(deltas: Collection[int]) -> int:
    """The largest move; where all point to the past, the largest in that direction."""
    if not deltas:
        return 0
    return min(deltas) if max(deltas) < 0 else max(deltas)


def _with(course: Course, n: int, deltas: Mapping[Tie, int]) -> Reason:
    """The link that lets it go no earlier, or else the one that it moved with."""
    tie = course.places.driver(n)
    if tie is not None:
        return waits(course, tie)
    tie = max(deltas, key=lambda tie: abs(deltas[tie]))
    return Reason("with", course.due(tie.at), course.net.tasks[tie.at].key)


def waits(course: Course, tie: Tie) -> Reason:
    """Why a task lies where a link has put it."""
    on = course.due(tie.at) if tie.type in ("FS", "FF") else course.day(tie.at)
    return Reason(tie.type, on, course.net.tasks[tie.at].key, tie.lag)


def close_gaps(
    course: Course,
    movers: Collection[int],
    floors: Mapping[int, tuple[int, Reason]],
    today: date,
) -> None:
    """Give every mover the first day that its links, its floor and today permit."""
    net, places = course.net, course.places
    for n in net.order:
        if n not in movers:
            continue
        floor, reason = floors[n]
        now = places.axis.first(today, opens=net.opens[n])
        if now > floor:
            floor, reason = now, Reason("not_past", today)
        earliest = places.earliest(n)
        places.start[n] = floor if earliest is None else max(floor, earliest)
        if n in course.held and places.start[n] == floor:
            continue
        tie = places.driver(n)
        course.reasons[n] = waits(course, tie) if tie is not None else reason


def movers_of(course: Course, changes: Changes, today: date, *, everything: bool) -> set[int]:
    """Whom ``close_gaps`` lays out again: what was named, what is out of order, what waits for it.

    Frozen tasks are not among them.
    """
    net = course.net
    free = {n for n, frozen in enumerate(net.frozen) if frozen is None}
    if everything:
        return free
    found = set(course.held) | set(_out_of_order(course, today))
    found |= {net.at[new.task] for new in changes.links}
    found |= {net.at[cut.task] for cut in changes.cuts}
    found |= {net.at[key] for key, move in changes.moves.items() if move.pinned is False}
    for n in net.order:
        if any(tie.at in found for tie in net.ties[n]):
            found.add(n)
    return found & free


def _out_of_order(course: Course, today: date) -> Iterator[int]:
    """What cannot stay: before today, overdue, or before what it waits for."""
    net, before = course.net, course.before
    now = before.axis.first(today)
    for n, frozen in enumerate(net.frozen):
        if frozen is Frozen.STARTED and _is_overdue(net.tasks[n], today):
            yield n
        if frozen is not None:
            continue
        if before.start[n] < now or (before.earliest(n) or before.start[n]) > before.start[n]:
            yield n


def _is_overdue(task: StoredTask, today: date) -> bool:
    """A ritual never is: its occurrences are."""
    return task.due_on < today and not task.is_ritual


def floors_of(
    course: Course, ground: Ground, specs: Mapping[str, TaskSpec], movers: Collection[int]
) -> dict[int, tuple[int, Reason]]:
    """The first day of each mover if it waited for nothing, and what says so."""
    phases = _phase_floors(ground)
    return {n: _floor(course, ground, specs, (n, phases)) for n in movers}


def _phase_floors(ground: Ground) -> dict[str, Reason]:
    days, calendar = ground.days, ground.axis.calendar
    recruit_on = ground.axis.day(ground.axis.first(ground.anchor("recruit")))
    return {
        "before": Reason("start", days.start),
        "launch": Reason("launch", days.launch),
        "recruit": Reason("phase", recruit_on),
        "develop": Reason("phase", calendar.on_or_after(days.develop)),
    }


def _floor(
    course: Course,
    ground: Ground,
    specs: Mapping[str, TaskSpec],
    which: tuple[int, Mapping[str, Reason]],
) -> tuple[int, Reason]:
    n, phases = which
    task, spec = course.net.tasks[n], specs.get(course.net.tasks[n].key)
    places, opens = course.places, course.net.opens[n]
    is_alone = spec is None and not course.net.ties[n]
    if n in course.held or is_alone or task.is_ritual or task.ritual:
        rule = "asked" if n in course.held else "distance"
        return places.start[n], Reason(rule, course.day(n))
    reason = phases["before" if task.is_before_launch else task.phase]
    floor = ground.axis.first(reason.from_on, opens=opens)
    if spec is not None and spec.not_before is not None:
        told = ground.days.of(spec.not_before, ground.axis.calendar)
        window = ground.axis.first(told, opens=opens)
        if window >= floor:
            name = spec.not_before.name
            rule = f"from_{name}" if spec.not_before.is_offset else name
            return window, Reason(rule, told)
    return floor, reason


def leave_the_past(course: Course, stood: Collection[int], today: date) -> None:
    """Nothing open stays before today; this pushes nobody else."""
    net, places = course.net, course.places
    first = {opens: places.axis.first(today, opens=opens) for opens in (False, True)}
    for n in net.order:
        frozen = net.frozen[n]
        is_overdue = frozen is Frozen.STARTED and _is_overdue(net.tasks[n], today)
        if is_overdue and n not in course.held:
            course.reasons[n] = Reason("overdue", net.tasks[n].due_on)
        if frozen not in (None, Frozen.FIXED):
            continue
        now = first[net.opens[n]]
        if places.start[n] >= now:
            continue
        was_on = course.day(n)
        places.start[n] = now
        if n in stood:  # with its predecessors, which have been pulled to today as well
            places.start[n] = max(now, places.earliest(n) or now)
        course.reasons[n] = Reason("not_past", was_on)
