"""Deliveries that are to be sent once more, under the ids that they had."""

from collections.abc import Mapping
from dataclasses import dataclass
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
from tracker.webhooks.showing import STATES
from tracker.webhooks.words import State, WebhookState

_D: Final = Delivery.__table__
_NOT_ACTIVE: Final = Sentence(
    en="This webhook is {state}: nothing is sent there. Resume it first: POST "
    "/webhooks/{{id}}/resume.",
    fr="Ce webhook est {state} : rien n'y est envoyé. Le reprendre d'abord : POST "
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
_IT_GOES: Final = Sentence(en="It is sent again.", fr="L'envoi est refait.")
_STILL_OWED: Final = Sentence(
    en="It is still owed, and will be sent by itself: GET /deliveries/{id} says when.",
    fr="Cet envoi est encore dû et partira de lui-même : GET /deliveries/{id} dit quand.",
)
_DROPPED: Final = Sentence(
    en="It was dropped and is not sent: the webhook's owner may not know of it, or the event is "
    "not kept any more.",
    fr="Cet envoi a été abandonné et ne part pas : le propriétaire du webhook n'a pas à connaître "
    "l'événement, ou celui-ci n'est plus conservé.",
)
_THEY_GO: Final = Sentence(
    en="{count} {count:delivery is|deliveries are} sent again.",
    fr="{count} {count:envoi est refait|envois sont refaits}.",
)
_NOTHING: Final = Sentence(
    en="There is nothing to send again. What is still owed will be sent by itself.",
    fr="Il n'y a rien à renvoyer. Ce qui est encore dû partira de lui-même.",
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


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many are sent again, and what that means."""

    count: int
    said: Said


def replay(
    session: Session, webhook: Webhook, wish: Mapping[str, Any], *, now: datetime
) -> Replayed:
    """Have deliveries of a locked endpoint sent again: one, all that failed, or those of a time.

    Raises Invalid, NotFound, Conflict.
    """
    if len(wish.keys() & {"delivery_id", "failed", "since"}) != 1:
        raise Invalid({"since": [Said(_ONE_OF_THREE, {})]})
    if "until" in wish and "since" not in wish:
        raise Invalid({"until": [Said(_NEEDS_SINCE, {})]})
    if "until" in wish and wish["until"] < wish["since"]:
        raise Invalid({"until": [Said(_TOO_EARLY, {})]})
    one = wish.get("delivery_id")
    was = _state_of(session, webhook, one) if one else None
    if webhook.state != WebhookState.ACTIVE:
        raise Conflict(_NOT_ACTIVE, state=STATES[webhook.state])
    told = {"of": webhook.workspace_id, "webhook": webhook.id, "now": now, "later": now + LEASE}
    if one:
        count = core(session).execute(_ONE, {**told, "delivery": one}).rowcount
        still = _DROPPED if was == State.DROPPED else _STILL_OWED
        return Replayed(count, Said(_IT_GOES if count else still, {"id": one}))
    if wish.get("failed"):
        count = core(session).execute(_FAILED, told).rowcount
    else:
        between = {"since": wish["since"], "until": wish.get("until") or now}
        count = core(session).execute(_RANGE, {**told, **between}).rowcount
    return Replayed(count, Said(_THEY_GO if count else _NOTHING, {"count": count}))


def _state_of(session: Session, webhook: Webhook, delivery_id: UUID) -> str:
    found = session.get(Delivery, (webhook.workspace_id, delivery_id))
    if found is None or found.webhook_id != webhook.id:
        raise NotFound(_NOT_OF_IT)
    return found.state
