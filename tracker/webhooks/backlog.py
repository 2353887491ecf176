"""How the courier keeps up, over all workspaces: for those who run it. No names, no ids."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.hearing import Waiting
from tracker.kernel.muting import MAY_SEND
from tracker.webhooks.claiming import BLOCKED
from tracker.webhooks.models import Delivery, Webhook

_D, _W = Delivery.__table__, Webhook.__table__
_IS_READY: Final = _D.c.ready_at <= bindparam("now")
_WAITING: Final = select(
    func.count(),
    func.count().filter(_IS_READY),
    func.min(case((_IS_READY, _D.c.ready_at))),
).where(_D.c.ready_at.is_not(None))
_DUE: Final = (
    select(_D.c.id)
    .where(
        _D.c.ready_at.is_not(None),
        _D.c.ready_at <= bindparam("now"),
        _D.c.webhook_id.not_in(BLOCKED),
        MAY_SEND,
    )
    .limit(1)
)
_STATES: Final = select(_W.c.state, func.count().label("number")).group_by(_W.c.state)
_BLOCKED: Final = select(func.count()).where(_W.c.blocked_until > bindparam("now"))


def waiting(session: Session, now: datetime) -> Waiting:
    """What is owed, and what of it is ready; the oldest is when the most belated became so."""
    return Waiting(*core(session).execute(_WAITING, {"now": now}).one())


def is_due(session: Session, now: datetime) -> bool:
    """Whether anything is ready for an endpoint that is not left alone, and may leave."""
    return core(session).scalar(_DUE, {"now": now}) is not None


def endpoints(session: Session, now: datetime) -> Mapping[str, int]:
    """How many endpoints are in each state, and how many are left alone for a while."""
    found = {row.state: row.number for row in core(session).execute(_STATES)}
    found["blocked"] = core(session).execute(_BLOCKED, {"now": now}).scalar_one()
    return {state: found.get(state, 0) for state in ("active", "paused", "disabled", "blocked")}
