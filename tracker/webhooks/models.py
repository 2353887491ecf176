"""Tables of endpoints, of the events owed to each, and of every attempt to deliver one."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.kernel.db import Base, waiting_index
from tracker.kernel.secrets import ENCRYPTED

# Written out in queries, too: a partial index serves those that repeat its words.
TROUBLED: Final = "state IN ('held', 'failed')"


class Webhook(Base):
    """A target for events. States: active, paused, disabled."""

    __tablename__ = "webhooks"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "owner_id"], ["members.workspace_id", "members.id"]),
        Index(None, "workspace_id", "owner_id"),
        waiting_index("ix_webhooks_blocked", "blocked_until"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID]  # by whose rights payloads are made
    # None: of every project. It outlives its project, to be told that this is gone.
    project_id: Mapped[UUID | None]
    name: Mapped[str]
    url: Mapped[str] = mapped_column(info=ENCRYPTED)  # addresses often hold tokens
    host: Mapped[str]  # what may be shown of the address
    types: Mapped[list[Any]]  # which events; empty is all, "task.*" a family
    headers: Mapped[str | None] = mapped_column(info=ENCRYPTED)  # a JSON object
    secret: Mapped[str] = mapped_column(info=ENCRYPTED)
    old_secret: Mapped[str | None] = mapped_column(info=ENCRYPTED)
    old_until: Mapped[datetime | None]  # until then the old secret signs, too
    state: Mapped[str]
    reason: Mapped[str | None]  # why it is disabled
    failures: Mapped[int]  # in a row
    failing_since: Mapped[datetime | None]
    blocked_until: Mapped[datetime | None]  # its breaker is open
    delivered_at: Mapped[datetime | None]  # the last that arrived
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Delivery(Base):
    """One event owed to one endpoint. States: owed, held, sent, failed, dropped."""

    __tablename__ = "deliveries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "webhook_id"],
            ["webhooks.workspace_id", "webhooks.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("workspace_id", "webhook_id", "event_id"),
        waiting_index("ix_deliveries_ready", "ready_at", "webhook_id"),
        Index(
            "ix_deliveries_troubled",
            "workspace_id",
            "webhook_id",
            "state",
            postgresql_where=text(TROUBLED),
            sqlite_where=text(TROUBLED),
        ),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    webhook_id: Mapped[UUID]
    event_id: Mapped[UUID]  # the row of the outbox, which the event's body is made of
    type: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int]  # all of them: the number of the last
    tries: Mapped[int] = mapped_column(default=0, server_default="0")  # since it was owed last
    reason: Mapped[str | None]  # why it was given up
    ready_at: Mapped[datetime | None]  # when it may be tried next; None once it is over or held
    claim: Mapped[int] = mapped_column(default=0, server_default="0")
    crashes: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class DeliveryAttempt(Base):
    """One attempt: written before the request leaves, and completed by what came of it.

    Outcomes: None while it is under way, delivered, refused, unreachable, no_answer, unknown.
    """

    __tablename__ = "delivery_attempts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "delivery_id"],
            ["deliveries.workspace_id", "deliveries.id"],
            ondelete="CASCADE",
        ),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    delivery_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    began_at: Mapped[datetime]
    outcome: Mapped[str | None]
    status: Mapped[int | None]
    milliseconds: Mapped[int | None]
    answer: Mapped[str | None]  # the first 8 KB
    detail: Mapped[str | None]  # what went wrong, in a word
