"""What a change of tasks and gates means for reminders of them: a look at once, and less owed.

A task that nobody was ever reminded of costs nothing here: what it takes to look at it again is set
with what changes anyway. The room that keeps reminders fills the hook; ``wiring`` joins them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import Column, ColumnElement, case
from sqlalchemy.orm import Session

from tracker.projects.rules import CLOSED

_MOVES: Final = frozenset({"start_on", "due_on"})
_MATTERS: Final = _MOVES | {"status", "assignees", "reminder_policy"}


class CancelOwed(Protocol):
    """Takes back what is owed, and not yet in anybody's hand, of things of a workspace."""

    def __call__(
        self, session: Session, workspace_id: UUID, subject_ids: Collection[UUID], *, reason: str
    ) -> None:
        """``reason`` is the word that tells why; who reads it finds it with the reminder."""


def _unfilled(
    session: Session, workspace_id: UUID, subject_ids: Collection[UUID], *, reason: str
) -> None:
    del session, workspace_id, subject_ids, reason
    raise RuntimeError("reminders are to be taken back, but wiring.py has not filled the hook")


_cancel: CancelOwed = _unfilled


def fill_cancel(filled: CancelOwed) -> None:
    """Tell this room how to take reminders back; only ``wiring`` calls it."""
    global _cancel  # noqa: PLW0603 - a hook that a lower room declares
    _cancel = filled


def cancel_owed(
    session: Session, workspace_id: UUID, subject_ids: Collection[UUID], *, reason: str
) -> None:
    """Take back what is owed of these tasks and gates; one statement where there are any."""
    if subject_ids:
        _cancel(session, workspace_id, subject_ids, reason=reason)


def looked_at(chase_at: datetime | None, now: datetime) -> datetime:
    """When to look at what changes now: at once. A look that is overdue stays as overdue as it is.

    It covers all days since it was due.
    """
    return min(chase_at or now, now)


def at_once(column: Column[Any], now: ColumnElement[Any]) -> ColumnElement[Any]:
    """``looked_at`` where the database knows what was."""
    return case((column <= now, column), else_=now)


def what_matters(names: Iterable[str]) -> frozenset[str]:
    """Those of a task's changed fields that reminders depend on."""
    return _MATTERS.intersection(names)


def why(changed: Collection[str], status: str | None) -> str:
    """The word for a change that takes reminders back."""
    if status in CLOSED:
        return str(status)
    if _MOVES.intersection(changed):
        return "moved"
    return "reassigned" if "assignees" in changed else "changed"


def cancel_for(
    session: Session, workspace_id: UUID, changes: Iterable[tuple[Any, Mapping[str, Any]]]
) -> None:
    """Take back what is owed of changed tasks, each with its history; one statement a reason."""
    by_reason: dict[str, list[UUID]] = defaultdict(list)
    for task, history in changes:
        if task.chased_at is not None and (changed := what_matters(history)):
            status = history["status"][1] if "status" in history else None
            by_reason[why(changed, status)].append(task.id)
    for reason, ids in sorted(by_reason.items()):
        cancel_owed(session, workspace_id, ids, reason=reason)
