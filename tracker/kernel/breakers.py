"""Breakers and looks: what all processes must know of the state of the work."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from tracker.kernel.db import Base


class Breaker(Base):
    """How often a target failed in a row, and until when it is left alone."""

    __tablename__ = "breakers"

    name: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    open_until: Mapped[datetime | None]


class Look(Base):
    """When a job last looked for what is due: proof that work is consumed."""

    __tablename__ = "looks"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
