"""Reading a running plan whole, as values that the re-planner and the forecast judge."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.library.queries import playbook as find_playbook
from tracker.people.models import Member
from tracker.playbooks.model import Link
from tracker.playbooks.parameters import Parameters
from tracker.projects.models import Assignee, Dependency, Gate, Phase, Project, Task
from tracker.projects.queries import TaskRow
from tracker.projects.replanning.values import State, StoredGate, StoredPhase, StoredTask

_TASKS, _LINKS = Task.__table__, Dependency.__table__
_PHASES, _GATES = Phase.__table__, Gate.__table__
_ASSIGNEES, _MEMBERS = Assignee.__table__, Member.__table__
_OF_GATE: Final = ("id", "key", "planned_on", "before_phase", "state", "criteria")
_WORKSPACE: Final[BindParameter[UUID]] = bindparam("workspace_id")
_PROJECT: Final[BindParameter[UUID]] = bindparam("project_id")
_MINE: Final = (_TASKS.c.workspace_id == _WORKSPACE, _TASKS.c.project_id == _PROJECT)
# What a stored task takes over as it is.
_STORED: Final = (
    *("id", "key", "title", "phase", "start_on", "due_on", "status", "checklist"),
    *("started_on", "finished_on", "is_pinned", "is_milestone", "is_early", "deadline_on"),
)
# What it takes to judge; what it takes to tell why is only read to be written again.
_JUDGED: Final = tuple(
    _TASKS.c[name]
    for name in (
        *_STORED,
        *("recurring", "ritual_id", "position", "role", "reason", "version"),
        *("duration_days", "reference_days", "optimistic_days", "pessimistic_days", "float_days"),
    )
)
_AT_RECURRING, _AT_RITUAL = len(_STORED), len(_STORED) + 1
_TO_JUDGE: Final = select(*_JUDGED).where(*_MINE).order_by(_TASKS.c.position)
_TO_CHANGE: Final = (
    select(*_JUDGED, _TASKS.c.why).where(*_MINE).order_by(_TASKS.c.id).with_for_update(of=_TASKS)
)
_LINKS_IN: Final = (
    select(_LINKS.c.successor_id, _LINKS.c.predecessor_id, _LINKS.c.type, _LINKS.c.lag_days)
    .where(
        _LINKS.c.workspace_id == _WORKSPACE,
        _LINKS.c.successor_id.in_(select(_TASKS.c.id).where(*_MINE)),
    )
    .order_by(_LINKS.c.successor_id, _LINKS.c.predecessor_id, _LINKS.c.type)
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
_DOERS: Final = (
    select(_MEMBERS.c.id, _MEMBERS.c.email)
    .where(
        _MEMBERS.c.workspace_id == _WORKSPACE,
        _MEMBERS.c.removed_at.is_(None),
        _MEMBERS.c.id.in_(
            select(_ASSIGNEES.c.member_id).where(
                _ASSIGNEES.c.workspace_id == _WORKSPACE,
                _ASSIGNEES.c.task_id.in_(bindparam("task_ids", expanding=True)),
            )
        ),
    )
    .order_by(_MEMBERS.c.id)
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
    phases, gates = (connection.execute(wanted, mine).all() for wanted in (_PHASES_IN, _GATES_IN))
    state = State(
        playbook=find_playbook(session, workspace_id, project.playbook, project.playbook_version),
        parameters=parameters_of(project),
        start_on=project.start_on,
        end_on=project.end_on,
        phase=project.phase,
        phases=tuple(StoredPhase(*phase) for phase in phases),
        gates=tuple(map(_gate, gates)),
        tasks=tuple(_task(row, keys, links.get(row.id, ())) for row in rows),
    )
    seen = [
        [project.version, project.parameters, project.launch_on, project.start_on, project.end_on],
        project.phase,
        [tuple(row)[: len(_JUDGED)] for row in rows],
        [tuple(link) for link in linked],
        [tuple(phase) for phase in phases],
        [(gate.id, gate.planned_on, gate.state) for gate in gates],
    ]
    digest = hashlib.blake2b(orjson.dumps(seen), digest_size=16).hexdigest()
    return Running(state, {row.key: row for row in rows}, digest)


def doers(
    session: Session, workspace_id: UUID, task_ids: Sequence[UUID]
) -> Sequence[tuple[UUID, str]]:
    """Id and e-mail of the present members who are to do any of these tasks, each once."""
    if not task_ids:
        return []
    mine = {"workspace_id": workspace_id, "task_ids": task_ids}
    return [(row.id, row.email) for row in core(session).execute(_DOERS, mine)]


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


def _task(row: Any, keys: Mapping[UUID, str], after: Sequence[Link]) -> StoredTask:
    recurring, ritual_id = row[_AT_RECURRING], row[_AT_RITUAL]
    until = recurring["until"] if recurring else None
    return StoredTask(
        # By place: asking a row for each of its names takes as long as all the rest.
        **dict(zip(_STORED, row, strict=False)),
        is_ritual=recurring is not None,
        ritual=keys.get(ritual_id) if ritual_id else None,
        repeats_until=date.fromisoformat(until) if until else None,
        after=tuple(after),
    )
