"""Breakers and looks: what all processes must know of the state of the work."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from tracker.kernel.db import Base, core


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


_looks: Final = Look.__table__
_RENEW: Final = (
    _looks.update()
    .where(_looks.c.name == bindparam("look"), _looks.c.at <= bindparam("before"))
    .values(at=bindparam("at"))
)
_FIRST: Final = {
    name: insert(_looks).values(name=bindparam("look"), at=bindparam("at")).on_conflict_do_nothing()
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_ALL: Final = select(_looks.c.name, _looks.c.at)
_NOTED_EVERY: Final = timedelta(seconds=1)


def note_look(session: Session, name: str, now: datetime) -> None:
    """Remember that the look ``name`` ended well; one write a second, however many look."""
    connection = core(session)
    told = {"look": name, "at": now, "before": now - _NOTED_EVERY}
    if not connection.execute(_RENEW, told).rowcount:
        connection.execute(_FIRST[connection.dialect.name], {"look": name, "at": now})


def look_ages(session: Session, now: datetime) -> Mapping[str, timedelta]:
    """How long ago each look last ended well."""
    return {
        name: now - at for name, at in core(session).execute(select(_looks.c.name, _looks.c.at))
    }
