"""Looking alerts up. Nothing here can be asked without a workspace."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.metrics.alert_models import Alert
from tracker.metrics.choosing import COMPUTED
from tracker.metrics.connection_models import Connection
from tracker.metrics.reading_models import Reading, Series
from tracker.projects.models import Task
from tracker.projects.rules import CLOSED

_NO_ALERT: Final = Sentence(
    en="There is no such alert in this workspace.",
    fr="Il n'y a pas de telle alerte dans cet espace.",
)
_ALERTS, _CONNECTIONS = Alert.__table__, Connection.__table__
_SERIES, _READINGS, _TASKS = Series.__table__, Reading.__table__, Task.__table__
_WORKSPACE: Final[BindParameter[UUID]] = bindparam("workspace_id")
_PROJECT: Final[BindParameter[UUID]] = bindparam("project_id")
_ranked = (
    select(
        _ALERTS.c.id,
        func.row_number()
        .over(partition_by=_ALERTS.c.rule, order_by=_ALERTS.c.id.desc())
        .label("rank"),
    )
    .where(_ALERTS.c.workspace_id == _WORKSPACE, _ALERTS.c.project_id == _PROJECT)
    .subquery()
)
_LAST: Final = (
    select(_ALERTS)
    .join(_ranked, _ranked.c.id == _ALERTS.c.id)
    .where(_ALERTS.c.workspace_id == _WORKSPACE, _ranked.c.rank == 1)
)
_pulled = select(func.max(_CONNECTIONS.c.succeeded_at)).where(
    _CONNECTIONS.c.workspace_id == _WORKSPACE,
    _CONNECTIONS.c.project_id == _PROJECT,
    _CONNECTIONS.c.removed_at.is_(None),
    _CONNECTIONS.c.is_paused.is_(False),
)
_brought = (
    select(func.max(_READINGS.c.recorded_at))
    .join(
        _SERIES,
        (_SERIES.c.workspace_id == _READINGS.c.workspace_id)
        & (_SERIES.c.id == _READINGS.c.series_id),
    )
    .where(
        _SERIES.c.workspace_id == _WORKSPACE,
        _SERIES.c.project_id == _PROJECT,
        _SERIES.c.method.not_in(COMPUTED),  # which goes on where nothing comes in
    )
)
_HEARD: Final = select(
    _pulled.scalar_subquery().label("pulled"), _brought.scalar_subquery().label("brought")
)
_OPEN_WORK: Final = (
    select(_TASKS.c.id)
    .where(
        _TASKS.c.workspace_id == _WORKSPACE,
        _TASKS.c.checklist_id == bindparam("checklist_id"),
        _TASKS.c.status.not_in(CLOSED),
    )
    .limit(1)
)


def alert(
    session: Session, workspace_id: UUID, alert_id: UUID, *, to_change: bool = False
) -> Alert:
    """One alert, locked where it is to be changed. Raises NotFound."""
    wanted = select(Alert).where(Alert.workspace_id == workspace_id, Alert.id == alert_id)
    if to_change:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(_NO_ALERT)
    return found


def alerts(
    session: Session,
    workspace_id: UUID,
    project_id: UUID,
    *,
    state: str | None,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[Alert]:
    """Alerts of a project, the newest first, one more than ``limit``."""
    wanted = select(Alert).where(Alert.workspace_id == workspace_id, Alert.project_id == project_id)
    if state is not None:
        wanted = wanted.where(Alert.state == state)
    if after is not None:
        wanted = wanted.where(Alert.id < after[0])
    return session.scalars(wanted.order_by(Alert.id.desc()).limit(limit + 1)).all()


def last_alerts(session: Session, workspace_id: UUID, project_id: UUID) -> dict[str, Any]:
    """The newest alert of each rule of a project."""
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    return {row.rule: row for row in core(session).execute(_LAST, mine)}


def heard_at(session: Session, workspace_id: UUID, project_id: UUID) -> datetime | None:
    """When a platform or a person last told something; None where nobody ever did."""
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    row = core(session).execute(_HEARD, mine).one()
    return max((at for at in row if at is not None), default=None)


def has_open_work(session: Session, workspace_id: UUID, checklist_id: UUID) -> bool:
    """Whether a checklist that was added has tasks that are still open."""
    mine = {"workspace_id": workspace_id, "checklist_id": checklist_id}
    return core(session).execute(_OPEN_WORK, mine).first() is not None
