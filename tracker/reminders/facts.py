"""The facts behind reminders, loaded for many at once: thirteen statements at most."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Table, and_, bindparam, select, tuple_
from sqlalchemy.orm import Session

from tracker.channels.models import Channel
from tracker.gates.models import Approval
from tracker.kernel.db import core
from tracker.people.models import Member, Workspace
from tracker.people.queries import is_id
from tracker.people.time_queries import persons
from tracker.people.time_rules import Person
from tracker.projects.models import Assignee, Dependency, Gate, Project, Step, Task
from tracker.projects.rules import CLOSED
from tracker.projects.showing import calendar_of
from tracker.reminders.composing.facts import Facts
from tracker.reminders.starting import links_before, waits_for

Key = tuple[UUID, UUID]
"""Ids of a workspace and of a thing in it."""

_T, _G, _P, _S = Task.__table__, Gate.__table__, Project.__table__, Step.__table__
_D, _A, _M, _W = Dependency.__table__, Assignee.__table__, Member.__table__, Workspace.__table__
_V, _C = Approval.__table__, Channel.__table__
_OF_PROJECT: Final = (_P.c.name.label("project"), _P.c.parameters, _P.c.launch_on)


def _wanted(table: Table, key: str, *columns: ColumnElement[Any]) -> Select[Any]:
    """Columns of a table, found by workspace and ``key``, which come first."""
    found = tuple_(table.c.workspace_id, table.c[key])
    shown = select(table.c.workspace_id, table.c[key].label("found_by"), *columns)
    return shown.where(found.in_(bindparam("keys", expanding=True)))


def _same(one: Table, other: Table, column: str, key: str = "id") -> ColumnElement[bool]:
    return and_(one.c.workspace_id == other.c.workspace_id, one.c[column] == other.c[key])


_TASKS: Final = _wanted(
    _T,
    "id",
    *(_T.c.title, _T.c.start_on, _T.c.due_on, _T.c.role, _T.c.status, _T.c.reason, _T.c.version),
    *_OF_PROJECT,
).join(_P, _same(_T, _P, "project_id"))
_GATES: Final = _wanted(
    _G, "id", _G.c.title, _G.c.planned_on.label("due_on"), _G.c.criteria, *_OF_PROJECT
).join(_P, _same(_G, _P, "project_id"))
_PROJECTS: Final = _wanted(_P, "id", *_OF_PROJECT)
_STEPS: Final = (
    _wanted(_S, "task_id", _S.c.title).where(_S.c.done_at.is_(None)).order_by(_S.c.position)
)
_BEHIND: Final = (
    _wanted(_D, "predecessor_id", _T.c.title)
    .join(_T, _same(_D, _T, "successor_id"))
    .where(_T.c.status.not_in(CLOSED))
    .order_by(_T.c.due_on, _T.c.position)
)
_ASSIGNEES: Final = (
    _wanted(_A, "task_id", _M.c.id, _M.c.name)
    .join(_M, _same(_A, _M, "member_id"))
    .order_by(_M.c.name)
)
_NAMES: Final = _wanted(_M, "id", _M.c.name)
_APPROVALS: Final = _wanted(_V, "id", _V.c.criterion, _V.c.at, _M.c.name).join(
    _M, _same(_V, _M, "member_id")
)
_CHANNELS: Final = _wanted(_C, "id", _C.c.label)
_WORKSPACES: Final = select(_W.c.id, _W.c.name).where(
    _W.c.id.in_(bindparam("keys", expanding=True))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What has been found, by workspace and id."""

    things: Mapping[Key, Row[Any]]
    steps: Mapping[Key, Sequence[Row[Any]]]
    before: Mapping[Key, Sequence[Row[Any]]]
    behind: Mapping[Key, Sequence[Row[Any]]]
    assignees: Mapping[Key, Sequence[Row[Any]]]
    names: Mapping[Key, Sequence[Row[Any]]]
    approvals: Mapping[Key, Sequence[Row[Any]]]
    absent: Mapping[Key, Person]
    workspaces: Mapping[UUID, str]


def facts_of(
    session: Session,
    rows: Sequence[Any],
    people: Mapping[Key, Person],
    *,
    brief: Collection[UUID] = (),
    now: datetime,
) -> dict[Key, Facts]:
    """The facts of reminders, by their keys. Those whose reader is not in ``people`` are absent.

    ``rows`` have the columns of reminders; of those in ``brief`` no steps and the like are told.
    """
    known = _known(session, rows, brief)
    return {
        (row.workspace_id, row.id): _facts(row, known, person, now)
        for row in rows
        if (person := people.get((row.workspace_id, row.member_id)))
    }


def _known(session: Session, rows: Sequence[Any], brief: Collection[UUID]) -> _Known:
    tasks, gates, projects, channels = (
        _subjects(rows, subject) for subject in ("task", "gate", "project", "channel")
    )
    in_full = _subjects([row for row in rows if row.id not in brief], "task")
    things = {
        key: row
        for wanted, keys in (
            (_TASKS, tasks),
            (_GATES, gates),
            (_PROJECTS, projects),
            (_CHANNELS, channels),
        )
        for key, (row,) in _found(session, wanted, keys).items()
    }
    return _Known(
        things=things,
        steps=_found(session, _STEPS, in_full),
        before=links_before(session, tasks),
        behind=_found(session, _BEHIND, in_full),
        assignees=_found(session, _ASSIGNEES, in_full),
        names=_found(session, _NAMES, set(_named(rows, "for", "by", "of"))),
        approvals=_found(session, _APPROVALS, set(_asked_for(rows))),
        absent=persons(session, set(_named(rows, "for"))),
        workspaces=_workspaces(session, {r.workspace_id for r in rows if r.rule == "confirm"}),
    )


