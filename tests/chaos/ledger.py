"""What the database and the sink tell at the end, as the judge reads it."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, bindparam, select, text

from tests.chaos.judging import Arrival, Row, Try
from tests.chaos.stock import effect
from tracker.kernel.db import UTCDateTime
from tracker.kernel.outbox import OutboxMessage
from tracker.people.models import Member
from tracker.reminders.models import Attempt, Reminder

_WAITING = text(
    "SELECT (SELECT count(*) FROM reminders WHERE state IN ('owed', 'sending')"
    "   AND due_at <= :now AND (ready_at IS NOT NULL OR way = 'single'))"
    " + (SELECT count(*) FROM preferences WHERE digest_at <= :now)"
    " + (SELECT count(*) FROM outbox_messages WHERE ready_at IS NOT NULL OR position IS NULL)"
    " + (SELECT count(*) FROM deliveries WHERE ready_at IS NOT NULL)"
).bindparams(bindparam("now", type_=UTCDateTime()))
_LOGS = text(
    "SELECT h.object_id, h.sequence, count(o.id) AS held, max(o.position), max(o.sequence)"
    " FROM event_heads h JOIN outbox_messages o ON o.workspace_id = h.workspace_id"
    " AND (o.object_id = h.object_id OR h.object_id = h.workspace_id)"
    " GROUP BY h.object_id, h.workspace_id, h.sequence"
    " HAVING count(o.id) <> h.sequence"
    " OR h.sequence <> CASE WHEN h.object_id = h.workspace_id"
    "   THEN max(o.position) ELSE max(o.sequence) END"
)


def waiting(engine: Engine, *, now: datetime) -> int:
    """How much is left to do of what is due."""
    with engine.connect() as connection:
        return int(connection.execute(_WAITING, {"now": now}).scalar_one())


def gaps_of(engine: Engine) -> list[str]:
    """Where the log of events has a number too many, too few, or none."""
    with engine.connect() as connection:
        unequal = connection.execute(_LOGS).all()
        unnumbered = select(OutboxMessage.id).where(OutboxMessage.position.is_(None))
        missing = connection.execute(unnumbered).all()
    return [f"log of {row}" for row in unequal] + [f"not in the log: {row.id}" for row in missing]


def rows_of(engine: Engine, addresses: Mapping[UUID, str], *, now: datetime) -> list[Row]:
    """All reminders that are due, with their attempts and what was announced of them."""
    with engine.connect() as connection:
        known = {one.id: one.email for one in connection.execute(select(Member.id, Member.email))}
        tries: dict[UUID, list[Try]] = defaultdict(list)
        for one in connection.execute(select(*Attempt.__table__.c)):
            tries[one.reminder_id].append(Try(number=one.number, outcome=one.outcome))
        announced = Counter(
            message["reminder_id"]
            for message in connection.scalars(
                select(OutboxMessage.payload).where(
                    OutboxMessage.topic == "reminder.sent", OutboxMessage.relayed_at.is_not(None)
                )
            )
        )
        every = select(*Reminder.__table__.c)
        return [
            _row(row, {**known, **addresses}, tries[row.id], announced[str(row.id)])
            for row in connection.execute(every)
            if row.state != "owed" or row.due_at <= now
        ]


def _row(row: Any, addresses: Mapping[UUID, str], tries: list[Try], announced: int) -> Row:
    return Row(
        id=str(row.id),
        effect=effect(row._mapping),
        recipient=addresses[row.member_id],
        state=row.state,
        reason=row.reason,
        folded_into=str(row.folded_into) if row.folded_into else None,
        is_ready=row.ready_at is not None,
        tries=sorted(tries, key=lambda one: one.number),
        announced=announced,
    )


def arrivals_of(mails: Path) -> Iterator[Arrival]:
    """Every mail that the sink took; its Message-ID begins with the reminder's."""
    for line in mails.read_text().splitlines() if mails.exists() else ():
        mail = json.loads(line)
        yield Arrival(
            id=mail["message_id"].lstrip("<").partition("@")[0],
            recipient=mail["recipient"],
            at=datetime.fromtimestamp(mail["at"], UTC),
        )
