"""Signatures by Standard Webhooks 1.0.0. Pure.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

SECRET_BYTES: Final = 32
_PREFIX: Final = "whsec_"
_VERSION: Final = "v1"


def secret_of(raw: bytes) -> str:
    """A secret as both sides write it down."""
    return f"{_PREFIX}{b64encode(raw).decode()}"


def signed_headers(
    message_id: str, body: bytes, secrets: Iterable[str], *, now: datetime
) -> Mapping[str, str]:
    """What goes with ``body``: its id, the second of the attempt, one signature for each secret."""
    seconds = int(now.timestamp())
    signatures = [_signature(message_id, seconds, body, secret) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(signatures),
    }


def _signature(message_id: str, seconds: int, body: bytes, secret: str) -> str:
    signed = f"{message_id}.{seconds}.".encode() + body
    key = b64decode(secret.removeprefix(_PREFIX))
    return f"{_VERSION},{b64encode(hmac.digest(key, signed, 'sha256')).decode()}"
