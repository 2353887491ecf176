"""A plan as CSV: a header, then one row for each task."""

import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any, Final

from tracker.cli.preview import Preview

COLUMNS: Final = (
    "key",
    "phase",
    "checklist",
    "title",
    "role",
    "start_on",
    "due_on",
    "deadline_on",
    "duration_days",
    "float_days",
    "critical",
    "milestone",
    "early",
    "optional",
    "rrule",
    "until",
    "evidence",
    "proof",
    "pillar",
    "after",
    "steps",
    "description",
    "why",
)
# A spreadsheet runs what begins with one of these. Source: OWASP, CSV Injection.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def render(preview: Preview) -> bytes:
    """The tasks of the plan (RFC 4180, UTF-8)."""
    sheet = StringIO(newline="")
    writer = csv.writer(sheet)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(task) for task in preview.timeline["tasks"])
    return sheet.getvalue().encode()


def _cells(task: Mapping[str, Any]) -> list[str | int | None]:
    values = {**task, **(task["recurring"] or {}), "after": _after(task), "steps": _steps(task)}
    return [cell(values.get(name)) for name in COLUMNS]


def cell(value: str | int | None) -> str | int | None:
    """One cell: words for truth values, and no text that a spreadsheet would run."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _after(task: Mapping[str, Any]) -> str:
    """``prepare.team.people SS+2``, one after the other."""
    return "; ".join(
        f"{link['task']} {link['type']}{link['lag_days']:+d}" for link in task["after"]
    )


def _steps(task: Mapping[str, Any]) -> str:
    return " | ".join(step["title"] for step in task["steps"])
