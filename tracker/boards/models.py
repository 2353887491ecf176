"""Tables of boards, of what stands on them, of what arrives from them, and of what disagrees."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.kernel.db import Base, waiting_index
from tracker.kernel.secrets import ENCRYPTED


class BoardAccount(Base):
    """A token for a platform, and how much of its allowance is used: boards may share one."""

    __tablename__ = "board_accounts"
    __table_args__ = (UniqueConstraint("workspace_id", "kind", "digest"),)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    base_url: Mapped[str]
    digest: Mapped[str]  # tells tokens apart, and nothing of them
    label: Mapped[str | None]  # who we are to the platform
    own_id: Mapped[str | None]  # our id there, by which echoes are known
    credentials: Mapped[str] = mapped_column(info=ENCRYPTED)  # a JSON object
    window_began_at: Mapped[datetime | None]
    window_calls: Mapped[int]
    next_allowed_at: Mapped[datetime | None]  # the platform asked to be left alone until then
    created_at: Mapped[datetime]


class Board(Base):
    """A project's board. States: ok, paused, throttled, needs_reauth, degraded, broken, off."""

    __tablename__ = "boards"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "project_id"],
            ["projects.workspace_id", "projects.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["workspace_id", "account_id"], ["board_accounts.workspace_id", "board_accounts.id"]
        ),
        ForeignKeyConstraint(["workspace_id", "owner_id"], ["members.workspace_id", "members.id"]),
        waiting_index("ix_boards_ready", "ready_at"),
        Index("uq_boards_hook_key", "hook_key", unique=True),
        Index(None, "workspace_id", "project_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    account_id: Mapped[UUID]
    owner_id: Mapped[UUID]  # as whom what comes from the board is done here
    kind: Mapped[str]
    name: Mapped[str]
    remote_id: Mapped[str | None]  # None until it is made there
    url: Mapped[str | None]
    settings: Mapped[dict[str, Any]]  # lists by, policies, what to do with what is made there
    layout: Mapped[dict[str, Any]]  # ids there: lists and labels, or properties and options
    state: Mapped[str]
    problem: Mapped[str | None]  # a word for what is wrong
    problem_facts: Mapped[dict[str, Any] | None]  # what its sentence tells
    failures: Mapped[int]  # in a row
    ready_at: Mapped[datetime | None]  # when to look at it next
    is_syncing: Mapped[bool] = mapped_column(default=False, server_default=false())
    claim: Mapped[int] = mapped_column(default=0, server_default="0")
    crashes: Mapped[int] = mapped_column(default=0, server_default="0")
    seen: Mapped[int] = mapped_column(BigInteger)  # the last event that was looked at for it
    cursor: Mapped[dict[str, Any] | None]  # how far its own log was read
    reconcile_at: Mapped[datetime | None]  # when all of it is to be compared next
    reconciled_at: Mapped[datetime | None]
    run: Mapped[dict[str, Any] | None]  # what is under way: kind, done, of, calls
    hook_key: Mapped[str]  # the part of the callback's address that nobody guesses
    hook_id: Mapped[str | None]
    hook_url: Mapped[str | None]  # as it was registered, by which signatures are made
    hook_secret: Mapped[str | None] = mapped_column(info=ENCRYPTED)
    hook_state: Mapped[str]  # none, pending, verifying, active, lost
    hook_checked_at: Mapped[datetime | None]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class BoardItem(Base):
    """What stands on a board. States: in_step, creating, missing, foreign, ignored.

    ``missing``: deleted or archived there. ``foreign``: made there, and no task of ours.
    ``ignored``: somebody wants it on one side only.
    """

    __tablename__ = "board_items"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            ondelete="CASCADE",
        ),
        Index(
            "uq_board_items_object",
            "workspace_id",
            "board_id",
            "object_id",
            unique=True,
            postgresql_where=text("object_id IS NOT NULL"),
            sqlite_where=text("object_id IS NOT NULL"),
        ),
        Index(
            "uq_board_items_remote",
            "workspace_id",
            "board_id",
            "remote_id",
            unique=True,
            postgresql_where=text("remote_id IS NOT NULL"),
            sqlite_where=text("remote_id IS NOT NULL"),
        ),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    board_id: Mapped[UUID]
    kind: Mapped[str]  # task, gate
    object_id: Mapped[UUID | None]  # None: made there, and not taken over
    remote_id: Mapped[str | None]  # None: not made there yet
    url: Mapped[str | None]
    title: Mapped[str]
    state: Mapped[str]
    agreed: Mapped[dict[str, Any] | None]  # what both sides had last; see merging.Agreed
    remote: Mapped[dict[str, Any] | None]  # ids of its parts there
    edited_at: Mapped[datetime | None]  # there, when it was last read
    is_dirty: Mapped[bool]  # to be compared at the next look; of what is made: it may be there
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class BoardConflict(Base):
    """A field that both sides changed. States: open, settled."""

    __tablename__ = "board_conflicts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["workspace_id", "item_id"],
            ["board_items.workspace_id", "board_items.id"],
            ondelete="CASCADE",
        ),
        Index(None, "workspace_id", "board_id", "id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    board_id: Mapped[UUID]
    item_id: Mapped[UUID]
    field: Mapped[str]
    agreed: Mapped[dict[str, Any]]  # {"value": …}, as the others
    ours: Mapped[dict[str, Any]]
    theirs: Mapped[dict[str, Any]]
    taken: Mapped[str]  # tracker, platform, or none: refused by a rule of ours
    reason: Mapped[str | None]
    state: Mapped[str]
    settled_by: Mapped[UUID | None]
    settled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class BoardDelivery(Base):
    """What a platform has told: kept before it is answered, so that none is lost and none twice."""

    __tablename__ = "board_deliveries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "board_id"],
            ["boards.workspace_id", "boards.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("workspace_id", "board_id", "key"),
        Index(
            "ix_board_deliveries_new",
            "workspace_id",
            "board_id",
            "id",
            postgresql_where=text("handled_at IS NULL"),
            sqlite_where=text("handled_at IS NULL"),
        ),
        Index("ix_board_deliveries_handled", "handled_at"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    board_id: Mapped[UUID]
    key: Mapped[str]  # the platform's own id of it: the same twice is once
    type: Mapped[str]
    remote_id: Mapped[str | None]  # the card or page that it is about; None: all of the board
    at: Mapped[datetime | None]  # when it happened there
    is_echo: Mapped[bool]  # only we had a hand in it
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]


class BoardImport(Base):
    """A board that was brought as a project, or as a playbook: the same one twice is told."""

    __tablename__ = "board_imports"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "project_id"],
            ["projects.workspace_id", "projects.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["workspace_id", "created_by"], ["members.workspace_id", "members.id"]
        ),
        Index(None, "workspace_id", "created_by"),
        Index(None, "workspace_id", "digest"),
        Index(None, "workspace_id", "project_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    digest: Mapped[str]  # of all that was read of it, whatever the file looked like
    name: Mapped[str]
    project_id: Mapped[UUID | None]
    playbook: Mapped[str | None]
    playbook_version: Mapped[int | None]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
