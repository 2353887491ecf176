"""A baseline of a project, as it is stored."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from tracker.kernel.clock import utcnow
from tracker.kernel.db import new_id
from tracker.projects.models import Baseline


def a_baseline(
    project: Mapping[str, Any],
    workspace_id: UUID,
    member_id: str,
    *,
    name: str = "Start",
    tasks: Iterable[Mapping[str, Any]] = (),
) -> Baseline:
    """A copy of the dates of ``tasks``."""
    kept = ("id", "key", "title", "phase", "start_on", "due_on", "duration_days")
    return Baseline(
        workspace_id=workspace_id,
        id=new_id(),
        project_id=UUID(project["id"]),
        name=name,
        source="manual",
        is_locked=False,
        launch_on=date.fromisoformat(project["launch_on"]),
        end_on=date.fromisoformat(project["end_on"]),
        tasks=[{field: task[field] for field in kept} for task in tasks],
        created_by=UUID(member_id),
        created_at=utcnow(),
    )
