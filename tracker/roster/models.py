"""The one list of names that is kept."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.kernel.db import Base


class RosterContact(Base):
    """Somebody whom the team works on by name."""

    __tablename__ = "roster_contacts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "project_id"],
            ["projects.workspace_id", "projects.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["workspace_id", "owner_id"], ["members.workspace_id", "members.id"]),
        Index(None, "workspace_id", "project_id", "id"),
        UniqueConstraint("workspace_id", "project_id", "email"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    name: Mapped[str | None]  # None once they have refused: what named them is gone
    role: Mapped[str]  # seed, ambassador, expert, influencer, sponsor, natural_leader
    stage: Mapped[str]  # candidate, contacted, agreed, joined, introduced, active
    why: Mapped[str | None]
    email: Mapped[str | None]
    contact: Mapped[str | None]  # another way to reach them
    owner_id: Mapped[UUID | None]  # the member who looks after them
    is_strategic: Mapped[bool]
    consent: Mapped[str]  # unknown, asked, given, refused
    consent_at: Mapped[datetime | None]
    notes: Mapped[str | None]
    next_contact_on: Mapped[date | None]
    task_id: Mapped[UUID | None]  # the call with a strategic member
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
