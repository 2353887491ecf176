"""What stands in a fake Notion: tables with columns, and rows; and what may be written there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from urllib.parse import quote, unquote
from uuid import UUID, uuid4

GROUPS: Final = ("To-do", "In progress", "Complete")
_EMPTY: Final[Mapping[str, Any]] = {
    "title": [],
    "rich_text": [],
    "people": [],
    "relation": [],
    "multi_select": [],
    "checkbox": False,
}
MOST_SHOWN: Final = 25  # relations on a page


class Refused(Exception):
    """Notion's own word for what is wrong with a request."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.more = status, code, message, more


def invalid(message: str) -> Refused:
    return Refused(400, "validation_error", message)


def hidden(what: str, thing_id: str) -> Refused:
    message = f"Could not find {what} with ID: {thing_id}. Make sure it is shared."
    return Refused(404, "object_not_found", message)


@dataclass(eq=False)
class Column:
    """``id`` is as it is told: encoded."""

    id: str
    name: str
    type: str
    config: dict[str, Any] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        told = {"id": self.id, "name": self.name, "type": self.type, "description": None}
        return {**told, self.type: self.config}

    def option(self, **wanted: str) -> dict[str, Any] | None:
        for one in self.config["options"]:
            if all(one[name] == value for name, value in wanted.items()):
                return dict(one)
        return None


@dataclass(eq=False)
class Table:
    id: str
    name: str
    database: str
    created_at: datetime
    columns: dict[str, Column] = field(default_factory=dict)
    is_in_trash: bool = False
    made: int = 0

    def add(self, name: str, kind: str, config: Mapping[str, Any]) -> Column:
        if any(one.name == name for one in self.columns.values()):
            raise invalid(f"{name} is already a property.")
        self.made += 1
        column_id = "title" if kind == "title" else quote(f"c{self.made}[@", safe="")
        column = Column(column_id, name, kind, _config(kind, config))
        self.columns[column_id] = column
        return column

    def column(self, key: str) -> Column:
        """By id, encoded or not, or by name."""
        for one in self.columns.values():
            if key in {one.id, unquote(one.id), one.name}:
                return one
        raise invalid(f"{key} is not a property that exists.")


@dataclass(eq=False)
class Row:
    id: str
    table: Table
    created_at: datetime
    created_by: str
    edited_at: datetime
    edited_by: str
    values: dict[str, Any] = field(default_factory=dict)
    is_in_trash: bool = False


def new_id() -> str:
    return str(uuid4())


def same_id(text: str) -> str:
    """Ids without dashes are taken, too."""
    try:
        return str(UUID(text))
    except ValueError:
        raise invalid("path failed validation: id should be a valid uuid") from None


def _config(kind: str, config: Mapping[str, Any]) -> dict[str, Any]:
    if kind == "status":
        return _status(config.get("options"))
    if kind in {"select", "multi_select"}:
        return {"options": [new_option(one) for one in config.get("options", ())]}
    return dict(config)


def _status(named: Any) -> dict[str, Any]:
    """Three groups with an option each; options that are named are all to do."""
    options = [new_option(one) for one in named or map(_name, ("Not started", GROUPS[1], "Done"))]
    ids = [one["id"] for one in options]
    in_groups = [ids, [], []] if named else [[one] for one in ids]
    groups = [
        {"id": new_id(), "name": name, "color": "gray", "option_ids": own}
        for name, own in zip(GROUPS, in_groups, strict=True)
    ]
    return {"options": options, "groups": groups}


def _name(name: str) -> dict[str, str]:
    return {"name": name}


def new_option(wanted: Mapping[str, Any]) -> dict[str, Any]:
    name = wanted.get("name")
    if not name or "," in name or len(name) > 100:
        raise invalid("Invalid select option, commas not allowed")
    return {
        "id": new_id(),
        "name": name,
        "color": wanted.get("color", "default"),
        "description": wanted.get("description"),
    }


