"""Looking up what it takes to judge many tasks of a project, in a constant number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.errors import NotFound
from tracker.people.models import Workspace
from tracker.projects.models import Assignee, Dependency, Gate, Project, Task
from tracker.projects.moving import DatedLink, LinkEnd
from tracker.projects.queries import FRAMING, NO_PROJECT, Frame, TaskRow
from tracker.projects.rules import GateState
from tracker.projects.task_models import Evidence

_PROJECTS, _WORKSPACES, _GATES = Project.__table__, Workspace.__table__, Gate.__table__
_TASKS, _ASSIGNEES = Task.__table__, Assignee.__table__
_LINKS, _EVIDENCES = Dependency.__table__, Evidence.__table__
_WORKSPACE: Final[BindParameter[UUID]] = bindparam("workspace_id")
_PROJECT: Final[BindParameter[UUID]] = bindparam("project_id")
_TASK: Final[BindParameter[UUID]] = bindparam("task_id")
_IDS: Final[BindParameter[Sequence[UUID]]] = bindparam("ids", expanding=True)
_EARLIER, _LATER = _TASKS.alias("earlier"), _TASKS.alias("later")
_END: Final = ("id", "key", "title", "status", "start_on", "due_on", "is_milestone")

_FRAME: Final = (
    select(*FRAMING, _WORKSPACES.c.open_predecessors)
    .join(_WORKSPACES, _WORKSPACES.c.id == _PROJECTS.c.workspace_id)
    .where(_PROJECTS.c.workspace_id == _WORKSPACE, _PROJECTS.c.id == _PROJECT)
    .with_for_update(of=_PROJECTS, key_share=True)
)
_TO_CHANGE: Final = (
    select(_TASKS)
    .where(
        _TASKS.c.workspace_id == _WORKSPACE, _TASKS.c.project_id == _PROJECT, _TASKS.c.id.in_(_IDS)
    )
    .order_by(_TASKS.c.id)
    .with_for_update()
)
_ASSIGNED: Final = (
    select(_ASSIGNEES.c.task_id, _ASSIGNEES.c.member_id)
    .where(_ASSIGNEES.c.workspace_id == _WORKSPACE, _ASSIGNEES.c.task_id.in_(_IDS))
    .order_by(_ASSIGNEES.c.member_id)
)
_GATES_OF: Final = (
    select(
        _GATES.c.before_phase,
        _GATES.c.id,
        _GATES.c.key,
        _GATES.c.title,
        _GATES.c.state,
        _GATES.c.waived_until,
    )
    .where(_GATES.c.workspace_id == _WORKSPACE, _GATES.c.project_id == _PROJECT)
    .order_by(_GATES.c.position)
)
_SHOWN: Final = select(_EVIDENCES.c.task_id, _EVIDENCES.c.kind).where(
    _EVIDENCES.c.workspace_id == _WORKSPACE, _EVIDENCES.c.task_id.in_(_IDS)
)
_AROUND: Final = (
    select(
        _LINKS.c.type,
        _LINKS.c.lag_days,
        *(end.c[name].label(f"{end.name}_{name}") for end in (_EARLIER, _LATER) for name in _END),
    )
    .join(
        _EARLIER,
        and_(
            _EARLIER.c.workspace_id == _LINKS.c.workspace_id,
            _EARLIER.c.id == _LINKS.c.predecessor_id,
        ),
    )
    .join(
        _LATER,
        and_(_LATER.c.workspace_id == _LINKS.c.workspace_id, _LATER.c.id == _LINKS.c.successor_id),
    )
    .where(_LINKS.c.workspace_id == _WORKSPACE)
    .order_by(_EARLIER.c.position, _LATER.c.position)
)
_AROUND_MANY: Final = _AROUND.where(
    or_(_LINKS.c.predecessor_id.in_(_IDS), _LINKS.c.successor_id.in_(_IDS))
)
# A list of one would have to be written into the statement each time.
_AROUND_ONE: Final = _AROUND.where(
    or_(_LINKS.c.predecessor_id == _TASK, _LINKS.c.successor_id == _TASK)
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the project and the workspace say to every change of their tasks."""

    frame: Frame
    policy: str


def rules_to_change(session: Session, workspace_id: UUID, project_id: UUID) -> Rules:
    """The project's frame and the workspace's policy; the project is locked. Raises NotFound."""
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    found = core(session).execute(_FRAME, mine).one_or_none()
    if found is None:
        raise NotFound(NO_PROJECT)
    *frame, policy = found
    return Rules(Frame(*frame), policy)


def tasks_to_change(
    session: Session, workspace_id: UUID, project_id: UUID, ids: Sequence[UUID]
) -> Mapping[UUID, TaskRow]:
    """Those of these tasks that the project has, locked in an order that all writers share."""
    mine = {"workspace_id": workspace_id, "project_id": project_id, "ids": list(ids)}
    return {row.id: row for row in core(session).execute(_TO_CHANGE, mine)}


def assignees_of(
    session: Session, workspace_id: UUID, ids: Sequence[UUID]
) -> Mapping[UUID, list[UUID]]:
    """Who is to do these tasks."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    mine = {"workspace_id": workspace_id, "ids": list(ids)}
    for task_id, member_id in core(session).execute(_ASSIGNED, mine):
        found[task_id].append(member_id)
    return found


def gates_by_phase(
    session: Session, workspace_id: UUID, project_id: UUID
) -> Mapping[str, list[GateState]]:
    """The gates before each phase."""
    found: dict[str, list[GateState]] = defaultdict(list)
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    for phase, *gate in core(session).execute(_GATES_OF, mine):
        found[phase].append(GateState(*gate))
    return found


def evidence_kinds(
    session: Session, workspace_id: UUID, ids: Sequence[UUID]
) -> Mapping[UUID, set[str]]:
    """Kinds of evidence that these tasks have."""
    found: dict[UUID, set[str]] = defaultdict(set)
    mine = {"workspace_id": workspace_id, "ids": list(ids)}
    for task_id, kind in core(session).execute(_SHOWN, mine):
        found[task_id].add(kind)
    return found


def links_around(session: Session, workspace_id: UUID, ids: Sequence[UUID]) -> list[DatedLink]:
    """Links that begin or end at one of these tasks, each with both ends."""
    mine = {"workspace_id": workspace_id, "ids": list(ids)}
    return _dated(core(session).execute(_AROUND_MANY, mine))


def links_of(session: Session, workspace_id: UUID, task_id: UUID) -> list[DatedLink]:
    """Links that begin or end at a task, each with both ends."""
    mine = {"workspace_id": workspace_id, "task_id": task_id}
    return _dated(core(session).execute(_AROUND_ONE, mine))


def _dated(rows: Iterable[Any]) -> list[DatedLink]:
    size = len(_END)
    return [
        DatedLink(LinkEnd(*ends[:size]), LinkEnd(*ends[size:]), kind, lag)
        for kind, lag, *ends in rows
    ]
