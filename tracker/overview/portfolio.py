"""All projects of a workspace at a glance: a constant number of statements a page."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.gates.gathering import facts_of_projects
from tracker.kernel.clock import local_today
from tracker.overview import queries
from tracker.overview.gate_states import next_gate
from tracker.overview.queries import Tally
from tracker.projects.models import Project

_NOTHING = Tally(done=0, total=0, overdue=0, blocked=0, float_to_launch=None, float_to_end=None)


def rows_of(
    session: Session, workspace_id: UUID, projects: Sequence[Project], *, now: datetime
) -> list[dict[str, Any]]:
    """What the portfolio tells of these projects."""
    today = {project.id: local_today(project.timezone, now) for project in projects}
    tallies = queries.tallies(session, workspace_id, today)
    facts = facts_of_projects(session, workspace_id, today.keys(), now=now)
    return [
        _row(
            project,
            tallies.get(project.id, _NOTHING),
            next_gate(facts[project.id]) if project.id in facts else None,
            today[project.id],
        )
        for project in projects
    ]


def _row(
    project: Project, tally: Tally, gate: dict[str, Any] | None, today: date
) -> dict[str, Any]:
    is_before = today < project.launch_on
    return {
        "id": project.id,
        "name": project.name,
        "state": project.state,
        "phase": project.phase,
        "launch_on": project.launch_on,
        "end_on": project.end_on,
        "days_to_launch": (project.launch_on - today).days,
        "next_gate": gate,
        "float_days": tally.float_to_launch if is_before else tally.float_to_end,
        "done": tally.done,
        "total": tally.total,
        "overdue": tally.overdue,
        "blocked": tally.blocked,
    }
