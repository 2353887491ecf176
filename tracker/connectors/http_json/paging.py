"""How to go on after a page. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from tracker.connectors.http_json.paths import one_at
from tracker.connectors.trouble import PlatformError
from tracker.connectors.wire import Answer

KINDS: Final = ("none", "cursor", "page", "offset", "link_header", "next_url")
MOST_PAGES: Final = 50
_NEXT_LINK: Final = re.compile(r'<([^>]{1,2000})>\s*;[^,]*\brel="?next"?', re.IGNORECASE)
_PARAMS: Final = {"cursor": "cursor", "page": "page", "offset": "offset"}

Place = Mapping[str, Any]
"""Where a page is: ``param`` with its value, or a whole address."""


def first(config: Mapping[str, Any]) -> Place:
    """Where to begin."""
    kind = config.get("paging") or "none"
    if kind == "page":
        return {"value": int(config.get("first_page") or 1)}
    return {"value": 0} if kind == "offset" else {}


def query_of(config: Mapping[str, Any], place: Place) -> Mapping[str, object]:
    """What to ask the page at ``place`` by."""
    kind = config.get("paging") or "none"
    if kind not in _PARAMS or place.get("value") is None:
        return {}
    return {str(config.get("param") or _PARAMS[kind]): place["value"]}


def after(
    config: Mapping[str, Any], place: Place, answer: Answer, rows: int, *, address: str
) -> Place | None:
    """Where the next page is; None: this was the last one. Raises PlatformError."""
    kind = config.get("paging") or "none"
    match kind:
        case "page" | "offset":
            step = rows if kind == "offset" else 1
            return {"value": place["value"] + step} if rows else None
        case "cursor":
            return _another(place, one_at(str(config["next"]), answer.json))
        case "next_url":
            return _leading_on(one_at(str(config["next"]), answer.json), place, address)
        case "link_header":
            found = _NEXT_LINK.search(answer.headers.get("Link", ""))
            return _leading_on(found[1] if found else None, place, address)
        case _:
            return None


def _another(place: Place, value: object) -> Place | None:
    """A cursor that leads to itself would lead on for ever."""
    if value in (None, "", False):
        return None
    if not isinstance(value, str | int) or value == place.get("value"):
        raise PlatformError("transient", "a cursor that leads nowhere")
    return {"value": value}


def _leading_on(link: object, place: Place, address: str) -> Place | None:
    """The credentials go with every page, so none may be anywhere else."""
    if link in (None, "", False):
        return None
    if not isinstance(link, str):
        raise PlatformError("transient", "not the documented shape")
    there = urljoin(address, link)
    if urlsplit(there)[:2] != urlsplit(address)[:2]:
        raise PlatformError("our_fault", "the next page is at another address")
    if there == place.get("url", address):
        raise PlatformError("transient", "a page that leads to itself")
    return {"url": there}
