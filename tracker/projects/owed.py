"""What a change of tasks and gates means for reminders of them: a look at once, and less owed.

A task that nobody was ever reminded of costs nothing here: what it takes to look at it again is set
with what changes anyway. The room that keeps reminders fills the hook; ``wiring`` joins them.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Table,
    and_,
    bindparam,
    case,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.projects.models import Dependency, Gate, Project, Task
from tracker.projects.rules import CLOSED

_TASKS, _GATES, _PROJECTS = Task.__table__, Gate.__table__, Project.__table__
_OPEN_TASK: Final = _TASKS.c.status.not_in(CLOSED)
_MOVES: Final = frozenset({"start_on", "due_on"})
_MATTERS: Final = _MOVES | {"status", "assignees", "reminder_policy", "dependencies"}
_LINKS: Final = Dependency.__table__
# Links whose successor cannot be started before its predecessor is finished; where there is a lead,
# a negative lag, the two are meant to overlap.
HOLDS_BACK: Final = and_(_LINKS.c.type == "FS", _LINKS.c.lag_days >= 0)


class CancelOwed(Protocol):
    """Takes back what is owed, and not yet in anybody's hand, of things of a workspace."""

    def __call__(
        self, session: Session, workspace_id: UUID, subject_ids: Collection[UUID], *, reason: str
    ) -> None:
        """``reason`` is the word that tells why; who reads it finds it with the reminder."""


CancelWithin = Callable[[Session, UUID, UUID | None], None]
"""Takes back all that a policy has made, in a project or in the whole workspace."""


def _unfilled(*_args: Any, **_keywords: Any) -> None:
    raise RuntimeError("reminders are to be taken back, but wiring.py has not filled the hook")


_cancel: CancelOwed = _unfilled
_cancel_within: CancelWithin = _unfilled


def fill_cancel(cancel: CancelOwed, within: CancelWithin) -> None:
    """Tell this room how to take reminders back; only ``wiring`` calls it."""
    global _cancel, _cancel_within
    _cancel, _cancel_within = cancel, within


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


def look_again(
    session: Session, workspace_id: UUID, project_id: UUID | None = None, *, now: datetime
) -> None:
    """Look at once at all that is open in a project, or in the whole workspace."""
    for table, project, conditions in (
        (_TASKS, _TASKS.c.project_id, (_OPEN_TASK,)),
        (_GATES, _GATES.c.project_id, ()),
        (_PROJECTS, _PROJECTS.c.id, (_PROJECTS.c.state == "active",)),
    ):
        mine = conditions if project_id is None else (*conditions, project == project_id)
        _look(session, table, workspace_id, *mine, now=now)


def look_again_at(
    session: Session, workspace_id: UUID, subjects: Iterable[tuple[str, UUID]], *, now: datetime
) -> None:
    """Look at once at these, each a task, gate or project; whatever else is left as it is."""
    ids: dict[str, set[UUID]] = defaultdict(set)
    for kind, subject_id in subjects:
        ids[kind].add(subject_id)
    for kind, table, conditions in (
        ("task", _TASKS, (_OPEN_TASK,)),
        ("gate", _GATES, ()),
        ("project", _PROJECTS, ()),
    ):
        if ids[kind]:
            mine = (*conditions, table.c.id.in_(ids[kind]))
            _look(session, table, workspace_id, *mine, now=now)


def _look(
    session: Session,
    table: Table,
    workspace_id: UUID,
    *conditions: ColumnElement[bool],
    now: datetime,
) -> None:
    own = table.c
    at = at_once(own.chase_at, literal(now, own.chase_at.type))
    mine = (own.workspace_id == workspace_id, *conditions)
    core(session).execute(update(table).where(*mine).values(chase_at=at))


def policy_changed(
    session: Session, workspace_id: UUID, project_id: UUID | None = None, *, now: datetime
) -> None:
    """Have everything in a project, or in a workspace, follow its new policy."""
    _cancel_within(session, workspace_id, project_id)
    look_again(session, workspace_id, project_id, now=now)


_OPEN_BEHIND: Final = (
    _TASKS.c.workspace_id == bindparam("workspace"),
    _TASKS.c.id.in_(
        select(_LINKS.c.successor_id).where(
            _LINKS.c.workspace_id == bindparam("workspace"),
            _LINKS.c.predecessor_id.in_(bindparam("predecessors", expanding=True)),
            HOLDS_BACK,
        )
    ),
    _OPEN_TASK,
)
# Locked in an order that all writers share: two tasks may hold back the same ones.
_LOOK_BEHIND: Final = (
    update(_TASKS)
    .where(
        _TASKS.c.workspace_id == bindparam("workspace"),
        _TASKS.c.id.in_(
            select(_TASKS.c.id)
            .where(*_OPEN_BEHIND)
            .order_by(_TASKS.c.id)
            .with_for_update(key_share=True)
            .correlate(None)
        ),
    )
    .values(chase_at=at_once(_TASKS.c.chase_at, bindparam("now", type_=_TASKS.c.chase_at.type)))
    .returning(_TASKS.c.id, _TASKS.c.chased_at)
)


def look_behind(
    session: Session,
    workspace_id: UUID,
    *,
    closed: Collection[UUID] = (),
    opened: Collection[UUID] = (),
    now: datetime,
) -> None:
    """Look at once at what tasks hold back that are over now, or are open again.

    What has been told to start is not to start any more once its predecessor is open again. One
    statement, and one more where that may have been written down.
    """
    if closed or opened:
        mine = {"workspace": workspace_id, "predecessors": [*closed, *opened], "now": now}
        behind = core(session).execute(_LOOK_BEHIND, mine).all()
        told = [row.id for row in behind if row.chased_at is not None]
        cancel_owed(session, workspace_id, told if opened else (), reason="waits")


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
    session: Session,
    workspace_id: UUID,
    changes: Iterable[tuple[Any, Mapping[str, Any]]],
    *,
    now: datetime,
) -> None:
    """Take back what is owed of changed tasks, each with its history; one statement a reason.

    What waits for those that are over now, or open again, is looked at.
    """
    by_reason: dict[str, list[UUID]] = defaultdict(list)
    turned: dict[bool, list[UUID]] = defaultdict(list)
    for task, history in changes:
        was, becomes = (one in CLOSED for one in history.get("status", ("todo", "todo")))
        if was != becomes:
            turned[becomes].append(task.id)
        if task.chased_at is not None and (changed := what_matters(history)):
            status = history["status"][1] if "status" in history else None
            by_reason[why(changed, status)].append(task.id)
    for reason, ids in sorted(by_reason.items()):
        cancel_owed(session, workspace_id, ids, reason=reason)
    look_behind(session, workspace_id, closed=turned[True], opened=turned[False], now=now)
