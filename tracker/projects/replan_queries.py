"""Reading a running plan whole, as values that the re-planner and the forecast judge."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.library.queries import playbook as find_playbook
from tracker.playbooks.model import Link
from tracker.playbooks.parameters import Parameters
from tracker.projects import queries
from tracker.projects.models import Dependency, Project, Task
from tracker.projects.queries import TaskRow
from tracker.projects.replanning.values import State, StoredGate, StoredPhase, StoredTask

_TASKS, _LINKS = Task.__table__, Dependency.__table__
_WORKSPACE: Final[BindParameter[UUID]] = bindparam("workspace_id")
_PROJECT: Final[BindParameter[UUID]] = bindparam("project_id")
_MINE: Final = (_TASKS.c.workspace_id == _WORKSPACE, _TASKS.c.project_id == _PROJECT)
# What it takes to judge; what it takes to tell why is only read to be written again.
_JUDGED: Final = tuple(
    _TASKS.c[name]
    for name in (
        *("id", "key", "title", "phase", "checklist", "position", "role", "status", "reason"),
        *("start_on", "due_on", "started_on", "finished_on", "deadline_on"),
        *("duration_days", "reference_days", "optimistic_days", "pessimistic_days", "float_days"),
        *("is_pinned", "is_milestone", "is_early", "recurring", "ritual_id", "version"),
    )
)
_TO_JUDGE: Final = select(*_JUDGED).where(*_MINE).order_by(_TASKS.c.position)
_TO_CHANGE: Final = (
    select(*_JUDGED, _TASKS.c.why).where(*_MINE).order_by(_TASKS.c.id).with_for_update(of=_TASKS)
)
_LINKS_IN: Final = select(
    _LINKS.c.successor_id, _LINKS.c.predecessor_id, _LINKS.c.type, _LINKS.c.lag_days
).where(
    _LINKS.c.workspace_id == _WORKSPACE,
    _LINKS.c.successor_id.in_(select(_TASKS.c.id).where(*_MINE)),
)
DECIDED: Final = ("passed", "conditional")


@dataclass(frozen=True)
class Running:
    """A plan as values, and the rows that they come from under the tasks' keys."""

    state: State
    rows: Mapping[str, TaskRow]

    @property
    def digest(self) -> str:
        """Tells whether two looks saw the same plan."""
        state = self.state
        seen = repr(
            (
                state.parameters,
                state.start_on,
                state.end_on,
                state.phase,
                state.phases,
                state.gates,
                [(task, self.rows[task.key].version) for task in state.tasks],
            )
        )
        return hashlib.blake2b(seen.encode(), digest_size=16).hexdigest()


def running(session: Session, project: Project, *, to_change: bool = False) -> Running:
    """The plan of ``project``; its tasks are locked where they are to be changed."""
    scope = (session, project.workspace_id, project.id)
    mine = {"workspace_id": project.workspace_id, "project_id": project.id}
    wanted = _TO_CHANGE if to_change else _TO_JUDGE
    read: list[Any] = list(core(session).execute(wanted, mine))
    rows: list[TaskRow] = sorted(read, key=lambda row: row.position)
    keys = {row.id: row.key for row in rows}
    links = _links(session, mine, keys)
    assignees = queries.assignees_in(*scope)
    playbook = find_playbook(
        session, project.workspace_id, project.playbook, project.playbook_version
    )
    state = State(
        playbook=playbook,
        parameters=parameters_of(project),
        start_on=project.start_on,
        end_on=project.end_on,
        phase=project.phase,
        phases=tuple(
            StoredPhase(phase.key, phase.start_on, phase.end_on) for phase in queries.phases(*scope)
        ),
        gates=tuple(_gate(gate) for gate in queries.gates(*scope)),
        tasks=tuple(
            _task(row, keys, links.get(row.id, ()), assignees.get(row.id, ())) for row in rows
        ),
    )
    return Running(state, {row.key: row for row in rows})


def parameters_of(project: Project) -> Parameters:
    """What it is planned from, its launch day the one in force."""
    told = {**project.parameters, "launch_on": project.launch_on.isoformat(), "start_on": None}
    return Parameters.from_json(told)


def _links(
    session: Session, mine: Mapping[str, UUID], keys: Mapping[UUID, str]
) -> Mapping[UUID, Sequence[Link]]:
    found: dict[UUID, list[Link]] = defaultdict(list)
    rows = core(session).execute(_LINKS_IN, mine).all()
    for successor, earlier, kind, lag in sorted(rows, key=lambda row: (str(row[1]), row[2])):
        found[successor].append(Link(keys[earlier], kind, lag))
    return found


def _gate(gate: Any) -> StoredGate:
    return StoredGate(
        id=gate.id,
        key=gate.key,
        planned_on=gate.planned_on,
        before_phase=gate.before_phase,
        is_decided=gate.state in DECIDED,
        asks=tuple(sorted({one["task"] for one in gate.criteria if one.get("task")})),
    )


def _task(
    row: TaskRow, keys: Mapping[UUID, str], after: Sequence[Link], assignees: Sequence[UUID]
) -> StoredTask:
    until = row.recurring["until"] if row.recurring else None
    return StoredTask(
        id=row.id,
        key=row.key,
        title=row.title,
        phase=row.phase,
        start_on=row.start_on,
        due_on=row.due_on,
        status=row.status,
        checklist=row.checklist,
        started_on=row.started_on,
        finished_on=row.finished_on,
        is_pinned=row.is_pinned,
        is_milestone=row.is_milestone,
        is_early=row.is_early,
        is_ritual=row.recurring is not None,
        ritual=keys.get(cast("UUID", row.ritual_id)) if row.ritual_id else None,
        deadline_on=row.deadline_on,
        repeats_until=date.fromisoformat(until) if until else None,
        assignees=tuple(sorted(assignees)),
        after=tuple(after),
    )
