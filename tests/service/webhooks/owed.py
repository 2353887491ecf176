"""Endpoints with events owed to them, past the API, and what became of these."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from tracker.kernel.clock import utcnow
from tracker.kernel.db import core, new_id, reading, unit_of_work
from tracker.kernel.outbox import OutboxMessage
from tracker.webhooks.endpoints import new_secret, sealed, sealed_headers
from tracker.webhooks.models import Delivery, DeliveryAttempt, Webhook

LEASE_OVER = timedelta(seconds=61)


@dataclass(frozen=True)
class Owes:
    """An endpoint in a workspace."""

    workspace_id: UUID
    id: UUID
    secret: str


def an_endpoint(
    workspace_id: UUID, owner_id: UUID, url: str, *, headers: Any = None, **given: Any
) -> Owes:
    """One that asks for everything."""
    now, one, secret = utcnow(), new_id(), new_secret()
    usual: dict[str, Any] = {
        "workspace_id": workspace_id,
        "id": one,
        "owner_id": owner_id,
        "name": "Ours",
        "url": sealed(url, one),
        "host": "127.0.0.1",
        "types": [],
        "headers": sealed_headers(headers or {}, one),
        "secret": sealed(secret, one),
        "state": "active",
        "failures": 0,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    with unit_of_work() as session:
        core(session).execute(insert(Webhook), {**usual, **given})
    return Owes(workspace_id, one, secret)


def events(
    workspace_id: UUID, count: int = 1, *, topic: str = "task.changed", **payload: Any
) -> list[UUID]:
    """Events that are in the log already."""
    now = utcnow()
    rows: list[dict[str, Any]] = [
        {
            "workspace_id": workspace_id,
            "id": new_id(),
            "topic": topic,
            "payload": {"task_id": str(new_id()), "title": "Book the venue", **payload},
            "occurred_at": now,
            "relayed_at": now,
            "object_id": new_id(),
            "sequence": number + 1,
        }
        for number in range(count)
    ]
    with unit_of_work() as session:
        wanted = select(OutboxMessage.position).where(OutboxMessage.position.is_not(None))
        last = session.scalars(wanted.order_by(OutboxMessage.position.desc()).limit(1)).first() or 0
        placed = [{**row, "position": last + n} for n, row in enumerate(rows, 1)]
        core(session).execute(insert(OutboxMessage.__table__), placed)
    return [row["id"] for row in rows]


def owed(endpoint: Owes, event_ids: Sequence[UUID], **given: Any) -> list[UUID]:
    """Deliveries of these events that are ready now."""
    now = given.pop("now", None) or utcnow()
    rows = [
        {
            "workspace_id": endpoint.workspace_id,
            "id": new_id(),
            "webhook_id": endpoint.id,
            "event_id": event,
            "type": "task.changed",
            "state": "owed",
            "attempts": 0,
            "ready_at": now,
            "created_at": now,
            **given,
        }
        for event in event_ids
    ]
    with unit_of_work() as session:
        core(session).execute(insert(Delivery.__table__), rows)
    return [row["id"] for row in rows]


@dataclass(frozen=True)
class Kept:
    """A delivery as it stands in its table, with its attempts in order."""

    row: Any
    attempts: list[Any]

    @property
    def state(self) -> str:
        return str(self.row.state)

    @property
    def outcomes(self) -> list[str | None]:
        return [attempt.outcome for attempt in self.attempts]


def kept(delivery_id: UUID) -> Kept:
    """One delivery."""
    d, a = Delivery.__table__, DeliveryAttempt.__table__
    with reading() as session:
        row = core(session).execute(select(d).where(d.c.id == delivery_id)).one()
        found = select(a).where(a.c.delivery_id == delivery_id).order_by(a.c.number)
        return Kept(row, list(core(session).execute(found)))


def endpoint_row(endpoint: Owes) -> Any:
    """An endpoint as it stands in its table."""
    w = Webhook.__table__
    with reading() as session:
        return core(session).execute(select(w).where(w.c.id == endpoint.id)).one()


def states(endpoint: Owes) -> dict[str, int]:
    """How many of its deliveries are in which state."""
    found: dict[str, int] = {}
    with reading() as session:
        for state in session.scalars(
            select(Delivery.state).where(Delivery.webhook_id == endpoint.id)
        ):
            found[state] = found.get(state, 0) + 1
    return found


def set_endpoint(endpoint: Owes, **values: Any) -> None:
    """Change its row behind everybody's back."""
    with unit_of_work() as session:
        session.execute(update(Webhook).where(Webhook.id == endpoint.id).values(**values))


def set_delivery(delivery_id: UUID, **values: Any) -> None:
    """The same of a delivery."""
    with unit_of_work() as session:
        session.execute(update(Delivery).where(Delivery.id == delivery_id).values(**values))


def everything() -> dict[str, list[Any]]:
    """All rows about webhooks."""
    tables = (Webhook.__table__, Delivery.__table__, DeliveryAttempt.__table__)
    with reading() as session:
        return {
            table.name: sorted(map(repr, core(session).execute(select(*table.c))))
            for table in tables
        }
