"""Baselines as plain values."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from sqlalchemy import Row

from tracker.playbooks.calendar import WorkCalendar
from tracker.projects.baselines.comparing import Comparison, Kept, Moved, compare, days_between
from tracker.projects.models import Baseline, Project
from tracker.projects.showing import calendar_of

_SHOWN: Final = (
    *("id", "project_id", "name", "source", "is_locked", "launch_on", "end_on"),
    *("created_by", "created_at"),
)


def baseline_out(baseline: Baseline | Row[Any]) -> dict[str, Any]:
    """A baseline, without its tasks."""
    return {name: getattr(baseline, name) for name in _SHOWN}


def whole_baseline(baseline: Baseline) -> dict[str, Any]:
    """A baseline with everything that it keeps."""
    return {**baseline_out(baseline), "tasks": baseline.tasks}


def comparison_out(
    baseline: Baseline, project: Project, tasks: Iterable[dict[str, Any]], other: Baseline | None
) -> dict[str, Any]:
    """What became of ``baseline`` in ``tasks``: the plan in force, or what ``other`` keeps.

    Working days are those of the calendar in force.
    """
    calendar, new = calendar_of(project), other or project
    found = compare(map(Kept.of, baseline.tasks), map(Kept.of, tasks), calendar)
    return {
        "baseline": baseline_out(baseline),
        "compared_with": baseline_out(other) if other else None,
        "launch": _moved_day(baseline.launch_on, new.launch_on, calendar),
        "end": _moved_day(baseline.end_on, new.end_on, calendar),
        **_tasks(found),
        "unchanged": found.unchanged,
    }


def _moved_day(old: date, new: date, calendar: WorkCalendar) -> dict[str, Any]:
    return {"old_on": old, "new_on": new, "moved_days": days_between(old, new, calendar)}


def _tasks(found: Comparison) -> dict[str, list[dict[str, Any]]]:
    lone: dict[str, Sequence[Kept]] = {"added": found.added, "removed": found.removed}
    moved: dict[str, Sequence[Moved]] = {"earlier": found.earlier, "later": found.later}
    return {
        **{name: [asdict(task) for task in tasks] for name, tasks in lone.items()},
        **{name: [_moved(one) for one in tasks] for name, tasks in moved.items()},
    }


def _moved(one: Moved) -> dict[str, Any]:
    values = asdict(one)
    return {**values.pop("task"), **values}
