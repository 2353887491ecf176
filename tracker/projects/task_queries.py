"""Looking up what it takes to show or to judge one task, or many. Prepared once: asked all day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from typing import cast as cast_type
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    Row,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.people.models import Member, Workspace
from tracker.people.queries import IS_NAMED, values_of_name
from tracker.projects.models import Assignee, Dependency, Gate, Project, Step, Task
from tracker.projects.moving import LinkEnd
from tracker.projects.queries import FRAMING, Frame, LinkTo, StepOf, TaskRow
from tracker.projects.rules import GateState, Predecessor
from tracker.projects.task_models import Comment, Evidence, TaskLink, Watcher

NO_TASK: Final = Sentence(
    en="There is no such task in this workspace.",
    fr="Il n'y a pas de telle tâche dans cet espace.",
)
_PROJECTS, _WORKSPACES, _GATES = Project.__table__, Workspace.__table__, Gate.__table__
_TASKS, _ASSIGNEES, _WATCHERS = Task.__table__, Assignee.__table__, Watcher.__table__
_STEPS, _LINKS, _EVIDENCES = Step.__table__, Dependency.__table__, Evidence.__table__
_MEMBERS: Final = Member.__table__
_WORKSPACE: Final[BindParameter[UUID]] = bindparam("workspace_id")
_TASK: Final[BindParameter[UUID]] = bindparam("task_id")


@dataclass(frozen=True, slots=True)
class EvidenceOf:
    """What shows that a task is done."""

    id: UUID
    kind: str
    url: str | None
    note: str | None
    figure: float | None
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Parts:
    """What a task is made of."""

    steps: list[StepOf]
    links: list[LinkTo]
    predecessors: list[Predecessor]
    evidences: list[EvidenceOf]
    assignees: list[UUID]
    watchers: list[UUID]
    around: list[Row[Any]] | None  # its neighbours with their dates; where asked for
    named: dict[str, UUID] | None  # who was asked for, by e-mail; where somebody was


@dataclass(frozen=True, slots=True)
class Held:
    """How a ritual has gone so far."""

    next_on: date | None
    done: int
    missed: int


@dataclass(frozen=True, slots=True)
class TaskAtHand:
    """A task with everything that it takes to judge and to show it."""

    task: TaskRow
    frame: Frame
    policy: str  # the workspace's, on open predecessors
    assignees: list[UUID]
    watchers: list[UUID]
    comments: int
    addresses: int
    gates: list[GateState]  # those before its phase
    parts: Parts
    held: Held | None = None  # of a ritual


def _counted(table: Any) -> Any:
    return select(func.count()).select_from(table).where(*_of_task(table)).scalar_subquery()


def _of_task(table: Any) -> tuple[Any, Any]:
    return table.c.workspace_id == _TASKS.c.workspace_id, table.c.task_id == _TASKS.c.id


_GATE_COLUMNS: Final = ("id", "key", "title", "state", "waived_until")
_AT_HAND: Final = (
    select(
        *FRAMING,
        _WORKSPACES.c.open_predecessors.label("policy"),
        _counted(Comment.__table__).label("comments"),
        _counted(TaskLink.__table__).label("addresses"),
        *(_GATES.c[name].label(f"gate_{name}") for name in _GATE_COLUMNS),
        _TASKS,
    )
    .join(
        _PROJECTS,
        and_(
            _PROJECTS.c.workspace_id == _TASKS.c.workspace_id,
            _PROJECTS.c.id == _TASKS.c.project_id,
        ),
    )
    .join(_WORKSPACES, _WORKSPACES.c.id == _TASKS.c.workspace_id)
    .outerjoin(
        _GATES,
        and_(
            _GATES.c.workspace_id == _TASKS.c.workspace_id,
            _GATES.c.project_id == _TASKS.c.project_id,
            _GATES.c.before_phase == _TASKS.c.phase,
        ),
    )
    .where(_TASKS.c.workspace_id == _WORKSPACE, _TASKS.c.id == _TASK)
    .order_by(_GATES.c.position)
)
_TO_CHANGE: Final = _AT_HAND.with_for_update(of=_TASKS)

# One question for all that a task is made of: each kind of part fills the columns that it has.
_PART_COLUMNS: Final[Mapping[str, Any]] = {
    "position": _STEPS.c.position,
    "id": _EVIDENCES.c.id,
    "key": _STEPS.c.key,
    "title": _STEPS.c.title,
    "done_at": _STEPS.c.done_at,
    "type": _LINKS.c.type,
    "lag_days": _LINKS.c.lag_days,
    "status": _TASKS.c.status,
    "kind": _EVIDENCES.c.kind,
    "url": _EVIDENCES.c.url,
    "note": _EVIDENCES.c.note,
    "figure": _EVIDENCES.c.figure,
    "created_by": _EVIDENCES.c.created_by,
}


_MOVING_COLUMNS: Final = {
    **_PART_COLUMNS,
    **{n: _TASKS.c[n] for n in ("start_on", "due_on", "is_milestone")},
}
_NEIGHBOUR: Final = {n: _TASKS.c[n] for n in ("position", *LinkEnd.__dataclass_fields__)}


def _parts_asked(*, followers: bool, named: bool) -> Any:
    """The question, perhaps for who waits for the task and for a member with a name, too."""
    known = _MOVING_COLUMNS if followers else _PART_COLUMNS

    def part(name: str, **columns: Any) -> Any:
        return select(
            literal_column(f"'{name}'").label("part"),
            *(columns.get(n, cast(null(), column.type)).label(n) for n, column in known.items()),
        )

    def neighbour(name: str, own: Any, other: Any) -> Any:
        columns = {**_NEIGHBOUR, "id": other, "type": _LINKS.c.type, "lag_days": _LINKS.c.lag_days}
        at_other_end = and_(_TASKS.c.workspace_id == _LINKS.c.workspace_id, _TASKS.c.id == other)
        mine = (_LINKS.c.workspace_id == _WORKSPACE, own == _TASK)
        return part(name, **columns).join_from(_LINKS, _TASKS, at_other_end).where(*mine)

    ends = (_LINKS.c.successor_id, _LINKS.c.predecessor_id)
    return union_all(
        part("step", **{n: _STEPS.c[n] for n in ("position", "key", "title", "done_at")}).where(
            _STEPS.c.workspace_id == _WORKSPACE, _STEPS.c.task_id == _TASK
        ),
        neighbour("link", *ends),
        *((neighbour("follower", *ends[::-1]),) if followers else ()),
        part(
            "evidence",
            done_at=_EVIDENCES.c.created_at,
            **{n: _EVIDENCES.c[n] for n in ("id", "kind", "url", "note", "figure", "created_by")},
        ).where(_EVIDENCES.c.workspace_id == _WORKSPACE, _EVIDENCES.c.task_id == _TASK),
        *(
            part(name, id=table.c.member_id).where(
                table.c.workspace_id == _WORKSPACE, table.c.task_id == _TASK
            )
            for name, table in (("assignee", _ASSIGNEES), ("watcher", _WATCHERS))
        ),
        *(
            part("named", id=_MEMBERS.c.id, title=_MEMBERS.c.email).where(
                _MEMBERS.c.workspace_id == _WORKSPACE, IS_NAMED
            )
            for _ in range(named)
        ),
    ).order_by("position", "id", "key")


_PARTS: Final = {
    (followers, named): _parts_asked(followers=followers, named=named)
    for followers in (False, True)
    for named in (False, True)
}


_AROUND: Final = ("link", "follower")
_OCCURRENCES: Final = select(
    func.count().filter(_TASKS.c.status == "done"), func.count().filter(_TASKS.c.is_missed)
).where(_TASKS.c.workspace_id == _WORKSPACE, _TASKS.c.ritual_id == _TASK)


def task(
    session: Session,
    workspace_id: UUID,
    task_id: UUID,
    *,
    to_change: bool = False,
    to_move: bool = False,
    named: Sequence[str] = (),
) -> TaskAtHand:
    """One task, locked where it is to be changed, in two statements; a ritual in three.

    Raises NotFound.

    What is asked second is asked under the lock: evidence, predecessors and assignees are as they
    are now. ``to_move`` asks for what it takes to tell which links a move breaks, too; one who is
    ``named`` is looked up at once, and several would be a statement of their own.
    """
    mine = {"workspace_id": workspace_id, "task_id": task_id}
    asked = _TO_CHANGE if to_change else _AT_HAND
    rows = cast_type("Sequence[Row[Any]]", core(session).execute(asked, mine).all())
    if not rows:
        raise NotFound(NO_TASK)
    first = rows[0]
    is_one = len(named) == 1
    who = values_of_name(named[0]) if is_one else {}
    found = core(session).execute(_PARTS[to_move, is_one], {**mine, **who}).all()
    parts = _parts(found, to_move=to_move, is_named=is_one)
    return TaskAtHand(
        task=first,
        frame=Frame(*first[: len(FRAMING)]),
        policy=first.policy,
        assignees=parts.assignees,
        watchers=parts.watchers,
        comments=first.comments,
        addresses=first.addresses,
        gates=[_gate_of(row) for row in rows if row.gate_id is not None],
        parts=parts,
        held=_held(session, first) if first.recurring else None,
    )


def _held(session: Session, ritual: TaskRow) -> Held:
    """Costs a statement, of a ritual only."""
    mine = {"workspace_id": ritual.workspace_id, "task_id": ritual.id}
    done, missed = core(session).execute(_OCCURRENCES, mine).one()
    return Held(ritual.next_on, done, missed)


def _gate_of(row: Row[Any]) -> GateState:
    return GateState(
        row.gate_id, row.gate_key, row.gate_title, row.gate_state, row.gate_waived_until
    )


def _parts(rows: Sequence[Row[Any]], *, to_move: bool, is_named: bool) -> Parts:
    named = {row.title: row.id for row in rows if row.part == "named"} if is_named else None
    around = [row for row in rows if row.part in _AROUND] if to_move else None
    found = Parts([], [], [], [], [], [], around, named)
    for row in rows:
        if row.part == "step":
            found.steps.append(StepOf(row.key, row.title, row.done_at))
        elif row.part == "link":
            found.links.append(LinkTo(row.id, row.type, row.lag_days, row.key, row.title))
            found.predecessors.append(Predecessor(row.id, row.key, row.title, row.type, row.status))
        elif row.part == "assignee":
            found.assignees.append(row.id)
        elif row.part == "watcher":
            found.watchers.append(row.id)
        elif row.part == "evidence":
            shown = (row.id, row.kind, row.url, row.note, row.figure, row.created_by)
            found.evidences.append(EvidenceOf(*shown, row.done_at))
    return found
