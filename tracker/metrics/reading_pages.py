"""Readings one by one, page by page. Nothing here can be asked without a workspace."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, tuple_
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.metrics.reading_models import Reading, Series

SORTS: Final = ("day", "-day")
_READINGS, _SERIES = Reading.__table__, Series.__table__
_PLACE: Final = (_READINGS.c.day, _READINGS.c.series_id, _READINGS.c.revision)
_LISTED: Final = select(
    *(column for column in _READINGS.c if column.name not in ("workspace_id", "count")),
    _READINGS.c.count.label("counted"),  # a row has a count of its own
    _SERIES.c.metric,
    _SERIES.c.method,
    _SERIES.c.origin,
    _SERIES.c.source,
    _SERIES.c.dims,
).join_from(
    _READINGS,
    _SERIES,
    and_(
        _SERIES.c.workspace_id == _READINGS.c.workspace_id,
        _SERIES.c.id == _READINGS.c.series_id,
    ),
)


def reading_page(
    session: Session,
    workspace_id: UUID,
    project_id: UUID,
    wish: Mapping[str, Any],
    *,
    after: Sequence[Any] | None,
) -> Sequence[Any]:
    """Readings by day, one more than ``wish["limit"]``; superseded ones where they are wanted."""
    wanted = _LISTED.where(
        _READINGS.c.workspace_id == workspace_id,
        _SERIES.c.workspace_id == workspace_id,
        _SERIES.c.project_id == project_id,
        *_wished(wish),
    )
    backwards = wish["sort"].startswith("-")
    if after:
        place, then = tuple_(*_PLACE), tuple_(*after, types=[column.type for column in _PLACE])
        wanted = wanted.where(place < then if backwards else place > then)
    order = [column.desc() for column in _PLACE] if backwards else _PLACE
    return core(session).execute(wanted.order_by(*order).limit(wish["limit"] + 1)).all()


def _wished(wish: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    asked = {
        _SERIES.c.metric: wish["metric"],
        _SERIES.c.method: wish["method"],
        _SERIES.c.id: wish["series_id"],
    }
    conditions = [column == value for column, value in asked.items() if value is not None]
    if wish["since"] is not None:
        conditions.append(_READINGS.c.day >= wish["since"])
    if wish["until"] is not None:
        conditions.append(_READINGS.c.day <= wish["until"])
    if not wish["superseded"]:
        conditions.append(_READINGS.c.superseded_at.is_(None))
    return conditions


def place_of(row: Any) -> list[Any]:
    """Where a reading stands in its list."""
    return [row.day, row.series_id, row.revision]
