"""To which endpoint which event is owed: written with the number that the event gets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from tracker.kernel.db import core, new_id
from tracker.kernel.event_log import Numbered
from tracker.webhooks.event_names import names_of
from tracker.webhooks.models import Delivery, Webhook

_W: Final = Webhook.__table__
# Locked: what one holds for an endpoint that another resumes meanwhile would be held for ever.
_OF: Final = (
    select(_W.c.workspace_id, _W.c.id, _W.c.project_id, _W.c.types, _W.c.state)
    .where(_W.c.workspace_id.in_(bindparam("workspaces", expanding=True)))
    .order_by(_W.c.workspace_id, _W.c.id)
    .with_for_update(read=True)
)
_OWE: Final = Delivery.__table__.insert()


def owe(session: Session, numbered: Sequence[Numbered], *, now: datetime) -> int:
    """Owe what was just numbered to each endpoint that asks for it: in two statements for all.

    How much there is.
    """
    if not numbered:
        return 0
    workspaces = {event.workspace_id for event in numbered}
    webhooks = core(session).execute(_OF, {"workspaces": list(workspaces)}).all()
    owed = [
        _delivery(webhook, event, now)
        for webhook in webhooks
        for event in numbered
        if _is_for(webhook, event)
    ]
    if owed:
        core(session).execute(_OWE, owed)
    return len(owed)


def _is_for(webhook: Any, event: Numbered) -> bool:
    if webhook.workspace_id != event.workspace_id:
        return False
    if webhook.project_id not in (None, event.project_id):
        return False
    return not webhook.types or any(name in webhook.types for name in names_of(event.topic))


def _delivery(webhook: Any, event: Numbered, now: datetime) -> dict[str, Any]:
    is_held = webhook.state != "active"
    return {
        "workspace_id": webhook.workspace_id,
        "id": new_id(),
        "webhook_id": webhook.id,
        "event_id": event.id,
        "type": event.topic,
        "state": "held" if is_held else "owed",
        "attempts": 0,
        "ready_at": None if is_held else now,
        "created_at": now,
    }
