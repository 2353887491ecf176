"""What a change of tasks leaves behind: rows, history, announcements. One statement for each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.orm import Session

from tracker.kernel.activity import Entry, record
from tracker.kernel.db import core
from tracker.kernel.errors import Invalid
from tracker.kernel.outbox import Event, previous_of, publish
from tracker.kernel.texts import Said
from tracker.people.queries import members_named
from tracker.people.rules import Actor
from tracker.projects.events import (
    TaskBlocked,
    TaskChanged,
    TaskDone,
    TaskGivenUp,
    TaskReopened,
    TaskStarted,
)
from tracker.projects.history import Changes, entry
from tracker.projects.judgement import Change, History
from tracker.projects.models import Assignee, Task
from tracker.projects.owed import cancel_for, looked_at, what_matters
from tracker.projects.queries import TaskRow
from tracker.projects.rules import CLOSED
from tracker.projects.team import UNKNOWN_MEMBER

_TASKS, _ASSIGNEES = Task.__table__, Assignee.__table__
# Put into words once, for tasks are changed all day. What is set is told by the values.
_MINE: Final = (
    _TASKS.c.workspace_id == bindparam("of_workspace"),
    _TASKS.c.id == bindparam("of_task"),
)
_CHANGE: Final = update(_TASKS).where(*_MINE)
_ASSIGN: Final = insert(_ASSIGNEES)
_UNASSIGN: Final = delete(_ASSIGNEES).where(
    *(column == bindparam(column.name) for column in _ASSIGNEES.primary_key)
)
_HAND_OVER: Final = (
    update(_ASSIGNEES)
    .where(*(column == bindparam(f"of_{column.name}") for column in _ASSIGNEES.primary_key))
    .values(member_id=bindparam("heir_id"))
)


@dataclass(frozen=True, slots=True)
class Done:
    """A judged change of one task, to be written."""

    task: TaskRow
    change: Change


def members(session: Session, workspace_id: UUID, names: Sequence[str]) -> dict[str, UUID]:
    """The members behind e-mails and ids. Raises Invalid, naming every one that is not there."""
    return resolved(names, members_named(session, workspace_id, names))


def resolved(names: Sequence[str], known: Mapping[str, UUID]) -> dict[str, UUID]:
    """The members behind ``names``. Raises Invalid, naming every one that is not ``known``."""
    unknown = [name for name in names if name not in known]
    if unknown:
        raise Invalid({"assignees": [Said(UNKNOWN_MEMBER, {"value": name}) for name in unknown]})
    return {name: known[name] for name in names}


def write(session: Session, task: TaskRow, values: Mapping[str, Any], *, now: datetime) -> TaskRow:
    """The row as it stands now, one version further."""
    row = _row(task, values, now)
    core(session).execute(_CHANGE, row)
    return SimpleNamespace(**{**task._asdict(), **row})


def write_all(session: Session, changes: Sequence[Done], *, now: datetime) -> None:
    """Write many rows with one statement: each sets every column that any of them sets."""
    written = [(done.task, with_look(done, now)) for done in changes]
    names = {name for _, values in written for name in values}
    rows = [
        _row(task, {name: values.get(name, getattr(task, name)) for name in names}, now)
        for task, values in written
    ]
    if rows:
        core(session).execute(_CHANGE, rows)


def with_look(done: Done, now: datetime) -> Mapping[str, Any]:
    """The columns of a change; where it matters to reminders, the task is looked at at once."""
    if not what_matters(done.change.history):
        return done.change.values
    return {**done.change.values, "chase_at": looked_at(done.task.chase_at, now)}


def take_back(session: Session, changes: Sequence[Done], *, now: datetime) -> None:
    """Cancel what is owed of tasks as they were; no statement where nothing was ever owed.

    Where they are over now, or open again, what waits for them is looked at.
    """
    if changes:
        told = ((done.task, done.change.history) for done in changes)
        cancel_for(session, changes[0].task.workspace_id, told, now=now)


def _row(task: TaskRow, values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    mine = {"of_workspace": task.workspace_id, "of_task": task.id}
    return {**mine, **values, "version": task.version + 1, "updated_at": now}


def assign(session: Session, changes: Iterable[Done]) -> None:
    """Give tasks to those who are to do them, and take them from the others.

    One who comes where another goes takes that one's place: a statement less.
    """
    gone: list[dict[str, UUID]] = []
    come: list[dict[str, UUID]] = []
    handed: list[dict[str, UUID]] = []
    for done in changes:
        if "assignees" in done.change.history:
            old, new = (set(map(UUID, ids)) for ids in _assignees(done.change.history))
            leaving, coming = (_assignments(done.task, who) for who in (old - new, new - old))
            both = min(len(leaving), len(coming))
            handed += map(_handed, leaving[:both], coming[:both])
            gone += leaving[both:]
            come += coming[both:]
    for statement, rows in ((_HAND_OVER, handed), (_UNASSIGN, gone), (_ASSIGN, come)):
        if rows:
            core(session).execute(statement, rows)


def _handed(leaving: dict[str, UUID], coming: dict[str, UUID]) -> dict[str, UUID]:
    held = {f"of_{name}": value for name, value in leaving.items()}
    return {**held, "heir_id": coming["member_id"]}


def _assignees(history: History) -> Sequence[Any]:
    return history["assignees"]


def _assignments(task: TaskRow, wanted: Iterable[UUID]) -> list[dict[str, UUID]]:
    return [
        {"workspace_id": task.workspace_id, "task_id": task.id, "member_id": member_id}
        for member_id in sorted(wanted)
    ]


def tell(session: Session, actor: Actor, changes: Sequence[Done], *, now: datetime) -> None:
    """Keep the history of ``changes``, and announce them."""
    record(session, *(_entry(actor, done.task, done.change.history, now) for done in changes))
    publish(session, *(event for done in changes for event in _events(actor, done, now)))


def touch(session: Session, actor: Actor, task: TaskRow, history: Changes, *, now: datetime) -> int:
    """One version further, for what belongs to a task has changed: written, kept, announced."""
    done = Done(task, Change({}, dict(history), []))
    write(session, task, with_look(done, now), now=now)
    tell(session, actor, [done], now=now)
    return int(task.version) + 1


def _entry(actor: Actor, task: TaskRow, history: History, now: datetime) -> Entry:
    subject = ("task", task.id)
    return entry(actor, task.project_id, subject, action="changed", changes=history, now=now)


def _events(actor: Actor, done: Done, now: datetime) -> Iterator[Event]:
    values, task = done.change.values, done.task
    of_task: dict[str, Any] = {
        "workspace_id": task.workspace_id,
        "at": now,
        "project_id": task.project_id,
        "task_id": task.id,
        "by": actor.member_id,
    }
    history = done.change.history
    yield TaskChanged(**of_task, fields=list(history), previous=previous_of(history))
    if "status" in values:
        of_task["previous"] = {"status": task.status}
        yield from _turned(
            of_task, task.status, values["status"], values.get("reason", task.reason)
        )


def _turned(of_task: dict[str, Any], was: str, status: str, reason: str) -> Iterator[Event]:
    """What another status is called."""
    if status == "done":
        yield TaskDone(**of_task)
    elif status == "blocked":
        yield TaskBlocked(**of_task, reason=reason)
    elif status == "not_applicable":
        yield TaskGivenUp(**of_task, reason=reason)
    elif was in CLOSED:
        yield TaskReopened(**of_task)
    elif status == "in_progress" and was == "todo":
        yield TaskStarted(**of_task)
