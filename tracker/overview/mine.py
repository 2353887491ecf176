"""What a member sees of their week, read and put together."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.gates.gathering import facts_of_projects
from tracker.kernel.clock import local_today
from tracker.overview import queries
from tracker.overview.gate_states import awaited
from tracker.overview.week import Week, grouped
from tracker.people.models import Member
from tracker.projects.models import Gate
from tracker.projects.queries import TaskRow
from tracker.projects.rules import is_open

_SHOWN: Final = (
    *("id", "project_id", "key", "title", "phase", "status", "reason", "priority"),
    *("start_on", "due_on", "deadline_on", "finished_on", "float_days", "version"),
)


def week_of(session: Session, member: Member, wanted: Week | None, *, now: datetime) -> Any:
    """The member's ``wanted`` week, by default the one that it is where they are."""
    today = local_today(member.timezone, now)
    week = wanted or Week.of(today)
    scope = (session, member.workspace_id)
    tasks = queries.tasks_of(*scope, member.id)
    closed = _closed(queries.gates_in(*scope, {task.project_id for task in tasks}), now)
    shown = (_shown(task, closed) for task in tasks if _counts(task, week))
    return {
        "member": {"id": member.id, "name": member.name, "timezone": member.timezone},
        "week": str(week),
        "first_on": week.first_on,
        "last_on": week.last_on,
        "today": today,
        **grouped(shown, week, today),
        "waiting": _waiting(session, member, now),
    }


def _waiting(session: Session, member: Member, now: datetime) -> list[dict[str, Any]]:
    """Approvals that wait for the member, the nearest gate first; in no week but now."""
    scope = (session, member.workspace_id)
    asked = queries.projects_that_may_ask(*scope, member)
    facts = facts_of_projects(*scope, asked, now=now)
    found = (row for one in facts.values() for row in awaited(one, member.id))
    return sorted(found, key=lambda row: (row["due_on"], row["gate_id"], row["criterion"]))


def _counts(task: TaskRow, week: Week) -> bool:
    """Rituals are there by their occurrences, and by the next one before it is made."""
    is_going = task.project_state != "paused"
    return is_going and (not task.recurring or week.holds(task.next_on))


def _shown(task: TaskRow, closed: Mapping[tuple[UUID, str], Gate]) -> dict[str, Any]:
    row = {name: getattr(task, name) for name in _SHOWN}
    if task.recurring:
        row["start_on"] = row["due_on"] = task.next_on
    gate = None if task.is_early else closed.get((task.project_id, task.phase))
    return {
        **row,
        "project": task.project_name,
        "critical": task.float_days <= 0,
        "milestone": task.is_milestone,
        "waits_for": gate and {"id": gate.id, "key": gate.key, "title": gate.title},
    }


def _closed(gates: Iterable[Gate], now: datetime) -> Mapping[tuple[UUID, str], Gate]:
    """The first closed gate before each phase of each project."""
    found: dict[tuple[UUID, str], Gate] = {}
    for gate in gates:
        if gate.before_phase and not is_open(gate.state, gate.waived_until, now):
            found.setdefault((gate.project_id, gate.before_phase), gate)
    return found
