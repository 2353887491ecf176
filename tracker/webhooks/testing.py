"""The test button: one event that never happened, sent at once, and what came of it."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from tracker.kernel.db import new_id, unit_of_work
from tracker.kernel.muting import check_may_send
from tracker.people.rules import Actor, Permission
from tracker.webhooks import queries, service
from tracker.webhooks.endpoints import open_endpoint
from tracker.webhooks.pacing import Answer
from tracker.webhooks.sending import send
from tracker.webhooks.speaking import instant

TYPE: Final = "webhook.test"
_SECONDS: Final = 10.0  # somebody waits for it


def send_test(actor: Actor, webhook_id: UUID, *, now: datetime) -> Answer:
    """Send a test there, whatever its state and its filter. Raises NotFound, Forbidden, Muted.

    It is signed like all others and stands in no log. No transaction is open while it is sent.
    """
    actor.must(Permission.MANAGE_PROJECTS)
    with unit_of_work() as session:
        webhook = queries.webhook(session, actor.workspace_id, webhook_id)
        service.must_reach(session, actor, webhook)
        check_may_send(session)
        endpoint, name = open_endpoint(webhook), webhook.name
    message_id = f"evt_{new_id()}"
    body = orjson.dumps(_event(message_id, webhook_id, name, now))
    return send(endpoint, message_id, body, now=now, seconds=_SECONDS)


def _event(message_id: str, webhook_id: UUID, name: str, now: datetime) -> dict[str, Any]:
    return {
        "id": message_id,
        "type": TYPE,
        "timestamp": instant(now),
        "sequence": 0,
        "data": {"webhook_id": str(webhook_id), "name": name},
    }
