"""What a rejection takes back: approvals, and the milestones that the gate had asked for."""

from typing import Any, Final

from sqlalchemy import Row, bindparam, update
from sqlalchemy.orm import Session

from tracker.gates.facts import Facts, GateFact
from tracker.gates.models import Approval
from tracker.kernel.db import core
from tracker.projects.models import Task
from tracker.projects.owed import look_behind

_TASKS, _APPROVALS = Task.__table__, Approval.__table__
_REOPEN: Final = (
    update(_TASKS)
    .where(
        _TASKS.c.workspace_id == bindparam("of_workspace"),
        _TASKS.c.project_id == bindparam("of_project"),
        _TASKS.c.key.in_(bindparam("keys", expanding=True)),
        _TASKS.c.status == "done",
    )
    .values(status="todo", finished_on=None, version=_TASKS.c.version + 1)
    .returning(_TASKS.c.id, _TASKS.c.key, _TASKS.c.title, _TASKS.c.finished_on)
)
_VOID: Final = update(_APPROVALS).where(
    _APPROVALS.c.workspace_id == bindparam("of_workspace"),
    _APPROVALS.c.gate_id == bindparam("of_gate"),
    _APPROVALS.c.voided_at.is_(None),
)


def take_back(session: Session, facts: Facts, gate: GateFact) -> list[Row[Any]]:
    """Void every approval of the gate, reopen its milestones; return the tasks reopened."""
    mine = {"of_workspace": facts.project.workspace_id}
    core(session).execute(_VOID, {**mine, "of_gate": gate.id, "voided_at": facts.now})
    keys = [one["task"] for one in gate.criteria if one["kind"] == "milestone"]
    if not keys:
        return []
    wanted = {**mine, "of_project": facts.project.id, "keys": keys}
    wanted |= dict.fromkeys(("updated_at", "chase_at"), facts.now)
    found = list(core(session).execute(_REOPEN, wanted).all())
    ids = [row.id for row in found]
    look_behind(session, facts.project.workspace_id, opened=ids, now=facts.now)
    return found
