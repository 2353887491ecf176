"""What a task waits for before it can be started, and since when it need not wait any more."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, select, tuple_
from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today
from tracker.kernel.db import core
from tracker.playbooks.calendar import WorkCalendar
from tracker.projects.models import Dependency, Task
from tracker.projects.owed import HOLDS_BACK
from tracker.projects.rules import CLOSED
from tracker.reminders.words import Reason, Rule, State

Key = tuple[UUID, UUID]
"""Ids of a workspace and of a task in it."""

_D, _T = Dependency.__table__, Task.__table__
_BEFORE: Final = (
    select(
        _D.c.workspace_id,
        _D.c.successor_id,
        _D.c.lag_days,
        *(_T.c[name] for name in ("title", "status", "finished_on", "updated_at")),
    )
    .join(_T, and_(_T.c.workspace_id == _D.c.workspace_id, _T.c.id == _D.c.predecessor_id))
    .where(
        tuple_(_D.c.workspace_id, _D.c.successor_id).in_(bindparam("keys", expanding=True)),
        HOLDS_BACK,
    )
    .order_by(_T.c.due_on, _T.c.position)
)


def tells_to_start(rule: str, step: str) -> bool:
    """Whether reminders of this kind say that a task starts: that is told when it can."""
    return (rule, step) == (Rule.BEFORE_START, "0")


def links_before(session: Session, tasks: Iterable[Key]) -> Mapping[Key, list[Row[Any]]]:
    """What must be finished before each of these tasks is started; one statement."""
    found: dict[Key, list[Row[Any]]] = defaultdict(list)
    if keys := sorted(set(tasks)):
        for row in core(session).execute(_BEFORE, {"keys": keys}):
            found[row.workspace_id, row.successor_id].append(row)
    return found


def waits_for(links: Iterable[Any]) -> tuple[str, ...]:
    """Titles of what is still to be finished first. Pure."""
    return tuple(one.title for one in links if one.status not in CLOSED)


def free_from(links: Sequence[Any], calendar: WorkCalendar, zone: str) -> int | None:
    """Index of the working day from which on nothing holds the task back any more. Pure.

    None: something still does, or nothing ever did. What was given up is over since it was last
    written.
    """
    if not links or waits_for(links):
        return None
    return max(calendar.index(_over_on(one, zone)) + int(one.lag_days) for one in links)


def _over_on(link: Any, zone: str) -> date:
    over_on: date = link.finished_on or local_today(zone, link.updated_at)
    return over_on


def waited_for(session: Session, rows: Iterable[Any]) -> Mapping[UUID, tuple[str, ...]]:
    """What reminders to start wait for, by their ids; a statement, where there are such ones."""
    waiting = [row for row in rows if _may_wait(row)]
    links = links_before(session, [(row.workspace_id, row.subject_id) for row in waiting])
    return {row.id: waits_for(links[row.workspace_id, row.subject_id]) for row in waiting}


def _may_wait(row: Any) -> bool:
    is_over = row.state != State.OWED and row.reason != Reason.WAITS
    return tells_to_start(row.rule, row.step) and not is_over
