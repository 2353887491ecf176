"""A figure against its target: there, fresh, and kept up for long enough. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import isfinite
from typing import Any, Final

from tracker.gates import said
from tracker.kernel.texts import Said
from tracker.metrics.rules import COMPARE
from tracker.metrics.values import Reading

GOOD_FOR_HOURS: Final = 35 * 24
"""Where a criterion does not say how old a figure may be: what is read once a month still tells."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a figure has come to, by its newest reading."""

    state: str
    reading: Reading | None
    sentence: Said


def judge_figure(
    criterion: Mapping[str, Any], readings: Sequence[Reading], now: datetime
) -> Figure:
    """Judge ``readings``, the oldest first; those of the future are nobody's word yet."""
    known = [one for one in readings if one.at <= now and isfinite(one.value)]
    values: dict[str, object] = {
        "target": f"{criterion['op']} {criterion['value']:g}",
        "days": criterion.get("sustained_days", 0),
        "hours": _most_hours(criterion),
    }
    if not known:
        return Figure("unknown", None, Said(said.NO_FIGURE, values))
    last = known[-1]
    values |= {"value": f"{last.value:g}", "at": _minute(last.at), "source": last.source}
    if _is_stale(criterion, last.at, now):
        return Figure("unknown", last, Said(said.STALE_FIGURE, values))
    window = _window(known, now - timedelta(days=criterion.get("sustained_days", 0)))
    failed = next((one for one in reversed(window) if not _holds(criterion, one)), None)
    if failed is last:
        return Figure("unmet", last, Said(said.FIGURE_FAILS, values))
    if failed is not None:
        values |= {"then": f"{failed.value:g}", "failed_at": _minute(failed.at)}
        return Figure("unmet", last, Said(said.FIGURE_FAILED, values))
    return _sustained(criterion, window, now, values)


def _sustained(
    criterion: Mapping[str, Any],
    window: Sequence[Reading],
    now: datetime,
    values: dict[str, object],
) -> Figure:
    """Good wherever it was read: it must have been so from the first day on, and often enough."""
    last = window[-1]
    days = criterion.get("sustained_days", 0)
    if days and window[0].at > now - timedelta(days=days):
        values |= {"since": _minute(window[0].at)}
        return Figure("unknown", last, Said(said.FIGURE_TOO_YOUNG, values))
    gap = next((a for a, b in pairwise(window) if _is_stale(criterion, a.at, b.at)), None)
    if gap is not None:
        values |= {"since": _minute(gap.at)}
        return Figure("unknown", last, Said(said.FIGURE_GAP, values))
    return Figure("met", last, Said(said.FIGURE_KEPT if days else said.FIGURE_HOLDS, values))


def _window(known: Sequence[Reading], since: datetime) -> Sequence[Reading]:
    """The readings that tell of the time from ``since`` on: the last one before it, too."""
    first = max((n for n, one in enumerate(known) if one.at <= since), default=0)
    return known[first:]


def _holds(criterion: Mapping[str, Any], reading: Reading) -> bool:
    return COMPARE[criterion["op"]](reading.value, criterion["value"])


def _is_stale(criterion: Mapping[str, Any], at: datetime, now: datetime) -> bool:
    return now - at > timedelta(hours=_most_hours(criterion))


def _most_hours(criterion: Mapping[str, Any]) -> int:
    """No figure says for ever how things stand, whatever a playbook leaves out."""
    hours: int = criterion.get("max_age_hours", GOOD_FOR_HOURS)
    return hours


def _minute(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
