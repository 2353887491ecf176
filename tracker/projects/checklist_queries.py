"""Looking up what has been added to a project."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.projects.models import Checklist, Task
from tracker.projects.rules import CLOSED


def added_checklists(
    session: Session,
    workspace_id: UUID,
    project_id: UUID,
    *,
    after: Sequence[Any] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Checklists with the counts of their tasks, the newest first, one more than ``limit``."""
    added, tasks = Checklist.__table__, Task.__table__
    its_tasks = and_(
        tasks.c.workspace_id == added.c.workspace_id, tasks.c.checklist_id == added.c.id
    )
    is_open = and_(tasks.c.id.is_not(None), tasks.c.status.not_in(CLOSED))
    wanted = (
        select(
            added,
            func.count(tasks.c.id).filter(is_open).label("open_tasks"),
            func.count(tasks.c.id).filter(tasks.c.status == "done").label("done_tasks"),
        )
        .outerjoin(tasks, its_tasks)
        .where(added.c.workspace_id == workspace_id, added.c.project_id == project_id)
        .group_by(*added.c)
        .order_by(added.c.id.desc())
    )
    if after:
        wanted = wanted.where(added.c.id < after[0])
    rows = core(session).execute(wanted.limit(limit + 1)).mappings()
    return [dict(row) for row in rows]
