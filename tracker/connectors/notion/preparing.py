"""A database made, or adopted, and what is asked of it once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from tracker.connectors.boards import Keeper, Place
from tracker.connectors.notion.columns import first_columns, lacking, read_layout
from tracker.connectors.notion.names import A_PAGE
from tracker.connectors.notion.parse import plain_text
from tracker.connectors.notion.problems import CAPABILITY, IN_TRASH, NO_PARENT, NOT_SHARED, SEVERAL
from tracker.connectors.notion.wire import Saved, ask, at
from tracker.connectors.notion.writing import pieces
from tracker.connectors.trouble import PlatformError
from tracker.connectors.wire import understood

PAGE: Final = "page:"  # before the id of a page that the database is to be made in
_ROUNDS: Final = 2  # options can be added to a status once it is there
_BARE_ID: Final = re.compile(r"[0-9a-f]{32}$")  # titles end in digits, too


def prepared(place: Place) -> Place:
    """The board as it is there now, with what it lacked."""
    known = place.layout.get("data_source")
    source = _source(place.keeper, known) if known else _chosen_source(place)
    with understood():
        source_id = str(source["id"])
        layout = read_layout(place, source_id, source["properties"])
    for _ in range(_ROUNDS):
        with understood():
            missing = lacking(place, layout, source["properties"])
        if not missing:
            break
        source = _changed(place.keeper, source_id, missing)
        # What has just been added is recognised by its name, as what was there before.
        with understood():
            layout = _completed(place, layout, source["properties"])
    with understood():
        layout["database"] = str(source["parent"]["database_id"])
        layout["url"] = source.get("url")
    layout["people"] = _people(place)
    return replace(place, id=source_id, layout=layout)


def read_again(place: Place) -> Place:
    """With the columns and options of now: somebody may have added or removed one just before."""
    source = _source(place.keeper, place.layout["data_source"])
    with understood():
        layout = read_layout(place, place.layout["data_source"], source["properties"])
    return replace(place, layout={**place.layout, **layout})


def _completed(place: Place, layout: dict[str, Any], columns: Mapping[str, Any]) -> dict[str, Any]:
    again = read_layout(replace(place, layout={}), layout["data_source"], columns)
    found = layout["columns"]
    added = {role: one for role, one in again["columns"].items() if role not in found}
    known = {**layout, "columns": {**found, **added}}
    return read_layout(replace(place, layout=known), layout["data_source"], columns)


def _changed(keeper: Keeper, source_id: str, properties: Mapping[str, Any]) -> Any:
    try:
        return ask(keeper, "PATCH", at("data_sources", source_id), {"properties": properties})
    except Saved:
        return _source(keeper, source_id)


def _source(keeper: Keeper, source_id: str) -> Any:
    source = ask(keeper, "GET", at("data_sources", source_id))
    with understood():
        if source["in_trash"]:
            raise PlatformError("gone", IN_TRASH)
    return source


def _chosen_source(place: Place) -> Any:
    """What the manager chose: a table, a database, or a page to make one in."""
    chosen = place.id or ""
    parent = chosen.removeprefix(PAGE) if chosen.startswith(PAGE) else place.settings.get("parent")
    if place.id is None or chosen.startswith(PAGE):
        if not parent:
            raise PlatformError("our_fault", NO_PARENT)
        return _source(place.keeper, _made(place, bare_id(str(parent))))
    return existing_source(place.keeper, chosen)


def existing_source(keeper: Keeper, chosen: str) -> Any:
    """The table itself, or the only one of a database; by its id or its address."""
    try:
        return _source(keeper, bare_id(chosen))
    except PlatformError as error:
        if error.detail != NOT_SHARED:
            raise
    return _source(keeper, _only_source(_database(keeper, bare_id(chosen))))


def bare_id(text: str) -> str:
    """The id in an address that was copied from the browser; ids as they are."""
    path = text.strip().split("?")[0].split("#")[0].rstrip("/")
    found = _BARE_ID.search(path.replace("-", "").casefold())
    return found[0] if "/" in path and found else path


def _database(keeper: Keeper, database_id: str) -> Any:
    return ask(keeper, "GET", at("databases", database_id))


def _only_source(database: Any) -> str:
    with understood():
        if database.get("in_trash"):
            raise PlatformError("gone", IN_TRASH)
        sources = [str(one["id"]) for one in database["data_sources"]]
    if len(sources) != 1:
        raise PlatformError("our_fault", SEVERAL if sources else NOT_SHARED)
    return sources[0]


def _made(place: Place, parent: str) -> str:
    """A database in a page; the one that an interrupted attempt has made is taken for it."""
    for database in _those_made(place, parent):
        return _only_source(database)
    body = {
        "parent": {"type": "page_id", "page_id": parent},
        "title": pieces(place.name),
        "description": pieces(place.marker),
        "initial_data_source": {"properties": first_columns(place)},
    }
    try:
        return _only_source(ask(place.keeper, "POST", "/v1/databases", body))
    except Saved as saved:
        return _only_source(_database(place.keeper, saved.resource_id))


def _those_made(place: Place, parent: str) -> Iterator[Any]:
    """Databases in the page that bear our mark."""
    for block in _rows(place.keeper, "GET", at("blocks", parent, "children")):
        inner = block.get("child_database") or {}
        if place.marker and inner.get("title") == place.name:
            database = _database(place.keeper, str(block["id"]))
            is_ours = place.marker in plain_text(database.get("description"))
            if is_ours and not database.get("in_trash"):
                yield database


def _people(place: Place) -> dict[str, str] | None:
    """Ids of those who may be assigned, by their e-mails; None where nobody may be read."""
    wanted = {email.casefold(): email for email, _name in place.people}
    found: dict[str, str] = {}
    try:
        for user in _rows(place.keeper, "GET", "/v1/users"):
            email = str((user.get("person") or {}).get("email") or "").casefold()
            if email in wanted:
                found[wanted[email]] = str(user["id"])
            if len(found) == len(wanted):
                break
    except PlatformError as error:
        if error.detail != CAPABILITY:
            raise
        return None
    return found


def _rows(keeper: Keeper, method: str, path: str) -> Iterator[Mapping[str, Any]]:
    cursor: str | None = None
    while True:
        query = {"page_size": A_PAGE, "start_cursor": cursor}
        answer = ask(keeper, method, path, query=query)
        with understood():
            rows, more = list(answer["results"]), bool(answer["has_more"])
            cursor = answer["next_cursor"] if more else None
        yield from rows
        if cursor is None:
            return
