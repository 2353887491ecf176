"""Looking readings up. Nothing here can be asked without a workspace."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, and_, bindparam, func, select
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.metrics import reading_models
from tracker.metrics.choosing import speaks_for
from tracker.metrics.definitions import canonical
from tracker.metrics.values import Point, Reading, SeriesOf

_SERIES: Final = reading_models.Series.__table__
_READINGS: Final = reading_models.Reading.__table__
_SETTINGS: Final = reading_models.MetricSetting.__table__
_WORKSPACE: Final[BindParameter[UUID]] = bindparam("workspace_id")
_pinned = (
    select(_SETTINGS.c.series_id)
    .where(
        _SETTINGS.c.workspace_id == _SERIES.c.workspace_id,
        _SETTINGS.c.project_id == _SERIES.c.project_id,
        _SETTINGS.c.metric == _SERIES.c.metric,
        _SETTINGS.c.phase == "",
    )
    .scalar_subquery()
)
_OF_SERIES: Final = (
    _SERIES.c.id,
    _SERIES.c.metric,
    _SERIES.c.origin,
    _SERIES.c.method,
    _SERIES.c.dims,
    _SERIES.c.definition_version,
    _SERIES.c.source,
    _SERIES.c.zone,
    _SERIES.c.created_at,
    func.coalesce(_pinned == _SERIES.c.id, False).label("is_pinned"),
)
_OF_POINTS: Final = (
    _READINGS.c.day,
    _READINGS.c.value,
    _READINGS.c.count.label("counted"),  # a row has a count of its own
    _READINGS.c.at,
    _READINGS.c.is_final,
)
_is_current = and_(
    _READINGS.c.workspace_id == _SERIES.c.workspace_id,
    _READINGS.c.series_id == _SERIES.c.id,
    _READINGS.c.superseded_at.is_(None),
)
_IN_ORDER: Final = (_SERIES.c.project_id, _SERIES.c.metric, _SERIES.c.id, _READINGS.c.day)
_POINTS: Final = (
    select(*_OF_SERIES, *_OF_POINTS)
    .join_from(
        _SERIES,
        _READINGS,
        and_(
            _is_current,
            _READINGS.c.day >= bindparam("since"),
            _READINGS.c.day <= bindparam("until"),
        ),
        isouter=True,
    )
    .where(_SERIES.c.workspace_id == _WORKSPACE, _SERIES.c.project_id == bindparam("project_id"))
    .order_by(*_IN_ORDER)
)
_POINTS_OF_SOME: Final = _POINTS.where(_SERIES.c.metric.in_(bindparam("metrics", expanding=True)))
_earlier = _READINGS.alias("earlier")
_last_before = (
    select(func.max(_earlier.c.day))
    .where(
        _earlier.c.workspace_id == _SERIES.c.workspace_id,
        _earlier.c.series_id == _SERIES.c.id,
        _earlier.c.superseded_at.is_(None),
        _earlier.c.day <= bindparam("since"),
    )
    .scalar_subquery()
)
# From the last day before that on: what was true when the time in question began.
_FOR_GATES: Final = (
    select(_SERIES.c.project_id, *_OF_SERIES, *_OF_POINTS)
    .join_from(
        _SERIES,
        _READINGS,
        and_(
            _is_current,
            _READINGS.c.day
            >= func.coalesce(_last_before, bindparam("since", type_=_READINGS.c.day.type)),
        ),
        isouter=True,
    )
    .where(
        _SERIES.c.workspace_id == _WORKSPACE,
        _SERIES.c.project_id.in_(bindparam("project_ids", expanding=True)),
        _SERIES.c.metric.in_(bindparam("metrics", expanding=True)),
    )
    .order_by(*_IN_ORDER)
)
_newest = (
    select(func.max(_earlier.c.day))
    .where(
        _earlier.c.workspace_id == _SERIES.c.workspace_id,
        _earlier.c.series_id == _SERIES.c.id,
        _earlier.c.superseded_at.is_(None),
    )
    .scalar_subquery()
)
_LATEST: Final = (
    select(*_OF_SERIES, *_OF_POINTS)
    .join_from(_SERIES, _READINGS, and_(_is_current, _READINGS.c.day == _newest), isouter=True)
    .where(_SERIES.c.workspace_id == _WORKSPACE, _SERIES.c.project_id == bindparam("project_id"))
    .order_by(*_IN_ORDER)
)

Points = Mapping[str, Mapping[SeriesOf, list[Point]]]
"""Metric → its series → their points by day; a series without any in that time is there, too."""


def points(
    session: Session,
    workspace_id: UUID,
    project_id: UUID,
    metrics: Collection[str] | None,
    *,
    since: date,
    until: date,
) -> Points:
    """What is known of ``metrics``, or of all, from day to day; in one statement."""
    mine = {"workspace_id": workspace_id, "project_id": project_id, "since": since, "until": until}
    if metrics is None:
        return _by_metric(core(session).execute(_POINTS, mine))
    return _by_metric(core(session).execute(_POINTS_OF_SOME, {**mine, "metrics": sorted(metrics)}))


def latest(session: Session, workspace_id: UUID, project_id: UUID) -> Points:
    """Every series of a project with its newest point."""
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    return _by_metric(core(session).execute(_LATEST, mine))


def _by_metric(rows: Any) -> dict[str, dict[SeriesOf, list[Point]]]:
    found: dict[str, dict[SeriesOf, list[Point]]] = defaultdict(dict)
    last: UUID | None = None
    line: list[Point] = []
    for row in rows:
        if row.id != last:
            last, line = row.id, []
            found[row.metric][_series(row)] = line
        if row.day is not None:
            line.append(Point(row.day, row.value, row.counted, row.at, row.is_final))
    return found


def _series(row: Any) -> SeriesOf:
    return SeriesOf(
        id=row.id,
        metric=row.metric,
        origin=row.origin,
        method=row.method,
        dims=row.dims,
        definition_version=row.definition_version,
        source=row.source,
        zone=row.zone,
        created_at=row.created_at,
        is_pinned=bool(row.is_pinned),
    )


def figures_for_gates(
    session: Session,
    workspace_id: UUID,
    wanted: Mapping[UUID, Collection[str]],
    since: datetime,
) -> Mapping[UUID, Mapping[str, list[Reading]]]:
    """Project → metric → readings of the series that speaks for it, the oldest first.

    The last one before ``since`` is included. In one statement.
    """
    names = {metric: canonical(metric) for metrics in wanted.values() for metric in metrics}
    mine = {
        "workspace_id": workspace_id,
        "project_ids": list(wanted),
        "metrics": sorted(set(names.values())),
        # A day is over somewhere a day before it is over everywhere.
        "since": since.date() - timedelta(days=2),
    }
    rows: dict[UUID, list[Any]] = defaultdict(list)
    for row in core(session).execute(_FOR_GATES, mine):
        rows[row.project_id].append(row)
    found = {project_id: _by_metric(of_project) for project_id, of_project in rows.items()}
    return {
        project_id: {
            name: _spoken(found[project_id].get(names[name], {})) for name in wanted[project_id]
        }
        for project_id in found
    }


def _spoken(found: Mapping[SeriesOf, list[Point]]) -> list[Reading]:
    series = speaks_for(found)
    if series is None:
        return []
    return [Reading(point.value, point.at, series.source) for point in found[series]]
