"""A strict endpoint of webhooks: it notes each event before it says so, and nobody kills it."""

import hmac
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final

from tests.fakes.serving import Asked, Told
from tracker.kernel.clock import utcnow

TOLERANCE: Final = timedelta(minutes=5)  # as the libraries of Standard Webhooks have it


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request that was taken."""

    id: str
    body: bytes
    at: datetime
    is_signed: bool


@dataclass(kw_only=True)
class Endpoint:
    """What stands at the address of a webhook. ``secret`` is told once it is known.

    ``slowest`` are seconds, at most, between having an event and saying so: time to be killed in.
    """

    dice: Random
    slowest: float
    secret: str = "whsec_"
    sent: list[Sent] = field(default_factory=list)

    def answer(self, asked: Asked) -> Told:
        """Have it for ever; then say so."""
        now = utcnow()
        is_signed = self._is_signed(asked, now)
        id_ = asked.headers.get("webhook-id", "")
        self.sent.append(Sent(id=id_, body=asked.raw, at=now, is_signed=is_signed))
        return Told(delay=self.dice.uniform(0, self.slowest))

    def _is_signed(self, asked: Asked, now: datetime) -> bool:
        """By this very secret, of late, with nothing changed."""
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        id_, seconds, signature = (asked.headers.get(name, "") for name in names)
        key = b64decode(self.secret.removeprefix("whsec_"))
        digest = hmac.digest(key, f"{id_}.{seconds}.".encode() + asked.raw, "sha256")
        is_recent = abs(now.timestamp() - float(seconds or 0)) < TOLERANCE.total_seconds()
        return is_recent and signature == f"v1,{b64encode(digest).decode()}"
