"""How the chaser keeps up, over all workspaces: for those who run it. No names, no ids."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, case, extract, func, select, text
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.hearing import Waiting
from tracker.reminders.models import TROUBLED, Reminder

LATENESS: Final = (1, 2, 5, 10, 30, 60, 300, 900, 3600)
"""Seconds: the borders between which lateness is counted."""
RECENT: Final = timedelta(minutes=15)
_table: Final = Reminder.__table__
_late: Final = extract("epoch", _table.c.sent_at) - extract("epoch", _table.c.due_at)
_WAITING: Final = select(
    func.count(),
    func.count().filter(_table.c.ready_at <= bindparam("now")),
    func.min(case((_table.c.ready_at <= bindparam("now"), _table.c.due_at))),
).where(_table.c.ready_at.is_not(None))
_TROUBLED: Final = (
    select(_table.c.state, func.count().label("number"))
    .where(text(TROUBLED))
    .group_by(_table.c.state)
)
_SENT: Final = select(
    *(func.coalesce(func.sum(case((_late <= border, 1), else_=0)), 0) for border in LATENESS),
    func.count(),
    func.coalesce(func.sum(_late), 0),
).where(_table.c.sent_at >= bindparam("since"))


def waiting(session: Session, now: datetime) -> Waiting:
    """What is owed, and what of it is due; the oldest is when the most belated was due."""
    return Waiting(*core(session).execute(_WAITING, {"now": now}).one())


def troubled(session: Session) -> Mapping[str, int]:
    """How many have failed, and of how many nobody knows whether they have arrived."""
    found = {row.state: row.number for row in core(session).execute(_TROUBLED)}
    return {state: found.get(state, 0) for state in ("failed", "unknown")}


def lateness(session: Session, now: datetime) -> tuple[Sequence[int], int, float]:
    """Of those sent recently: how many were at most so late, all, and the sum of the seconds."""
    *counts, number, seconds = core(session).execute(_SENT, {"since": now - RECENT}).one()
    return [int(count) for count in counts], int(number), float(seconds)
