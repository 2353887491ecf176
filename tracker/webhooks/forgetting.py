"""Deliveries are kept for 30 days, whatever became of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.webhooks.models import Delivery, Webhook

KEPT: Final = timedelta(days=30)
_BATCH: Final = 1000
_D: Final = Delivery.__table__
_WORKSPACES: Final = select(Webhook.__table__.c.workspace_id).distinct()
# Ids grow with time: the oldest are found by the key, however many are kept.
_OLDEST: Final = (
    select(_D.c.id, _D.c.created_at)
    .where(_D.c.workspace_id == bindparam("of"))
    .order_by(_D.c.id)
    .limit(_BATCH)
)
_FORGET: Final = delete(_D).where(
    _D.c.workspace_id == bindparam("of"), _D.c.id.in_(bindparam("ids", expanding=True))
)


def workspaces(session: Session) -> Sequence[UUID]:
    """Those that have endpoints."""
    return core(session).scalars(_WORKSPACES).all()


def forget_some(session: Session, workspace_id: UUID, *, now: datetime) -> bool:
    """Forget a batch of what is old, attempts and all; whether there may be more."""
    rows = core(session).execute(_OLDEST, {"of": workspace_id}).all()
    old = [row.id for row in rows if row.created_at < now - KEPT]
    if old:
        core(session).execute(_FORGET, {"of": workspace_id, "ids": old})
    return len(old) == _BATCH
