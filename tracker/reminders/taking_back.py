"""Taking back what is owed of things that have changed: the hook that ``projects`` declares."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Update, bindparam, update
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.reminders.models import Reminder

_R: Final = Reminder.__table__
_TAKE_BACK: Final[Update] = (
    update(_R)
    .where(
        _R.c.workspace_id == bindparam("of_workspace"),
        _R.c.subject_id.in_(bindparam("subjects", expanding=True)),
        _R.c.state == "owed",
    )
    .values(state="cancelled", reason=bindparam("why"), ready_at=None, version=_R.c.version + 1)
)
# What somebody wants to hear of later stays, unless there is nothing of the kind any more.
_TAKE_BACK_UNSNOOZED: Final = _TAKE_BACK.where(_R.c.snoozed_until.is_(None))


def cancel_owed(
    session: Session, workspace_id: UUID, subject_ids: Collection[UUID], *, reason: str
) -> None:
    """Cancel it. What has been claimed is judged once more by whoever has it in hand."""
    wanted: dict[str, Any] = {"of_workspace": workspace_id, "subjects": list(subject_ids)}
    statement = _TAKE_BACK_UNSNOOZED if reason == "changed" else _TAKE_BACK
    core(session).execute(statement, {**wanted, "why": reason})
