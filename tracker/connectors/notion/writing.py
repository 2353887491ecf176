"""What a page is to hold, in Notion's words. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tracker.connectors.boards import Fields, Place, Wanted
from tracker.connectors.notion.columns import option_name
from tracker.connectors.notion.names import (
    A_PIECE,
    LONGEST_URL,
    MOST_PEOPLE,
    MOST_PIECES,
    MOST_RELATED,
)

SPEAKS_OF: Final = frozenset({"title", "status", "start_on", "due_on", "assignees", "after"})
_ROLES: Final[Mapping[str, Sequence[str]]] = {
    "title": ("title",),
    "status": ("status",),
    "start_on": ("when", "start"),
    "due_on": ("when", "due"),
    "assignees": ("owner",),
    "own": ("phase", "labels", "after", "marker", "url", "notes"),
    "after": ("after",),
}


def properties(
    place: Place, wanted: Wanted, names: Sequence[str], parts: Mapping[str, Any]
) -> dict[str, Any]:
    """The values of the columns behind ``names``, by their ids."""
    columns: Mapping[str, str] = place.layout["columns"]
    roles = dict.fromkeys(role for name in names for role in _ROLES.get(name, ()))
    return {
        columns[role]: _value(role, place, wanted, parts)
        for role in roles
        if role in columns and not (role == "owner" and place.layout.get("people") is None)
    }


def pieces(text: str) -> list[dict[str, Any]]:
    """A text, in pieces of the length that they take."""
    cut = [text[start : start + A_PIECE] for start in range(0, len(text), A_PIECE)]
    return [{"type": "text", "text": {"content": piece}} for piece in cut[:MOST_PIECES]]


def _value(role: str, place: Place, wanted: Wanted, parts: Mapping[str, Any]) -> dict[str, Any]:
    fields, layout = wanted.fields, place.layout
    match role:
        case "title":
            return {"title": pieces(str(fields["title"]))}
        case "status":
            option = layout["options"].get(fields["status"]) or layout["options"]["todo"]
            return {"status": {"id": option}}
        case "when":
            return {"date": _range(fields.get("start_on"), fields.get("due_on"))}
        case "start" | "due":
            return {"date": _range(fields.get(f"{role}_on"), None)}
        case "owner":
            return {"people": _people(layout["people"], fields, parts)}
        case _:
            return _own_value(role, place, wanted, parts)


def _own_value(role: str, place: Place, wanted: Wanted, parts: Mapping[str, Any]) -> dict[str, Any]:
    match role:
        case "phase":
            option = place.layout["phases"].get(wanted.phase)
            return {"select": {"id": option} if option else None}
        case "labels":
            known = place.layout["labels"]
            ours = [_label(known, text) for text in wanted.labels]
            return {"multi_select": ours + [{"id": one} for one in parts.get("labels", ())]}
        case "after":
            return {"relation": [{"id": one} for one in list(wanted.after)[:MOST_RELATED]]}
        case "marker":
            return {"rich_text": pieces(wanted.marker)}
        case "url":
            return {"url": wanted.url if 0 < len(wanted.url) <= LONGEST_URL else None}
        case _:
            return {"rich_text": pieces(wanted.description)}


def _label(known: Mapping[str, str], text: str) -> dict[str, str]:
    return {"id": known[text]} if text in known else {"name": option_name(text)}


def _range(start: str | None, end: str | None) -> dict[str, Any] | None:
    first, last = start or end, end or start
    if first is None or last is None:
        return None
    return {"start": first, "end": last if last > first else None}


def _people(
    known: Mapping[str, str], fields: Fields, parts: Mapping[str, Any]
) -> list[dict[str, str]]:
    ids = [known[one] for one in fields.get("assignees", ()) if one in known]
    ids += [one for one in parts.get("people", ()) if one not in ids]
    return [{"object": "user", "id": one} for one in ids[:MOST_PEOPLE]]
