"""Who changed what, when, and through which door: append-only, sealed per project.

A row is written with the change that it tells. A job seals rows afterwards, in a chain of hashes
per project, so that writers never wait for each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.kernel.db import Base, core, new_id


class Activity(Base):
    """One change. ``seq`` and ``seal`` are null until the job has sealed it."""

    __tablename__ = "activities"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "project_id"],
            ["projects.workspace_id", "projects.id"],
            ondelete="CASCADE",
        ),
        UniqueConstraint("workspace_id", "project_id", "seq"),
        Index(None, "workspace_id", "project_id", "id"),
        Index(
            "ix_activities_unsealed",
            "workspace_id",
            "project_id",
            "id",
            postgresql_where=text("seal IS NULL"),
            sqlite_where=text("seal IS NULL"),
        ),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    at: Mapped[datetime]
    member_id: Mapped[UUID | None]  # None: the tracker itself, by one of its rules
    door: Mapped[str]  # api, link, sync, rule, cli, import
    subject: Mapped[str]  # task, gate, project, …
    subject_id: Mapped[UUID]
    action: Mapped[str]
    changes: Mapped[dict[str, Any]]  # field → [before, after]
    seq: Mapped[int | None]
    seal: Mapped[bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a service tells of a change. ``changes`` maps a field to what it was and what it is."""

    workspace_id: UUID
    project_id: UUID
    at: datetime
    member_id: UUID | None
    door: str
    subject: str
    subject_id: UUID
    action: str
    changes: Mapping[str, tuple[object, object]]


_RECORD: Final = Activity.__table__.insert()


def record(session: Session, *entries: Entry) -> None:
    """Keep what has changed, in the transaction that changes it; one statement for all."""
    if entries:
        core(session).execute(_RECORD, [_row(entry) for entry in entries])


def _row(entry: Entry) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in Entry.__dataclass_fields__}
    changes = {
        field: [_plain(before), _plain(after)] for field, (before, after) in entry.changes.items()
    }
    return {**values, "id": new_id(), "changes": changes}


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, date | datetime) else value
