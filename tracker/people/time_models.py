"""Tables of people's time: when they may be reached, and when they are away."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from tracker.kernel.db import Base, waiting_index


class Preferences(Base):
    """How and when a member wants to hear. Times of day are local, written HH:MM.

    Members who never said anything have no row.
    """

    __tablename__ = "preferences"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "member_id"], ["members.workspace_id", "members.id"]),
        waiting_index("ix_preferences_digest", "digest_at"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    work_from: Mapped[str]
    work_until: Mapped[str]
    work_days: Mapped[list[Any]]  # 1 is Monday, as in ISO 8601
    quiet_from: Mapped[str | None]  # may lie after quiet_until: then it spans midnight
    quiet_until: Mapped[str | None]
    country: Mapped[str | None]  # whose public holidays are theirs
    subdivision: Mapped[str | None]
    digest: Mapped[str]  # off, daily, weekly
    digest_time: Mapped[str]
    digest_weekday: Mapped[int]
    digest_at: Mapped[datetime | None]  # when the next digest is due
    reminder_policy: Mapped[dict[str, Any] | None]
    projects: Mapped[dict[str, Any]]  # by project id: what they want otherwise there
    version: Mapped[int] = mapped_column(default=1)


class Absence(Base):
    """Days, both inclusive, on which a member is away; who stands in hears for them."""

    __tablename__ = "absences"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "member_id"], ["members.workspace_id", "members.id"]),
        ForeignKeyConstraint(
            ["workspace_id", "stand_in_id"], ["members.workspace_id", "members.id"]
        ),
        Index(None, "workspace_id", "member_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    start_on: Mapped[date]
    end_on: Mapped[date]
    stand_in_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
