"""Making projects and changing them: load, judge, change, announce."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today
from tracker.kernel.db import new_id
from tracker.kernel.errors import Invalid
from tracker.kernel.outbox import previous_of, publish
from tracker.library.queries import playbook as find_playbook
from tracker.people.rules import Actor, Permission
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.plan import make_plan
from tracker.playbooks.planned import Plan
from tracker.playbooks.policy import Form
from tracker.projects.events import ProjectChanged, ProjectCreated, ProjectDeleted
from tracker.projects.history import Changes, tell_project
from tracker.projects.models import (
    Assignee,
    Baseline,
    Dependency,
    Gate,
    Phase,
    Project,
    Step,
    Task,
)
from tracker.projects.owed import policy_changed
from tracker.projects.own_rows import OwnTask, with_own
from tracker.projects.rows import NewProject, ProjectRows, rows_of
from tracker.projects.rules import check_takes_changes
from tracker.projects.task_models import TaskLink
from tracker.projects.team import change_people, members_behind


@dataclass(frozen=True, slots=True)
class Wish:
    """What a project is asked to be."""

    name: str
    playbook: str
    version: int | None
    parameters: Parameters
    reminder_policy: Form | None = None


def plan(session: Session, actor: Actor, wish: Wish, *, today: date) -> Plan:
    """Plan what is wished for, and store nothing. Raises NotFound, Invalid, PlanDoesNotFit."""
    playbook = find_playbook(session, actor.workspace_id, wish.playbook, wish.version)
    try:
        return make_plan(playbook, wish.parameters, today)
    except Invalid as error:
        raise Invalid({"parameters": error.fields}) from None


def create(
    session: Session, actor: Actor, wish: Wish, *, now: datetime, own: Sequence[OwnTask] = ()
) -> ProjectRows:
    """Make a project with everything that its playbook holds, and ``own``, or nothing of it."""
    actor.must(Permission.MANAGE_PROJECTS)
    today = local_today(wish.parameters.timezone, now)
    planned = plan(session, actor, wish, today=today)
    people = people_behind(session, actor, wish)
    new = NewProject(actor.workspace_id, new_id(), wish.name, actor.member_id, now)
    rows = rows_of(planned, new, people)
    if own:
        rows = with_own(rows, planned, new, own)
    rows.project["reminder_policy"] = wish.reminder_policy
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


def people_behind(session: Session, actor: Actor, wish: Wish) -> dict[str, UUID]:
    """The members behind its roles. Raises Invalid."""
    try:
        return members_behind(session, actor.workspace_id, wish.parameters.people)
    except Invalid as error:
        raise Invalid({"parameters": error.fields}) from None


def _insert(session: Session, rows: ProjectRows) -> None:
    """One statement a table, whatever the size of the plan."""
    session.execute(insert(Project.__table__), rows.project)
    for model, found in (
        (Phase, rows.phases),
        (Task, rows.tasks),
        (Task, rows.own_tasks),
        (Assignee, rows.assignees),
        (Step, rows.steps),
        (Dependency, rows.dependencies),
        (Gate, rows.gates),
        (Baseline, rows.baselines),
        (TaskLink, rows.links),
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
    """Give a project another name, other people or a policy. Raises ProjectClosed, Invalid."""
    check_takes_changes(project.state)
    told: dict[str, tuple[object, object]] = {}
    if changes.get("name", project.name) != project.name:
        told["name"] = (project.name, changes["name"])
        project.name = changes["name"]
    if changed := change_people(session, actor, project, changes.get("people", {}), now=now):
        told["people"] = changed
    policy = changes.get("reminder_policy", project.reminder_policy)
    if policy != project.reminder_policy:
        told["reminder_policy"] = (project.reminder_policy, policy)
        project.reminder_policy = policy
    if told.keys() & {"reminder_policy", "people"}:
        session.flush()  # both versions of the row are written by the same transaction
        policy_changed(session, project.workspace_id, project.id, now=now)
    if told:
        project.updated_at = now
        project.version += 1
        tell_project(session, actor, project.id, action="changed", changes=told, now=now)
        publish(session, _changed(actor, project, told, now))


def _changed(actor: Actor, project: Project, told: Changes, now: datetime) -> ProjectChanged:
    return ProjectChanged(
        workspace_id=project.workspace_id,
        at=now,
        project_id=project.id,
        fields=list(told),
        previous=previous_of(told),
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
