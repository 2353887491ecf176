"""Tables of what is owed to people, and of each attempt to send it."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.kernel.db import Base, waiting_index

# Written out in queries, too: a partial index serves those that repeat its words.
OPEN: Final = "state IN ('owed', 'sending')"
TROUBLED: Final = "state IN ('failed', 'unknown')"
ANSWERED: Final = "acked_at IS NOT NULL OR snoozed_until IS NOT NULL"
TAKEN_BACK: Final = (
    "state = 'cancelled' AND reason IN "
    "('changed', 'moved', 'policy', 'reassigned', 'removed', 'waits')"
)


def _only_where(condition: str, name: str, *columns: str) -> Index:
    """An index over few of many rows."""
    where = text(condition)
    return Index(name, *columns, postgresql_where=where, sqlite_where=where)


class Reminder(Base):
    """One message owed to one person, about one thing, at one moment.

    States: owed, sending, sent, unknown (tried, and nobody knows whether it arrived), failed,
    expired, folded (told by the digest ``folded_into``), cancelled.
    """

    __tablename__ = "reminders"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "project_id"],
            ["projects.workspace_id", "projects.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["workspace_id", "member_id"], ["members.workspace_id", "members.id"]),
        waiting_index("ix_reminders_ready", "ready_at"),
        # One row for each effect, however many look for what is due; what was cancelled may return.
        Index(
            "uq_reminders_effect",
            "workspace_id",
            "subject_id",
            "rule",
            "step",
            "occurrence",
            "member_id",
            unique=True,
            postgresql_where=text("state <> 'cancelled'"),
            sqlite_where=text("state <> 'cancelled'"),
        ),
        Index(None, "workspace_id", "member_id", "due_at"),
        Index(None, "workspace_id", "due_at", "id"),
        # Few of many rows each: what one person is owed, what a digest told, what was answered.
        _only_where(OPEN, "ix_reminders_open", "workspace_id", "member_id"),
        _only_where(
            "folded_into IS NOT NULL", "ix_reminders_folded", "workspace_id", "folded_into"
        ),
        _only_where(ANSWERED, "ix_reminders_answered", "workspace_id", "subject_id"),
        _only_where(TAKEN_BACK, "ix_reminders_taken_back", "workspace_id", "subject_id"),
        # For whoever watches over all workspaces.
        _only_where(TROUBLED, "ix_reminders_troubled", "state"),
        waiting_index("ix_reminders_sent", "sent_at"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID | None]  # of a digest: none
    subject: Mapped[str]  # task, gate, project, member (a digest), channel
    subject_id: Mapped[UUID]
    rule: Mapped[str]
    step: Mapped[str]
    occurrence: Mapped[str]  # what the step counts from, such as the day on which a task is due
    member_id: Mapped[UUID]
    way: Mapped[str]  # single: a message of its own; digest: waits for the next digest
    due_at: Mapped[datetime]
    state: Mapped[str]
    reason: Mapped[str | None]  # a word for why it was cancelled, expired or failed
    facts: Mapped[dict[str, Any]]  # what the message needs and its subject does not tell
    ready_at: Mapped[datetime | None]  # when it may be claimed next; None once it is over
    claim: Mapped[int] = mapped_column(default=0, server_default="0")
    crashes: Mapped[int] = mapped_column(default=0, server_default="0")
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    most_tries: Mapped[int] = mapped_column(default=8, server_default="8")  # then it is given up
    folded_into: Mapped[UUID | None]
    sent_at: Mapped[datetime | None]
    acked_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]  # until when they asked to be left alone
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Attempt(Base):
    """One try to send a reminder. Without ``outcome`` it is in hand, or its sender has died."""

    __tablename__ = "attempts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "reminder_id"],
            ["reminders.workspace_id", "reminders.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("workspace_id", "reminder_id", "number"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    reminder_id: Mapped[UUID]
    number: Mapped[int]
    claim: Mapped[int]  # the claim under which it was made
    channel: Mapped[str]  # kind of channel
    channel_id: Mapped[UUID | None]  # None: the member's own e-mail address
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None]  # accepted, deferred, refused, gone, unknown
    detail: Mapped[str | None]
