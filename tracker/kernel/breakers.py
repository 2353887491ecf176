"""Breakers and looks: what all processes must know of the state of the work.

A target that failed several times in a row is left alone for a while. When that has passed, one
process tries it, and the others wait for what it learns.
"""

from collections import Counter
from collections.abc import Collection, Mapping
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
    return {name: now - at for name, at in core(session).execute(_ALL)}


OPENS_AFTER: Final = 5
_FIRST_PAUSE: Final = timedelta(seconds=30)
_LONGEST_PAUSE: Final = timedelta(minutes=5)
_LONGEST_PROBE: Final = timedelta(seconds=30)
_breakers: Final = Breaker.__table__
_SHUT: Final = select(_breakers.c.name).where(_breakers.c.open_until.is_not(None))
_NAMED: Final = _breakers.c.name.in_(bindparam("names", expanding=True))
_OPENED: Final = select(_breakers.c.name, _breakers.c.open_until).where(
    _NAMED, _breakers.c.open_until.is_not(None)
)
_PROBE: Final = (
    _breakers.update()
    .where(_breakers.c.name == bindparam("target"), _breakers.c.open_until == bindparam("seen"))
    .values(open_until=bindparam("until"))
)
_CLOSE: Final = _breakers.update().where(_NAMED, _breakers.c.failures > 0)
_OPEN: Final = (
    _breakers.update()
    .where(_breakers.c.name == bindparam("target"))
    .values(open_until=bindparam("until"))
)
_COUNTED: Final = {
    name: insert(_breakers)
    .values(name=bindparam("target"), failures=bindparam("more"))
    .on_conflict_do_update(
        index_elements=["name"], set_={"failures": _breakers.c.failures + bindparam("more")}
    )
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


def pause_after(failures: int) -> timedelta | None:
    """How long a target is left alone after so many failures in a row; None: not at all."""
    if failures < OPENS_AFTER:
        return None
    doublings: int = 2 ** min(failures - OPENS_AFTER, 10)
    return min(_FIRST_PAUSE * doublings, _LONGEST_PAUSE)


def shut_targets(
    session: Session, names: Collection[str], *, now: datetime
) -> Mapping[str, datetime]:
    """Those among ``names`` that are to be left alone, and until when.

    Where that has just passed, this caller is the one who tries: it is not told of it, all others
    are for half a minute.
    """
    shut = {}
    for name, until in core(session).execute(_OPENED, {"names": list(names)}).all():
        if until > now:
            shut[name] = until
            continue
        later = now + _LONGEST_PROBE
        probe = {"target": name, "seen": until, "until": later}
        if not core(session).execute(_PROBE, probe).rowcount:
            shut[name] = later  # another one tries already
    return shut


def note_results(
    session: Session, *, worked: Collection[str], failed: Mapping[str, int], now: datetime
) -> None:
    """Remember which targets answered, and how often others did not."""
    connection = core(session)
    if worked:
        values = {"failures": 0, "open_until": None}
        connection.execute(_CLOSE.values(values), {"names": list(worked)})
    for name, count in failed.items():
        pause = pause_after(_count(session, name, count))
        if pause is not None:
            connection.execute(_OPEN, {"target": name, "until": now + pause})


def open_breakers(session: Session) -> Mapping[str, int]:
    """How many targets of each kind are left alone. Their addresses are nobody's business."""
    names = core(session).scalars(_SHUT).all()
    return Counter(name.partition(" ")[0] for name in names)


def _count(session: Session, name: str, more: int) -> int:
    """Failures in a row with these ``more``, counted in one statement: many may count at once."""
    connection = core(session)
    counted = _COUNTED[connection.dialect.name].returning(_breakers.c.failures)
    return int(connection.execute(counted, {"target": name, "more": more}).scalar_one())
