"""Mattermost, Teams and hooks of people's own: JSON, through the egress door."""

from http import HTTPStatus
from typing import Any

import orjson

from tracker.connectors.chat.media import MATTERMOST
from tracker.connectors.chat.message import hook_body, message, teams_card
from tracker.connectors.chat.replies import judged
from tracker.connectors.letter import Answer, Letter, Outcome, Parcel
from tracker.kernel.egress import EgressRefused, RemoteError, door


def send(kind: str, parcel: Parcel) -> Answer:
    """One letter to one address. Raises nothing."""
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": str(parcel.letter.id),  # the same on every retry
    }
    try:
        reply = door().call(
            "POST", parcel.address, headers=headers, body=orjson.dumps(_body(kind, parcel.letter))
        )
    except EgressRefused:
        return Answer(outcome=Outcome.REFUSED, detail="the egress door does not open")
    except RemoteError as error:
        if error.has_left:
            return Answer(outcome=Outcome.UNKNOWN, detail="no answer")
        return Answer(outcome=Outcome.DEFERRED, detail="not reached", retry_in=error.retry_in)
    if kind == "teams" and reply.status == HTTPStatus.OK and b"error" in reply.body[:200].lower():
        # Old connectors of Teams say 200 and tell in the body that they were limited.
        return Answer(outcome=Outcome.DEFERRED, detail="200 with an error")
    return judged(kind, reply.status, reply.retry_in)


def _body(kind: str, letter: Letter) -> dict[str, Any]:
    if kind == "teams":
        return teams_card(letter)
    if kind == "mattermost":
        return {"text": message(letter, MATTERMOST)}
    return hook_body(letter)
