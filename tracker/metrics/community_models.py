"""Tables of what members of a community did: hashes and counts, no names and no texts."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from tracker.kernel.db import Base

# Rows that are only reached through their key: SQLite then keeps them in the key's own tree.
_NO_ROWID: Final = {"sqlite_with_rowid": False}


def _connection() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["workspace_id", "connection_id"],
        ["connections.workspace_id", "connections.id"],
        ondelete="CASCADE",
    )


class CommunityEvent(Base):
    """Something that somebody did on a platform; pruned after 120 days.

    ``parent`` is what it answers, ``root`` the beginning of the thread; both are ids of the
    platform. Whoever writes one holds its connection locked: on PostgreSQL no key checks that there
    is one, row by row, and a trigger takes the place of the cascade.
    """

    __tablename__ = "community_events"
    __table_args__ = (
        _connection().ddl_if(dialect="sqlite"),
        Index(None, "workspace_id", "connection_id", "at"),
        _NO_ROWID,
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    connection_id: Mapped[UUID] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str | None]  # a keyed hash
    role: Mapped[str]  # member, staff, bot
    parent: Mapped[str | None]
    root: Mapped[str | None]
    channel: Mapped[str | None]
    weight: Mapped[float]


class CommunityMember(Base):
    """One member of a community, as a hash.

    Without ``last_seen_at``, and ``seen_in`` 0, they were never seen but leaving: nobody knows
    since when they had been there.
    """

    __tablename__ = "community_members"
    __table_args__ = (_connection(), _NO_ROWID)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    connection_id: Mapped[UUID] = mapped_column(primary_key=True)
    actor: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    is_left_exact: Mapped[bool]  # else noticed by comparing two lists
    last_seen_at: Mapped[datetime | None]
    acquisition: Mapped[str | None]  # the channel through which they came
    contributed_at: Mapped[datetime | None]  # for the first time
    fits: Mapped[bool | None]  # whether they match the personas; None: nobody said
    seen_in: Mapped[int]  # the snapshot that last had them, to notice who left


class MemberMonth(Base):
    """What is kept of a member's month once its events are pruned."""

    __tablename__ = "member_months"
    __table_args__ = (_connection(), _NO_ROWID)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    connection_id: Mapped[UUID] = mapped_column(primary_key=True)
    actor: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    is_active: Mapped[bool]
    contributions: Mapped[int]
