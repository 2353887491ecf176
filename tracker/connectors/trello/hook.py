"""What Trello tells by itself: whether it is Trello who tells it, and what it is about. Pure.

Source: https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/
"""

import hmac
import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

import orjson

from tracker.connectors.boards import Told
from tracker.connectors.days import instant

SIGNATURE: Final = "X-Trello-Webhook"
ECHO: Final = "X-Trello-Client-Identifier"
_WORD: Final = re.compile(r"[!-~]{1,64}")


def is_genuine(body: bytes, signature: str | None, *, secret: str, address: str) -> bool:
    """Whether ``secret``, the app's own, has signed these very bytes for this very address."""
    if not secret.strip() or signature is None:
        return False
    expected = hmac.digest(secret.strip().encode(), body + address.encode(), "sha1")
    return hmac.compare_digest(b64encode(expected), signature.encode("utf-8", "replace"))


def identity(marker: str) -> str:
    """Who we are in the header that Trello gives back, so that own changes are known.

    It is no proof, since no signature covers it.
    """
    return f"tracker-{marker}"


def read(body: bytes, *, is_echo: bool) -> Told | None:
    """What a delivery is about; None for what is no delivery, though it be signed."""
    try:
        action = orjson.loads(body)["action"]
        return told(action, is_echo=is_echo)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None


def told(action: Mapping[str, Any], *, is_echo: bool = False) -> Told:
    """An action, of a delivery or of the board's log. Raises what ``understood`` understands."""
    card = (action.get("data") or {}).get("card") or {}
    return Told(
        key=_short(action["id"]),
        type=_short(action["type"]),
        card=_short(card["id"]) if card.get("id") else None,
        at=instant(action["date"]),
        is_echo=is_echo,
    )


def _short(word: object) -> str:
    if not isinstance(word, str) or not _WORD.fullmatch(word):
        raise ValueError("not an id")
    return word
