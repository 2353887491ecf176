"""Which of several series speaks for a metric: one, so that methods are never mixed. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
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
    lately = {series: day for series, day in heard.items() if newest - day < _SILENT}
    return min(_going_on(lately), key=_order)


def _going_on(heard: Mapping[SeriesOf, date]) -> Iterator[SeriesOf]:
    """Without what is computed in another way by now, as once departures are but noticed."""
    computed = [(one.origin, day) for one, day in heard.items() if one.method in COMPUTED]
    newest = dict(sorted(computed))
    for series, day in heard.items():
        if series.method not in COMPUTED or day == newest[series.origin]:
            yield series


def _order(series: SeriesOf) -> tuple[object, ...]:
    return (_RANK[series.method], -series.definition_version, series.created_at, series.id)
