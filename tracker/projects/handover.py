"""Giving a leaver's open tasks to somebody else. `people` asks for it through a hook."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, literal, update
from sqlalchemy.orm import Session

from tracker.kernel.activity import Entry, record
from tracker.kernel.outbox import publish
from tracker.projects import queries
from tracker.projects.bulk_queries import assignees_of
from tracker.projects.events import TaskChanged
from tracker.projects.models import Assignee, Task
from tracker.projects.owed import at_once, cancel_owed
from tracker.projects.queries import OpenTask

_CHASED: Final = Task.__table__.c.chase_at
_DOOR: Final = "rule"  # what hands over is that a member leaves, whoever removes them


def open_tasks_of(
    session: Session, workspace_id: UUID, member_id: UUID
) -> Sequence[Mapping[str, Any]]:
    """What a member who leaves would leave undone."""
    return [asdict(row) for row in queries.open_tasks_of(session, workspace_id, member_id)]


def hand_over(
    session: Session, workspace_id: UUID, member_id: UUID, *, successor_id: UUID, now: datetime
) -> None:
    """Give every open task of a member to a successor, who may have some of them already."""
    tasks = queries.open_tasks_of(session, workspace_id, member_id, to_change=True)
    if not tasks:
        return
    ids = [task.id for task in tasks]
    before = assignees_of(session, workspace_id, ids)
    mine = (Assignee.workspace_id == workspace_id, Assignee.task_id.in_(ids))
    session.execute(delete(Assignee).where(*mine, Assignee.member_id == member_id))
    rows = [
        {"workspace_id": workspace_id, "task_id": task_id, "member_id": successor_id}
        for task_id in ids
        if successor_id not in before[task_id]
    ]
    if rows:
        session.execute(insert(Assignee), rows)
    session.execute(
        update(Task)
        .where(Task.workspace_id == workspace_id, Task.id.in_(ids))
        .values(
            version=Task.version + 1,
            updated_at=now,
            chase_at=at_once(_CHASED, literal(now, _CHASED.type)),
        )
    )
    cancel_owed(session, workspace_id, ids, reason="reassigned")
    after = {task_id: {*before[task_id], successor_id} - {member_id} for task_id in ids}
    entries = (_entry(workspace_id, task, (before[task.id], after[task.id]), now) for task in tasks)
    record(session, *entries)
    publish(session, *(_event(workspace_id, task, before[task.id], now) for task in tasks))


def _entry(
    workspace_id: UUID, task: OpenTask, assignees: tuple[Sequence[UUID], set[UUID]], now: datetime
) -> Entry:
    before, after = (sorted(map(str, members)) for members in assignees)
    return Entry(
        workspace_id=workspace_id,
        project_id=task.project_id,
        at=now,
        member_id=None,
        door=_DOOR,
        subject="task",
        subject_id=task.id,
        action="changed",
        changes={"assignees": (before, after)},
    )


def _event(
    workspace_id: UUID, task: OpenTask, assignees: Sequence[UUID], now: datetime
) -> TaskChanged:
    return TaskChanged(
        workspace_id=workspace_id,
        at=now,
        project_id=task.project_id,
        task_id=task.id,
        fields=["assignees"],
        previous={"assignees": sorted(assignees)},
        by=None,
    )
