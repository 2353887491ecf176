"""Making projects and changing them: load, judge, change, announce."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today
from tracker.kernel.db import core, new_id
from tracker.kernel.errors import Invalid
from tracker.kernel.outbox import publish
from tracker.kernel.texts import Said, Sentence
from tracker.library.queries import playbook as find_playbook
from tracker.people.queries import members_named
from tracker.people.rules import Actor, Permission
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.plan import make_plan
from tracker.playbooks.planned import Plan
from tracker.projects import queries
from tracker.projects.events import ProjectChanged, ProjectCreated, ProjectDeleted, TaskChanged
from tracker.projects.history import tell_project
from tracker.projects.models import Assignee, Dependency, Gate, Phase, Project, Step, Task
from tracker.projects.queries import TaskRow
from tracker.projects.rows import NewProject, ProjectRows, rows_of
from tracker.projects.rules import check_may_change, check_takes_changes
from tracker.projects.team import change_people, members_behind

_UNKNOWN_MEMBER: Final = Sentence(
    en="“{value}” is not a member of this workspace; give an e-mail or an id of one.",
    fr="« {value} » n'est pas membre de cet espace ; donner l'e-mail ou l'identifiant d'un membre.",
)
# Put into words once, for tasks are changed all day. What is set is told by the values.
_TASKS, _ASSIGNEES = Task.__table__, Assignee.__table__
_CHANGE_TASK: Final = (
    update(_TASKS)
    .where(_TASKS.c.workspace_id == bindparam("of_workspace"), _TASKS.c.id == bindparam("of_task"))
    .returning(_TASKS)
)
_ASSIGN: Final = insert(_ASSIGNEES)
_UNASSIGN: Final = delete(_ASSIGNEES).where(
    *(column == bindparam(column.name) for column in _ASSIGNEES.primary_key)
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a project is asked to be."""

    name: str
    playbook: str
    version: int | None
    parameters: Parameters


def plan(session: Session, actor: Actor, wish: Wish, *, today: date) -> Plan:
    """Plan what is wished for, and store nothing. Raises NotFound, Invalid, PlanDoesNotFit."""
    playbook = find_playbook(session, actor.workspace_id, wish.playbook, wish.version)
    try:
        return make_plan(playbook, wish.parameters, today)
    except Invalid as error:
        raise Invalid({"parameters": error.fields}) from None


def create(session: Session, actor: Actor, wish: Wish, *, now: datetime) -> ProjectRows:
    """Make a project with everything that its playbook holds, or nothing of it."""
    actor.must(Permission.MANAGE_PROJECTS)
    today = local_today(wish.parameters.timezone, now)
    planned = plan(session, actor, wish, today=today)
    people = _people(session, actor.workspace_id, wish.parameters.people)
    new = NewProject(actor.workspace_id, new_id(), wish.name, actor.member_id, now)
    rows = rows_of(planned, new, people)
    _insert(session, rows)
    told = {"name": (None, wish.name), "launch_on": (None, planned.days.launch)}
    tell_project(session, actor, new.id, action="created", changes=told, now=now)
    publish(
        session,
        ProjectCreated(
            workspace_id=actor.workspace_id,
            at=now,
            project_id=new.id,
            name=new.name,
            by=actor.member_id,
        ),
    )
    return rows


def _people(session: Session, workspace_id: UUID, people: Mapping[str, str]) -> dict[str, UUID]:
    try:
        return members_behind(session, workspace_id, people)
    except Invalid as error:
        raise Invalid({"parameters": error.fields}) from None


def _insert(session: Session, rows: ProjectRows) -> None:
    """One statement a table, whatever the size of the plan."""
    session.execute(insert(Project.__table__), rows.project)
    for model, found in (
        (Phase, rows.phases),
        (Task, rows.tasks),
        (Assignee, rows.assignees),
        (Step, rows.steps),
        (Dependency, rows.dependencies),
        (Gate, rows.gates),
    ):
        if found:
            session.execute(insert(model.__table__), found)


