"""One request to an endpoint, and what came of it. No transaction is open here."""

from collections.abc import Mapping
from datetime import datetime
from time import monotonic
from typing import Final

from tracker.kernel.egress import EgressRefused, RemoteError, Reply, door
from tracker.webhooks.endpoints import Endpoint
from tracker.webhooks.pacing import Answer
from tracker.webhooks.signing import signed_headers
from tracker.webhooks.words import Outcome

SECONDS: Final = 15.0
MOST_KEPT: Final = 8 * 1024


def send(
    endpoint: Endpoint,
    message_id: str,
    body: bytes,
    *,
    now: datetime,
    seconds: float = SECONDS,
) -> Answer:
    """Send ``body``, signed as of ``now``. Whatever goes wrong is an answer, too."""
    headers = _headers(endpoint, message_id, body, now)
    began_at = monotonic()
    try:
        reply = door().call("POST", endpoint.url, headers=headers, body=body, seconds=seconds)
    except EgressRefused as refusal:
        return _failed(Outcome.UNREACHABLE, refusal.type, began_at)
    except RemoteError as error:
        outcome = Outcome.NO_ANSWER if error.has_left else Outcome.UNREACHABLE
        return _failed(outcome, error.word, began_at)
    return Answer(
        outcome=Outcome.DELIVERED if reply.is_ok else Outcome.REFUSED,
        status=reply.status,
        milliseconds=_since(began_at),
        body=_kept(reply),
        detail=None if reply.is_ok else "redirect" if reply.is_redirect else "status",
        retry_in=reply.retry_in,
    )


def _headers(endpoint: Endpoint, message_id: str, body: bytes, now: datetime) -> Mapping[str, str]:
    """Ours stand last: whatever an endpoint wants, they are what the specification says."""
    signed = signed_headers(message_id, body, endpoint.secrets(now), now=now)
    return {**endpoint.headers, "Content-Type": "application/json", **signed}


def _failed(outcome: Outcome, detail: str, began_at: float) -> Answer:
    return Answer(outcome=outcome, milliseconds=_since(began_at), detail=detail)


def _since(began_at: float) -> int:
    return round((monotonic() - began_at) * 1000)


def _kept(reply: Reply) -> str | None:
    """The beginning of what was answered, as text; nothing of what came packed."""
    if not reply.body or reply.headers.get("Content-Encoding", "identity") != "identity":
        return None
    # PostgreSQL's texts cannot hold a zero byte.
    return reply.body[:MOST_KEPT].decode("utf-8", "replace").replace("\x00", "\ufffd")
