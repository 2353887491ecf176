"""Taking back what is owed of things that have changed: the hook that ``projects`` declares."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Update, bindparam, text, update
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.people.time_rules import CHASED
from tracker.projects.owed import look_again_at
from tracker.reminders.models import OPEN, Reminder
from tracker.reminders.words import Reason, Rule

_R: Final = Reminder.__table__
_CANCELLED: Final[Mapping[str, Any]] = {
    "state": "cancelled",
    "reason": "policy",
    "ready_at": None,
    "version": _R.c.version + 1,
}
_TAKE_BACK: Final[Update] = (
    update(_R)
    .where(
        _R.c.workspace_id == bindparam("of_workspace"),
        _R.c.subject_id.in_(bindparam("subjects", expanding=True)),
        text("state <> 'cancelled'"),  # as the index says it that finds effects
        _R.c.state == "owed",
    )
    .values(state="cancelled", reason=bindparam("why"), ready_at=None, version=_R.c.version + 1)
)
# What somebody wants to hear of later stays, unless there is nothing of the kind any more.
_TAKE_BACK_UNSNOOZED: Final = _TAKE_BACK.where(_R.c.snoozed_until.is_(None))
_TAKE_BACK_START: Final = _TAKE_BACK_UNSNOOZED.where(
    _R.c.rule == Rule.BEFORE_START, _R.c.step == "0"
)
_BY_REASON: Final[Mapping[str, Update]] = {
    "changed": _TAKE_BACK_UNSNOOZED,
    Reason.WAITS: _TAKE_BACK_START,
}

_BY_POLICY: Final = (
    text(OPEN),
    _R.c.state == "owed",
    _R.c.rule.in_(CHASED),
    _R.c.snoozed_until.is_(None),
)


def cancel_within(session: Session, workspace_id: UUID, project_id: UUID | None) -> None:
    """Cancel what a policy has made, in one project or in all; what still holds is owed anew."""
    mine: list[Any] = [_R.c.workspace_id == workspace_id, *_BY_POLICY]
    if project_id is not None:
        mine.append(_R.c.project_id == project_id)
    core(session).execute(update(_R).where(*mine).values(**_CANCELLED))


def cancel_of(session: Session, workspace_id: UUID, member_id: UUID, *, now: datetime) -> None:
    """Cancel what a policy has made for one member; what still holds is owed anew."""
    mine = (_R.c.workspace_id == workspace_id, _R.c.member_id == member_id, *_BY_POLICY)
    taken = update(_R).where(*mine).values(**_CANCELLED).returning(_R.c.subject, _R.c.subject_id)
    found = [(row.subject, row.subject_id) for row in core(session).execute(taken)]
    look_again_at(session, workspace_id, found, now=now)


def cancel_owed(
    session: Session, workspace_id: UUID, subject_ids: Collection[UUID], *, reason: str
) -> None:
    """Cancel it; of what waits for other tasks, what says to start.

    What has been claimed is judged once more by whoever has it in hand.
    """
    wanted: dict[str, Any] = {"of_workspace": workspace_id, "subjects": list(subject_ids)}
    statement = _BY_REASON.get(reason, _TAKE_BACK)
    core(session).execute(statement, {**wanted, "why": reason})
