"""Looking across domains. Nothing here can be asked without a workspace, but a feed's secret."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, case, false, func, null, or_, select, tuple_
from sqlalchemy.orm import Session

from tracker.gates.models import Approval
from tracker.kernel.db import core
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.overview.models import Feed
from tracker.people.models import Member
from tracker.people.rules import Role
from tracker.projects.models import Assignee, Gate, Project, Step, Task
from tracker.projects.queries import StepOf, TaskRow
from tracker.projects.rules import CLOSED, READ_ONLY

_NO_FEED: Final = Sentence(en="There is no such feed of yours.", fr="Vous n'avez pas de tel flux.")
_TASKS, _PROJECTS, _ASSIGNEES = Task.__table__, Project.__table__, Assignee.__table__
_FEEDS, _MEMBERS, _STEPS = Feed.__table__, Member.__table__, Step.__table__
_MINE: Final = and_(
    _ASSIGNEES.c.workspace_id == bindparam("workspace_id"),
    _ASSIGNEES.c.member_id == bindparam("member_id"),
)
_TASKS_OF: Final = (
    select(
        _TASKS,
        _PROJECTS.c.name.label("project_name"),
        _PROJECTS.c.state.label("project_state"),
    )
    .join(
        _ASSIGNEES,
        and_(
            _ASSIGNEES.c.workspace_id == _TASKS.c.workspace_id, _ASSIGNEES.c.task_id == _TASKS.c.id
        ),
    )
    .join(
        _PROJECTS,
        and_(
            _PROJECTS.c.workspace_id == _TASKS.c.workspace_id,
            _PROJECTS.c.id == _TASKS.c.project_id,
        ),
    )
    .where(_MINE, _PROJECTS.c.state.not_in(READ_ONLY))
    .order_by(_TASKS.c.due_on, _TASKS.c.id)
)
_STEPS_OF: Final = (
    select(_STEPS.c.task_id, _STEPS.c.key, _STEPS.c.title, _STEPS.c.done_at)
    .join(
        _ASSIGNEES,
        and_(
            _ASSIGNEES.c.workspace_id == _STEPS.c.workspace_id,
            _ASSIGNEES.c.task_id == _STEPS.c.task_id,
        ),
    )
    .where(_MINE)
    .order_by(_STEPS.c.task_id, _STEPS.c.position)
)
_ASKED: Final = (
    select(Approval.id)
    .join(Gate, and_(Gate.workspace_id == Approval.workspace_id, Gate.id == Approval.gate_id))
    .where(
        Gate.workspace_id == Project.workspace_id,
        Gate.project_id == Project.id,
        Gate.state != "passed",
        Approval.kind == "request",
        Approval.voided_at.is_(None),
    )
    .exists()
)
_SUBSCRIBED: Final = (
    select(
        _FEEDS.c.workspace_id,
        _FEEDS.c.member_id,
        _FEEDS.c.project_id,
        _MEMBERS.c.name,
        _MEMBERS.c.language,
    )
    .join(
        _MEMBERS,
        and_(_MEMBERS.c.workspace_id == _FEEDS.c.workspace_id, _MEMBERS.c.id == _FEEDS.c.member_id),
    )
    .where(
        _FEEDS.c.secret_hash == bindparam("secret_hash"),
        _FEEDS.c.revoked_at.is_(None),
        _MEMBERS.c.removed_at.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class Tally:
    """How a project stands. Floats are the least of what is open; None where nothing is."""

    done: int
    total: int
    overdue: int
    blocked: int
    float_to_launch: int | None
    float_to_end: int | None


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a secret address opens: a project, or all that a member has to do."""

    workspace_id: UUID
    member_id: UUID
    project_id: UUID | None
    name: str
    language: str | None


