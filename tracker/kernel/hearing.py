"""How what was announced reaches those who listen: each announcement until all have heard it.

It is handed out for the length of a lease; whoever then takes it to tell it says so first, which
makes it theirs alone. What is lost on the way between the two is handed out again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import SystemRandom
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, func, select, text, tuple_
from sqlalchemy.orm import Session

from tracker.kernel.claims import LEASE, Claim, Claims
from tracker.kernel.db import core
from tracker.kernel.outbox import PARKED, OutboxMessage

CRASHES: Final = 3  # of those who told it, after which it is left alone
_AT_ONCE: Final = 500
_SOONEST: Final = timedelta(seconds=5)
_LATEST: Final = timedelta(hours=1)
_table: Final = OutboxMessage.__table__
_key: Final = tuple_(_table.c.workspace_id, _table.c.id)
# To be handed out is no crash: a broker may lose any number of messages.
_CLAIMS: Final = Claims(_table, in_hand={"crashes": _table.c.crashes}, leaves=False)
_UNHEARD: Final = (
    _table.update()
    .where(
        _key.in_(
            select(_table.c.workspace_id, _table.c.id)
            .where(
                _table.c.ready_at.is_not(None),
                _table.c.ready_at <= bindparam("now"),
                _table.c.topic.not_in(bindparam("heard", expanding=True)),
            )
            .order_by(_table.c.ready_at)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
    )
    .values(ready_at=None, relayed_at=bindparam("now"))
)
_BEGIN: Final = (
    _table.update()
    .where(
        _table.c.workspace_id == bindparam("of"),
        _table.c.id == bindparam("message"),
        _table.c.claim == bindparam("token"),
        _table.c.ready_at.is_not(None),
    )
    .values(ready_at=bindparam("until"), claim=_table.c.claim + 1, crashes=_table.c.crashes + 1)
    .returning(
        _table.c.claim, _table.c.crashes, _table.c.topic, _table.c.payload, _table.c.occurred_at
    )
)
_random: Final = SystemRandom()
_WAITING: Final = select(
    func.count(),
    func.count().filter(_table.c.ready_at <= bindparam("now")),
    func.min(_table.c.occurred_at),
).where(_table.c.ready_at.is_not(None))
_PARKED: Final = select(func.count()).select_from(_table).where(text(PARKED))
_UNPARK: Final = _table.update().where(text(PARKED)).values(ready_at=bindparam("now"), crashes=0)


@dataclass(frozen=True, slots=True)
class Heard:
    """An announcement, as it reaches a listener. Of ids and days ``payload`` has the text."""

    workspace_id: UUID
    topic: str
    payload: dict[str, Any]
    occurred_at: datetime

    def id_of(self, name: str) -> UUID:
        """The id that it carries under this name."""
        return UUID(self.payload[name])


def finish_unheard(session: Session, heard: Collection[str], *, now: datetime) -> bool:
    """Be done with what nobody listens to, in one statement; whether there may be more."""
    told = {"now": now, "heard": sorted(heard)}
    return core(session).execute(_UNHEARD, told).rowcount == _AT_ONCE


def hand_out(session: Session, *, now: datetime) -> Sequence[Claim]:
    """Claim what is to be told."""
    return _CLAIMS.take(session, now=now)


def begin(session: Session, handed: Claim, *, now: datetime) -> tuple[Claim, Heard] | None:
    """Take in hand what was handed out; None where somebody has, or where it is over."""
    told = {
        "of": handed.workspace_id,
        "message": handed.id,
        "token": handed.token,
        "until": now + LEASE,
    }
    row = core(session).execute(_BEGIN, told).one_or_none()
    if row is None:
        return None
    claim = Claim(handed.workspace_id, handed.id, row.claim, row.crashes)
    return claim, Heard(handed.workspace_id, row.topic, row.payload, row.occurred_at)


def end(session: Session, claim: Claim, *, now: datetime) -> None:
    """All have heard it."""
    _CLAIMS.settle(session, [claim], {"ready_at": None, "relayed_at": now})


def try_later(session: Session, claim: Claim, heard: Heard, *, now: datetime) -> None:
    """Somebody could not listen: again after a while that grows with its age."""
    longest = min(max(now - heard.occurred_at, _SOONEST), _LATEST)
    pause = _SOONEST + longest * _random.random()
    _CLAIMS.settle(session, [claim], {"ready_at": now + pause})


def park(session: Session, claim: Claim) -> None:
    """Leave alone what has brought down all who told it: it stays, not relayed and not ready."""
    _CLAIMS.settle(session, [claim], {"ready_at": None})


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is owed in all, what of it is due by now, and the oldest of all."""

    owed: int
    ready: int
    oldest_at: datetime | None

    def age(self, now: datetime) -> float:
        """The seconds that the oldest has waited."""
        return max(0.0, (now - self.oldest_at).total_seconds()) if self.oldest_at else 0.0


def waiting(session: Session, now: datetime) -> Waiting:
    """What was announced and has not been heard by all."""
    return Waiting(*core(session).execute(_WAITING, {"now": now}).one())


def parked(session: Session) -> int:
    """How many announcements are left alone."""
    return int(core(session).execute(_PARKED).scalar_one())


def replay_parked(session: Session, *, now: datetime) -> int:
    """Have those that are left alone told again, as if nobody had crashed; how many."""
    return core(session).execute(_UNPARK, {"now": now}).rowcount
