"""In which series a figure belongs; missing ones are made, all are locked by who writes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tracker.connectors.figures import Sample
from tracker.kernel.db import core, new_id
from tracker.metrics.definitions import canonical, definition_version
from tracker.metrics.dims import line_of
from tracker.metrics.reading_models import Series

_SERIES: Final = Series.__table__
_FIND: Final = select(
    _SERIES.c.metric,
    _SERIES.c.method,
    _SERIES.c.dims_key,
    _SERIES.c.definition_version,
    _SERIES.c.id,
).where(
    _SERIES.c.workspace_id == bindparam("workspace_id"),
    _SERIES.c.project_id == bindparam("project_id"),
    _SERIES.c.origin == bindparam("origin"),
    _SERIES.c.metric.in_(bindparam("metrics", expanding=True)),
)
# Whoever comes second finds the series of the first.
_MAKE: Final = {
    "postgresql": postgresql.insert(_SERIES).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(_SERIES).on_conflict_do_nothing(),
}
# In an order that all writers share; of two who write the same day, the second sees the first's.
_LOCK: Final = (
    select(_SERIES.c.id)
    .where(
        _SERIES.c.workspace_id == bindparam("workspace_id"),
        _SERIES.c.id.in_(bindparam("series", expanding=True)),
    )
    .order_by(_SERIES.c.id)
    .with_for_update()
)
Key = tuple[str, str, str, int]
"""Metric, method, dimensions, edition of the definition: what may be compared."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where figures come from. ``key`` is the id of a connection, or ``project``.

    ``source`` is what people call it, ``zone`` that of its days.
    """

    workspace_id: UUID
    project_id: UUID
    key: str
    source: str
    zone: str


def key_of(sample: Sample) -> Key:
    """What makes a figure comparable with another of the same origin."""
    metric = canonical(sample.metric)
    return metric, sample.method, line_of(sample.dims), definition_version(metric)


def series_of(
    session: Session, origin: Origin, wanted: Mapping[Key, Sample], now: datetime
) -> Mapping[Key, UUID]:
    """The series under these keys, locked; those that are missing are made, each for a sample."""
    found = _found(session, origin, wanted)
    missing = sorted(wanted.keys() - found.keys())
    if missing:
        make = _MAKE[core(session).dialect.name]
        rows = [_new_series(origin, key, wanted[key], now) for key in missing]
        core(session).execute(make, rows)
        found = _found(session, origin, wanted)
    mine = {"workspace_id": origin.workspace_id, "series": [found[key] for key in wanted]}
    core(session).execute(_LOCK, mine)
    return found


def _found(session: Session, origin: Origin, wanted: Iterable[Key]) -> dict[Key, UUID]:
    mine = {
        "workspace_id": origin.workspace_id,
        "project_id": origin.project_id,
        "origin": origin.key,
        "metrics": sorted({metric for metric, *_ in wanted}),
    }
    return {
        (metric, method, dims_key, version): series_id
        for metric, method, dims_key, version, series_id in core(session).execute(_FIND, mine)
    }


def _new_series(origin: Origin, key: Key, sample: Sample, now: datetime) -> dict[str, Any]:
    metric, method, dims_key, version = key
    return {
        "workspace_id": origin.workspace_id,
        "id": new_id(),
        "project_id": origin.project_id,
        "metric": metric,
        "origin": origin.key,
        "method": method,
        "dims": dict(sample.dims),
        "dims_key": dims_key,
        "definition_version": version,
        "source": origin.source,
        "zone": origin.zone,
        "created_at": now,
    }
