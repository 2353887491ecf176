"""Which of several series speaks for a metric: one, so that methods are never mixed. Pure."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from tracker.metrics.values import Point, SeriesOf

METHODS: Final = ("native", "derived", "snapshot_diff", "manual", "estimated")
"""The most trusted first."""
COMPUTED: Final = ("derived", "snapshot_diff")
"""What is made here, night for night."""
_RANK: Final = {method: rank for rank, method in enumerate(METHODS)}
# A connection that was taken away leaves its series behind; another one is to be heard then.
_SILENT: Final = timedelta(days=14)
Found = Mapping[SeriesOf, Sequence[Point]]


def speaks_for(found: Found) -> SeriesOf | None:
    """The series of one metric that tells how it stands; None where none tells of the whole.

    The pinned one, or of those that still tell something the one with the most trusted method, the
    newest definition and the longest life.
    """
    whole = {series: points for series, points in found.items() if not series.dims}
    pinned = next((series for series in whole if series.is_pinned), None)
    if pinned is not None:
        return pinned
    heard = {series: points[-1].day for series, points in whole.items() if points}
    if not heard:
        return None
    newest = max(heard.values())
    return min((series for series, day in heard.items() if newest - day < _SILENT), key=_order)


def _order(series: SeriesOf) -> tuple[object, ...]:
    return (_RANK[series.method], -series.definition_version, series.created_at, series.id)
