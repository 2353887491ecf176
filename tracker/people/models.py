"""Tables of workspaces, members and tokens. Every key but the workspace's own begins with it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.kernel.db import Base


class Workspace(Base):
    """One customer's closed world."""

    __tablename__ = "workspaces"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    language: Mapped[str]
    # Whether a task may be done while one that must finish first is open: "never", or "warn".
    open_predecessors: Mapped[str] = mapped_column(default="never", server_default="never")
    reminder_policy: Mapped[dict[str, Any] | None]  # what it wants otherwise than the playbook
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Member(Base):
    """A user in a workspace. Removed members stay, for the record, without any right."""

    __tablename__ = "members"
    __table_args__ = (UniqueConstraint("workspace_id", "email"),)

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]  # lower case; "removed:<id>" once removed, so that it can be invited again
    name: Mapped[str]
    role: Mapped[str]
    language: Mapped[str | None]
    timezone: Mapped[str]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]  # when the address was known to be theirs
    mail_off_at: Mapped[datetime | None]  # since when nothing is mailed there: unwanted, or failing
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Token(Base):
    """A bearer token of a member. Only the hash of its secret part is kept."""

    __tablename__ = "tokens"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "member_id"], ["members.workspace_id", "members.id"]),
        Index(None, "workspace_id", "member_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)  # found by it, then compared by hash
    secret_hash: Mapped[bytes]
    scopes: Mapped[list[Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]  # to the minute
    revoked_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
