"""Metrics and readings as plain values, in the reader's language."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

from tracker.kernel.texts import Language, Said
from tracker.metrics.choosing import Found, speaks_for
from tracker.metrics.freshness import good_for, is_stale, why_stale, why_unknown
from tracker.metrics.reading_service import Entered
from tracker.metrics.standing import Standing
from tracker.metrics.targets import Target
from tracker.metrics.values import Point, SeriesOf
from tracker.playbooks.dictionary import Metric
from tracker.playbooks.grammar import PHASES

_OUTCOMES: Final[Mapping[str, str]] = {"new": "accepted", "changed": "corrected", "same": "same"}


def metric_out(metric: Metric, standing: Standing, language: Language) -> dict[str, Any]:
    """A metric, what it says now, and what it should say; a null value says why."""
    found = standing.known.get(metric.key, {})
    series = speaks_for(found)
    points = found[series] if series else ()
    target = standing.targets.find(metric.key, standing.phase)
    point = points[-1] if points else None
    why = _why(metric, standing, series=series, point=point)
    value = point.value if point and why is None else None
    return {
        **definition_out(metric, language),
        "value": value,
        "why_null": why and {"reason": why[0], "sentence": why[1].say(language)},
        "newest": _newest_out(metric, standing.now, series=series, point=point),
        "target": target_out(target),
        "on_target": target.is_met(value) if target and value is not None else None,
        "series": len(found),
    }


def _why(
    metric: Metric, standing: Standing, *, series: SeriesOf | None, point: Point | None
) -> tuple[str, Said] | None:
    if series is None or point is None:
        has_parts = any(standing.known.get(metric.key, {}).values())
        return why_unknown(
            metric,
            has_parts=has_parts,
            is_derived=standing.is_derived,
            project_id=standing.project_id,
        )
    if is_stale(metric, series.method, point, standing.now):
        return why_stale(point)
    return None


def definition_out(metric: Metric, language: Language) -> dict[str, Any]:
    """What a metric is."""
    return {
        "key": metric.key,
        "also": list(metric.also),
        "title": metric.title[language],
        "description": metric.description[language],
        "formula": metric.formula[language],
        "maturity": metric.maturity and metric.maturity[language],
        "counted": metric.n and metric.n[language],
        "unit": metric.unit,
        "good": metric.good,
        "window": metric.window,
        "kind": metric.kind,
        "counts": list(metric.counts),
        "dims": list(metric.dims),
        "phases": list(metric.phases),
        "types": list(metric.types),
        "chapter": metric.chapter,
        "definition_version": metric.version,
    }


def _newest_out(
    metric: Metric, now: datetime, *, series: SeriesOf | None, point: Point | None
) -> dict[str, Any] | None:
    if series is None or point is None:
        return None
    return {
        **point_out(point),
        "age_hours": max(0, (now - point.at) // timedelta(hours=1)),
        "good_for_hours": good_for(metric, series.method) // timedelta(hours=1),
        "method": series.method,
        "source": series.source,
        "series_id": series.id,
    }


def point_out(point: Point) -> dict[str, Any]:
    """The value of a day; ``at`` is up to when it tells."""
    return {
        "day": point.day,
        "value": point.value,
        "count": point.count,
        "at": point.at,
        "is_final": point.is_final,
    }


def series_out(series: SeriesOf, points: Sequence[Point], *, speaks: bool) -> dict[str, Any]:
    """A series with its newest point of the time that was asked for."""
    return {
        "id": series.id,
        "method": series.method,
        "source": series.source,
        "origin": series.origin,
        "dims": series.dims,
        "zone": series.zone,
        "definition_version": series.definition_version,
        "is_pinned": series.is_pinned,
        "speaks": speaks,
        "points": len(points),
        "newest": point_out(points[-1]) if points else None,
    }


def stepped(points: Iterable[Point], step: str) -> Iterator[Point]:
    """The last point of each day, week or month: what was true at its end."""
    for _begin, group in groupby(points, key=lambda point: _beginning(point.day, step)):
        *_earlier, last = group
        yield last


def _beginning(day: date, step: str) -> date:
    if step == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step == "month" else day


def reading_out(row: Any, unit: str | None) -> dict[str, Any]:
    """One reading as it was kept."""
    return {
        "metric": row.metric,
        "series_id": row.series_id,
        "day": row.day,
        "value": row.value,
        "unit": unit,
        "count": row.counted,
        "dims": row.dims,
        "method": row.method,
        "source": row.source,
        "origin": row.origin,
        "at": row.at,
        "is_final": row.is_final,
        "note": row.note,
        "recorded_at": row.recorded_at,
        "recorded_by": row.recorded_by,
        "revision": row.revision,
        "superseded_at": row.superseded_at,
    }


def entered_out(entered: Entered, language: Language) -> dict[str, Any]:
    """What has become of the rows, one by one."""
    return {
        "accepted": entered.count("new"),
        "corrected": entered.count("changed"),
        "same": entered.count("same"),
        "refused": len(entered.refused),
        "rows": [
            {"row": number, "outcome": "refused", "reason": row.say(language)}
            if isinstance(row, Said)
            else {"row": number, "outcome": _OUTCOMES[row], "reason": None}
            for number, row in enumerate(entered.rows)
        ],
    }


def metric_in_full(
    metric: Metric,
    standing: Standing,
    found: Found,
    *,
    query: Mapping[str, Any],
    language: Language,
) -> dict[str, Any]:
    """A metric with all its series, and the points of the one that is asked for."""
    speaker = speaks_for(standing.known.get(metric.key, {}))
    asked = query["series_id"] or (speaker and speaker.id)
    points = next((points for series, points in found.items() if series.id == asked), [])
    return {
        **metric_out(metric, standing, language),
        "all_series": [
            series_out(series, points, speaks=series == speaker) for series, points in found.items()
        ],
        "points_of": asked,
        "points": [point_out(point) for point in stepped(points, query["step"])],
        "targets": [
            {"phase": phase, "target": target_out(standing.targets.find(metric.key, phase))}
            for phase in PHASES
        ],
    }


def target_out(target: Target | None) -> dict[str, Any] | None:
    """What a metric should come to."""
    return None if target is None else {"op": target.op, "value": target.value, "by": target.by}
