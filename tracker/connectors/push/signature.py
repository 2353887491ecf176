"""Whether what was pushed comes from who has the secret, and now. Pure.

Source: https://www.standardwebhooks.com, spec v1: webhook-id, webhook-timestamp, webhook-signature.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Final, Literal

from standardwebhooks import Webhook

PREFIX: Final = "whsec_"
TOLERANCE: Final = timedelta(minutes=5)
_MOST_SIGNATURES: Final = 5
_LONGEST_ID: Final = 200
_LAST_SECOND: Final = 253402300799  # of the year 9999

Refusal = Literal["unsigned", "old", "wrong"]


def refusal(
    secret: str, headers: Mapping[str, str], body: bytes, *, now: datetime
) -> Refusal | None:
    """Why it is not believed; None where it is. ``headers`` have their names in small letters."""
    message_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    signatures = headers.get("webhook-signature", "").split()
    if not (message_id and len(message_id) <= _LONGEST_ID and signatures and _is_stamp(stamp)):
        return "unsigned"
    at = datetime.fromtimestamp(int(stamp), UTC)
    if abs(now - at) > TOLERANCE:
        return "old"
    expected = signed(secret, message_id, at, body)
    given = signatures[:_MOST_SIGNATURES]
    return None if any(compare_digest(expected, one) for one in given if one.isascii()) else "wrong"


def signed(secret: str, message_id: str, at: datetime, body: bytes) -> str:
    """The signature of a message: what whoever pushes sends along."""
    return str(Webhook(secret).sign(message_id, at, body.decode(errors="replace")))


def _is_stamp(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 12 and int(text) <= _LAST_SECOND  # noqa: PLR2004
