"""Whether a rule of the playbook is broken by the figures. Pure.

Whoever was warned is not told the opposite at the first good day: while an alert is open the bar
to end it lies higher than the one that it fell over.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import fmean, linear_regression
from typing import Any, Final, Literal

from tracker.metrics.rules import COMPARE
from tracker.metrics.values import Point

Points = Sequence[Point]
Outcome = Literal["firing", "quiet", "unknown"]
MISFITS: Final = "persona_misfit_share"
ELDERS: Final = "established_activity_rate"
JOINS: Final = "joins"
PER_ANIMATOR: Final = "members_per_animator"
PLANNED: Final = "animation_hours_planned"
SPENT: Final = "animation_hours_spent"
NEEDS: Final[Mapping[str, Collection[str]]] = {
    "bad_fit": (MISFITS,),
    "disengagement": (ELDERS, JOINS),
    "overload": (PER_ANIMATOR, PLANNED, SPENT),
}
"""What the kinds read that name no metric."""
LONGEST: Final = 2 * 365
"""Days: no rule looks further back."""
_LEAST_POINTS: Final = 2  # one alone is an accident
_MONTHLY: Final = 62  # days that what is told once a month can be old
_WEEK: Final = 7
_STILL: Final = 0.5  # of what was enough to fire is enough to go on
_STILL_FLAT: Final = 2  # twice as far from standing still as what was flat


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule is judged by. ``points`` are those of the series that speaks, oldest first.

    ``running`` are the metrics that only add up: their change is what counts. ``read_on`` is the
    last day of which anything is known, ``is_open`` whether the alert is there already,
    ``hours_a_week`` what the project plans to animate with where nobody enters it.
    """

    today: date
    points: Mapping[str, Points]
    running: Collection[str] = ()
    launched_on: date | None = None
    read_on: date | None = None
    is_open: bool = False
    hours_a_week: float | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of it. Unknown neither raises an alert nor ends one."""

    outcome: Outcome
    figures: Mapping[str, Any] = field(default_factory=dict)


_UNKNOWN: Final = Judged("unknown")


def judge(kind: str, rule: Mapping[str, Any], case: Case) -> Judged:
    """Judge a rule of this kind, by its values."""
    return _KINDS[kind](rule, case)


def wanted(kind: str, rule: Mapping[str, Any]) -> set[str]:
    """The metrics that a rule reads."""
    named = {rule["metric"]} if "metric" in rule else set(rule.get("metrics", ()))
    return named | set(NEEDS.get(kind, ()))


def _said(is_firing: bool, **figures: Any) -> Judged:  # noqa: FBT001 - reads as a sentence
    return Judged("firing" if is_firing else "quiet", figures)


def _threshold(rule: Mapping[str, Any], case: Case) -> Judged:
    points, held = case.points.get(rule["metric"], ()), rule.get("hold_days", 0)
    if not points or case.today - points[-1].day > timedelta(days=held + 2 * _WEEK):
        return _UNKNOWN
    last = points[-1]
    told = {"value": last.value, "on": last.day, "bar": rule["value"], "days": held}
    compare = COMPARE[rule["op"]]
    if case.is_open:
        return _said(_is_held_down(compare, last.value, rule), **told)
    since = last.day - timedelta(days=held)
    window = _from(points, since)
    if window[0].day > since:
        return Judged("quiet" if not compare(last.value, rule["value"]) else "unknown", told)
    return _said(all(compare(point.value, rule["value"]) for point in window), **told)


def _is_held_down(
    compare: Callable[[float, float], bool], value: float, rule: Mapping[str, Any]
) -> bool:
    bar = rule.get("release", rule["value"])
    return compare(value, bar)


def _from(points: Points, since: date) -> Points:
    """Those that tell of the time from ``since`` on: the last one before it, too."""
    first = max((n for n, point in enumerate(points) if point.day <= since), default=0)
    return points[first:]


def _change(rule: Mapping[str, Any], case: Case) -> Judged:
    name, days, bar = rule["metric"], rule["days"], rule["by"]
    found = _moved(case, name, days)
    if found is None:
        return _UNKNOWN
    now, before, percent = found
    told = {"value": now, "before": before, "percent": percent, "days": days}
    return _said(_reaches(percent, bar * (_STILL if case.is_open else 1)), **told)


def _reaches(percent: float, bar: float) -> bool:
    return percent <= bar if bar < 0 else percent >= bar


def _trend(rule: Mapping[str, Any], case: Case) -> Judged:
    days, bar = rule["days"], rule["by"]
    points = _between(case.points.get(rule["metric"], ()), case.today, days)
    if len(points) <= _LEAST_POINTS or not _spans(points, days):
        return _UNKNOWN
    mean = fmean(point.value for point in points)
    if not mean:
        return _UNKNOWN
    line = linear_regression(
        [(point.day - points[0].day).days for point in points], [point.value for point in points]
    )
    percent = 100 * _WEEK * line.slope / abs(mean)
    told = {"value": points[-1].value, "mean": mean, "percent": percent, "days": days}
    return _said(_reaches(percent, bar * (_STILL if case.is_open else 1)), **told)


def _spans(points: Points, days: int) -> bool:
    """Whether they tell of half of the time, and so of all of it."""
    return (points[-1].day - points[0].day).days >= days // 2


def _missing(rule: Mapping[str, Any], case: Case) -> Judged:
    points = case.points.get(rule["metric"], ()) if "metric" in rule else ()
    last = points[-1].day if points else None if "metric" in rule else case.read_on
    if last is None:
        return _UNKNOWN  # nobody has ever brought any: nothing has stopped
    silent = (case.today - last).days
    return _said(silent > rule["days"], last=last, silent=silent, days=rule["days"])


def _stagnation(rule: Mapping[str, Any], case: Case) -> Judged:
    days, within = rule["days"], rule["within"] * (_STILL_FLAT if case.is_open else 1)
    found = {name: _moved(case, name, days) for name in rule["metrics"]}
    known = {name: moved for name, moved in found.items() if moved is not None}
    if not known:
        return _UNKNOWN
    name = min(known, key=lambda name: abs(known[name][2]))
    now, before, percent = known[name]
    told = {"metric": name, "value": now, "before": before, "percent": percent, "days": days}
    return _said(abs(percent) <= within, **told)


def _bad_fit(rule: Mapping[str, Any], case: Case) -> Judged:
    points = case.points.get(MISFITS, ())
    if not points or (case.today - points[-1].day).days > rule["days"]:
        return _UNKNOWN
    last = points[-1]
    if last.count is None or last.count < rule.get("least", 1):
        return _UNKNOWN
    bar = rule.get("release", rule["above"]) if case.is_open else rule["above"]
    told = {"value": last.value, "count": last.count, "on": last.day, "bar": rule["above"]}
    return _said(last.value > bar, **told)


def _disengagement(rule: Mapping[str, Any], case: Case) -> Judged:
    days, fall = rule["days"], rule["fall"] * (_STILL if case.is_open else 1)
    elders, newcomers = _moved(case, ELDERS, days), _summed(case, JOINS, days)
    if elders is None or newcomers is None:
        return _UNKNOWN
    now, before, percent = elders
    arrived, arrived_before = newcomers
    rises = arrived > arrived_before * (1 + rule.get("rise", 0) / 100)
    told = {
        "value": now,
        "before": before,
        "percent": percent,
        "days": days,
        "newcomers": arrived,
        "newcomers_before": arrived_before,
    }
    return _said(percent <= -fall and (rises or case.is_open), **told)


def _ghost_town(rule: Mapping[str, Any], case: Case) -> Judged:
    """From launch on: before it, silence is no news."""
    days, floor = rule["days"], rule["floor"]
    if case.launched_on is None or (case.today - case.launched_on).days < days:
        return Judged("quiet")
    window = _between(case.points.get(rule["metric"], ()), case.today, days)
    if not window:
        return _UNKNOWN
    told = {"value": window[-1].value, "on": window[-1].day, "bar": floor, "days": days}
    if case.is_open:
        return _said(window[-1].value < floor, **told)
    if not _spans(window, days):
        return _UNKNOWN
    return _said(all(point.value < floor for point in window), **told)


def _overload(rule: Mapping[str, Any], case: Case) -> Judged:
    """Either is enough; what nobody told is not judged."""
    found = [_carried(rule, case), _overworked(rule, case)]
    judged = [one for one in found if one is not None]
    if not judged:
        return _UNKNOWN
    return next((one for one in judged if one.outcome == "firing"), judged[0])


def _carried(rule: Mapping[str, Any], case: Case) -> Judged | None:
    points, most = case.points.get(PER_ANIMATOR, ()), rule.get("members_per_animator")
    if not points or most is None or (case.today - points[-1].day).days > _MONTHLY:
        return None
    last = points[-1]
    return _said(last.value > most, value=last.value, on=last.day, bar=most)


def _overworked(rule: Mapping[str, Any], case: Case) -> Judged | None:
    days, over = rule["days"], rule.get("hours_over")
    spent = _between(case.points.get(SPENT, ()), case.today, days)
    entered = _between(case.points.get(PLANNED, ()), case.today, days)
    weekly = (case.hours_a_week or 0) * days / _WEEK
    planned = sum(point.value for point in entered) if entered else weekly
    if over is None or not spent or not planned:
        return None
    hours = sum(point.value for point in spent)
    told = {"spent": hours, "planned": planned, "days": days, "bar": over}
    return _said(hours > planned * (1 + over / 100), **told)


def _between(points: Points, today: date, days: int, back: int = 0) -> Points:
    """The points of the ``days`` that end ``back`` days before ``today``; today is not over."""
    until = today - timedelta(days=back)
    since = until - timedelta(days=days)
    return [point for point in points if since <= point.day < until]


def _moved(case: Case, name: str, days: int) -> tuple[float, float, float] | None:
    """Now, before, and the change in percent; None where one of them cannot be told."""
    points = case.points.get(name, ())
    late, early = (_between(points, case.today, days, back) for back in (0, days))
    if len(late) < _LEAST_POINTS or len(early) < _LEAST_POINTS:
        return None
    now, before = (
        (late[-1].value, early[-1].value)
        if name in case.running
        else (
            fmean(point.value for point in late),
            fmean(point.value for point in early),
        )
    )
    return None if not before else (now, before, 100 * (now - before) / abs(before))


def _summed(case: Case, name: str, days: int) -> tuple[float, float] | None:
    points = case.points.get(name, ())
    late, early = (_between(points, case.today, days, back) for back in (0, days))
    if not late or not early:
        return None
    return sum(point.value for point in late), sum(point.value for point in early)


_KINDS: Final[Mapping[str, Callable[[Mapping[str, Any], Case], Judged]]] = {
    "threshold": _threshold,
    "change": _change,
    "trend": _trend,
    "missing": _missing,
    "stagnation": _stagnation,
    "bad_fit": _bad_fit,
    "disengagement": _disengagement,
    "ghost_town": _ghost_town,
    "overload": _overload,
}
