"""Tables of what people add to a task: comments, links, evidence, and who watches it."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from tracker.kernel.db import Base
from tracker.projects.models import of_task

# Rows that are only reached through their key: SQLite then keeps them in the key's own tree.
_NO_ROWID: Final = {"sqlite_with_rowid": False}


class Watcher(Base):
    """A member who wants to hear of a task without having to do it."""

    __tablename__ = "task_watchers"
    __table_args__ = (
        of_task(),
        ForeignKeyConstraint(["workspace_id", "member_id"], ["members.workspace_id", "members.id"]),
        Index(None, "workspace_id", "member_id"),
        _NO_ROWID,
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)


class Comment(Base):
    """What somebody says about a task."""

    __tablename__ = "comments"
    __table_args__ = (
        of_task(),
        ForeignKeyConstraint(["workspace_id", "author_id"], ["members.workspace_id", "members.id"]),
        Index(None, "workspace_id", "task_id", "id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID]
    author_id: Mapped[UUID]
    body: Mapped[str]
    mentions: Mapped[list[Any]]  # ids of members
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class TaskLink(Base):
    """An address that belongs to a task."""

    __tablename__ = "task_links"
    __table_args__ = (of_task(), Index(None, "workspace_id", "task_id", "id"))

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID]
    url: Mapped[str]
    title: Mapped[str | None]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]


class Evidence(Base):
    """What shows that a task is done: a link, a note or a figure."""

    __tablename__ = "evidences"
    __table_args__ = (of_task(), Index(None, "workspace_id", "task_id", "id"))

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID]
    kind: Mapped[str]
    url: Mapped[str | None]
    note: Mapped[str | None]
    figure: Mapped[float | None]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
