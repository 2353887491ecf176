"""Pausing, resuming, cancelling and archiving a project: load, judge, change, announce."""

from datetime import datetime

from sqlalchemy.orm import Session

from tracker.kernel.outbox import publish
from tracker.people.rules import Actor, Permission
from tracker.projects.events import ProjectStateChanged
from tracker.projects.history import tell_project
from tracker.projects.life_rules import TURNS, Act, state_after
from tracker.projects.models import Project


def turn(
    session: Session,
    actor: Actor,
    project: Project,
    act: Act,
    *,
    reason: str | None,
    now: datetime,
) -> None:
    """Lead a project into its next state. Raises Forbidden, WrongState.

    While it is paused, reminders and pulls stop; its dates stay.
    """
    actor.must(Permission.MANAGE_PROJECTS)
    was, project.state = project.state, state_after(project.state, act)
    project.paused_at = now if project.state == "paused" else None
    project.updated_at = now
    project.chase_at = now
    project.figures_at = now if project.state == "active" else None
    project.version += 1
    changes: dict[str, tuple[object, object]] = {"state": (was, project.state)}
    if reason:
        changes["reason"] = (None, reason)
    told = TURNS[act].told
    tell_project(session, actor, project.id, action=told, changes=changes, now=now)
    publish(
        session,
        ProjectStateChanged(
            workspace_id=project.workspace_id,
            at=now,
            project_id=project.id,
            state=project.state,
            previous={"state": was},
            by=actor.member_id,
        ),
    )