def feeds(
    session: Session,
    workspace_id: UUID,
    *,
    of: UUID | None,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[Feed]:
    """Feeds that work, the oldest first, one more than ``limit``; ``of`` one member, or all."""
    wanted = select(Feed).where(Feed.workspace_id == workspace_id, Feed.revoked_at.is_(None))
    if of is not None:
        wanted = wanted.where(Feed.member_id == of)
    if after:
        wanted = wanted.where(Feed.id > after[0])
    return session.scalars(wanted.order_by(Feed.id).limit(limit + 1)).all()


def feed(session: Session, workspace_id: UUID, feed_id: UUID, *, of: UUID | None) -> Feed:
    """One feed that works, of one member or of anybody. Raises NotFound."""
    wanted = select(Feed).where(
        Feed.workspace_id == workspace_id, Feed.id == feed_id, Feed.revoked_at.is_(None)
    )
    if of is not None:
        wanted = wanted.where(Feed.member_id == of)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(_NO_FEED)
    return found


def subscribed(session: Session, secret_hash: bytes) -> Subscription | None:
    """The feed behind a secret, while it and its member are there: asked without a workspace."""
    row = core(session).execute(_SUBSCRIBED, {"secret_hash": secret_hash}).one_or_none()
    return Subscription(*row) if row else None


def tasks_of(session: Session, workspace_id: UUID, member_id: UUID) -> Sequence[TaskRow]:
    """What a member has or had to do in projects that go on, with the projects' names."""
    mine = {"workspace_id": workspace_id, "member_id": member_id}
    return core(session).execute(_TASKS_OF, mine).all()


def steps_of(
    session: Session, workspace_id: UUID, member_id: UUID
) -> Mapping[UUID, Sequence[StepOf]]:
    """Steps of a member's tasks, under the tasks."""
    found: dict[UUID, list[StepOf]] = defaultdict(list)
    mine = {"workspace_id": workspace_id, "member_id": member_id}
    for task_id, *step in core(session).execute(_STEPS_OF, mine):
        found[task_id].append(StepOf(*step))
    return found


def gates_in(session: Session, workspace_id: UUID, project_ids: Collection[UUID]) -> Sequence[Gate]:
    """The gates of these projects, each project's in their order."""
    wanted = select(Gate).where(
        Gate.workspace_id == workspace_id, Gate.project_id.in_(list(project_ids))
    )
    return session.scalars(wanted.order_by(Gate.project_id, Gate.position)).all()


def project_page(
    session: Session, workspace_id: UUID, wish: Mapping[str, Any], *, after: Sequence[Any] | None
) -> Sequence[Project]:
    """Projects in the wanted order, one more than ``wish["limit"]``."""
    backwards = wish["sort"].startswith("-")
    column = getattr(Project, wish["sort"].removeprefix("-"))
    wanted = select(Project).where(Project.workspace_id == workspace_id)
    if wish["state"]:
        wanted = wanted.where(Project.state == wish["state"])
    if after:
        place, here = tuple_(column, Project.id), tuple_(*after)
        wanted = wanted.where(place < here if backwards else place > here)
    order = (column.desc(), Project.id.desc()) if backwards else (column, Project.id)
    return session.scalars(wanted.order_by(*order).limit(wish["limit"] + 1)).all()


def tallies(
    session: Session, workspace_id: UUID, today: Mapping[UUID, date]
) -> Mapping[UUID, Tally]:
    """How projects stand, each on its own ``today``: one statement for all of them."""
    is_open = _TASKS.c.status.not_in(CLOSED)
    counts = and_(_TASKS.c.recurring.is_(null()), _TASKS.c.status != "not_applicable")
    is_work = and_(counts, _TASKS.c.ritual_id.is_(None))
    before_launch = or_(_TASKS.c.phase == "prepare", _TASKS.c.is_early)
    wanted = (
        select(
            _TASKS.c.project_id,
            _how_many(and_(is_work, _TASKS.c.status == "done")),
            _how_many(is_work),
            _how_many(and_(counts, is_open, _is_late(today))),
            _how_many(and_(is_work, _TASKS.c.status == "blocked")),
            _least_float(and_(is_work, is_open, before_launch)),
            _least_float(and_(is_work, is_open)),
        )
        .where(_TASKS.c.workspace_id == workspace_id, _TASKS.c.project_id.in_(list(today)))
        .group_by(_TASKS.c.project_id)
    )
    return {project_id: Tally(*tally) for project_id, *tally in core(session).execute(wanted)}


def _how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _least_float(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.min(case((condition, _TASKS.c.float_days)))


def _is_late(today: Mapping[UUID, date]) -> ColumnElement[bool]:
    """At one instant it is one of three days, wherever projects are."""
    projects: dict[date, list[UUID]] = defaultdict(list)
    for project_id, day in today.items():
        projects[day].append(project_id)
    return or_(
        false(),
        *(
            and_(_TASKS.c.project_id.in_(ids), _TASKS.c.due_on < day)
            for day, ids in projects.items()
        ),
    )


def projects_that_may_ask(session: Session, workspace_id: UUID, member: Member) -> list[UUID]:
    """Active projects that name a member for a role, or where somebody has asked owners."""
    found = session.execute(
        select(Project.id, Project.parameters, _ASKED.label("is_asked"))
        .where(Project.workspace_id == workspace_id, Project.state == "active")
        .order_by(Project.id)
    )
    names = {member.email, str(member.id)}
    is_owner = member.role == Role.OWNER
    return [
        row.id
        for row in found
        if names & {name.lower() for name in row.parameters["people"].values()}
        or (is_owner and row.is_asked)
    ]
