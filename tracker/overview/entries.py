"""Tasks and gates of a plan as entries of a calendar. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

_MARKS: Final[Mapping[str, str]] = {"done": "✓ ", "blocked": "⚠ "}
_TASKS: Final[Mapping[str, str]] = {"blocked": "TENTATIVE", "not_applicable": "CANCELLED"}
_OPEN_GATES: Final = ("passed", "conditional", "waived")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event, on all days from ``first`` to ``last``. ``changed_at`` is when it became so."""

    uid: str
    title: str
    text: str
    first: date
    last: date
    changed_at: datetime
    sequence: int = 0  # grows whenever something of it changes
    status: str = "CONFIRMED"  # or TENTATIVE, CANCELLED
    categories: tuple[str, ...] = ()
    url: str | None = None
    rrule: str | None = None
    until: date | None = None


def task_entry(
    task: Mapping[str, Any],
    *,
    uid: str,
    categories: tuple[str, ...],
    changed_at: datetime,
    url: str | None = None,
) -> Entry:
    """A task of a timeline. A ritual is one event that comes back until its last day."""
    status, recurring = task.get("status", "todo"), task["recurring"] or {}
    until = recurring.get("until")
    return Entry(
        uid=uid,
        title=f"{_MARKS.get(status, '')}{task['title']}",
        text=_joined(task["description"], _steps(task), task.get("notes"), task.get("why")),
        first=_day(task["start_on"]),
        last=_day(task["due_on"]),
        changed_at=changed_at,
        sequence=task.get("version", 1) - 1,
        status=_TASKS.get(status, "CONFIRMED"),
        categories=categories,
        url=url,
        rrule=recurring.get("rrule"),
        until=_day(until) if until else None,
    )


def gate_entry(
    gate: Mapping[str, Any],
    *,
    uid: str,
    categories: tuple[str, ...],
    changed_at: datetime,
    url: str | None = None,
) -> Entry:
    """A gate of a timeline, on the day on which it is to be decided."""
    criteria = "\n".join(f"• {criterion['title']}" for criterion in gate["criteria"])
    is_settled = gate.get("state", "pending") in _OPEN_GATES
    return Entry(
        uid=uid,
        title=f"{'✓ ' if is_settled else ''}◆ {gate['title']}",
        text=_joined(gate["description"], criteria),
        first=_day(gate["on"]),
        last=_day(gate["on"]),
        changed_at=changed_at,
        sequence=gate.get("version", 1) - 1,
        status="CONFIRMED" if is_settled or "state" not in gate else "TENTATIVE",
        categories=categories,
        url=url,
    )


def _steps(task: Mapping[str, Any]) -> str:
    return "\n".join(
        f"{'✓' if step.get('done_at') else '•'} {step['title']}" for step in task["steps"]
    )


def _joined(*parts: str | None) -> str:
    return "\n\n".join(part for part in parts if part)


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
