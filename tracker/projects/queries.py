"""Looking projects and tasks up. Nothing here can be asked without a workspace."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.projects.models import Assignee, Dependency, Gate, Phase, Project, Step, Task
from tracker.projects.rules import CLOSED

_NO_PROJECT: Final = Sentence(
    en="There is no such project in this workspace.",
    fr="Il n'y a pas de tel projet dans cet espace.",
)
_NO_TASK: Final = Sentence(
    en="There is no such task in this workspace.",
    fr="Il n'y a pas de telle tâche dans cet espace.",
)
_TASKS: Final = Task.__table__


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


# What a list shows of a task, in this order; what it takes to tell why stays out.
LISTED: Final = tuple(c for c in _TASKS.c if c.name not in ("workspace_id", "why", "position"))


def project(
    session: Session, workspace_id: UUID, project_id: UUID, *, to_change: bool = False
) -> Project:
    """One project, locked where it is to be changed. Raises NotFound."""
    wanted = select(Project).where(Project.workspace_id == workspace_id, Project.id == project_id)
    found = session.scalars(wanted.with_for_update() if to_change else wanted).one_or_none()
    if found is None:
        raise NotFound(_NO_PROJECT)
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
        wanted = wanted.where(Project.id < UUID(after[0]))
    return session.scalars(wanted.order_by(Project.id.desc()).limit(limit + 1)).all()


def phases(session: Session, workspace_id: UUID, project_id: UUID) -> Sequence[Phase]:
    """The project's phases, in their order."""
    wanted = select(Phase).where(Phase.workspace_id == workspace_id, Phase.project_id == project_id)
    return session.scalars(wanted.order_by(Phase.position)).all()


def gates(session: Session, workspace_id: UUID, project_id: UUID) -> Sequence[Gate]:
    """The project's gates, in their order."""
    wanted = select(Gate).where(Gate.workspace_id == workspace_id, Gate.project_id == project_id)
    return session.scalars(wanted.order_by(Gate.position)).all()


def task(session: Session, workspace_id: UUID, task_id: UUID, *, to_change: bool = False) -> Task:
    """One task, locked where it is to be changed. Raises NotFound."""
    wanted = select(Task).where(Task.workspace_id == workspace_id, Task.id == task_id)
    found = session.scalars(wanted.with_for_update() if to_change else wanted).one_or_none()
    if found is None:
        raise NotFound(_NO_TASK)
    return found


def all_tasks(session: Session, workspace_id: UUID, project_id: UUID) -> Sequence[Task]:
    """Every task of a project, in the order of the plan."""
    wanted = select(Task).where(Task.workspace_id == workspace_id, Task.project_id == project_id)
    return session.scalars(wanted.order_by(Task.position)).all()


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
    column = _TASKS.c[wish["sort"].removeprefix("-")]
    if after:
        wanted = wanted.where(_beyond(column, after, backwards=backwards))
    order = (column.desc(), _TASKS.c.id.desc()) if backwards else (column, _TASKS.c.id)
    rows = session.execute(wanted.order_by(*order).limit(wish["limit"] + 1))
    names = list(rows.keys())
    return [dict(zip(names, row, strict=True)) for row in rows]


def _beyond(
    column: ColumnElement[Any], after: Sequence[Any], *, backwards: bool
) -> ColumnElement[bool]:
    value = date.fromisoformat(after[0]) if column.name.endswith("_on") else after[0]
    task_id = UUID(after[1])
    if backwards:
        return or_(column < value, and_(column == value, _TASKS.c.id < task_id))
    return or_(column > value, and_(column == value, _TASKS.c.id > task_id))


def _wished(wish: Mapping[str, Any], workspace_id: UUID, today: date) -> list[ColumnElement[bool]]:
    conditions = [
        _TASKS.c[name] == wish[name] for name in ("phase", "status") if wish.get(name) is not None
    ]
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


def _tasks_of(workspace_id: UUID, project_id: UUID) -> Select[UUID]:
    return select(Task.id).where(Task.workspace_id == workspace_id, Task.project_id == project_id)


def assignees_in(
    session: Session, workspace_id: UUID, project_id: UUID
) -> Mapping[UUID, list[UUID]]:
    """Members under the tasks of a project that they are to do."""
    rows = session.execute(
        select(Assignee.task_id, Assignee.member_id).where(
            Assignee.workspace_id == workspace_id,
            Assignee.task_id.in_(_tasks_of(workspace_id, project_id)),
        )
    )
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for task_id, member_id in rows:
        found[task_id].append(member_id)
    return found


def assignees(session: Session, workspace_id: UUID, task_id: UUID) -> list[UUID]:
    """The members who are to do a task."""
    wanted = select(Assignee.member_id).where(
        Assignee.workspace_id == workspace_id, Assignee.task_id == task_id
    )
    return list(session.scalars(wanted.order_by(Assignee.member_id)))


def steps_in(session: Session, workspace_id: UUID, project_id: UUID) -> Mapping[UUID, list[Step]]:
    """Steps of a project under their tasks."""
    wanted = select(Step).where(
        Step.workspace_id == workspace_id, Step.task_id.in_(_tasks_of(workspace_id, project_id))
    )
    found: dict[UUID, list[Step]] = defaultdict(list)
    for step in session.scalars(wanted.order_by(Step.task_id, Step.position)):
        found[step.task_id].append(step)
    return found


def steps(session: Session, workspace_id: UUID, task_id: UUID) -> Sequence[Step]:
    """The steps of a task, in their order."""
    wanted = select(Step).where(Step.workspace_id == workspace_id, Step.task_id == task_id)
    return session.scalars(wanted.order_by(Step.position)).all()


def links_in(session: Session, workspace_id: UUID, project_id: UUID) -> Mapping[UUID, list[LinkTo]]:
    """What each task of a project waits for, under the waiting task."""
    rows = session.execute(
        _links(workspace_id).where(Dependency.successor_id.in_(_tasks_of(workspace_id, project_id)))
    )
    found: dict[UUID, list[LinkTo]] = defaultdict(list)
    for successor_id, *link in rows:
        found[successor_id].append(LinkTo(*link))
    return found


def links(session: Session, workspace_id: UUID, task_id: UUID) -> Sequence[LinkTo]:
    """What a task waits for."""
    wanted = _links(workspace_id).where(Dependency.successor_id == task_id)
    return [LinkTo(*link) for _successor_id, *link in session.execute(wanted)]


def _links(workspace_id: UUID) -> Any:
    return (
        select(
            Dependency.successor_id,
            Dependency.predecessor_id,
            Dependency.type,
            Dependency.lag_days,
            Task.key,
            Task.title,
        )
        .join(
            Task,
            and_(
                Task.workspace_id == Dependency.workspace_id,
                Task.id == Dependency.predecessor_id,
            ),
        )
        .where(Dependency.workspace_id == workspace_id)
        .order_by(Task.position)
    )


def open_tasks_of(session: Session, workspace_id: UUID, member_id: UUID) -> Sequence[OpenTask]:
    """Tasks that a member has still to do, by due day."""
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
    return [OpenTask(*row) for row in session.execute(wanted.order_by(Task.due_on, Task.id))]


def count_projects(session: Session, workspace_id: UUID) -> int:
    """How many projects the workspace has."""
    wanted = select(func.count()).where(Project.workspace_id == workspace_id)
    return session.scalar(wanted.select_from(Project)) or 0
