"""Tasks of the team's own beside those of the playbook: added, and deleted again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from tracker.kernel.activity import record
from tracker.kernel.clock import local_today
from tracker.kernel.db import core, new_id
from tracker.kernel.errors import Invalid, NotFound
from tracker.kernel.outbox import publish
from tracker.kernel.texts import Said, Sentence
from tracker.people.queries import members_named
from tracker.people.rules import Actor, Permission
from tracker.playbooks.calendar import WorkCalendar
from tracker.projects import bulk_queries, queries
from tracker.projects.dependency_service import NO_PREDECESSOR
from tracker.projects.events import TaskCreated, TaskDeleted
from tracker.projects.history import entry
from tracker.projects.models import Assignee, Dependency, Project, Task
from tracker.projects.moving import broken_links, by_hand, move
from tracker.projects.owed import cancel_owed, look_behind
from tracker.projects.own_rows import CUSTOM
from tracker.projects.part_rules import NotCustom
from tracker.projects.queries import TaskRow
from tracker.projects.rules import check_takes_changes
from tracker.projects.showing import calendar_of
from tracker.projects.task_rules import check_no_ritual
from tracker.projects.task_writing import members

_NO_PHASE: Final = Sentence(
    en="This project has no phase “{phase}”. Its phases are: {phases}.",
    fr="Ce projet n'a pas de phase « {phase} ». Ses phases sont : {phases}.",
)
_TASKS: Final = Task.__table__
_GIVEN: Final = ("title", "phase", "role", "description", "notes", "priority", "evidence", "proof")


@dataclass(slots=True)
class _Placed:
    """Where a new task would lie if nothing were said: one day, today."""

    title: str
    phase: str
    start_on: date
    due_on: date
    float_days: int
    is_milestone: bool
    deadline_on: date | None = None


def create_task(
    session: Session, actor: Actor, project: Project, data: Mapping[str, Any], *, now: datetime
) -> tuple[UUID, list[Said]]:
    """Add a task to a locked project. Returns its id, and what to say of it.

    Raises ProjectClosed, Invalid, IsRitual, and NotFound for predecessors that are not there.
    """
    actor.must(Permission.MANAGE_PROJECTS)
    check_takes_changes(project.state)
    _check_phase(session, project, data["phase"])
    calendar = calendar_of(project)
    today = local_today(project.timezone, now)
    placed = _placed(project, data, calendar, today)
    moved = move(placed, _wish(data), calendar=calendar, today=today, is_pinned=data["pinned"])
    lies = {**_lies(placed, data), **moved.values}
    row = _row(session, project, data, lies, now=now)
    links = _links(session, row, data["predecessors"])
    assignees = _assignees(session, project, data)  # all that may be refused comes before
    core(session).execute(insert(_TASKS), row)
    if assignees:
        mine = {"workspace_id": project.workspace_id, "task_id": row["id"]}
        core(session).execute(
            insert(Assignee.__table__), [{**mine, "member_id": member} for member in assignees]
        )
    if links:
        core(session).execute(insert(Dependency.__table__), links)
    _tell(session, actor, row, now=now)
    around = bulk_queries.links_of(session, project.workspace_id, row["id"])
    return row["id"], [*moved.warnings, *broken_links(around, calendar)]


def _check_phase(session: Session, project: Project, phase: str) -> None:
    phases = [known.key for known in queries.phases(session, project.workspace_id, project.id)]
    if phase not in phases:
        said = Said(_NO_PHASE, {"phase": phase, "phases": ", ".join(phases)})
        raise Invalid({"phase": [said]})


def _placed(
    project: Project, data: Mapping[str, Any], calendar: WorkCalendar, today: date
) -> _Placed:
    """The float is up to launch day for what prepares it, else up to the project's end."""
    first = calendar.on_or_after(today)
    is_before_launch = data["phase"] == "prepare"
    last = calendar.index(project.launch_on) - 1 if is_before_launch else None
    bound = calendar.index(project.end_on) if last is None else last
    float_days = bound - calendar.index(first)
    return _Placed(data["title"], data["phase"], first, first, float_days, data["milestone"])


def _wish(data: Mapping[str, Any]) -> dict[str, date]:
    """Both dates where one is given: a task whose end nobody tells takes one day."""
    given = {name: data[name] for name in ("start_on", "due_on") if data[name] is not None}
    return {name: given.get(name, day) for day in given.values() for name in ("start_on", "due_on")}


