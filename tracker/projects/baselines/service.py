"""Keeping baselines: load, judge, change, announce."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from tracker.kernel.activity import record
from tracker.kernel.db import core, new_id
from tracker.kernel.outbox import previous_of, publish
from tracker.people.rules import Actor, Permission
from tracker.projects.baselines import queries
from tracker.projects.baselines.events import (
    BaselineChanged,
    BaselineCreated,
    BaselineDeleted,
    BaselineEvent,
)
from tracker.projects.baselines.frozen import MANUAL, frozen
from tracker.projects.baselines.rules import check_may_become, check_may_go
from tracker.projects.history import Changes, entry
from tracker.projects.models import Baseline, Project
from tracker.projects.rules import check_takes_changes


def freeze(
    session: Session, project: Project, *, name: str, source: str, by: UUID, now: datetime
) -> Baseline:
    """Keep all dates as they stand now. Two statements, and nothing is told of it: callers do.

    ``source`` is ``manual``, or the key of the gate at which it is made, and then it is locked.
    """
    tasks = queries.plan(session, project.workspace_id, project.id)
    values = {
        "workspace_id": project.workspace_id,
        "id": new_id(),
        "project_id": project.id,
        "name": name,
        "source": source,
        "is_locked": source != MANUAL,
        "launch_on": project.launch_on,
        "end_on": project.end_on,
        "tasks": frozen(tasks),
        "created_by": by,
        "created_at": now,
        "version": 1,
    }
    core(session).execute(Baseline.__table__.insert(), [values])
    return Baseline(**values)


def create(
    session: Session, actor: Actor, project: Project, name: str, *, now: datetime
) -> Baseline:
    """Keep all dates under a name of the team's own. Raises Forbidden, ProjectClosed."""
    actor.must(Permission.MANAGE_PROJECTS)
    check_takes_changes(project.state)
    made = freeze(session, project, name=name, source=MANUAL, by=actor.member_id, now=now)
    _tell(session, actor, made, BaselineCreated, changes={"name": (None, name)}, now=now)
    return made


def change(
    session: Session,
    actor: Actor,
    baseline: Baseline,
    wish: Mapping[str, Any],
    *,
    state: str,
    now: datetime,
) -> None:
    """Rename, lock or open it; ``state`` is the project's. Raises ProjectClosed, BaselineLocked."""
    check_takes_changes(state)
    told = {
        name: (getattr(baseline, name), new)
        for name, new in wish.items()
        if getattr(baseline, name) != new
    }
    check_may_become(baseline, {name: new for name, (_old, new) in told.items()})
    if told:
        for name, (_old, new) in told.items():
            setattr(baseline, name, new)
        baseline.version += 1
        _tell(session, actor, baseline, BaselineChanged, changes=told, now=now)


def remove(
    session: Session, actor: Actor, baseline: Baseline, *, state: str, now: datetime
) -> None:
    """Delete it; ``state`` is the project's. Raises ProjectClosed, BaselineLocked."""
    check_takes_changes(state)
    check_may_go(baseline)
    mine = (Baseline.workspace_id == baseline.workspace_id, Baseline.id == baseline.id)
    session.execute(delete(Baseline).where(*mine))
    _tell(
        session, actor, baseline, BaselineDeleted, changes={"name": (baseline.name, None)}, now=now
    )


def _tell(
    session: Session,
    actor: Actor,
    baseline: Baseline,
    happened: type[BaselineEvent],
    *,
    changes: Changes,
    now: datetime,
) -> None:
    subject = ("baseline", baseline.id)
    action = happened.topic.rpartition(".")[2]
    told = entry(actor, baseline.project_id, subject, action=action, changes=changes, now=now)
    record(session, told)
    more = {"previous": previous_of(changes)} if happened is BaselineChanged else {}
    publish(
        session,
        happened(
            **more,
            workspace_id=baseline.workspace_id,
            at=now,
            project_id=baseline.project_id,
            baseline_id=baseline.id,
            name=baseline.name,
            by=actor.member_id,
        ),
    )
