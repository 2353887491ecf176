"""Looking projects and tasks up. Nothing here can be asked without a workspace."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Language, Sentence
from tracker.projects.models import Assignee, Dependency, Gate, Phase, Project, Step, Task
from tracker.projects.rules import CLOSED
from tracker.projects.task_rules import PRIORITIES

NO_PROJECT: Final = Sentence(
    en="There is no such project in this workspace.",
    fr="Il n'y a pas de tel projet dans cet espace.",
)
_PROJECTS: Final = Project.__table__
_TASKS: Final = Task.__table__
_ASSIGNEES: Final = Assignee.__table__
_STEPS: Final = Step.__table__
_LINKS: Final = Dependency.__table__
_WORKSPACE: Final[BindParameter[UUID]] = bindparam("workspace_id")
_PROJECT: Final[BindParameter[UUID]] = bindparam("project_id")


TaskRow = Row[Any] | SimpleNamespace
"""A row of the table of tasks, or what has become of one: half the price of an object."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where and when a project is planned, and in which language."""

    language: Language
    timezone: str
    launch_on: date
    parameters: Mapping[str, Any]
    state: str


@dataclass(frozen=True, slots=True)
class LinkTo:
    """What a task waits for."""

    predecessor_id: UUID
    type: str
    lag_days: int
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that somebody has still to do."""

    id: UUID
    project_id: UUID
    key: str
    title: str
    due_on: date


@dataclass(frozen=True, slots=True)
class StepOf:
    """A checklist point of a task."""

    key: str
    title: str
    done_at: datetime | None


# What a list shows of a task, in this order; what it takes to tell why, or to go on, stays out.
_UNLISTED: Final = {
    *("workspace_id", "why", "position", "next_on"),
    *("reference_days", "optimistic_days", "pessimistic_days"),
    *("blocked_on", "chase_at", "chased_at", "reminder_policy"),
}
LISTED: Final = tuple(column for column in _TASKS.c if column.name not in _UNLISTED)

# A priority is sorted by its rank, not by its letters.
PRIORITY: Final = {priority: rank for rank, priority in enumerate(PRIORITIES)}

# What is asked all day is put into words once: with SQLAlchemy that takes longer than asking.
FRAMING: Final = (
    _PROJECTS.c.language,
    _PROJECTS.c.timezone,
    _PROJECTS.c.launch_on,
    _PROJECTS.c.parameters,
    _PROJECTS.c.state,
)
_PROJECT_ITSELF: Final = select(Project).where(
    Project.workspace_id == _WORKSPACE, Project.id == _PROJECT
)
_TO_CHANGE: Final = _PROJECT_ITSELF.with_for_update(key_share=True)
_FRAME: Final = select(*FRAMING).where(
    _PROJECTS.c.workspace_id == _WORKSPACE, _PROJECTS.c.id == _PROJECT
)
_ALL_TASKS: Final = (
    select(_TASKS)
    .where(_TASKS.c.workspace_id == _WORKSPACE, _TASKS.c.project_id == _PROJECT)
    .order_by(_TASKS.c.position)
)
_TASK_IDS: Final = select(_TASKS.c.id).where(
    _TASKS.c.workspace_id == _WORKSPACE, _TASKS.c.project_id == _PROJECT
)
_ASSIGNEES_IN: Final = select(_ASSIGNEES.c.task_id, _ASSIGNEES.c.member_id).where(
    _ASSIGNEES.c.workspace_id == _WORKSPACE, _ASSIGNEES.c.task_id.in_(_TASK_IDS)
)
_STEPS_WANTED: Final = (
    select(_STEPS.c.task_id, _STEPS.c.key, _STEPS.c.title, _STEPS.c.done_at)
    .where(_STEPS.c.workspace_id == _WORKSPACE)
    .order_by(_STEPS.c.task_id, _STEPS.c.position)
)
_STEPS_IN: Final = _STEPS_WANTED.where(_STEPS.c.task_id.in_(_TASK_IDS))
_LINKS_WANTED: Final = (
    select(
        _LINKS.c.successor_id,
        _LINKS.c.predecessor_id,
        _LINKS.c.type,
        _LINKS.c.lag_days,
        _TASKS.c.key,
        _TASKS.c.title,
    )
    .join(
        _TASKS,
        and_(
            _TASKS.c.workspace_id == _LINKS.c.workspace_id,
            _TASKS.c.id == _LINKS.c.predecessor_id,
        ),
    )
    .where(_LINKS.c.workspace_id == _WORKSPACE)
    .order_by(_TASKS.c.position)
)
_LINKS_IN: Final = _LINKS_WANTED.where(_LINKS.c.successor_id.in_(_TASK_IDS))


def project(
    session: Session, workspace_id: UUID, project_id: UUID, *, to_change: bool = False
) -> Project:
    """One project, locked where it is to be changed. Raises NotFound.

    The lock lets writers of its tasks refer to it: they hold tasks that a re-plan may wait for.
    """
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    found = session.scalars(_TO_CHANGE if to_change else _PROJECT_ITSELF, mine).one_or_none()
    if found is None:
        raise NotFound(NO_PROJECT)
    return found


def projects(
    session: Session,
    workspace_id: UUID,
    *,
    state: str | None,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[Project]:
    """Projects, the newest first, one more than ``limit``."""
    wanted = select(Project).where(Project.workspace_id == workspace_id)
    if state is not None:
        wanted = wanted.where(Project.state == state)
    if after:
        wanted = wanted.where(Project.id < after[0])
    return session.scalars(wanted.order_by(Project.id.desc()).limit(limit + 1)).all()


def projects_called(session: Session, workspace_id: UUID, name: str) -> Sequence[Project]:
    """Projects of this very name, the oldest first."""
    wanted = select(Project).where(Project.workspace_id == workspace_id, Project.name == name)
    return session.scalars(wanted.order_by(Project.id)).all()


def phases(session: Session, workspace_id: UUID, project_id: UUID) -> Sequence[Phase]:
    """The project's phases, in their order."""
    wanted = select(Phase).where(Phase.workspace_id == workspace_id, Phase.project_id == project_id)
    return session.scalars(wanted.order_by(Phase.position)).all()


