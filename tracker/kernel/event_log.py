"""The order of what was announced, as other programs see it: numbered after the commit.

Ids are made before their transaction commits, so a reader that has gone past one could miss
another that commits later. Numbers are given by one writer at a time, in a transaction of its own:
whoever reads up to a number has everything before it.
"""

from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from tracker.kernel.db import Base


class EventHead(Base):
    """How many events of one object are numbered; of a workspace itself, how many in all."""

    __tablename__ = "event_heads"
    __table_args__ = ({"sqlite_with_rowid": False},)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    object_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
