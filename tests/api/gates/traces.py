"""What gates leave behind: announcements, history, states."""

from typing import Any

from sqlalchemy import select

from tracker.kernel.activity import Activity
from tracker.kernel.db import reading
from tracker.kernel.outbox import OutboxMessage


def topics() -> list[str]:
    """What was announced, in order."""
    with reading() as session:
        return list(session.scalars(select(OutboxMessage.topic).order_by(OutboxMessage.id)))


def history() -> list[tuple[str, str]]:
    """Subject and action of every line of the history, in order."""
    with reading() as session:
        rows = session.execute(select(Activity.subject, Activity.action).order_by(Activity.id))
        return [(row.subject, row.action) for row in rows]


def states(gate: dict[str, Any]) -> dict[str, str]:
    return {row["key"]: row["state"] for row in gate["verdict"]["criteria"]}
