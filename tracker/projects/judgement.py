"""The one judgement on a task that is to change, whoever asks and by whatever door. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from tracker.kernel.texts import Said
from tracker.people.rules import Actor, Permission
from tracker.playbooks.calendar import WorkCalendar
from tracker.projects.moving import DATES, Move, TaskClosed, by_hand, move
from tracker.projects.rules import (
    CLOSED,
    GateState,
    Predecessor,
    check_gates,
    check_may_change,
    check_predecessors,
    check_takes_changes,
)
from tracker.projects.task_rules import (
    BEHIND_GATES,
    check_evidence,
    check_given_up,
    check_no_ritual,
    check_step,
    days_after,
    reason_after,
)

PLAIN: Final = ("title", "notes", "priority", "labels", "reminder_policy")
History = dict[str, tuple[object, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a judgement looks at beside the task itself."""

    now: datetime
    today: date  # of the project
    calendar: WorkCalendar
    state: str  # of the project
    policy: str  # the workspace's, on open predecessors
    gates: Sequence[GateState]  # those before the task's phase
    predecessors: Sequence[Predecessor]
    shown: Collection[str]  # kinds of evidence that the task has
    assignees: Collection[UUID]


@dataclass(frozen=True, slots=True)
class Change:
    """Columns and what they become; the history of it; what to say of it."""

    values: dict[str, Any]
    history: History
    warnings: list[Said]


def judge(actor: Actor, task: Any, wish: Mapping[str, Any], around: Circumstances) -> Change:
    """What becomes of ``task`` by ``wish``: fields and what they are to be, assignees as ids.

    Raises ProjectClosed, Forbidden, Invalid, WrongStatus, IsRitual, ClosedGate, OpenPredecessors,
    EvidenceMissing, TaskClosed.
    """
    check_takes_changes(around.state)
    check_may_change(actor, around.assignees)
    values: dict[str, Any] = {name: wish[name] for name in PLAIN if name in wish}
    if values.get("reminder_policy", task.reminder_policy) != task.reminder_policy:
        actor.must(Permission.MANAGE_PROJECTS)  # it may keep others from being told
    values["is_pinned"] = wish.get("pinned", task.is_pinned)
    values["reason"] = reason_after(task, wish)
    status = wish.get("status", task.status)
    warnings = []
    if status != task.status:
        warnings += _check_status(actor, task, status, around)
        values |= {"status": status, **days_after(task, status, around.today)}
    moved = _moved(task, wish, status, around)
    changed = {
        name: new
        for name, new in {**values, **moved.values}.items()
        if (getattr(task, name) or None) != (new or None)
    }
    history: History = {
        name.removeprefix("is_"): (getattr(task, name), new) for name, new in changed.items()
    }
    if "assignees" in wish and set(wish["assignees"]) != set(around.assignees):
        history["assignees"] = (_told(around.assignees), _told(wish["assignees"]))
    if "status" in changed:
        changed["blocked_on"] = around.today if status == "blocked" else None
    if moved.values:
        lies = (moved.values[name] for name in (*DATES, "duration_days"))
        changed["why"] = by_hand(*lies)
    return Change(changed, history, [*warnings, *moved.warnings])


def _check_status(actor: Actor, task: Any, status: str, around: Circumstances) -> list[Said]:
    check_step(task.status, status)
    if status == "not_applicable":
        check_given_up(actor, task)
    if status not in BEHIND_GATES:
        return []
    check_no_ritual(task)
    check_gates(around.gates, is_early=task.is_early, now=around.now)
    if status != "done":
        return []
    check_evidence(task, around.shown)
    return check_predecessors(around.predecessors, around.policy)


def _moved(task: Any, wish: Mapping[str, Any], status: str, around: Circumstances) -> Move:
    if all(wish.get(name, getattr(task, name)) == getattr(task, name) for name in DATES):
        return Move()
    check_no_ritual(task)
    if status in CLOSED:
        raise TaskClosed
    is_pinned = wish.get("pinned", task.is_pinned)
    return move(task, wish, calendar=around.calendar, today=around.today, is_pinned=is_pinned)


def _told(members: Collection[UUID]) -> list[str]:
    return sorted(map(str, members))
