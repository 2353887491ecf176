"""All projects of a workspace at a glance: a constant number of statements a page."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today
from tracker.overview import queries
from tracker.overview.queries import Tally
from tracker.projects.models import Gate, Project
from tracker.projects.rules import is_open

_NOTHING = Tally(done=0, total=0, overdue=0, blocked=0, float_to_launch=None, float_to_end=None)


def rows_of(
    session: Session, workspace_id: UUID, projects: Sequence[Project], *, now: datetime
) -> list[dict[str, Any]]:
    """What the portfolio tells of these projects."""
    today = {project.id: local_today(project.timezone, now) for project in projects}
    tallies = queries.tallies(session, workspace_id, today)
    gates = _by_project(queries.gates_in(session, workspace_id, today.keys()))
    return [
        _row(
            project,
            tallies.get(project.id, _NOTHING),
            _next(gates.get(project.id, ()), now),
            today[project.id],
        )
        for project in projects
    ]


def _row(project: Project, tally: Tally, gate: Gate | None, today: date) -> dict[str, Any]:
    is_before = today < project.launch_on
    return {
        "id": project.id,
        "name": project.name,
        "state": project.state,
        "phase": project.phase,
        "launch_on": project.launch_on,
        "end_on": project.end_on,
        "days_to_launch": (project.launch_on - today).days,
        "next_gate": gate
        and {
            "id": gate.id,
            "key": gate.key,
            "title": gate.title,
            "on": gate.planned_on,
            "state": gate.state,
        },
        "float_days": tally.float_to_launch if is_before else tally.float_to_end,
        "done": tally.done,
        "total": tally.total,
        "overdue": tally.overdue,
        "blocked": tally.blocked,
    }


def _by_project(gates: Iterable[Gate]) -> Mapping[UUID, list[Gate]]:
    found: dict[UUID, list[Gate]] = {}
    for gate in gates:
        found.setdefault(gate.project_id, []).append(gate)
    return found


def _next(gates: Iterable[Gate], now: datetime) -> Gate | None:
    """The first gate that is closed."""
    return next((g for g in gates if not is_open(g.state, g.waived_until, now)), None)
