"""Launches on their way: tasks brought to a state at once, gates asked for and decided."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, insert, select, update

from tests.personas import Persona, answer
from tracker.kernel.clock import utcnow
from tracker.kernel.db import core, new_id, unit_of_work
from tracker.projects.models import Task
from tracker.projects.task_models import Evidence

DECISION: Final = "prepare.milestones.decision_to_prepare"
FOR_LAUNCH: Final = ("prepare.milestones.plan_approved", "prepare.channels.launch_content")


def sets_tasks(project: dict[str, Any], status: str = "done", **where: Any) -> None:
    """Bring tasks to a status as if it had been done one by one: ``phase=`` or ``key=``."""
    today = utcnow().date()
    tasks = Task.__table__
    with unit_of_work() as session:
        wanted = [tasks.c[name] == value for name, value in where.items()]
        core(session).execute(
            update(tasks)
            .where(tasks.c.project_id == UUID(project["id"]), *wanted)
            .values(status=status, finished_on=today if status == "done" else None)
        )


def shows_evidence(project: dict[str, Any], key: str, persona: Persona) -> None:
    """Add a note to a task as evidence."""
    tasks = Task.__table__
    with unit_of_work() as session:
        found = session.execute(
            select(tasks.c.workspace_id, tasks.c.id).where(
                tasks.c.project_id == UUID(project["id"]), tasks.c.key == key
            )
        ).one()
        row = {
            "workspace_id": found.workspace_id,
            "id": new_id(),
            "task_id": found.id,
            "kind": "note",
            "note": "Seen.",
            "created_by": UUID(persona.member_id),
            "created_at": utcnow(),
        }
        core(session).execute(insert(Evidence.__table__), row)


def gates_of(persona: Persona, project: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The gates of a project under their keys."""
    items = answer(persona.get(f"/projects/{project['id']}/gates"))["items"]
    return {gate["key"]: gate for gate in items}


def tag_of(persona: Persona, gate: dict[str, Any]) -> dict[str, str]:
    """The header that a decision needs."""
    return {"If-Match": persona.get(f"/gates/{gate['id']}").headers["ETag"]}


def decides(persona: Persona, gate: dict[str, Any], decision: str = "pass", **more: Any) -> Any:
    """A decision on the gate as it is now."""
    body = {"decision": decision, **more}
    return persona.post(f"/gates/{gate['id']}/decision", body, headers=tag_of(persona, gate))


def says(persona: Persona, gate: dict[str, Any], action: str = "approve", **more: Any) -> Any:
    """A word about the gate's approval."""
    return persona.post(f"/gates/{gate['id']}/approvals", {"action": action, **more})


def waives(persona: Persona, gate: dict[str, Any], days: float = 30, **more: Any) -> Any:
    """A waiver for some days from now."""
    until = (utcnow() + timedelta(days=days)).isoformat()
    body = {"reason": "The board said so.", "expires_at": until, **more}
    return persona.post(f"/gates/{gate['id']}/waiver", body)


def opens_all(owner: Persona, project: dict[str, Any]) -> None:
    """Waive every gate, so that tests of other things find nothing closed."""
    for gate in gates_of(owner, project).values():
        answer(waives(owner, gate))


def count(table: Any, **where: Any) -> int:
    """How many rows of a table have these values."""
    wanted = select(func.count()).select_from(table)
    with unit_of_work() as session:
        found = session.scalar(
            wanted.where(*(table.c[name] == value for name, value in where.items()))
        )
    return found or 0
