"""A Notion workspace that holds to Notion's rules: limits, sizes, ids, minutes, trash."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from tests.fakes.documents import NotionDocument
from tests.fakes.notion_tables import (
    Refused,
    Row,
    Table,
    hidden,
    invalid,
    minute,
    new_id,
    rich,
    same_id,
    set_options,
    stored,
)
from tests.fakes.notion_workspace import NEEDS_UNARCHIVED, Database, Workspace
from tests.fakes.serving import Asked, Told

TOKEN: Final = "ntn_0123456789"
VERSION: Final = "2026-03-11"
LARGEST: Final = 500 * 1024
A_MINUTE: Final = timedelta(minutes=1)

Fault = Callable[[Asked, Callable[[], Told]], Told]
"""Answers one request in another way; what it is given asks the platform itself."""


@dataclass
class FakeNotion(Workspace):
    """What it answers."""

    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    faults: list[Fault] = field(default_factory=list)
    most_calls: int = 180
    most_rows: int = 10_000
    lag: timedelta = timedelta()  # a query does not see what was made since
    asked: list[Asked] = field(default_factory=list)
    document: NotionDocument = field(default_factory=NotionDocument)
    _window: tuple[datetime, int] | None = None

    # The wire.

    def answer(self, asked: Asked) -> Told:
        self.asked.append(asked)
        if self.faults:
            return self.faults.pop(0)(asked, lambda: self._answered(asked))
        return self._answered(asked)

    def _answered(self, asked: Asked) -> Told:
        try:
            self._check(asked)
            return Told(200, {**self._route(asked), "request_id": new_id()})
        except Refused as refused:
            return self.error(refused.status, refused.code, refused.message, **refused.more)

    def error(self, status: int, code: str, message: str = "No.", **more: Any) -> Told:
        body = {"object": "error", "status": status, "code": code, "message": message}
        headers = {"Retry-After": str(more["retry_after"])} if "retry_after" in more else {}
        return Told(status, {**body, "additional_data": more, "request_id": new_id()}, headers)

    def _check(self, asked: Asked) -> None:
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            raise Refused(401, "unauthorized", "API token is invalid.")
        if "notion-version" not in asked.headers:
            raise Refused(400, "missing_version", "Notion-Version header should be defined")
        if asked.headers["notion-version"] != VERSION:
            raise invalid("Notion-Version header is not of this fake")
        self._count()
        if asked.body is not None and len(orjson.dumps(asked.body)) > LARGEST:
            raise invalid("body too large")

    def _count(self) -> None:
        """A window that begins with its first request, and may be used up in one burst."""
        now = self.clock()
        if self._window is None or now - self._window[0] >= A_MINUTE:
            self._window = (now, 0)
        began_at, used = self._window
        if used >= self.most_calls:
            wait = int((began_at + A_MINUTE - now).total_seconds()) + 1
            raise Refused(
                429,
                "rate_limited",
                "You have been rate limited. Please try again in a few minutes.",
                rate_limit_reason="public_api_request_rate_limit",
                retry_after=str(wait),
            )
        self._window = (began_at, used + 1)

    def _route(self, asked: Asked) -> dict[str, Any]:
        kind, rest, body = asked.parts[1], list(asked.parts[2:]), asked.body or {}
        by_kind: Mapping[str, Callable[[str, list[str], Any], dict[str, Any] | None]] = {
            "users": lambda _method, rest, _body: self._users(rest, asked.query),
            "search": lambda _method, _rest, body: self._search(body),
            "blocks": lambda _method, rest, _body: self._children(same_id(rest[0]), asked.query),
            "comments": lambda _method, _rest, body: self._comment(body),
            "databases": self._databases,
            "data_sources": self._data_sources,
            "pages": self._pages,
        }
        told = by_kind[kind](asked.method, rest, body) if kind in by_kind else None
        if told is None:
            raise Refused(400, "invalid_request_url", "Invalid request URL.")
        return told

    def _fits(self, method: str, path: str, body: Any) -> None:
        faults = self.document.faults_of_body(method, path, body)
        if faults:
            raise invalid(f"body failed validation: {'; '.join(faults)}"[:2000])

    # People, pages and what is in them.

    def _me(self) -> dict[str, Any]:
        bot = {"owner": {"type": "workspace", "workspace": True}, "workspace_id": new_id()}
        told = {"object": "user", "id": self.bot, "name": "Tracker", "avatar_url": None}
        return {**told, "type": "bot", "bot": {**bot, "workspace_name": "Launch crew"}}

    def _users(self, rest: list[str], query: Mapping[str, str]) -> dict[str, Any]:
        if rest == ["me"]:
            return self._me()
        if not self.reads_people:
            raise Refused(403, "restricted_resource", "Insufficient permissions for this endpoint.")
        users = [self.person(one) for one in self.people] + [self._me()]
        return _list("user", users, query)

    def _search(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self._fits("POST", "/v1/search", body)
        tables = [
            self.table(one)
            for one in self.tables.values()
            if not one.is_in_trash and self.databases[one.database].page in self.shared
        ]
        pages = [self._plain_page(one) for one in self.shared]
        return _list("page_or_data_source", tables + pages, body)

    def _plain_page(self, page_id: str) -> dict[str, Any]:
        title = {"id": "title", "type": "title", "title": rich(self.pages[page_id])}
        now = minute(self.clock())
        return {
            "object": "page",
            "id": page_id,
            "created_time": now,
            "last_edited_time": now,
            "parent": {"type": "workspace", "workspace": True},
            "in_trash": False,
            "properties": {"title": title},
            "url": f"https://app.notion.com/p/{page_id}",
        }

    def _children(self, page: str, query: Mapping[str, str]) -> dict[str, Any]:
        if page not in self.shared:
            raise hidden("block", page)
        blocks = [
            {
                "object": "block",
                "id": one.id,
                "type": "child_database",
                "child_database": {"title": one.title},
            }
            for one in self.databases.values()
            if one.page == page and not one.is_in_trash
        ]
        return _list("block", blocks, query)

    def _comment(self, body: Mapping[str, Any]) -> dict[str, Any]:
        self._fits("POST", "/v1/comments", body)
        if not self.reads_comments:
            raise Refused(403, "restricted_resource", "Insufficient permissions for this endpoint.")
        page = self.visible_row(body["parent"]["page_id"])
        if page.is_in_trash:
            raise invalid(NEEDS_UNARCHIVED)
        text = "".join(one["text"]["content"] for one in body["rich_text"])
        self.comments.append((page.id, text))
        return {"object": "comment", "id": new_id()}

    # Databases and their tables.

    def _databases(self, method: str, rest: list[str], body: Any) -> dict[str, Any] | None:
        match method, rest:
            case "POST", []:
                self._fits("POST", "/v1/databases", body)
                return self.database(self._make_database(body))
            case "GET", [database_id]:
                return self.database(self.visible_database(database_id))
        return None

    def _make_database(self, body: Mapping[str, Any]) -> Database:
        page = same_id(body["parent"]["page_id"])
        if page not in self.shared:
            raise hidden("page", page)
        title = "".join(one["text"]["content"] for one in body.get("title", ()))
        about = "".join(one["text"]["content"] for one in body.get("description", ()))
        made = Database(new_id(), title, about, page, self.clock())
        table = Table(new_id(), title, made.id, self.clock())
        properties = body["initial_data_source"]["properties"]
        if sum("title" in config for config in properties.values()) != 1:
            raise invalid("Title is not provided")
        for name, config in properties.items():
            table.add(name, *_kind(config))
        self.use_block()
        self.databases[made.id], self.tables[table.id] = made, table
        return made

    def _data_sources(self, method: str, rest: list[str], body: Any) -> dict[str, Any] | None:
        table = self.visible_table(rest[0])
        match method, rest[1:]:
            case "GET", []:
                return self.table(table)
            case "PATCH", []:
                self._fits("PATCH", "/v1/data_sources/{data_source_id}", body)
                self._change_table(table, body["properties"])
                return self.table(table)
            case "POST", ["query"]:
                self._fits("POST", "/v1/data_sources/{data_source_id}/query", body)
                return self._query(table, body)
        return None

    def _change_table(self, table: Table, properties: Mapping[str, Any]) -> None:
        self.must_be_there(table)
        for key, config in properties.items():
            known = {one for each in table.columns.values() for one in (each.id, each.name)}
            if key not in known:
                column = table.add(key, *_kind(config))
                self.tell_schema(table, column, "created", self.us)
                continue
            column = table.column(key)
            kind, wanted = _kind(config)
            if kind != column.type:
                raise invalid(f"{key} is a {column.type}.")
            if "options" in wanted:
                set_options(column, wanted["options"])
            self.tell_schema(table, column, "updated", self.us)

    def _query(self, table: Table, body: Mapping[str, Any]) -> dict[str, Any]:
        self.must_be_there(table)
        seen = self.clock() - self.lag
        rows = [
            row
            for row in self.rows.values()
            if row.table is table
            and row.is_in_trash == body.get("in_trash", False)
            and row.created_at <= seen
            and _passes(row, table, body.get("filter"))
        ]
        for order in reversed(body.get("sorts", ())):
            name = {"created_time": "created_at", "last_edited_time": "edited_at"}
            attribute = name[order["timestamp"]]
            is_down = order["direction"] == "descending"
            rows.sort(key=lambda row: minute(getattr(row, attribute)), reverse=is_down)
        told = _list("page_or_data_source", rows[: self.most_rows], body)
        told["results"] = [self.page(row) for row in told["results"]]
        is_cut = len(rows) > self.most_rows and not told["has_more"]
        told["request_status"] = {"type": "complete"}
        if is_cut:
            reason = "query_result_limit_reached"
            told["request_status"] = {"type": "incomplete", "incomplete_reason": reason}
        return told

    # Rows.

    def _pages(self, method: str, rest: list[str], body: Any) -> dict[str, Any] | None:
        match method, rest:
            case "POST", []:
                self._fits("POST", "/v1/pages", body)
                return self.page(self._make_row(body))
            case "POST", [page_id, "move"]:
                self._fits("POST", "/v1/pages/{page_id}/move", body)
                row = self.visible_row(page_id)
                row.table = self.visible_table(body["parent"]["data_source_id"])
                self.touch(row, "page.moved", self.us)
                return self.page(row)
            case "GET", [page_id]:
                return self.page(self.visible_row(page_id))
            case "PATCH", [page_id]:
                self._fits("PATCH", "/v1/pages/{page_id}", body)
                return self.page(self._change_row(self.visible_row(page_id), body))
        return None

    def _make_row(self, body: Mapping[str, Any]) -> Row:
        table = self.visible_table(body["parent"]["data_source_id"])
        self.must_be_there(table)
        values = self._values(table, body.get("properties", {}))
        self.use_block()
        return self.add_row(table, values, self.us)

    def _values(self, table: Table, properties: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for key, value in properties.items():
            column = table.column(key)
            found[column.id] = stored(column, value, self.people, self.rows)
        return found

    def _change_row(self, row: Row, body: Mapping[str, Any]) -> Row:
        author = self.us
        if row.is_in_trash and body.get("in_trash") is not False:
            raise invalid(NEEDS_UNARCHIVED)
        self.must_be_there(row.table)
        values = self._values(row.table, body.get("properties", {}))
        if "in_trash" in body and body["in_trash"] != row.is_in_trash:
            self.set_trash(row, is_in_trash=body["in_trash"], author=author)
        if values:
            self.write(row, values, author)
        return row


def _kind(config: Mapping[str, Any]) -> tuple[str, Any]:
    kinds = [name for name in config if name not in {"type", "name", "description"}]
    return kinds[0], config[kinds[0]]


def _passes(row: Row, table: Table, condition: Mapping[str, Any] | None) -> bool:
    """What the connector may ask; anything else would be a new feature of this fake."""
    if condition is None:
        return True
    if "and" in condition:
        return all(_passes(row, table, one) for one in condition["and"])
    if "timestamp" in condition:
        name = condition["timestamp"]
        told = row.created_at if name == "created_time" else row.edited_at
        since = datetime.fromisoformat(condition[name]["on_or_after"])
        return datetime.fromisoformat(minute(told)) >= since
    column = table.column(condition["property"])
    text = "".join(one["plain_text"] for one in row.values.get(column.id) or ())
    return bool(text == condition["rich_text"]["equals"])


def _list(kind: str, rows: list[Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Cursors are ids, and say nothing."""
    size = int(asked.get("page_size", 100))
    if not 1 <= size <= 100:
        raise invalid("page_size should be between 1 and 100")
    start = UUID(asked["start_cursor"]).int if asked.get("start_cursor") else 0
    end = start + size
    more = end < len(rows)
    return {
        "object": "list",
        "type": kind,
        kind: {},
        "results": rows[start:end],
        "has_more": more,
        "next_cursor": str(UUID(int=end)) if more else None,
    }
