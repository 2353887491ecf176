"""Tables of a workspace's own playbooks and of its answered quizzes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from tracker.kernel.db import Base


class OwnPlaybook(Base):
    """A playbook that a workspace brought itself, as it was written. Never edited."""

    __tablename__ = "playbooks"

    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[dict[str, Any]]
    source: Mapped[str]
    created_at: Mapped[datetime]


class Assessment(Base):
    """One answered quiz. What the answers mean is told by the playbook that asked."""

    __tablename__ = "assessments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "created_by"], ["members.workspace_id", "members.id"]
        ),
        Index(None, "workspace_id", "created_by"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    playbook: Mapped[str]
    playbook_version: Mapped[int]
    scope: Mapped[str]
    answers: Mapped[str]
    score: Mapped[int]
    band: Mapped[str]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