def _subjects(rows: Iterable[Any], subject: str) -> set[Key]:
    return {(row.workspace_id, row.subject_id) for row in rows if row.subject == subject}


def _named(rows: Iterable[Any], *words: str) -> Iterable[Key]:
    """Members that the facts of reminders speak of."""
    for row in rows:
        for word in words:
            if member := _member(row, word):
                yield row.workspace_id, member


def _member(row: Any, word: str) -> UUID | None:
    said = row.facts.get(word)
    return UUID(said) if isinstance(said, str) and is_id(said) else None


def _asked_for(rows: Iterable[Any]) -> Iterable[Key]:
    for row in rows:
        if row.rule == "approval_waiting" and is_id(row.occurrence):
            yield row.workspace_id, UUID(row.occurrence)


def _found(
    session: Session, wanted: Select[Any], keys: Collection[Key]
) -> Mapping[Key, list[Row[Any]]]:
    found: dict[Key, list[Row[Any]]] = defaultdict(list)
    if keys:
        for row in core(session).execute(wanted, {"keys": list(keys)}):
            found[row.workspace_id, row.found_by].append(row)
    return found


def _workspaces(session: Session, ids: set[UUID]) -> Mapping[UUID, str]:
    if not ids:
        return {}
    return {row.id: row.name for row in core(session).execute(_WORKSPACES, {"keys": list(ids)})}


def _facts(row: Any, known: _Known, person: Person, now: datetime) -> Facts:
    key = (row.workspace_id, row.subject_id)
    told: dict[str, Any] = {
        "id": row.id,
        "rule": row.rule,
        "step": row.step,
        "subject": row.subject,
        "subject_id": row.subject_id,
        "since": _day(row.occurrence),
        "note": row.facts.get("note"),
        "by": _name(row, "by", known),
        "for_whom": _name(row, "for", known) or _name(row, "of", known),
        "until": _until(row, known, person, now),
        "heard_as": row.facts.get("role"),
    }
    thing = known.things.get(key)
    if row.subject == "task" and thing is not None:
        told |= _of_task(thing, key, known, person.today(now))
        told["is_freed"] = bool(row.facts.get("freed"))
        if any(one.id == row.member_id for one in known.assignees.get(key, ())):
            told |= _of_their_own(row)
    elif row.subject == "gate" and thing is not None:
        told |= _of_gate(row, thing, known, person=person, now=now)
    elif row.subject == "project" and thing is not None:
        told |= {"project": thing.project, **_of_alert(row, person)}
    else:
        told |= _of_way(row, thing, known)
    return Facts(**told)


def _of_task(task: Row[Any], key: Key, known: _Known, today: date) -> dict[str, Any]:
    calendar = calendar_of(task)
    now = calendar.index(today)
    names = ("title", "project", "start_on", "due_on", "role", "status", "reason", "version")
    return {
        **{name: getattr(task, name) for name in names},
        "starts_in": calendar.index(task.start_on) - now,
        "due_in": calendar.index(task.due_on) - now,
        **_held_back(known.before.get(key, ())),
        "steps": [step.title for step in known.steps.get(key, ())],
        "behind": [other.title for other in known.behind.get(key, ())],
        "assignees": [member.name for member in known.assignees.get(key, ())],
    }


def _of_their_own(row: Any) -> dict[str, Any]:
    """Who has a milestone hears of it as somebody in charge, and yet it is theirs to do."""
    return {"heard_as": None, "rule": "overdue" if row.rule == "escalation" else row.rule}


def _held_back(links: Sequence[Row[Any]]) -> dict[str, Any]:
    """What must be finished before a task is started, and what has been."""
    return {
        "waits_for": waits_for(links),
        "waited_for": [one.title for one in links if one.status == "done"],
        "given_up": [one.title for one in links if one.status == "not_applicable"],
    }


def _of_gate(
    row: Any, gate: Row[Any], known: _Known, *, person: Person, now: datetime
) -> dict[str, Any]:
    calendar = calendar_of(gate)
    told = {
        "title": gate.title,
        "project": gate.project,
        "due_on": gate.due_on,
        "due_in": calendar.index(gate.due_on) - calendar.index(person.today(now)),
    }
    if row.rule != "approval_waiting" or not is_id(row.occurrence):
        return told
    titles = {one["key"]: one["title"] for one in gate.criteria}
    for asked in known.approvals.get((row.workspace_id, UUID(row.occurrence)), ()):
        told |= {
            "criterion": titles.get(asked.criterion, asked.criterion),
            "by": asked.name,
            "since": asked.at.astimezone(person.zone).date(),
        }
    return told


def _of_alert(row: Any, person: Person) -> dict[str, Any]:
    """What an alert says to them; of other rules nothing."""
    told = row.facts.get("alert")
    if not isinstance(told, dict):
        return {}
    return {name: str(told[name][person.language]) for name in ("title", "says")}


def _of_way(row: Any, channel: Row[Any] | None, known: _Known) -> dict[str, Any]:
    label = row.facts.get("label")
    return {
        "title": str(label) if label else getattr(channel, "label", ""),
        "reason": row.facts.get("reason"),
        "project": known.workspaces.get(row.workspace_id, ""),
    }


def _name(row: Any, word: str, known: _Known) -> str | None:
    member = _member(row, word)
    named = known.names.get((row.workspace_id, member), ()) if member else ()
    return named[0].name if named else None


def _until(row: Any, known: _Known, person: Person, now: datetime) -> date | None:
    """The last day of an absence, as far as it is known today."""
    member = _member(row, "for")
    absent = known.absent.get((row.workspace_id, member)) if member else None
    away = absent.absence_on(person.today(now)) if absent else None
    return away.end_on if away else None


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
