"""Tables of a project. Keys and foreign keys carry the workspace, so nothing crosses its border."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.kernel.db import Base, waiting_index

# Rows that are only reached through their key: SQLite then keeps them in the key's own tree.
_NO_ROWID: Final = {"sqlite_with_rowid": False}


def of_project() -> ForeignKeyConstraint:
    """What belongs to a project goes with it."""
    return ForeignKeyConstraint(
        ["workspace_id", "project_id"],
        ["projects.workspace_id", "projects.id"],
        ondelete="CASCADE",
    )


def of_task(column: str = "task_id") -> ForeignKeyConstraint:
    """What belongs to a task goes with it."""
    return ForeignKeyConstraint(
        ["workspace_id", column], ["tasks.workspace_id", "tasks.id"], ondelete="CASCADE"
    )


def _only_where(condition: str, name: str, *columns: str) -> Index:
    """An index over few of many rows."""
    where = text(condition)
    return Index(name, *columns, postgresql_where=where, sqlite_where=where)


class Project(Base):
    """One community launch."""

    __tablename__ = "projects"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "created_by"], ["members.workspace_id", "members.id"]
        ),
        waiting_index("ix_projects_chase", "chase_at"),
        waiting_index("ix_projects_figures", "figures_at"),
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
    paused_at: Mapped[datetime | None]
    watched_at: Mapped[datetime | None]  # when its gates were last looked at
    chase_at: Mapped[datetime | None]  # when to see next whether somebody is to be reminded
    figures_at: Mapped[datetime | None]  # when to see next what the figures say
    reminder_policy: Mapped[dict[str, Any] | None]  # what it wants otherwise
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class Phase(Base):
    """A phase of a project with its dates, both inclusive."""

    __tablename__ = "phases"
    __table_args__ = (of_project(), _NO_ROWID)

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
        of_project(),
        of_task("ritual_id"),
        ForeignKeyConstraint(
            ["workspace_id", "checklist_id"],
            ["checklists.workspace_id", "checklists.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("workspace_id", "project_id", "key"),
        Index(None, "workspace_id", "project_id", "due_on", "id"),
        _only_where("next_on IS NOT NULL", "ix_tasks_rituals", "next_on"),
        _only_where("ritual_id IS NOT NULL", "ix_tasks_occurrences", "workspace_id", "ritual_id"),
        _only_where(
            "checklist_id IS NOT NULL", "ix_tasks_checklists", "workspace_id", "checklist_id"
        ),
        waiting_index("ix_tasks_chase", "chase_at"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    key: Mapped[str]  # full key in the playbook; of what was added later, one of its own
    phase: Mapped[str]
    checklist: Mapped[str]
    position: Mapped[int]
    title: Mapped[str]
    description: Mapped[str | None]
    notes: Mapped[str | None]
    role: Mapped[str]
    status: Mapped[str] = mapped_column(default="todo")
    reason: Mapped[str | None]  # why it is blocked, or does not apply
    priority: Mapped[str] = mapped_column(default="normal", server_default="normal")
    labels: Mapped[list[Any] | None]
    start_on: Mapped[date]
    due_on: Mapped[date]
    deadline_on: Mapped[date | None]
    started_on: Mapped[date | None]  # the day on which work really began
    finished_on: Mapped[date | None]
    blocked_on: Mapped[date | None]  # of a blocked task: since when
    is_pinned: Mapped[bool] = mapped_column(default=False, server_default=false())
    duration_days: Mapped[int]
    reference_days: Mapped[int | None]  # at the shortest preparation, as the playbook tells it
    optimistic_days: Mapped[int | None]
    pessimistic_days: Mapped[int | None]
    float_days: Mapped[int]
    is_milestone: Mapped[bool]
    is_early: Mapped[bool]
    is_optional: Mapped[bool]
    evidence: Mapped[str | None]
    proof: Mapped[str | None]
    pillar: Mapped[str | None]
    recurring: Mapped[dict[str, Any] | None]
    next_on: Mapped[date | None]  # of a ritual: the occurrence to make next; None when it is over
    ritual_id: Mapped[UUID | None]  # of an occurrence: its ritual
    occurrence_on: Mapped[date | None]
    is_missed: Mapped[bool] = mapped_column(default=False, server_default=false())
    origin: Mapped[str] = mapped_column(default="playbook", server_default="playbook")
    checklist_id: Mapped[UUID | None]
    why: Mapped[dict[str, Any]]  # facts that playbooks.why tells in the reader's language
    # When to see next who is to be reminded; each change that matters to it sets it to now.
    chase_at: Mapped[datetime | None]
    chased_at: Mapped[datetime | None]  # when reminders of it were last written down
    reminder_policy: Mapped[dict[str, Any] | None]  # what it wants otherwise
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]


class Assignee(Base):
    """A member who is to do a task."""

    __tablename__ = "task_assignees"
    __table_args__ = (
        of_task(),
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
    __table_args__ = (of_task(), _NO_ROWID)

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
        of_task("successor_id"),
        of_task("predecessor_id"),
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
    __table_args__ = (
        of_project(),
        UniqueConstraint("workspace_id", "project_id", "key"),
        waiting_index("ix_gates_chase", "chase_at"),
    )

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
    decided_at: Mapped[datetime | None]
    waived_until: Mapped[datetime | None]  # of a waived gate: it is closed again from then on
    flags: Mapped[list[Any] | None]  # keys of its criteria that have slipped back
    flagged_at: Mapped[datetime | None]  # when criteria of a passed gate were seen to slip back
    ready_at: Mapped[datetime | None]  # when a pending gate was seen to have all that it asks for
    approvable_at: Mapped[datetime | None]  # and when all but approvals, of which some are missing
    chase_at: Mapped[datetime | None]  # when to see next whether somebody is to be reminded
    version: Mapped[int] = mapped_column(default=1)


class Checklist(Base):
    """A checklist or a module that was added to a running project, with its own anchor day."""

    __tablename__ = "checklists"
    __table_args__ = (
        of_project(),
        UniqueConstraint("workspace_id", "project_id", "key", "number"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    playbook: Mapped[str]
    playbook_version: Mapped[int]
    key: Mapped[str]
    number: Mapped[int]  # the same checklist may be added as often as wanted
    title: Mapped[str]
    phase: Mapped[str]
    anchor_on: Mapped[date]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]


class Baseline(Base):
    """A named, frozen copy of all dates."""

    __tablename__ = "baselines"
    __table_args__ = (of_project(), Index(None, "workspace_id", "project_id"))

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    name: Mapped[str]
    source: Mapped[str]  # manual, start, or the key of the gate at which it was made
    is_locked: Mapped[bool]
    launch_on: Mapped[date]
    end_on: Mapped[date]
    tasks: Mapped[list[Any]]  # id, key, title, phase, start_on, due_on, duration_days
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
