"""The rows of a data source, page by page."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from tracker.connectors.boards import Place, Told
from tracker.connectors.notion.names import A_PAGE, OVERLAP
from tracker.connectors.notion.parse import SEEN, instant, read_card
from tracker.connectors.notion.problems import TOO_MANY
from tracker.connectors.notion.wire import ask, at
from tracker.connectors.trouble import PlatformError
from tracker.connectors.wire import understood

_OLDEST_FIRST: Final = [{"timestamp": "created_time", "direction": "ascending"}]
_NEWEST_FIRST: Final = [{"timestamp": "last_edited_time", "direction": "descending"}]

Row = Mapping[str, Any]


def all_rows(place: Place, condition: Row | None = None) -> Iterator[Row]:
    """Every row that fits, each once; those in the trash, too."""
    seen: set[str] = set()
    for in_trash in (False, True):
        for row in _rows(place, condition, in_trash=in_trash):
            with understood():
                row_id = str(row["id"])
            if row_id not in seen:
                seen.add(row_id)
                yield row


def _rows(place: Place, condition: Row | None, *, in_trash: bool) -> Iterator[Row]:
    """One query shows 10 000 rows and no more: the next begins where it ended."""
    since: str | None = None
    while True:
        last, is_complete = since, False
        body = {"filter": _both(condition, since), "sorts": _OLDEST_FIRST, "in_trash": in_trash}
        for answer in _pages(place, body):
            with understood():
                rows = answer["results"]
                last = rows[-1]["created_time"] if rows else last
                is_complete = (answer.get("request_status") or {}).get("type") != "incomplete"
            yield from rows
        if is_complete:
            return
        if last == since:
            raise PlatformError("our_fault", TOO_MANY)
        since = last


def _both(condition: Row | None, since: str | None) -> Row | None:
    beginning = {"timestamp": "created_time", "created_time": {"on_or_after": since}}
    if condition is None or since is None:
        return beginning if since else condition
    return {"and": [condition, beginning]}


def _pages(place: Place, body: Row) -> Iterator[Row]:
    path = at("data_sources", place.layout["data_source"], "query")
    cursor: str | None = None
    while True:
        asked = {"page_size": A_PAGE, "start_cursor": cursor, **body}
        answer = ask(
            place.keeper,
            "POST",
            path,
            {name: value for name, value in asked.items() if value is not None},
        )
        with understood():
            cursor = answer["next_cursor"] if answer["has_more"] else None
        yield answer
        if cursor is None:
            return


def rows_marked(place: Place, marker: str) -> Iterator[Row]:
    """Those with our mark, in the trash last."""
    column = place.layout["columns"]["marker"]
    yield from all_rows(place, {"property": column, "rich_text": {"equals": marker}})


def changed_rows(place: Place, cursor: Row | None) -> tuple[list[Told], dict[str, Any]]:
    """What was edited since, and is not as it was read last; what we wrote is no news."""
    if not cursor:
        return [], {"since": _newest(place)}
    since = cursor.get("since")
    condition = None if since is None else _edited_since(since)
    told, newest = [], since
    for row in all_rows(place, condition):
        with understood():
            card, edited = read_card(place, row), str(row["last_edited_time"])
        seen = place.parts.get(card.id, {}).get(SEEN)
        if card.parts[SEEN] != seen:
            # Two edits within a minute have one time: their contents tell them apart.
            key = f"{card.id}:{edited}:{card.parts[SEEN]}"
            told.append(Told(key=key, type="page.seen", card=card.id, at=card.edited_at))
        newest = edited if newest is None or instant(edited) > instant(newest) else newest
    return told, {"since": newest}


def _newest(place: Place) -> str | None:
    body = {"page_size": 1, "sorts": _NEWEST_FIRST}
    path = at("data_sources", place.layout["data_source"], "query")
    answer = ask(place.keeper, "POST", path, body)
    with understood():
        rows = answer["results"]
        return str(rows[0]["last_edited_time"]) if rows else None


def _edited_since(since: str) -> Row:
    start: datetime = instant(since) - OVERLAP
    text = start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"timestamp": "last_edited_time", "last_edited_time": {"on_or_after": text}}
