"""Tables of connections to platforms, of the streams pulled through them, and of each pull."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.kernel.db import Base, waiting_index
from tracker.kernel.secrets import ENCRYPTED


class Connection(Base):
    """An account on a platform, or a place where figures are brought to.

    One claim covers all streams, so one connection is never pulled twice at once. States: ok,
    throttled, needs_reauth, degraded, broken.
    """

    __tablename__ = "connections"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "project_id"],
            ["projects.workspace_id", "projects.id"],
            ondelete="CASCADE",
        ),
        waiting_index("ix_connections_ready", "ready_at"),
        Index("uq_connections_id", "id", unique=True),  # what is pushed names nothing else
        Index(None, "workspace_id", "project_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    kind: Mapped[str]
    name: Mapped[str]
    base_url: Mapped[str | None]
    config: Mapped[dict[str, Any]]
    credentials: Mapped[str | None] = mapped_column(info=ENCRYPTED)  # a JSON object
    actor_key: Mapped[str] = mapped_column(info=ENCRYPTED)  # what makes hashes of the members' ids
    zone: Mapped[str]  # of the platform's days
    state: Mapped[str]
    problem: Mapped[str | None]  # a word for what is wrong
    problem_facts: Mapped[dict[str, Any] | None]  # what its sentence tells
    is_paused: Mapped[bool]
    ready_at: Mapped[datetime | None]  # when its next stream is due; None: nothing to pull
    claim: Mapped[int] = mapped_column(default=0, server_default="0")
    crashes: Mapped[int] = mapped_column(default=0, server_default="0")
    is_pulling: Mapped[bool]
    next_allowed_at: Mapped[datetime | None]  # the platform asked to be left alone until then
    calls_on: Mapped[date | None]  # the day, in UTC, that the calls are counted for
    calls: Mapped[int]
    most_calls: Mapped[int]  # a day
    list_number: Mapped[int]  # of the list of all members that is being read, or is read next
    list_began_at: Mapped[datetime | None]  # None: it has not begun
    dirty_on: Mapped[date | None]  # the earliest day whose derived figures are to be made anew
    derived_on: Mapped[date | None]  # the last day whose derived figures are made
    complete_since: Mapped[date | None]  # events of earlier days were pruned; None: none was
    succeeded_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]  # its readings stay; credentials and members are gone
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Stream(Base):
    """One resource of a connection, with its own cursor and pace.

    States: active, unavailable (the platform does not allow it), finished (a backfill that is
    through).
    """

    __tablename__ = "streams"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "connection_id"],
            ["connections.workspace_id", "connections.id"],
            ondelete="CASCADE",
        ),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    connection_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    problem: Mapped[str | None]  # a word for what is wrong
    detail: Mapped[str | None]  # what the platform said of it
    cursor: Mapped[dict[str, Any] | None]  # saved with the rows that it covers
    next_run_at: Mapped[datetime | None]
    interval_seconds: Mapped[int]
    quiet_runs: Mapped[int]  # in a row, without news
    failures: Mapped[int]  # in a row
    calls_on: Mapped[date | None]  # the day, in UTC, that the calls are counted for
    calls: Mapped[int]
    succeeded_at: Mapped[datetime | None]
    news_at: Mapped[datetime | None]


class Pull(Base):
    """One pull, or one upload, and how far it has come.

    Sources: schedule, asked, backfill, upload, push. States: queued, running, done, throttled,
    failed.
    """

    __tablename__ = "pulls"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "connection_id"],
            ["connections.workspace_id", "connections.id"],
            ondelete="CASCADE",
        ),
        Index(None, "workspace_id", "connection_id", "id"),
        # The same file or message twice is one, however many bring it at once.
        Index(
            "uq_pulls_digest",
            "workspace_id",
            "connection_id",
            "digest",
            unique=True,
            postgresql_where=text("digest IS NOT NULL"),
            sqlite_where=text("digest IS NOT NULL"),
        ),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    connection_id: Mapped[UUID]
    source: Mapped[str]
    state: Mapped[str]
    stream: Mapped[str | None]  # the one under way
    digest: Mapped[str | None]  # of an uploaded file, or the id of a push: the same twice is once
    calls: Mapped[int]
    pages: Mapped[int]
    rows: Mapped[int]
    new_rows: Mapped[int]
    problem: Mapped[str | None]
    problem_facts: Mapped[dict[str, Any] | None]
    asked_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