def set_options(column: Column, wanted: list[Mapping[str, Any]]) -> None:
    """Those that are not named again go; new ones of a status are to do, whatever they are."""
    kept = []
    for one in wanted:
        by_id = column.option(id=one["id"]) if "id" in one else None
        if "id" in one and by_id is None:
            raise invalid(f"Option {one['id']} does not exist")
        by_name = None if by_id or "name" not in one else column.option(name=one["name"])
        found = by_id or by_name or new_option(one)
        if column.type == "status" and not (by_id or by_name):
            column.config["groups"][0]["option_ids"].append(found["id"])
        kept.append(found)
    names = [one["name"].casefold() for one in kept]
    if len(set(names)) != len(names) or len(kept) > 100:
        raise invalid("Options must have different names")
    ids = {one["id"] for one in kept}
    column.config["options"] = kept
    for group in column.config.get("groups", ()):
        group["option_ids"] = [one for one in group["option_ids"] if one in ids]


def stored(column: Column, value: Mapping[str, Any], people: Mapping[str, Any], rows: Any) -> Any:
    """A value as it is told afterwards. Raises Refused where it does not fit the column."""
    kind = column.type
    given = {key for key in value if key != "type"}
    if given != {kind}:
        raise invalid(f"{column.name} is expected to be {kind}.")
    new = value[kind]
    if kind in {"title", "rich_text"}:
        return [_piece(one["text"]["content"]) for one in new]
    if kind in {"people", "relation"}:
        return _ids(kind, [one["id"] for one in new], people, rows)
    if kind == "multi_select":
        return [_chosen(column, one) for one in new]
    reading: dict[str, Callable[[Any], Any]] = {
        "status": partial(_chosen, column),
        "select": partial(_chosen, column),
        "date": _date,
    }
    return new if new is None or kind not in reading else reading[kind](new)


def _ids(kind: str, ids: list[str], people: Mapping[str, Any], rows: Any) -> list[str]:
    if kind == "relation":
        ids = list(map(same_id, ids))
    unknown = [one for one in ids if one not in (people if kind == "people" else rows)]
    if unknown:
        raise invalid("User does not exist") if kind == "people" else hidden("page", unknown[0])
    return list(dict.fromkeys(ids))


def _chosen(column: Column, wanted: Mapping[str, Any]) -> str:
    found = column.option(id=wanted["id"]) if "id" in wanted else column.option(name=wanted["name"])
    if found is None:
        if "id" in wanted or column.type == "status":
            raise invalid(f"{column.type} option does not exist.")
        found = new_option(wanted)
        column.config["options"].append(found)
    return str(found["id"])


def _date(new: Mapping[str, Any]) -> dict[str, Any]:
    start, end = new["start"], new.get("end")
    for text in filter(None, (start, end)):
        datetime.fromisoformat(text)
    if end is not None and end < start:
        raise invalid("Start date must be before end date")
    return {"start": start, "end": end, "time_zone": new.get("time_zone")}


def _piece(text: str) -> dict[str, Any]:
    plain = dict.fromkeys(("bold", "italic", "strikethrough", "underline", "code"), False)
    return {
        "type": "text",
        "text": {"content": text, "link": None},
        "annotations": {**plain, "color": "default"},
        "plain_text": text,
        "href": None,
    }


def rich(text: str) -> list[dict[str, Any]]:
    return [_piece(text)] if text else []


def shown_value(column: Column, value: Any, person: Any) -> dict[str, Any]:
    """``person`` tells a user by their id."""
    kind, more = column.type, {}
    if value is None:
        value = _EMPTY.get(kind)
    if kind in {"status", "select"} and value is not None:
        value = _option(column, value)
    elif kind == "multi_select":
        value = [one for one in (_option(column, each) for each in value) if one]
    elif kind == "people":
        value = [person(one) for one in value]
    elif kind == "relation":
        more = {"has_more": len(value) > MOST_SHOWN}
        value = [{"id": one} for one in value[:MOST_SHOWN]]
    return {"id": column.id, "type": kind, kind: value, **more}


def _option(column: Column, option_id: str) -> dict[str, Any] | None:
    found = column.option(id=option_id)
    return found and {name: found[name] for name in ("id", "name", "color")}


def minute(at: datetime) -> str:
    """A page's time: cut to the minute."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:00.000Z")


def instant(at: datetime) -> str:
    """A database's time."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
