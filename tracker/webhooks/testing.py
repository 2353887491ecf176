"""The test button: one event that never happened, sent at once, and what came of it."""

from datetime import datetime
from threading import BoundedSemaphore
from typing import Any, ClassVar, Final
from uuid import UUID

import orjson

from tracker.kernel.db import new_id, unit_of_work
from tracker.kernel.errors import Unavailable
from tracker.kernel.muting import check_may_send
from tracker.kernel.texts import Sentence
from tracker.people.rules import Actor, Permission
from tracker.webhooks import queries, service
from tracker.webhooks.endpoints import open_endpoint
from tracker.webhooks.pacing import Answer
from tracker.webhooks.sending import send
from tracker.webhooks.speaking import instant

TYPE: Final = "webhook.test"
_SECONDS: Final = 10.0  # somebody waits for it
AT_ONCE: Final = 2  # each keeps a thread of the server waiting
_BUSY: Final = Sentence(
    en="{most} tests are under way already. Try again in {retry_in} seconds.",
    fr="{most} essais sont déjà en cours. Réessayer dans {retry_in} secondes.",
)
_free: Final = BoundedSemaphore(AT_ONCE)


class TestsFull(Unavailable):
    """As many tests are under way as this process has places for."""

    type = "tests-full"
    retry_in: ClassVar[int] = 10


def send_test(actor: Actor, webhook_id: UUID, *, now: datetime) -> Answer:
    """Send a test there, whatever its state and its filter. Raises NotFound, Forbidden, Muted.

    It is signed like all others and stands in no log. No transaction is open while it is sent. A
    few at a time: raises TestsFull.
    """
    actor.must(Permission.MANAGE_PROJECTS)
    with unit_of_work() as session:
        webhook = queries.webhook(session, actor.workspace_id, webhook_id)
        service.must_reach(session, actor, webhook)
        check_may_send(session)
        endpoint, name = open_endpoint(webhook), webhook.name
    message_id = f"evt_{new_id()}"
    body = orjson.dumps(_event(message_id, webhook_id, name, now))
    if not _free.acquire(blocking=False):
        raise TestsFull(_BUSY, most=AT_ONCE, retry_in=TestsFull.retry_in)
    try:
        return send(endpoint, message_id, body, now=now, seconds=_SECONDS)
    finally:
        _free.release()


def _event(message_id: str, webhook_id: UUID, name: str, now: datetime) -> dict[str, Any]:
    return {
        "id": message_id,
        "type": TYPE,
        "timestamp": instant(now),
        "sequence": 0,
        "data": {"webhook_id": str(webhook_id), "name": name},
    }
