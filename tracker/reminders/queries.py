"""Looking reminders up, in one workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, and_, bindparam, func, select, tuple_, update
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.projects.models import Gate, Project, Task
from tracker.reminders.models import Attempt, Reminder
from tracker.reminders.words import Reason, State

_R, _A = Reminder.__table__, Attempt.__table__
_T, _G, _P = Task.__table__, Gate.__table__, Project.__table__
_NOT_THERE: Final = Sentence(
    en="There is no such reminder, or it is not yours. GET /reminders lists yours.",
    fr="Ce rappel n'existe pas, ou n'est pas le vôtre. GET /reminders liste les vôtres.",
)
_SHOWN: Final[Select[Any]] = (
    select(*_R.c, func.coalesce(_T.c.title, _G.c.title, _P.c.name).label("title"))
    .outerjoin(_T, and_(_T.c.workspace_id == _R.c.workspace_id, _T.c.id == _R.c.subject_id))
    .outerjoin(_G, and_(_G.c.workspace_id == _R.c.workspace_id, _G.c.id == _R.c.subject_id))
    .outerjoin(_P, and_(_P.c.workspace_id == _R.c.workspace_id, _P.c.id == _R.c.project_id))
)
_PLACE: Final = tuple_(_R.c.due_at, _R.c.id)
_ATTEMPTS: Final = (
    select(*_A.c)
    .where(_A.c.workspace_id == bindparam("workspace"), _A.c.reminder_id == bindparam("reminder"))
    .order_by(_A.c.number)
)
_ALIKE: Final = (
    update(_R)
    .where(
        _R.c.workspace_id == bindparam("workspace"),
        _R.c.subject_id == bindparam("about"),
        _R.c.member_id == bindparam("reader"),
        _R.c.rule == bindparam("why"),
        _R.c.occurrence == bindparam("counted"),
        _R.c.state == State.OWED,
    )
    .values(state=State.CANCELLED, reason=Reason.ACKED, ready_at=None, version=_R.c.version + 1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which reminders; None: whatever."""

    member_id: UUID | None = None
    project_id: UUID | None = None
    task_id: UUID | None = None
    state: str | None = None
    rule: str | None = None


def reminders(
    session: Session,
    workspace_id: UUID,
    wanted: Wanted,
    *,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """In the order in which they are due, one more than ``limit``."""
    asked = _SHOWN.where(_R.c.workspace_id == workspace_id)
    for column, value in (
        (_R.c.member_id, wanted.member_id),
        (_R.c.project_id, wanted.project_id),
        (_R.c.subject_id, wanted.task_id),
        (_R.c.state, wanted.state),
        (_R.c.rule, wanted.rule),
    ):
        if value is not None:
            asked = asked.where(column == value)
    if after:
        asked = asked.where(tuple_(*after, types=(_R.c.due_at.type, _R.c.id.type)) < _PLACE)
    rows = core(session).execute(asked.order_by(_R.c.due_at, _R.c.id).limit(limit + 1))
    return rows.all()


def shown(
    session: Session, workspace_id: UUID, reminder_id: UUID, *, reader_id: UUID | None
) -> Row[Any]:
    """One, with its title; ``reader_id`` is the only one who may see it. Raises NotFound."""
    asked = _SHOWN.where(_R.c.workspace_id == workspace_id, _R.c.id == reminder_id)
    row = core(session).execute(asked).one_or_none()
    if row is None or reader_id not in (None, row.member_id):
        raise NotFound(_NOT_THERE)
    return row


def attempts(session: Session, workspace_id: UUID, reminder_id: UUID) -> Sequence[Row[Any]]:
    """Every try, in order."""
    asked = {"workspace": workspace_id, "reminder": reminder_id}
    return core(session).execute(_ATTEMPTS, asked).all()


def locked(
    session: Session, workspace_id: UUID, reminder_id: UUID, *, reader_id: UUID | None
) -> Reminder:
    """One that is about to change; ``reader_id`` is the only one who may. Raises NotFound."""
    asked = select(Reminder).where(
        Reminder.workspace_id == workspace_id, Reminder.id == reminder_id
    )
    found = session.scalars(asked.with_for_update()).one_or_none()
    if found is None or reader_id not in (None, found.member_id):
        raise NotFound(_NOT_THERE)
    return found


def silence(session: Session, workspace_id: UUID, like: Reminder) -> None:
    """Cancel what else their reader is owed by the same rule, counted from the same."""
    core(session).execute(
        _ALIKE,
        {
            "workspace": workspace_id,
            "about": like.subject_id,
            "reader": like.member_id,
            "why": like.rule,
            "counted": like.occurrence,
        },
    )
