"""The table of alerts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.kernel.db import Base

UNRESOLVED = "state <> 'resolved'"


class Alert(Base):
    """A rule on a metric that has fired. States: open, acknowledged, resolved."""

    __tablename__ = "alerts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "project_id"],
            ["projects.workspace_id", "projects.id"],
            ondelete="CASCADE",
        ),
        # A rule that goes on being broken is one alert, however many look.
        Index(
            "uq_alerts_unresolved",
            "workspace_id",
            "project_id",
            "rule",
            unique=True,
            postgresql_where=text(UNRESOLVED),
            sqlite_where=text(UNRESOLVED),
        ),
        Index(None, "workspace_id", "project_id", "id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    rule: Mapped[str]
    kind: Mapped[str]
    metric: Mapped[str | None]
    state: Mapped[str]
    figures: Mapped[dict[str, Any]]  # what it stood on when it opened, with source and time
    latest: Mapped[dict[str, Any]]  # the same at the last look
    checklist_id: Mapped[UUID | None]  # what corrects it: added for it, or still there
    task_id: Mapped[UUID | None]
    note: Mapped[str | None]
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[UUID | None]  # None: the figures did
    version: Mapped[int] = mapped_column(default=1)