def change(
    session: Session,
    actor: Actor,
    project: Project,
    changes: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """Give a project another name, or other people. Raises ProjectClosed, Invalid."""
    check_takes_changes(project.state)
    told: dict[str, tuple[object, object]] = {}
    if changes.get("name", project.name) != project.name:
        told["name"] = (project.name, changes["name"])
        project.name = changes["name"]
    if changed := change_people(session, actor, project, changes.get("people", {}), now=now):
        told["people"] = changed
    if told:
        project.updated_at = now
        project.version += 1
        tell_project(session, actor, project.id, action="changed", changes=told, now=now)
        publish(session, _changed(actor, project, list(told), now))


def _changed(actor: Actor, project: Project, names: list[str], now: datetime) -> ProjectChanged:
    return ProjectChanged(
        workspace_id=project.workspace_id,
        at=now,
        project_id=project.id,
        fields=names,
        by=actor.member_id,
    )


def remove(session: Session, actor: Actor, project: Project, *, now: datetime) -> None:
    """Delete a project and everything in it."""
    session.execute(
        delete(Project).where(
            Project.workspace_id == project.workspace_id, Project.id == project.id
        )
    )
    publish(
        session,
        ProjectDeleted(
            workspace_id=project.workspace_id,
            at=now,
            project_id=project.id,
            by=actor.member_id,
        ),
    )


def change_task(
    session: Session,
    actor: Actor,
    task: TaskRow,
    changes: Mapping[str, Any],
    *,
    assigned: list[UUID],
    now: datetime,
) -> tuple[TaskRow, list[UUID]]:
    """Change a task that ``assigned`` are to do; return it, and who is to do it now.

    Raises Forbidden, Invalid.
    """
    check_may_change(actor, assigned)
    changed = {
        name: changes[name]
        for name in ("title", "notes")
        if name in changes and getattr(task, name) != changes[name]
    }
    fields = list(changed)
    if "assignees" in changes:
        wanted = _members(session, task.workspace_id, changes["assignees"])
        if wanted != set(assigned):
            _assign(session, task, wanted, set(assigned))
            assigned = sorted(wanted)
            fields.append("assignees")
    if fields:
        task = _write(session, task, changed, now=now)
        publish(session, _task_changed(actor, task, fields, now))
    return task, assigned


def _write(
    session: Session, task: TaskRow, changed: Mapping[str, Any], *, now: datetime
) -> TaskRow:
    """The row as it stands now, one version further."""
    mine = {"of_workspace": task.workspace_id, "of_task": task.id}
    values = {**changed, "version": task.version + 1, "updated_at": now}
    return core(session).execute(_CHANGE_TASK, {**mine, **values}).one()


def _task_changed(actor: Actor, task: TaskRow, fields: list[str], now: datetime) -> TaskChanged:
    return TaskChanged(
        workspace_id=task.workspace_id,
        at=now,
        project_id=task.project_id,
        task_id=task.id,
        fields=fields,
        by=actor.member_id,
    )


def _members(session: Session, workspace_id: UUID, names: Sequence[str]) -> set[UUID]:
    found = members_named(session, workspace_id, names)
    unknown = [name for name in names if name not in found]
    if unknown:
        faults = [Said(_UNKNOWN_MEMBER, {"value": name}) for name in unknown]
        raise Invalid({"assignees": faults})
    return set(found.values())


def _assign(session: Session, task: TaskRow, wanted: set[UUID], assigned: set[UUID]) -> None:
    if gone := assigned - wanted:
        core(session).execute(_UNASSIGN, _assignments(task, gone))
    if come := wanted - assigned:
        core(session).execute(_ASSIGN, _assignments(task, come))


def _assignments(task: TaskRow, members: Iterable[UUID]) -> list[dict[str, UUID]]:
    return [
        {"workspace_id": task.workspace_id, "task_id": task.id, "member_id": member_id}
        for member_id in sorted(members)
    ]


def open_tasks_of(
    session: Session, workspace_id: UUID, member_id: UUID
) -> Sequence[Mapping[str, Any]]:
    """What a member who leaves would leave undone."""
    rows = queries.open_tasks_of(session, workspace_id, member_id)
    return [asdict(row) for row in rows]


def hand_over(
    session: Session, workspace_id: UUID, member_id: UUID, *, successor_id: UUID, now: datetime
) -> None:
    """Give every open task of a member to a successor, who may have some of them already."""
    task_ids = [row.id for row in queries.open_tasks_of(session, workspace_id, member_id)]
    mine = (Assignee.workspace_id == workspace_id, Assignee.task_id.in_(task_ids))
    shared = session.scalars(
        delete(Assignee).where(*mine, Assignee.member_id == member_id).returning(Assignee.task_id)
    ).all()
    held = {
        row.task_id
        for row in session.execute(
            Assignee.__table__.select().where(*mine, Assignee.member_id == successor_id)
        )
    }
    rows = [
        {"workspace_id": workspace_id, "task_id": task_id, "member_id": successor_id}
        for task_id in shared
        if task_id not in held
    ]
    if rows:
        session.execute(insert(Assignee), rows)
    session.execute(
        update(Task)
        .where(Task.workspace_id == workspace_id, Task.id.in_(task_ids))
        .values(version=Task.version + 1, updated_at=now)
    )
