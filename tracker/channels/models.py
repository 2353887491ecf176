"""The table of people's channels."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from tracker.kernel.db import Base
from tracker.kernel.secrets import ENCRYPTED


class Channel(Base):
    """A way to reach a member, besides their own e-mail address. The lowest position comes first.

    States: unconfirmed, active, off.
    """

    __tablename__ = "channels"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "member_id"], ["members.workspace_id", "members.id"]),
        Index(None, "workspace_id", "member_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID]
    kind: Mapped[str]
    address: Mapped[str] = mapped_column(info=ENCRYPTED)  # addresses of chats hold tokens
    label: Mapped[str]  # what may be shown of the address
    position: Mapped[int]
    state: Mapped[str]
    reason: Mapped[str | None]  # why it is off
    confirmed_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]  # when the one confirmation was sent
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
