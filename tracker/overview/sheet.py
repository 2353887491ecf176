"""Rows as CSV (RFC 4180, UTF-8), none of which a spreadsheet runs. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from tracker.kernel.cells import csv_page

PLANNED: Final = (
    *("key", "phase", "checklist", "title", "role", "start_on", "due_on", "deadline_on"),
    *("duration_days", "float_days", "critical", "milestone", "early", "optional", "rrule"),
    *("until", "evidence", "proof", "pillar", "after", "steps", "description", "why"),
)
STORED: Final = (
    *("key", "phase", "checklist", "title", "status", "reason", "priority", "labels"),
    *("assignees", "role", "start_on", "due_on", "deadline_on", "started_on", "finished_on"),
    *("pinned", "duration_days", "float_days", "critical", "milestone", "early", "optional"),
    *("rrule", "until", "evidence", "proof", "pillar", "after", "steps", "description"),
    *("notes", "why"),
)


def sheet(columns: Sequence[str], tasks: Iterable[Mapping[str, Any]]) -> bytes:
    """A header, then one row for each task of a timeline."""
    return csv_page(columns, ([row.get(name) for name in columns] for row in map(_flat, tasks)))


def _flat(task: Mapping[str, Any]) -> Mapping[str, Any]:
    steps = " | ".join(step["title"] for step in task["steps"])
    listed = {name: ", ".join(map(str, task.get(name) or ())) for name in ("assignees", "labels")}
    return {
        **task,
        **(task["recurring"] or {}),
        **listed,
        "after": _after(task),
        "steps": steps,
        "pinned": task.get("pinned", task.get("is_pinned")),
    }


def _after(task: Mapping[str, Any]) -> str:
    """``prepare.team.people SS+2``, one after the other."""
    return "; ".join(
        f"{link['task']} {link['type']}{link['lag_days']:+d}" for link in task["after"]
    )
