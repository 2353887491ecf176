"""Rows as CSV (RFC 4180, UTF-8), none of which a spreadsheet runs. Pure."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from io import StringIO
from typing import Any, Final

# A spreadsheet runs what begins with one of these. Source: OWASP, CSV Injection.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
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
    page = StringIO(newline="")
    writer = csv.writer(page)
    writer.writerow(columns)
    writer.writerows([cell(row.get(name)) for name in columns] for row in map(_flat, tasks))
    return page.getvalue().encode()


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


def cell(value: Any) -> Any:
    """One cell: words for truth values, and no text that a spreadsheet would run."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value
