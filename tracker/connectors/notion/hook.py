"""What Notion tells by itself: whether it is believed, and what it is about. Pure.

Source: https://developers.notion.com/reference/webhooks: X-Notion-Signature is sha256= and the hex
HMAC-SHA256 of the raw body under the verification token. There is no timestamp: whoever repeats a
delivery is known by its id.
"""

import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from tracker.connectors.boards import Told

SIGNATURE: Final = "X-Notion-Signature"
_PREFIX: Final = "sha256="
_LONGEST_TOKEN: Final = 200
_LONGEST_ID: Final = 100
_PAGE: Final = "page."
_WHOLE: Final = frozenset(
    {
        "data_source.schema_updated",
        "data_source.deleted",
        "data_source.undeleted",
        "data_source.moved",
        "database.deleted",
        "database.undeleted",
        "database.moved",
        "database.schema_updated",
    }
)
_MOVED: Final = "page.moved"  # names where the page is now: it may have been ours


def is_signed(token: str, body: bytes, signature: str | None) -> bool:
    """Whether whoever has the verification token has sent exactly this."""
    expected = _PREFIX + hmac.new(token.encode(), body, sha256).hexdigest()
    given = signature or ""
    return bool(token) and given.isascii() and hmac.compare_digest(expected, given)


def handshake(body: Any) -> str | None:
    """The verification token, which they send before anything else; None: it is no handshake."""
    if not isinstance(body, dict) or body.keys() != {"verification_token"}:
        return None
    token = body["verification_token"]
    is_token = isinstance(token, str) and token.isascii() and token.isprintable()
    return token if is_token and 0 < len(token) <= _LONGEST_TOKEN else None


def read_told(body: Any, *, own_id: str | None, layout: Mapping[str, Any]) -> Told | None:
    """An event; None where it is none. What is of no use to us is an echo: nothing follows of it.

    Events come together, late and in any order, so that only a page's id is taken from them. A
    connection is told of all that it is shared with, other databases, too.
    """
    if not isinstance(body, dict) or not _is_id(body.get("id")):
        return None
    kind = body["type"] if _is_id(body.get("type")) else "?"
    entity = _mapping(body.get("entity"))
    is_page = kind.startswith(_PAGE) and _is_id(entity.get("id"))
    is_of_use = (is_page or kind in _WHOLE) and (kind == _MOVED or _is_here(kind, body, layout))
    return Told(
        key=str(body["id"]),
        type=kind,
        card=str(entity["id"]) if is_page else None,
        at=_instant(body.get("timestamp")),
        is_echo=not is_of_use or _is_only_ours(body.get("authors"), own_id),
    )


def _is_here(kind: str, body: Mapping[str, Any], layout: Mapping[str, Any]) -> bool:
    ours = {layout.get("data_source"), layout.get("database")} - {None}
    parent = _mapping(_mapping(body.get("data")).get("parent"))
    table = parent.get("data_source_id") or parent.get("id")
    if not kind.startswith(_PAGE):
        table = _mapping(body.get("entity")).get("id")
    return not ours or not table or table in ours


def _is_only_ours(authors: Any, own_id: str | None) -> bool:
    """Events are put together: where a person had a hand in it, it is looked at."""
    if own_id is None or not isinstance(authors, list) or not authors:
        return False
    return all(_mapping(one).get("id") == own_id for one in authors)


def _is_id(value: Any) -> bool:
    is_plain = isinstance(value, str) and value.isascii() and value.isprintable()
    return is_plain and 0 < len(value) <= _LONGEST_ID


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _instant(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return at.astimezone(UTC) if at.tzinfo else None
