"""Reading a running plan whole, as values that the re-planner and the forecast judge."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast
from uuid import UUID

import orjson
from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.library.queries import playbook as find_playbook
from tracker.playbooks.model import Link
from tracker.playbooks.parameters import Parameters
from tracker.projects import queries
from tracker.projects.models import Dependency, Gate, Phase, Project, Task
from tracker.projects.queries import TaskRow
from tracker.projects.replanning.values import State, StoredGate, StoredPhase, StoredTask

_TASKS, _LINKS = Task.__table__, Dependency.__table__
_PHASES, _GATES = Phase.__table__, Gate.__table__
_OF_GATE: Final = ("id", "key", "planned_on", "before_phase", "state", "criteria")
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
_PHASES_IN: Final = (
    select(_PHASES.c.key, _PHASES.c.start_on, _PHASES.c.end_on)
    .where(_PHASES.c.workspace_id == _WORKSPACE, _PHASES.c.project_id == _PROJECT)
    .order_by(_PHASES.c.position)
)
_GATES_IN: Final = (
    select(*(_GATES.c[name] for name in _OF_GATE))
    .where(_GATES.c.workspace_id == _WORKSPACE, _GATES.c.project_id == _PROJECT)
    .order_by(_GATES.c.position)
)
DECIDED: Final = ("passed", "conditional")


@dataclass(frozen=True)
class Running:
    """A plan as values, and the rows that they come from under the tasks' keys.

    ``digest`` tells whether two looks saw the same plan.
    """

    state: State
    rows: Mapping[str, TaskRow]
    digest: str


def running(session: Session, project: Project, *, to_change: bool = False) -> Running:
    """The plan of ``project``; its tasks are locked where they are to be changed."""
    workspace_id, connection = project.workspace_id, core(session)
    mine = {"workspace_id": workspace_id, "project_id": project.id}
    read: list[Any] = list(connection.execute(_TO_CHANGE if to_change else _TO_JUDGE, mine))
    rows: list[TaskRow] = sorted(read, key=lambda row: row.position)
    keys = {row.id: row.key for row in rows}
    linked = connection.execute(_LINKS_IN, mine).all()
    links = _links(linked, keys)
    assignees = queries.assignees_in(session, workspace_id, project.id)
    phases, gates = (connection.execute(wanted, mine).all() for wanted in (_PHASES_IN, _GATES_IN))
    state = State(
        playbook=find_playbook(session, workspace_id, project.playbook, project.playbook_version),
        parameters=parameters_of(project),
        start_on=project.start_on,
        end_on=project.end_on,
        phase=project.phase,
        phases=tuple(StoredPhase(*phase) for phase in phases),
        gates=tuple(map(_gate, gates)),
        tasks=tuple(
            _task(row, keys, links.get(row.id, ()), assignees.get(row.id, ())) for row in rows
        ),
    )
    seen = [
        [project.version, project.parameters, project.launch_on, project.start_on, project.end_on],
        project.phase,
        [tuple(row)[: len(_JUDGED)] for row in rows],
        sorted([str(link[0]), str(link[1]), link[2], link[3]] for link in linked),
        [tuple(phase) for phase in phases],
        [(gate.id, gate.planned_on, gate.state) for gate in gates],
    ]
    digest = hashlib.blake2b(orjson.dumps(seen), digest_size=16).hexdigest()
    return Running(state, {row.key: row for row in rows}, digest)


def parameters_of(project: Project) -> Parameters:
    """What it is planned from, its launch day the one in force."""
    told = {**project.parameters, "launch_on": project.launch_on.isoformat(), "start_on": None}
    return Parameters.from_json(told)


def _links(rows: Sequence[Any], keys: Mapping[UUID, str]) -> Mapping[UUID, Sequence[Link]]:
    """In an order of their own: equal plans are judged alike."""
    found: dict[UUID, list[Link]] = defaultdict(list)
    for successor, earlier, kind, lag in rows:
        found[successor].append(Link(keys[earlier], kind, lag))
    for mine in found.values():
        if len(mine) > 1:
            mine.sort(key=lambda link: (link.task, link.type))
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
