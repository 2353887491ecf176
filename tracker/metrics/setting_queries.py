"""Looking up what a project wants of its metrics. Nothing here can be asked without a workspace."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.metrics.reading_models import MetricSetting, Series
from tracker.metrics.targets import Setting

_SETTINGS, _SERIES = MetricSetting.__table__, Series.__table__
NO_SERIES: Final = Sentence(
    en="This metric has no such series in this project.",
    fr="Cet indicateur n'a pas de telle série dans ce projet.",
)


def settings_of(session: Session, workspace_id: UUID, project_id: UUID) -> Sequence[Setting]:
    """All targets that a project sets by itself."""
    wanted = select(_SETTINGS.c.metric, _SETTINGS.c.phase, _SETTINGS.c.op, _SETTINGS.c.value).where(
        _SETTINGS.c.workspace_id == workspace_id, _SETTINGS.c.project_id == project_id
    )
    return [Setting(*row) for row in core(session).execute(wanted)]


def settings_of_metric(
    session: Session, workspace_id: UUID, project_id: UUID, metric: str
) -> Sequence[MetricSetting]:
    """What a project says of one metric, phase by phase; to be changed, or for its version."""
    wanted = select(MetricSetting).where(
        MetricSetting.workspace_id == workspace_id,
        MetricSetting.project_id == project_id,
        MetricSetting.metric == metric,
    )
    return session.scalars(wanted.order_by(MetricSetting.phase)).all()


def check_series(
    session: Session, workspace_id: UUID, project_id: UUID, *, metric: str, series_id: UUID
) -> None:
    """Raise NotFound unless the series is there, and can speak for the whole of its metric."""
    wanted = select(_SERIES.c.id).where(
        _SERIES.c.workspace_id == workspace_id,
        _SERIES.c.project_id == project_id,
        _SERIES.c.metric == metric,
        _SERIES.c.id == series_id,
        _SERIES.c.dims_key == "",
    )
    if core(session).execute(wanted).first() is None:
        raise NotFound(NO_SERIES)
