"""Tables of a project. Keys and foreign keys carry the workspace, so nothing crosses its border."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.kernel.db import Base

# Rows that are only reached through their key: SQLite then keeps them in the key's own tree.
_NO_ROWID: Final = {"sqlite_with_rowid": False}


def _of_project() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["workspace_id", "project_id"],
        ["projects.workspace_id", "projects.id"],
        ondelete="CASCADE",
    )


def _of_task(column: str = "task_id") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["workspace_id", column], ["tasks.workspace_id", "tasks.id"], ondelete="CASCADE"
    )


class Project(Base):
    """One community launch."""

    __tablename__ = "projects"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "created_by"], ["members.workspace_id", "members.id"]
        ),
    )

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    playbook: Mapped[str]
    playbook_version: Mapped[int]
    parameters: Mapped[dict[str, Any]]  # as they came in; launch_on or start_on may be absent
    language: Mapped[str]
    timezone: Mapped[str]
    launch_on: Mapped[date]
    start_on: Mapped[date]
    end_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="active")
    phase: Mapped[str | None]  # the last phase entered
    warnings: Mapped[list[Any]]  # texts in every language
    left_out: Mapped[list[Any]]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Phase(Base):
    """A phase of a project with its dates, both inclusive."""

    __tablename__ = "phases"
    __table_args__ = (_of_project(), _NO_ROWID)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    title: Mapped[str]
    start_on: Mapped[date]
    end_on: Mapped[date]


class Task(Base):
    """A to-do with dates. Dates are inclusive local days, durations working days."""

    __tablename__ = "tasks"
    __table_args__ = (
        _of_project(),
        UniqueConstraint("workspace_id", "project_id", "key"),
        Index(None, "workspace_id", "project_id", "due_on", "id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    key: Mapped[str]  # full key in the playbook
    phase: Mapped[str]
    checklist: Mapped[str]
    position: Mapped[int]
    title: Mapped[str]
    description: Mapped[str | None]
    notes: Mapped[str | None]
    role: Mapped[str]
    status: Mapped[str] = mapped_column(default="todo")
    start_on: Mapped[date]
    due_on: Mapped[date]
    deadline_on: Mapped[date | None]
    duration_days: Mapped[int]
    float_days: Mapped[int]
    is_milestone: Mapped[bool]
    is_early: Mapped[bool]
    is_optional: Mapped[bool]
    evidence: Mapped[str | None]
    proof: Mapped[str | None]
    pillar: Mapped[str | None]
    recurring: Mapped[dict[str, Any] | None]
    why: Mapped[dict[str, Any]]  # facts that playbooks.why tells in the reader's language
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]


class Assignee(Base):
    """A member who is to do a task."""

    __tablename__ = "task_assignees"
    __table_args__ = (
        _of_task(),
        ForeignKeyConstraint(["workspace_id", "member_id"], ["members.workspace_id", "members.id"]),
        Index(None, "workspace_id", "member_id"),
        _NO_ROWID,
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)


class Step(Base):
    """A checklist point of a task."""

    __tablename__ = "steps"
    __table_args__ = (_of_task(), _NO_ROWID)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    title: Mapped[str]
    done_at: Mapped[datetime | None]


class Dependency(Base):
    """``successor`` waits for ``predecessor``. Lag is in working days, stretched where it was."""

    __tablename__ = "dependencies"
    __table_args__ = (
        _of_task("successor_id"),
        _of_task("predecessor_id"),
        Index(None, "workspace_id", "predecessor_id"),
        _NO_ROWID,
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    successor_id: Mapped[UUID] = mapped_column(primary_key=True)
    predecessor_id: Mapped[UUID] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(primary_key=True)
    lag_days: Mapped[int]


class Gate(Base):
    """The border between two phases, as a planned point."""

    __tablename__ = "gates"
    __table_args__ = (_of_project(), UniqueConstraint("workspace_id", "project_id", "key"))

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    key: Mapped[str]
    position: Mapped[int]
    title: Mapped[str]
    description: Mapped[str | None]
    after_phase: Mapped[str | None]
    before_phase: Mapped[str | None]
    planned_on: Mapped[date]
    criteria: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(default="pending")
    version: Mapped[int] = mapped_column(default=1)
