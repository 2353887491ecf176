"""The rows that a re-plan writes: one statement a table, whatever the size of the plan."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.orm import Session

from tracker.kernel.activity import Entry, record
from tracker.kernel.db import core, new_id
from tracker.kernel.outbox import publish
from tracker.kernel.texts import LANGUAGES, Said
from tracker.playbooks.planned import PlannedTask
from tracker.projects.events import ProjectReplanned
from tracker.projects.models import Assignee, Dependency, Gate, Phase, Project, Step, Task
from tracker.projects.owed import cancel_for, look_again_at, looked_at
from tracker.projects.replan_queries import Running
from tracker.projects.replanning.answering import facts_of
from tracker.projects.replanning.values import Replan, TaskChange
from tracker.projects.ritual_rules import next_on
from tracker.projects.rows import task_row, working_days
from tracker.projects.team import members_behind

Rows = list[dict[str, Any]]
_TASKS, _PHASES, _GATES = Task.__table__, Phase.__table__, Gate.__table__
_LINKS = Dependency.__table__
_ONE_TASK: Final = update(_TASKS).where(
    _TASKS.c.workspace_id == bindparam("of_workspace"), _TASKS.c.id == bindparam("of_task")
)
_ONE_PHASE: Final = update(_PHASES).where(
    _PHASES.c.workspace_id == bindparam("of_workspace"),
    _PHASES.c.project_id == bindparam("of_project"),
    _PHASES.c.key == bindparam("of_phase"),
)
_ONE_GATE: Final = (
    update(_GATES)
    .where(_GATES.c.workspace_id == bindparam("of_workspace"), _GATES.c.id == bindparam("of_gate"))
    .values(planned_on=bindparam("on"), version=_GATES.c.version + 1)
)
_THIS_LINK: Final = (
    _LINKS.c.workspace_id == bindparam("of_workspace"),
    _LINKS.c.successor_id == bindparam("of_successor"),
    _LINKS.c.predecessor_id == bindparam("of_predecessor"),
    _LINKS.c.type == bindparam("of_type"),
)
_CUT: Final = delete(_LINKS).where(*_THIS_LINK)
_TOLD: Final = ("start_on", "due_on", "duration_days", "is_pinned", "status")


@dataclass(frozen=True, slots=True)
class Door:
    """Who re-plans, and through which door; nobody where a rule of the tracker does."""

    workspace_id: UUID
    by: UUID | None
    name: str
    at: datetime


def apply(session: Session, project: Project, found: Running, plan: Replan, *, door: Door) -> None:
    """Write ``plan``, with its history and its announcement."""
    ids = {task.key: task.id for task in found.state.tasks}
    ids |= {task.spec.key: new_id() for task in plan.added}
    _add(session, project, plan, ids, door=door)
    _write_tasks(session, project, found, plan, door=door)
    _write_links(session, project, found, plan, ids=ids, now=door.at)
    _write_frame(session, project, found, plan)
    record(session, *_history(project, found, plan, ids, door=door))
    was_on = project.launch_on
    _write_project(project, plan, door)
    publish(
        session,
        ProjectReplanned(
            workspace_id=project.workspace_id,
            at=door.at,
            project_id=project.id,
            launch_on=plan.launch_on,
            previous={"launch_on": was_on},
            tasks=[change.task.id for change in plan.tasks],
            added=len(plan.added),
            retired=len(plan.retired),
            by=door.by,
        ),
    )


# Tasks.


def _write_tasks(
    session: Session, project: Project, found: Running, plan: Replan, *, door: Door
) -> None:
    places = _positions(found, plan)
    changed = {change.task.key: change for change in plan.tasks}
    made = {task.ritual: task.start_on for task in found.state.tasks if task.ritual}
    loud: Rows = []
    quiet: Rows = []
    rituals: Rows = []
    for key, row in found.rows.items():
        mine = {"of_workspace": project.workspace_id, "of_task": row.id}
        place, floats = places[key], plan.floats.get(key, row.float_days)
        change = changed.get(key)
        if change is not None:
            own = {"float_days": floats, "position": place, "updated_at": door.at}
            own["chase_at"] = looked_at(row.chase_at, door.at)
            loud.append({**mine, **_columns(change, row, plan), **own})
            if row.recurring is not None:
                rituals.append({**mine, **_ritual(change, row, plan, made.get(key))})
        elif (place, floats) != (row.position, row.float_days):
            quiet.append({**mine, "position": place, "float_days": floats})
    for rows in (loud, rituals, quiet):
        if rows:
            core(session).execute(_ONE_TASK, rows)  # what is set is told by the values
    told = ((found.rows[change.task.key], _told(change)) for change in plan.tasks)
    cancel_for(session, project.workspace_id, told, now=door.at)


def _columns(change: TaskChange, row: Any, plan: Replan) -> dict[str, Any]:
    key = change.task.key
    retired = plan.retired.get(key)
    reason = None if key in plan.revived else row.reason
    if retired is not None:
        reason = retired.say(plan.parameters.language)
    facts = {
        **{name: told for name, told in row.why.items() if name not in ("task", "lag")},
        **facts_of(change.reason, change.start_on),
        "days": change.days,
        "months": plan.parameters.prepare_months,
        "start_on": change.start_on.isoformat(),
        "due_on": change.due_on.isoformat(),
    }
    return {
        "start_on": change.start_on,
        "due_on": change.due_on,
        "duration_days": change.days,
        "is_pinned": change.is_pinned,
        "status": change.status,
        "reason": reason,
        "deadline_on": change.deadline_on,
        "why": facts if change.moves else row.why,
        "version": row.version + 1,
    }


def _ritual(
    change: TaskChange, row: Any, plan: Replan, last_made_on: date | None
) -> dict[str, Any]:
    """Its last day, and the occurrence to make next."""
    until = change.repeats_until
    recurring = {**row.recurring, "until": until.isoformat() if until else None}
    if change.status == "not_applicable":
        return {"recurring": recurring, "next_on": None}
    workdays = working_days(plan.parameters)
    following = next_on(recurring, change.start_on, workdays, after=last_made_on)
    return {"recurring": recurring, "next_on": following}


def _positions(found: Running, plan: Replan) -> dict[str, int]:
    """The order of the dates; equals keep theirs."""
    changed = {change.task.key: change for change in plan.tasks}
    dated = []
    for key, row in found.rows.items():
        lies: Any = changed.get(key, row)
        dated.append((lies.start_on, lies.due_on, row.position, key))
    return {key: place for place, (*_dates, key) in enumerate(sorted(dated))}


# What comes and goes.


def _add(
    session: Session, project: Project, plan: Replan, ids: Mapping[str, UUID], *, door: Door
) -> None:
    """New tasks as at creation: with steps, and with the members behind their roles."""
    if not plan.added:
        return
    scope = {"workspace_id": project.workspace_id, "project_id": project.id}
    workdays, language = working_days(plan.parameters), plan.parameters.language
    people = members_behind(session, project.workspace_id, plan.parameters.people)
    tasks = [
        {
            **scope,
            **task_row(task, language, workdays, now=door.at),
            "id": ids[task.spec.key],
            "position": 1_000_000 + place,
        }
        for place, task in enumerate(plan.added)
    ]
    session.execute(insert(_TASKS), tasks)
    for model, rows in (
        (Step, list(_steps(plan, project, ids))),
        (Assignee, list(_assignees(plan.added, project, ids, people))),
    ):
        if rows:
            session.execute(insert(model.__table__), rows)


def _steps(plan: Replan, project: Project, ids: Mapping[str, UUID]) -> Iterator[dict[str, Any]]:
    for task in plan.added:
        for position, step in enumerate(task.spec.steps):
            yield {
                "workspace_id": project.workspace_id,
                "task_id": ids[task.spec.key],
                "key": step.key,
                "position": position,
                "title": step.title[plan.parameters.language],
                "done_at": None,
            }


def _assignees(
    added: tuple[PlannedTask, ...],
    project: Project,
    ids: Mapping[str, UUID],
    people: Mapping[str, UUID],
) -> Iterator[dict[str, Any]]:
    for task in added:
        if task.spec.role in people:
            yield {
                "workspace_id": project.workspace_id,
                "task_id": ids[task.spec.key],
                "member_id": people[task.spec.role],
            }


def _write_links(
    session: Session,
    project: Project,
    found: Running,
    plan: Replan,
    *,
    ids: Mapping[str, UUID],
    now: datetime,
) -> None:
    """What changes its lag goes and comes back; who waits for something else is looked at."""
    stored = {(task.key, link.task, link.type) for task in found.state.tasks for link in task.after}
    gone = [
        {
            "of_workspace": project.workspace_id,
            "of_successor": ids[link.task],
            "of_predecessor": ids[link.predecessor],
            "of_type": link.type,
        }
        for link in plan.links
        if (link.task, link.predecessor, link.type) in stored
    ]
    come = [
        _link(project, ids, (link.task, link.predecessor), (link.type, link.lag))
        for link in plan.links
        if link.lag is not None
    ]
    come += [
        _link(project, ids, (task.spec.key, link.task), (link.type, link.lag))
        for task in plan.added
        for link in task.after
        if link.task in ids
    ]
    if gone:
        core(session).execute(_CUT, gone)
    if come:
        core(session).execute(insert(_LINKS), come)
    behind = [*(row["of_successor"] for row in gone), *(row["successor_id"] for row in come)]
    look_again_at(session, project.workspace_id, (("task", one) for one in behind), now=now)


def _link(
    project: Project, ids: Mapping[str, UUID], ends: tuple[str, str], how: tuple[str, int]
) -> dict[str, Any]:
    return {
        "workspace_id": project.workspace_id,
        "successor_id": ids[ends[0]],
        "predecessor_id": ids[ends[1]],
        "type": how[0],
        "lag_days": how[1],
    }


# The frame.


def _write_frame(session: Session, project: Project, found: Running, plan: Replan) -> None:
    mine = {"of_workspace": project.workspace_id}
    phases = [
        {
            **mine,
            "of_project": project.id,
            "of_phase": new.key,
            "start_on": new.start_on,
            "end_on": new.end_on,
        }
        for old, new in zip(found.state.phases, plan.phases, strict=True)
        if old != new
    ]
    gates = [
        {**mine, "of_gate": new.id, "on": new.planned_on}
        for old, new in zip(found.state.gates, plan.gates, strict=True)
        if old != new
    ]
    if phases:
        core(session).execute(_ONE_PHASE, phases)
    if gates:
        core(session).execute(_ONE_GATE, gates)


def _write_project(project: Project, plan: Replan, door: Door) -> None:
    project.parameters = plan.parameters.as_json()
    project.launch_on, project.start_on = plan.launch_on, plan.start_on
    project.end_on = plan.end_on
    project.warnings = [_every_language(said) for said in plan.warnings]
    if plan.left_out or plan.added or plan.retired:
        project.left_out = [
            {"key": key, "reason": _every_language(said)} for key, said in plan.left_out.items()
        ]
    project.updated_at = door.at
    project.version += 1


def _every_language(said: Said) -> dict[str, str]:
    return {language: said.say(language) for language in LANGUAGES}


# History.


def _history(
    project: Project, found: Running, plan: Replan, ids: Mapping[str, UUID], *, door: Door
) -> Iterator[Entry]:
    days = {
        name: (getattr(project, name), getattr(plan, name))
        for name in ("launch_on", "start_on", "end_on")
        if getattr(project, name) != getattr(plan, name)
    }
    old, new = found.state.parameters.as_json(), plan.parameters.as_json()
    told = {
        name: (old.get(name), new[name])
        for name in new
        if name not in ("launch_on", "start_on") and old.get(name) != new[name]
    }
    yield _entry(project, ("project", project.id), "replanned", changes={**days, **told}, door=door)
    for task in plan.added:
        dates = {"start_on": (None, task.start_on), "due_on": (None, task.due_on)}
        yield _entry(project, ("task", ids[task.spec.key]), "created", changes=dates, door=door)
    for change in plan.tasks:
        yield _entry(
            project, ("task", change.task.id), "replanned", changes=_told(change), door=door
        )


def _told(change: TaskChange) -> dict[str, tuple[object, object]]:
    before = {
        "start_on": change.task.start_on,
        "due_on": change.task.due_on,
        "duration_days": change.old_days,
        "is_pinned": change.task.is_pinned,
        "status": change.task.status,
    }
    after = {
        "start_on": change.start_on,
        "due_on": change.due_on,
        "duration_days": change.days,
        "is_pinned": change.is_pinned,
        "status": change.status,
    }
    return {name: (before[name], after[name]) for name in _TOLD if before[name] != after[name]}


def _entry(
    project: Project,
    subject: tuple[str, UUID],
    action: str,
    *,
    changes: Mapping[str, tuple[object, object]],
    door: Door,
) -> Entry:
    return Entry(
        workspace_id=project.workspace_id,
        project_id=project.id,
        at=door.at,
        member_id=door.by,
        door=door.name,
        subject=subject[0],
        subject_id=subject[1],
        action=action,
        changes=changes,
    )