def gates(session: Session, workspace_id: UUID, project_id: UUID) -> Sequence[Gate]:
    """The project's gates, in their order."""
    wanted = select(Gate).where(Gate.workspace_id == workspace_id, Gate.project_id == project_id)
    return session.scalars(wanted.order_by(Gate.position)).all()


def frame(session: Session, workspace_id: UUID, project_id: UUID) -> Frame:
    """What it takes to show and to judge the tasks of a project. Raises NotFound."""
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    found = core(session).execute(_FRAME, mine).one_or_none()
    if found is None:
        raise NotFound(NO_PROJECT)
    return Frame(*found)


def all_tasks(session: Session, workspace_id: UUID, project_id: UUID) -> Sequence[TaskRow]:
    """Every task of a project, in the order of the plan."""
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    return core(session).execute(_ALL_TASKS, mine).all()


def task_page(
    session: Session,
    workspace_id: UUID,
    project_id: UUID,
    wish: Mapping[str, Any],
    *,
    after: Sequence[Any] | None,
    today: date,
) -> list[dict[str, Any]]:
    """Tasks by due day as plain rows, one more than ``wish["limit"]``.

    Rows and not objects: this is the list that everybody looks at all day.
    """
    wanted = select(*LISTED).where(
        _TASKS.c.workspace_id == workspace_id,
        _TASKS.c.project_id == project_id,
        *_wished(wish, workspace_id, today),
    )
    backwards = wish["sort"].startswith("-")
    column = _sorted_by(wish["sort"].removeprefix("-"))
    if after:
        wanted = wanted.where(_beyond(column, after, backwards=backwards))
    order = (column.desc(), _TASKS.c.id.desc()) if backwards else (column, _TASKS.c.id)
    rows = core(session).execute(wanted.order_by(*order).limit(wish["limit"] + 1))
    names = list(rows.keys())
    return [dict(zip(names, row, strict=True)) for row in rows]


