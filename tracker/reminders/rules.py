"""Who is to hear of a task, a gate or a project, and counted from which day. Pure.

A task behind a closed gate reminds of nothing; when the gate has opened after its days, they count
from then. A ritual is not chased, its occurrences are. Of a milestone only lateness is told: to the
project manager, then further up. No gate waits for what is optional, so that nobody else is told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final
from uuid import UUID

from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.policy import Policy
from tracker.reminders.series import EveryDay, Series, Steps, after, before

MANAGER: Final = "project_manager"
_LADDER: Final = ("community_manager", MANAGER, "sponsor")
_SOON: Final = 5  # working days: so far ahead one may want to begin early
_OPEN: Final = ("todo", "in_progress", "blocked")


@dataclass(frozen=True, slots=True)
class Around:
    """What reminders of a project depend on beside the thing itself.

    ``closed`` are phases that a closed gate stands before, ``opened`` days on which the last gate
    before a phase has opened. ``maker`` has made the project; whoever has left is in none of these.
    """

    calendar: WorkCalendar
    roles: Mapping[str, UUID] = field(default_factory=dict)
    owners: tuple[UUID, ...] = ()
    maker: UUID | None = None
    closed: frozenset[str] = frozenset()
    opened: Mapping[str, date] = field(default_factory=dict)

    @property
    def everybody(self) -> set[UUID]:
        """Whoever may hear of something without having it to do."""
        return {*self.roles.values(), *filter(None, [self.maker]), *self.owners[:1]}

    def holder(self, role: str) -> UUID | None:
        """Who has a role; else who has the next one up, who made the project, or an owner."""
        above = _LADDER[_LADDER.index(role) :] if role in _LADDER else (role, *_LADDER[1:])
        held = (self.roles[one] for one in above if one in self.roles)
        return next(held, self.maker or next(iter(self.owners), None))

    def series(self, rule: str, day: date, steps: Steps, then_every: int | None = None) -> Series:
        """Working days counted from ``day``."""
        return Series(rule, self.calendar, self.calendar.index(day), steps, then_every)

    def holders(self, role: str) -> tuple[UUID, ...]:
        """The same, as those to tell."""
        found = self.holder(role)
        return () if found is None else (found,)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """A task, as far as reminders of it go.

    ``waits_for`` must be finished before it is started; ``free_from`` is the index of the working
    day, in the project's calendar, on which the last of these was; None where there is none or some
    are open.
    """

    id: UUID
    status: str
    phase: str
    start_on: date
    due_on: date
    assignees: tuple[UUID, ...] = ()
    blocked_on: date | None = None
    is_early: bool = False
    is_milestone: bool = False
    is_optional: bool = False
    is_ritual: bool = False
    waits_for: tuple[str, ...] = ()
    free_from: int | None = None


def is_behind_gate(task: TaskFacts, around: Around) -> bool:
    """Whether a closed gate keeps it from being worked on."""
    return not task.is_early and task.phase in around.closed


def task_series(task: TaskFacts, around: Around, policy: Policy) -> Iterator[Series]:
    """Every series of a task, as if no gate were closed."""
    if task.is_ritual or task.status not in _OPEN:
        return
    if task.is_milestone:
        yield from _late(task, around, policy, around.holders(MANAGER))
        return
    if task.status == "todo":
        yield from _starting(task, around, policy)
    yield around.series("before_due", _before(task.due_on, around), before(policy.before_due)).of(
        task.due_on, task.assignees
    )
    yield from _late(task, around, policy, task.assignees)
    if task.status == "blocked" and task.blocked_on:
        to = {*task.assignees, *around.holders(MANAGER)}
        steps, every = after(policy.blocked.after), policy.blocked.then_every
        series = around.series("blocked", task.blocked_on, steps, every)
        yield series.of(task.blocked_on, tuple(sorted(to)))


def _before(day: date, around: Around) -> date:
    """What is due on a day off is due before it."""
    return around.calendar.on_or_before(day)


def _counted_from(task: TaskFacts, around: Around, day: date) -> date:
    """A day of the task, or the later one on which the gate before it has opened."""
    opened = _opened_on(task, around)
    return max(day, opened) if opened else day


def _opened_on(task: TaskFacts, around: Around) -> date | None:
    return None if task.is_early else around.opened.get(task.phase)


def _starting(task: TaskFacts, around: Around, policy: Policy) -> Iterator[Series]:
    start = _counted_from(task, around, task.start_on)
    if task.assignees:
        ahead = before(days for days in policy.before_start if days)
        yield around.series("before_start", start, ahead).of(task.start_on, task.assignees)
        if 0 in policy.before_start:
            yield _can_start(task, around, start).of(task.start_on, task.assignees)
    else:
        series = around.series("unassigned", start, before(policy.unassigned))
        yield series.of(task.start_on, around.holders(MANAGER))


def _can_start(task: TaskFacts, around: Around, start: date) -> Series:
    """On the day on which it can be started: it waits while something must be finished first.

    Once that is over it is told at once where the start has come or is near, else at the start.
    """
    series = around.series("before_start", start, before([0]))
    free, opened = task.free_from, _opened_on(task, around)
    if free is None or free < series.base - _SOON:
        return replace(series, waits=bool(task.waits_for))
    if opened and free < around.calendar.index(opened):
        return series
    # Whoever could not hear of it then, does at the start: the same effect.
    steps = ((0, "0"), *(((series.base - free, "0"),) if free < series.base else ()))
    return replace(series, base=free, steps=steps, is_freed=True)


def _late(
    task: TaskFacts, around: Around, policy: Policy, to: tuple[UUID, ...]
) -> Iterator[Series]:
    """Those who have it to do, then one rung of the ladder after the other."""
    due = _counted_from(task, around, _before(task.due_on, around))
    steps, every = after(policy.overdue.after), policy.overdue.then_every
    role = MANAGER if task.is_milestone else None
    yield replace(around.series("overdue", due, steps, every), role=role).of(task.due_on, to)
    if task.is_optional:
        return
    for rung in policy.escalation:
        step = ((rung.after, f"{rung.to}+{rung.after}"),)
        others = tuple(one for one in around.holders(rung.to) if one not in to)
        series = replace(around.series("escalation", due, step), role=rung.to)
        yield series.of(task.due_on, others)


@dataclass(frozen=True, slots=True)
class Asked:
    """An approval that was asked for on ``on``, and who may give it."""

    id: UUID
    on: date
    to: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFacts:
    """A gate that is still to be decided.

    ``ready_on`` is when it was seen to have all that it asks for; ``approvable_on`` all but the
    approvals of ``approvers``. ``deciders`` may pass it.
    """

    id: UUID
    ready_on: date | None = None
    approvable_on: date | None = None
    deciders: tuple[UUID, ...] = ()
    approvers: tuple[UUID, ...] = ()
    asked: tuple[Asked, ...] = ()

    @property
    def concerned(self) -> frozenset[UUID]:
        """Whoever may hear of it."""
        asked = (member for one in self.asked for member in one.to)
        return frozenset({*self.deciders, *self.approvers, *asked})


def gate_series(gate: GateFacts, around: Around, policy: Policy) -> Iterator[Series]:
    """Every series of a gate."""
    for day, to in ((gate.ready_on, gate.deciders), (gate.approvable_on, gate.approvers)):
        if day is not None:
            yield around.series("gate_ready", day, after(policy.gate_ready)).of(day, to)
    for one in gate.asked:
        series = around.series("approval_waiting", one.on, after(policy.approval_waiting))
        yield series.of(one.id, one.to)


def project_series(last_on: date, around: Around, policy: Policy) -> Iterator[Series]:
    """That of a running project in which nothing has happened since ``last_on``."""
    steps, every = after(policy.quiet.after), policy.quiet.then_every
    series = Series("quiet", EveryDay(), last_on.toordinal(), steps, every)
    yield series.of(last_on, around.holders(MANAGER))
