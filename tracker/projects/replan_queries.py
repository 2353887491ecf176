"""Reading a running plan whole, as values that the re-planner and the forecast judge."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import BindParameter, ColumnElement, Text, and_, bindparam, cast, select
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
# What a stored task takes over as it is, in its order.
_STORED: Final = (
    *("id", "key", "title", "phase", "start_on", "due_on", "status", "checklist"),
    *("started_on", "finished_on", "is_pinned", "is_milestone", "is_early", "deadline_on"),
)


def _name(column: Any) -> ColumnElement[str]:
    """An id as a text: to find something under a UUID takes ten times as long."""
    return cast(column, Text)


# What it takes to judge; what it takes to tell why is only read to be written again.
_JUDGED: Final = (
    *(_TASKS.c[name] for name in _STORED),
    *(_TASKS.c.recurring, _name(_TASKS.c.ritual_id), _name(_TASKS.c.id).label("name")),
    *(_TASKS.c[name] for name in ("position", "role", "reason", "version", "duration_days")),
    *(_TASKS.c[f"{name}_days"] for name in ("reference", "optimistic", "pessimistic", "float")),
)
_AT_KEY: Final = _STORED.index("key")
_AT_RECURRING, _AT_RITUAL, _AT_NAME, _AT_POSITION = range(len(_STORED), len(_STORED) + 4)
_TO_JUDGE: Final = select(*_JUDGED).where(*_MINE).order_by(_TASKS.c.position)
_TO_CHANGE: Final = (
    select(*_JUDGED, _TASKS.c.why, _TASKS.c.chase_at, _TASKS.c.chased_at)
    .where(*_MINE)
    .order_by(_TASKS.c.id)
    .with_for_update(of=_TASKS)
)
_LINKS_IN: Final = select(
    _name(_LINKS.c.successor_id), _name(_LINKS.c.predecessor_id), _LINKS.c.type, _LINKS.c.lag_days
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
# Outer, so that SQLite begins with the project's tasks: it would with all that the workspace has.
_DOERS: Final = (
    select(_TASKS.c.key, _MEMBERS.c.id, _MEMBERS.c.email)
    .join_from(
        _TASKS,
        _ASSIGNEES,
        and_(
            _ASSIGNEES.c.workspace_id == _TASKS.c.workspace_id,
            _ASSIGNEES.c.task_id == _TASKS.c.id,
        ),
        isouter=True,
    )
    .join(
        _MEMBERS,
        and_(
            _MEMBERS.c.workspace_id == _ASSIGNEES.c.workspace_id,
            _MEMBERS.c.id == _ASSIGNEES.c.member_id,
        ),
        isouter=True,
    )
    .where(*_MINE, _MEMBERS.c.removed_at.is_(None))
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
    read = connection.execute(_TO_CHANGE if to_change else _TO_JUDGE, mine).all()
    rows: list[Any] = sorted(read, key=itemgetter(_AT_POSITION))
    keys = {row[_AT_NAME]: row[_AT_KEY] for row in rows}
    links = _links(connection.execute(_LINKS_IN, mine).all(), keys)
    phases, gates = (connection.execute(wanted, mine).all() for wanted in (_PHASES_IN, _GATES_IN))
    state = State(
        playbook=find_playbook(session, workspace_id, project.playbook, project.playbook_version),
        parameters=parameters_of(project),
        start_on=project.start_on,
        end_on=project.end_on,
        phase=project.phase,
        phases=tuple(StoredPhase(*phase) for phase in phases),
        gates=tuple(map(_gate, gates)),
        tasks=tuple(_task(row, keys, links.get(row[_AT_NAME], ())) for row in rows),
    )
    seen = [
        [project.version, project.parameters, project.launch_on, project.start_on, project.end_on],
        project.phase,
        [tuple(row)[: len(_JUDGED)] for row in rows],
        [task.after for task in state.tasks],
        [tuple(phase) for phase in phases],
        [(gate.id, gate.planned_on, gate.state) for gate in gates],
    ]
    digest = hashlib.blake2b(orjson.dumps(seen), digest_size=16).hexdigest()
    return Running(state, dict(zip(keys.values(), rows, strict=True)), digest)


def doers(
    session: Session, workspace_id: UUID, project_id: UUID, keys: Collection[str]
) -> Sequence[tuple[UUID, str]]:
    """Id and e-mail of the present members who are to do any of these tasks, each once."""
    if not keys:
        return []
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    # All of the project's: a statement that names hundreds of tasks takes longer to write.
    rows = core(session).execute(_DOERS, mine).all()
    found = {email: member_id for key, member_id, email in rows if member_id and key in keys}
    return sorted((member_id, email) for email, member_id in found.items())


def parameters_of(project: Project) -> Parameters:
    """What it is planned from, its launch day the one in force."""
    told = {**project.parameters, "launch_on": project.launch_on.isoformat(), "start_on": None}
    return Parameters.from_json(told)


def _links(rows: Sequence[Any], keys: Mapping[str, str]) -> Mapping[str, Sequence[Link]]:
    """In an order of their own: equal plans are judged alike."""
    found: dict[str, list[Link]] = defaultdict(list)
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


def _task(row: Any, keys: Mapping[str, str], after: Sequence[Link]) -> StoredTask:
    recurring, ritual = row[_AT_RECURRING], row[_AT_RITUAL]
    until = recurring["until"] if recurring else None
    # By place: asking a row for each of its names takes as long as all the rest.
    return StoredTask._make(
        (
            *row[:_AT_RECURRING],
            recurring is not None,
            keys.get(ritual) if ritual else None,
            date.fromisoformat(until) if until else None,
            tuple(after),
        )
    )
