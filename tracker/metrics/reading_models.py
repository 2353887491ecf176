"""Tables of readings, of the series they belong to, and of what is wanted of a metric."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.kernel.db import Base


def _project() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["workspace_id", "project_id"],
        ["projects.workspace_id", "projects.id"],
        ondelete="CASCADE",
    )


class Series(Base):
    """Readings that may be compared: one metric, one origin, one method, one definition.

    ``origin`` is the id of a connection, or ``project`` for what was entered by hand or through
    the API. Methods: native, derived, snapshot_diff, estimated, manual.
    """

    __tablename__ = "series"
    __table_args__ = (
        _project(),
        UniqueConstraint(
            "workspace_id",
            "project_id",
            "metric",
            "origin",
            "method",
            "dims_key",
            "definition_version",
            name="uq_series_identity",
        ),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    metric: Mapped[str]
    origin: Mapped[str]
    method: Mapped[str]
    dims: Mapped[dict[str, Any]]
    dims_key: Mapped[str]  # the same as one line, for comparison; empty: the whole
    definition_version: Mapped[int]
    source: Mapped[str]  # what people call it
    zone: Mapped[str]  # of its days
    created_at: Mapped[datetime]


class Reading(Base):
    """One value of a series for one day, or for the period that ends with it.

    Append-only: a correction is the next revision, and says when the one before it ended.
    """

    __tablename__ = "readings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "series_id"], ["series.workspace_id", "series.id"], ondelete="CASCADE"
        ),
        Index(
            "uq_readings_current",
            "workspace_id",
            "series_id",
            "day",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
            sqlite_where=text("superseded_at IS NULL"),
        ),
        {"sqlite_with_rowid": False},  # only reached through its key
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    series_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[float]
    count: Mapped[int | None]  # of what it is a share or a mean of
    at: Mapped[datetime]  # up to when it tells
    is_final: Mapped[bool]
    note: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
    superseded_at: Mapped[datetime | None]


class MetricSetting(Base):
    """What a project wants of a metric; ``phase`` is empty where it is wanted in all of them.

    ``op`` and ``value`` take the place of the playbook's target, None: no target.
    """

    __tablename__ = "metric_settings"
    __table_args__ = (_project(),)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID] = mapped_column(primary_key=True)
    metric: Mapped[str] = mapped_column(primary_key=True)
    phase: Mapped[str] = mapped_column(primary_key=True)
    op: Mapped[str | None]
    value: Mapped[float | None]
    series_id: Mapped[UUID | None]  # the series that speaks for the metric; None: the best one
    changed_by: Mapped[UUID]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