def _sorted_by(name: str) -> ColumnElement[Any]:
    return case(PRIORITY, value=_TASKS.c.priority) if name == "priority" else _TASKS.c[name]


def _beyond(
    column: ColumnElement[Any], after: Sequence[Any], *, backwards: bool
) -> ColumnElement[bool]:
    value, task_id = after
    if backwards:
        return or_(column < value, and_(column == value, _TASKS.c.id < task_id))
    return or_(column > value, and_(column == value, _TASKS.c.id > task_id))


def _wished(wish: Mapping[str, Any], workspace_id: UUID, today: date) -> list[ColumnElement[bool]]:
    conditions = [
        _TASKS.c[name] == wish[name]
        for name in ("phase", "status", "priority")
        if wish.get(name) is not None
    ]
    if wish.get("label"):
        written = orjson.dumps(wish["label"].lower()).decode()
        labels = func.lower(cast(_TASKS.c.labels, Text))
        conditions.append(labels.contains(written, autoescape=True))
    if wish.get("due_before"):
        conditions.append(_TASKS.c.due_on < wish["due_before"])
    if wish.get("overdue") is not None:
        late = and_(_TASKS.c.due_on < today, _TASKS.c.status.not_in(CLOSED))
        conditions.append(late if wish["overdue"] else ~late)
    if wish.get("assignee"):
        mine = select(Assignee.task_id).where(
            Assignee.workspace_id == workspace_id, Assignee.member_id == wish["assignee"]
        )
        conditions.append(_TASKS.c.id.in_(mine))
    return conditions


def assignees_in(
    session: Session, workspace_id: UUID, project_id: UUID
) -> Mapping[UUID, list[UUID]]:
    """Members under the tasks of a project that they are to do."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    for task_id, member_id in core(session).execute(_ASSIGNEES_IN, mine):
        found[task_id].append(member_id)
    return found


def steps_in(session: Session, workspace_id: UUID, project_id: UUID) -> Mapping[UUID, list[StepOf]]:
    """Steps of a project under their tasks."""
    found: dict[UUID, list[StepOf]] = defaultdict(list)
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    for task_id, *step in core(session).execute(_STEPS_IN, mine):
        found[task_id].append(StepOf(*step))
    return found


def links_in(session: Session, workspace_id: UUID, project_id: UUID) -> Mapping[UUID, list[LinkTo]]:
    """What each task of a project waits for, under the waiting task."""
    found: dict[UUID, list[LinkTo]] = defaultdict(list)
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    for successor_id, *link in core(session).execute(_LINKS_IN, mine):
        found[successor_id].append(LinkTo(*link))
    return found


def open_tasks_of(
    session: Session, workspace_id: UUID, member_id: UUID, *, to_change: bool = False
) -> Sequence[OpenTask]:
    """Tasks that a member has still to do, by due day; locked where they are to be changed."""
    wanted = (
        select(Task.id, Task.project_id, Task.key, Task.title, Task.due_on)
        .join(
            Assignee,
            and_(Assignee.workspace_id == Task.workspace_id, Assignee.task_id == Task.id),
        )
        .where(
            Task.workspace_id == workspace_id,
            Assignee.member_id == member_id,
            Task.status.not_in(CLOSED),
        )
    )
    if to_change:  # locked in an order that all writers share
        wanted = wanted.order_by(Task.id).with_for_update(of=Task)
    return [OpenTask(*row) for row in session.execute(wanted.order_by(Task.due_on, Task.id))]


def count_projects(session: Session, workspace_id: UUID) -> int:
    """How many projects the workspace has."""
    wanted = select(func.count()).where(Project.workspace_id == workspace_id)
    return session.scalar(wanted.select_from(Project)) or 0
