"""Deliveries that are to be sent once more, under the ids that they had."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, case, text, update
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.errors import Conflict, Invalid, NotFound
from tracker.kernel.texts import Said, Sentence
from tracker.webhooks.claiming import LEASE
from tracker.webhooks.models import TROUBLED, Delivery, Webhook
from tracker.webhooks.words import State, WebhookState

_D: Final = Delivery.__table__
_NOT_ACTIVE: Final = Sentence(
    en="This webhook is {state}: nothing is sent there. Resume it first: POST "
    "/webhooks/{{id}}/resume.",
    fr="Ce webhook est à l'arrêt ({state}) : rien n'y est envoyé. Le reprendre d'abord : POST "
    "/webhooks/{{id}}/resume.",
)
_NOT_OF_IT: Final = Sentence(
    en="There is no such delivery of this webhook. GET /webhooks/{id}/deliveries lists them.",
    fr="Ce webhook n'a pas de tel envoi. GET /webhooks/{id}/deliveries les liste.",
)
_ONE_OF_THREE: Final = Sentence(
    en="Say what is to be sent again, by one of delivery, failed and since.",
    fr="Dire ce qui est à renvoyer, par l'un de delivery, failed et since.",
)
_NEEDS_SINCE: Final = Sentence(
    en="Only with since: the two say from when to when.",
    fr="Seulement avec since : les deux disent de quand à quand.",
)
_TOO_EARLY: Final = Sentence(
    en="Lies before since: the two say from when to when.",
    fr="Précède since : les deux disent de quand à quand.",
)
_REPLAY: Final = (
    update(_D)
    .where(_D.c.workspace_id == bindparam("of"), _D.c.webhook_id == bindparam("webhook"))
    .values(
        state=State.OWED,
        reason=None,
        ended_at=None,
        tries=0,
        # One that is under way, or was when a process died, keeps its lease.
        ready_at=case(
            (_D.c.crashes > 0, bindparam("later", type_=_D.c.ready_at.type)),
            else_=bindparam("now", type_=_D.c.ready_at.type),
        ),
    )
)
# What is owed comes by itself, and what was dropped must not.
_OVER: Final = _D.c.state.in_((State.SENT, State.FAILED, State.HELD))
_ONE: Final = _REPLAY.where(_OVER, _D.c.id == bindparam("delivery"))
_FAILED: Final = _REPLAY.where(_D.c.state == State.FAILED, text(TROUBLED))
_RANGE: Final = _REPLAY.where(
    _OVER, _D.c.created_at >= bindparam("since"), _D.c.created_at <= bindparam("until")
)


def replay(session: Session, webhook: Webhook, wish: Mapping[str, Any], *, now: datetime) -> int:
    """Have deliveries of a locked endpoint sent again: one, all that failed, or those of a time.

    How many there are. Raises Invalid, NotFound, Conflict.
    """
    if len(wish.keys() & {"delivery_id", "failed", "since"}) != 1:
        raise Invalid({"since": [Said(_ONE_OF_THREE, {})]})
    if "until" in wish and "since" not in wish:
        raise Invalid({"until": [Said(_NEEDS_SINCE, {})]})
    if "until" in wish and wish["until"] < wish["since"]:
        raise Invalid({"until": [Said(_TOO_EARLY, {})]})
    if one := wish.get("delivery_id"):
        _check_known(session, webhook, one)
    if webhook.state != WebhookState.ACTIVE:
        raise Conflict(_NOT_ACTIVE, state=webhook.state)
    told = {"of": webhook.workspace_id, "webhook": webhook.id, "now": now, "later": now + LEASE}
    if one:
        return core(session).execute(_ONE, {**told, "delivery": one}).rowcount
    if wish.get("failed"):
        return core(session).execute(_FAILED, told).rowcount
    between = {"since": wish["since"], "until": wish.get("until") or now}
    return core(session).execute(_RANGE, {**told, **between}).rowcount


def _check_known(session: Session, webhook: Webhook, delivery_id: UUID) -> None:
    found = session.get(Delivery, (webhook.workspace_id, delivery_id))
    if found is None or found.webhook_id != webhook.id:
        raise NotFound(_NOT_OF_IT)
