"""Endpoints that are sent nothing more, until somebody has seen to them."""

from datetime import datetime
from typing import Final

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.hearing import Heard
from tracker.kernel.outbox import publish
from tracker.people.models import Member
from tracker.webhooks.choosing import Key
from tracker.webhooks.events import WebhookDisabled
from tracker.webhooks.models import Delivery, Webhook
from tracker.webhooks.words import Reason, State, WebhookState

_D, _W, _M = Delivery.__table__, Webhook.__table__, Member.__table__
_STANDS: Final = (
    select(_W.c.state, _M.c.removed_at)
    .join(_M, and_(_M.c.workspace_id == _W.c.workspace_id, _M.c.id == _W.c.owner_id))
    .where(_W.c.workspace_id == bindparam("of"), _W.c.id == bindparam("webhook"))
    .with_for_update(of=_W)
)
_DISABLE: Final = (
    update(_W)
    .where(
        _W.c.workspace_id == bindparam("of"),
        _W.c.id == bindparam("webhook"),
        _W.c.state != WebhookState.DISABLED,
    )
    .values(
        state=WebhookState.DISABLED,
        reason=bindparam("why"),
        blocked_until=None,
        updated_at=bindparam("now"),
        version=_W.c.version + 1,
    )
    .returning(_W.c.name, _W.c.host, _W.c.owner_id)
)
_HOLD: Final = (
    update(_D)
    .where(
        _D.c.workspace_id == bindparam("of"),
        _D.c.webhook_id == bindparam("webhook"),
        _D.c.ready_at.is_not(None),
    )
    .values(state=State.HELD, ready_at=None)
)


def disable(session: Session, webhook: Key, reason: Reason, *, now: datetime) -> bool:
    """Send it nothing more, hold what it is owed, and announce it, once. Whether it was on."""
    of, one = webhook
    told = {"of": of, "webhook": one, "why": reason, "now": now}
    row = core(session).execute(_DISABLE, told).one_or_none()
    if row is None:
        return False
    hold(session, webhook)
    disabled = WebhookDisabled(
        workspace_id=of,
        at=now,
        webhook_id=one,
        name=row.name,
        owner_id=row.owner_id,
        host=row.host,
        reason=reason,
    )
    publish(session, disabled)
    return True


def hold_what_is_off(session: Session, webhook: Key, *, now: datetime) -> None:
    """Hold what is owed to an endpoint that is off, or was its owner's who has left.

    Where it is on again by now nothing is held: nobody would resume it.
    """
    of, one = webhook
    row = core(session).execute(_STANDS, {"of": of, "webhook": one}).one_or_none()
    if row is not None and row.state != WebhookState.ACTIVE:
        hold(session, webhook)
    elif row is not None and row.removed_at is not None:
        disable(session, webhook, Reason.OWNER_LEFT, now=now)


def hold(session: Session, webhook: Key) -> None:
    """Keep what is owed to it for later; what is under way may still turn out to have arrived."""
    of, one = webhook
    core(session).execute(_HOLD, {"of": of, "webhook": one})


def disable_webhooks_of(session: Session, heard: Heard, *, now: datetime) -> None:
    """A member was removed: nobody's rights are left to tell those endpoints anything by."""
    member = heard.id_of("member_id")
    theirs = select(_W.c.id).where(_W.c.workspace_id == heard.workspace_id, _W.c.owner_id == member)
    for webhook_id in core(session).scalars(theirs.order_by(_W.c.id)).all():
        disable(session, (heard.workspace_id, webhook_id), Reason.OWNER_LEFT, now=now)