def _lies(placed: _Placed, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "start_on": placed.start_on,
        "due_on": placed.due_on,
        "float_days": placed.float_days,
        "duration_days": 0 if data["milestone"] else 1,
    }


def _row(
    session: Session,
    project: Project,
    data: Mapping[str, Any],
    lies: Mapping[str, Any],
    *,
    now: datetime,
) -> dict[str, Any]:
    task_id = new_id()
    mine = (_TASKS.c.workspace_id == project.workspace_id, _TASKS.c.project_id == project.id)
    last = session.scalar(select(func.max(_TASKS.c.position)).where(*mine))
    return {
        **{name: data[name] for name in _GIVEN},
        **lies,
        "workspace_id": project.workspace_id,
        "id": task_id,
        "project_id": project.id,
        "key": f"{data['phase']}.{CUSTOM}.{task_id.hex}",
        "checklist": CUSTOM,
        "position": (last or 0) + 1,
        "status": "todo",
        "labels": data["labels"] or None,
        "is_pinned": data["pinned"],
        "is_milestone": data["milestone"],
        "is_early": False,
        "is_optional": data["optional"],
        "is_missed": False,
        "origin": CUSTOM,
        "why": by_hand(lies["start_on"], lies["due_on"], lies["duration_days"]),
        "chase_at": now,
        "version": 1,
        "updated_at": now,
    }


def _links(
    session: Session, row: Mapping[str, Any], wanted: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Rows of what it waits for. Nothing waits for a new task, so that no loop can close."""
    ids = {link["predecessor"] for link in wanted}
    scope = (session, row["workspace_id"], row["project_id"])
    found = bulk_queries.tasks_to_change(*scope, sorted(ids)) if ids else {}
    if found.keys() != ids:
        raise NotFound(NO_PREDECESSOR)
    for task in found.values():
        check_no_ritual(task)
    rows = {
        (link["predecessor"], link["type"]): {
            "workspace_id": row["workspace_id"],
            "successor_id": row["id"],
            "predecessor_id": link["predecessor"],
            "type": link["type"],
            "lag_days": link["lag_days"],
        }
        for link in wanted
    }
    return list(rows.values())


def _assignees(session: Session, project: Project, data: Mapping[str, Any]) -> list[UUID]:
    """Those named, or else who stands behind the role."""
    if data["assignees"] is not None:
        return sorted(set(members(session, project.workspace_id, data["assignees"]).values()))
    name = project.parameters["people"].get(data["role"])
    return list(members_named(session, project.workspace_id, [name] if name else []).values())


def _tell(session: Session, actor: Actor, row: Mapping[str, Any], *, now: datetime) -> None:
    told = {name: (None, row[name]) for name in ("title", "start_on", "due_on")}
    subject = ("task", row["id"])
    record(
        session,
        entry(actor, row["project_id"], subject, action="created", changes=told, now=now),
    )
    publish(
        session,
        TaskCreated(
            workspace_id=row["workspace_id"],
            at=now,
            project_id=row["project_id"],
            task_id=row["id"],
            by=actor.member_id,
        ),
    )


def delete_task(
    session: Session, actor: Actor, task: TaskRow, state: str, *, now: datetime
) -> None:
    """Delete a task that the team has added, with everything under it.

    ``state`` is the project's. Raises ProjectClosed, NotCustom.
    """
    actor.must(Permission.MANAGE_PROJECTS)
    check_takes_changes(state)
    if task.origin != CUSTOM:
        raise NotCustom
    mine = (_TASKS.c.workspace_id == task.workspace_id, _TASKS.c.id == task.id)
    look_behind(session, task.workspace_id, closed=[task.id], now=now)
    core(session).execute(delete(_TASKS).where(*mine))
    if task.chased_at is not None:
        cancel_owed(session, task.workspace_id, [task.id], reason="closed")
    told = {name: (getattr(task, name), None) for name in ("title", "start_on", "due_on")}
    subject = ("task", task.id)
    record(session, entry(actor, task.project_id, subject, action="deleted", changes=told, now=now))
    publish(
        session,
        TaskDeleted(
            workspace_id=task.workspace_id,
            at=now,
            project_id=task.project_id,
            task_id=task.id,
            by=actor.member_id,
        ),
    )
