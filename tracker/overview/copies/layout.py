"""What a copy of a project holds: which tables, and how their columns are written in it.

A row is an object of its columns, without workspace and project. Members are written as their
e-mail, and ids as they are: whoever reads the file takes fresh ones.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    Table,
    UniqueConstraint,
    Uuid,
)

from tracker.gates.models import Approval, Decision, Waiver
from tracker.kernel.activity import Activity
from tracker.kernel.db import Base, UTCDateTime
from tracker.metrics.alert_models import Alert
from tracker.metrics.reading_models import MetricSetting, Reading, Series
from tracker.projects.models import (
    Assignee,
    Baseline,
    Checklist,
    Dependency,
    Gate,
    Phase,
    Project,
    Step,
    Task,
)
from tracker.projects.task_models import Comment, Evidence, TaskLink, Watcher
from tracker.roster.models import RosterContact

FORMAT: Final = "community-tracker.project"
VERSION: Final = 1
PURPOSE: Final = "sealed copy of a project"

Kind = Literal[
    "id", "member", "day", "instant", "flag", "whole", "figure", "json", "line", "prose", "address"
]
_KINDS: Final[tuple[tuple[type[Any], Kind], ...]] = (
    (Uuid, "id"),
    (Date, "day"),
    (UTCDateTime, "instant"),
    (DateTime, "instant"),
    (Boolean, "flag"),
    (Float, "figure"),
    (Integer, "whole"),
    (JSON, "json"),
)
# Columns that name a member, and what they are called in the file.
_MEMBERS: Final = {
    "member_id": "member",
    "author_id": "author",
    "owner_id": "owner",
    "created_by": "created_by",
    "changed_by": "changed_by",
    "recorded_by": "recorded_by",
    "acknowledged_by": "acknowledged_by",
    "resolved_by": "resolved_by",
}
# Columns that point into a section without a foreign key: what is gone leaves them as they are.
_BY_HABIT: Final = {"task_id": "tasks", "series_id": "series"}
_PROSE: Final = frozenset(
    ("description", "notes", "proof", "reason", "body", "comment", "note", "why", "contact")
)
# What is this installation's own business: whose the row is, and what jobs keep of it.
_LEFT_OUT: Final = frozenset(
    (
        *("workspace_id", "project_id", "seq", "seal"),
        *("watched_at", "approvable_at", "chase_at", "chased_at", "figures_at"),
    )
)


@dataclass(frozen=True, slots=True)
class Field:
    """A column as the file has it."""

    name: str
    column: Column[Any]
    kind: Kind
    refers_to: str | None  # the section whose ids it holds

    @property
    def usual(self) -> Any:
        """What it is where a file, of an earlier tracker, does not have it."""
        return self.column.default.arg if self.column.default is not None else None  # type: ignore[attr-defined]

    @property
    def is_required(self) -> bool:
        """Whether a row cannot be without it: it holds something, and there is nothing usual."""
        return not self.column.nullable and self.usual is None


@dataclass(frozen=True)
class Section:
    """One table of a copy. ``within`` is the column that leads to the project."""

    name: str
    model: type[Base]
    within: str = "project_id"

    @property
    def table(self) -> Table:
        """Where its rows are kept."""
        return self.model.__table__

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """What a row has, by its name in the file."""
        found = (_field(column) for column in self.table.c if column.name not in _LEFT_OUT)
        return {field.name: field for field in found}

    @property
    def has_ids(self) -> bool:
        """Whether other rows can refer to its rows."""
        return "id" in self.fields

    @cached_property
    def keys(self) -> list[tuple[str, ...]]:
        """Fields that together tell rows apart; no two rows have them alike."""
        unique = [[column.name for column in key] for key in self._unique()]
        names = {field.column.name: field.name for field in self.fields.values()}
        return [tuple(names[name] for name in key if name in names) for key in unique]

    def _unique(self) -> list[Any]:
        unique = (one for one in self.table.constraints if isinstance(one, UniqueConstraint))
        return [
            self.table.primary_key.columns,
            *(one.columns for one in unique if "seq" not in one.columns),
        ]


PROJECT: Final = Section("project", Project, within="id")
# In the order in which rows can be written: each refers to earlier ones only.
SECTIONS: Final = (
    Section("phases", Phase),
    Section("checklists", Checklist),
    Section("gates", Gate),
    Section("tasks", Task),
    Section("steps", Step, within="task_id"),
    Section("dependencies", Dependency, within="successor_id"),
    Section("assignees", Assignee, within="task_id"),
    Section("watchers", Watcher, within="task_id"),
    Section("comments", Comment, within="task_id"),
    Section("links", TaskLink, within="task_id"),
    Section("evidence", Evidence, within="task_id"),
    Section("baselines", Baseline),
    Section("approvals", Approval, within="gate_id"),
    Section("decisions", Decision, within="gate_id"),
    Section("waivers", Waiver, within="gate_id"),
    Section("activity", Activity),
    Section("roster", RosterContact),
    Section("series", Series),
    Section("readings", Reading, within="series_id"),
    Section("metric_settings", MetricSetting),
    Section("alerts", Alert),
)
BY_NAME: Final[Mapping[str, Section]] = {section.name: section for section in SECTIONS}
_OWNERS: Final[Mapping[str, str]] = {
    section.model.__tablename__: section.name for section in SECTIONS
}


def _field(column: Column[Any]) -> Field:
    if column.name in _MEMBERS:
        return Field(_MEMBERS[column.name], column, "member", None)
    kinds: Iterator[Kind] = (kind for type_, kind in _KINDS if isinstance(column.type, type_))
    kind: Kind = next(kinds, _kind_of_text(column.name))
    return Field(column.name, column, kind, _target(column))


def _kind_of_text(name: str) -> Kind:
    if name == "url":
        return "address"
    return "prose" if name in _PROSE else "line"


def _target(column: Column[Any]) -> str | None:
    """The section that a column points into."""
    if column.table.name == Alert.__tablename__:
        return None  # what it has added to the plan may be gone
    if column.name in _BY_HABIT:
        return _BY_HABIT[column.name]
    targets = (key.column.table.name for key in column.foreign_keys)
    return next((_OWNERS[name] for name in targets if name in _OWNERS), None)
