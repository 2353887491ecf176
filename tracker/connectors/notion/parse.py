"""Notion's answers, read. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from tracker.connectors.boards import Card, Fields, Place

SEEN: Final = "seen"
_DIGEST: Final = 8


def plain_text(pieces: Any) -> str:
    """Rich text without what makes it rich."""
    return "".join(str(piece.get("plain_text", "")) for piece in pieces or ())


def instant(text: str) -> datetime:
    """An instant of theirs: pages have theirs cut to the minute, databases do not."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def is_ours(place: Place, page: Mapping[str, Any]) -> bool:
    """Whether it is a row of this board, and not one of another table or moved elsewhere."""
    parent = page.get("parent") or {}
    return bool(parent.get("data_source_id") == place.layout["data_source"])


def title_of(page: Mapping[str, Any]) -> str:
    """Of any page: the one column of that type."""
    titles = [one["title"] for one in page["properties"].values() if one["type"] == "title"]
    return plain_text(titles[0]) if titles else ""


def elsewhere(page: Mapping[str, Any]) -> Card:
    """A page of another table: its columns mean nothing to us."""
    return Card(
        id=str(page["id"]), title=title_of(page), fields={}, url=page.get("url"), is_gone=True
    )


def has_a_new_option(place: Place, page: Mapping[str, Any]) -> bool:
    """Whether it has a status that was not there when the columns were read."""
    column = place.layout["columns"].get("status")
    for value in page["properties"].values():
        if value["id"] == column:
            return (value["status"] or {}).get("id") not in {None, *place.layout["words"]}
    return False


def read_card(place: Place, page: Mapping[str, Any]) -> Card:
    """A page that is a row of ours; columns are known by their ids, whatever they are called."""
    values = {str(value["id"]): value for value in page["properties"].values()}
    columns: Mapping[str, str] = place.layout["columns"]
    told = {role: values[one] for role, one in columns.items() if one in values}
    title = plain_text(told["title"]["title"]) if "title" in told else ""
    labels = _labels(place, told)
    phase = (told.get("phase", {}).get("select") or {}).get("id")
    fields, is_gone = _fields(place, told, title), bool(page.get("in_trash"))
    return Card(
        id=str(page["id"]),
        title=title,
        fields=fields,
        marker=_marker(told),
        url=page.get("url"),
        phase={one: key for key, one in place.layout["phases"].items()}.get(phase),
        labels=[name for name, _id in labels],
        parts={**_parts(place, told, labels), SEEN: _digest(fields, is_gone=is_gone)},
        edited_at=instant(page["last_edited_time"]),
        is_gone=is_gone,
    )


def _digest(fields: Fields, *, is_gone: bool) -> str:
    """Of what goes both ways: by it a page is known that is as it was read last."""
    content = orjson.dumps([fields, is_gone], option=orjson.OPT_SORT_KEYS)
    return blake2b(content, digest_size=_DIGEST).hexdigest()


def meanwhile(before: Card, answered: Card, names: Sequence[str]) -> Card:
    """The answer to a change of ``names``: where more has changed, somebody else was there, too."""
    is_ours = all(
        value == before.fields.get(name)
        for name, value in answered.fields.items()
        if name not in names
    )
    if is_ours:
        return answered
    return replace(answered, parts={**answered.parts, SEEN: before.parts.get(SEEN)})


def _fields(place: Place, told: Mapping[str, Any], title: str) -> dict[str, Any]:
    fields: dict[str, Any] = {"title": title} if "title" in told else {}
    if "status" in told:
        option = (told["status"]["status"] or {}).get("id")
        fields["status"] = place.layout["words"].get(option, "todo")
    fields |= _days(place, told)
    people = place.layout.get("people")
    if "owner" in told and people is not None:
        fields["assignees"] = sorted(_addresses(place, told["owner"]["people"]).values())
    return fields


def _days(place: Place, told: Mapping[str, Any]) -> dict[str, Any]:
    if "when" in told:
        start, end = _range(place, told["when"])
        return {"start_on": start, "due_on": end}
    named = {"start": "start_on", "due": "due_on"}
    return {name: _range(place, told[role])[0] for role, name in named.items() if role in told}


def _range(place: Place, told: Mapping[str, Any]) -> tuple[str | None, str | None]:
    value = told["date"]
    if value is None:
        return None, None
    zone = value.get("time_zone")
    start = _day(place, value["start"], zone)
    end = value.get("end")
    return start, _day(place, end, zone) if end else start


def _day(place: Place, text: str, zone: str | None) -> str:
    """The local day of a date, or of an instant, which has an offset or a zone beside it."""
    if "T" not in text:
        return date.fromisoformat(text).isoformat()
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(zone or "UTC"))
    return at.astimezone(ZoneInfo(place.zone)).date().isoformat()


def _addresses(place: Place, people: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """E-mails by ids, of those whom we know; others are on the page, and none of our business."""
    known = {one: email for email, one in place.layout["people"].items()}
    ours = {email.casefold(): email for email, _name in place.people}
    for one in people:
        email = str((one.get("person") or {}).get("email") or "").casefold()
        if email in ours:
            known[str(one["id"])] = ours[email]
    return {one: email for one, email in known.items() if one in {str(row["id"]) for row in people}}


def _labels(place: Place, told: Mapping[str, Any]) -> list[tuple[str, str]]:
    ours = {one: text for text, one in place.layout["labels"].items()}
    options = told.get("labels", {}).get("multi_select") or ()
    return [(ours.get(str(one["id"]), str(one["name"])), str(one["id"])) for one in options]


def _marker(told: Mapping[str, Any]) -> str | None:
    return plain_text(told.get("marker", {}).get("rich_text")).strip() or None


def _parts(
    place: Place, told: Mapping[str, Any], labels: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """What people have put on the page that we cannot name: it is kept when we write."""
    ours = set(place.layout["labels"].values())
    foreign = [one for _name, one in labels if one not in ours]
    people = told.get("owner", {}).get("people") or ()
    known = _addresses(place, people) if place.layout.get("people") is not None else {}
    strangers = [str(one["id"]) for one in people if str(one["id"]) not in known]
    return {name: ids for name, ids in (("labels", foreign), ("people", strangers)) if ids}
