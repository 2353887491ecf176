"""Tables of approvals, decisions and waivers. What is written here is never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tracker.kernel.db import Base


def _of_gate() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["workspace_id", "gate_id"], ["gates.workspace_id", "gates.id"], ondelete="CASCADE"
    )


def _by_member(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["workspace_id", column], ["members.workspace_id", "members.id"])


class Approval(Base):
    """Asked for, given or refused, by one member for one role. Void once its subject changes."""

    __tablename__ = "approvals"
    __table_args__ = (
        _of_gate(),
        _by_member("member_id"),
        Index(None, "workspace_id", "gate_id", "id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    gate_id: Mapped[UUID]
    criterion: Mapped[str]  # key of the criterion that it is for
    role: Mapped[str]
    kind: Mapped[str]  # request, approve, decline
    comment: Mapped[str | None]
    subject: Mapped[str]  # digest of what was approved
    member_id: Mapped[UUID]
    at: Mapped[datetime]
    voided_at: Mapped[datetime | None]


class Decision(Base):
    """One decision on a gate, with everything that it stood on."""

    __tablename__ = "decisions"
    __table_args__ = (
        _of_gate(),
        _by_member("member_id"),
        UniqueConstraint("workspace_id", "gate_id", "number"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    gate_id: Mapped[UUID]
    number: Mapped[int]
    decision: Mapped[str]  # pass, conditional, hold, reject, waive
    reason: Mapped[str | None]
    conditions: Mapped[list[Any]]
    dossier: Mapped[dict[str, Any]]  # criteria, values with source and time, approvals, waivers
    member_id: Mapped[UUID]
    at: Mapped[datetime]


class Waiver(Base):
    """Criteria that an owner lets go unmet, why, and until when."""

    __tablename__ = "waivers"
    __table_args__ = (
        _of_gate(),
        _by_member("member_id"),
        Index(None, "workspace_id", "gate_id", "id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    gate_id: Mapped[UUID]
    criteria: Mapped[list[Any]]
    reason: Mapped[str]
    member_id: Mapped[UUID]
    at: Mapped[datetime]
    expires_at: Mapped[datetime]
