"""Looking baselines up. Nothing here can be asked without a workspace."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, select
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.projects.baselines.frozen import KEPT
from tracker.projects.models import Baseline, Project, Task

NO_BASELINE: Final = Sentence(
    en="There is no such baseline in this project.",
    fr="Il n'y a pas de telle référence dans ce projet.",
)
_BASELINES, _TASKS = Baseline.__table__, Task.__table__
_LISTED: Final = tuple(
    column for column in _BASELINES.c if column.name not in ("workspace_id", "tasks")
)
_PLAN: Final = (
    select(*(_TASKS.c[name] for name in KEPT), _TASKS.c.status, _TASKS.c.ritual_id)
    .where(
        _TASKS.c.workspace_id == bindparam("workspace_id"),
        _TASKS.c.project_id == bindparam("project_id"),
    )
    .order_by(_TASKS.c.position)
)


def plan(session: Session, workspace_id: UUID, project_id: UUID) -> Sequence[Mapping[str, Any]]:
    """What a baseline would keep of the plan as it stands now, in its order, and more."""
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    found: Sequence[Any] = core(session).execute(_PLAN, mine).mappings().all()
    return found


def baselines(
    session: Session,
    workspace_id: UUID,
    project_id: UUID,
    *,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Baselines of a project without their tasks, the oldest first, one more than ``limit``."""
    wanted = select(*_LISTED).where(
        _BASELINES.c.workspace_id == workspace_id, _BASELINES.c.project_id == project_id
    )
    if after:
        wanted = wanted.where(_BASELINES.c.id > after[0])
    return core(session).execute(wanted.order_by(_BASELINES.c.id).limit(limit + 1)).all()


def baseline(
    session: Session, workspace_id: UUID, baseline_id: UUID, *, of: UUID | None = None
) -> Baseline:
    """One baseline; ``of`` this very project, or of any. Raises NotFound."""
    wanted = select(Baseline).where(
        Baseline.workspace_id == workspace_id, Baseline.id == baseline_id
    )
    if of is not None:
        wanted = wanted.where(Baseline.project_id == of)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(NO_BASELINE)
    return found


def baseline_to_change(
    session: Session, workspace_id: UUID, baseline_id: UUID
) -> tuple[Baseline, str]:
    """One baseline, locked, with the state of its project. Raises NotFound."""
    of_project = and_(
        Project.workspace_id == Baseline.workspace_id, Project.id == Baseline.project_id
    )
    found = session.execute(
        select(Baseline, Project.state)
        .join(Project, of_project)
        .where(Baseline.workspace_id == workspace_id, Baseline.id == baseline_id)
        .with_for_update(of=Baseline)
    ).one_or_none()
    if found is None:
        raise NotFound(NO_BASELINE)
    return found[0], found[1]
