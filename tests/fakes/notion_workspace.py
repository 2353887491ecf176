"""What stands in a fake Notion, who may see it, and how it is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from tests.fakes.notion_events import Change, Subscription
from tests.fakes.notion_tables import (
    Column,
    Refused,
    Row,
    Table,
    hidden,
    instant,
    invalid,
    minute,
    new_id,
    rich,
    same_id,
    shown_value,
)

NEEDS_UNARCHIVED: Final = (
    "Can't edit block that is archived. You must unarchive the block before editing."
)


@dataclass
class Database:
    id: str
    title: str
    description: str
    page: str
    created_at: datetime
    is_in_trash: bool = False


@dataclass
class Workspace:
    """``clock`` is theirs. ``shared`` are pages that the connection was added to."""

    clock: Callable[[], datetime] = lambda: datetime(2026, 11, 2, 9, 9, 45, 607000, UTC)
    bot: str = field(default_factory=new_id)
    people: dict[str, str] = field(default_factory=dict)  # e-mails by ids
    reads_people: bool = True
    reads_comments: bool = True
    pages: dict[str, str] = field(default_factory=dict)  # titles by ids
    shared: set[str] = field(default_factory=set)
    databases: dict[str, Database] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    comments: list[tuple[str, str]] = field(default_factory=list)
    blocks: int = 0
    most_blocks: int | None = None
    subscription: Subscription = field(
        default_factory=lambda: Subscription("secret_0123456789abcdef", new_id())
    )

    @property
    def us(self) -> tuple[str, str]:
        return "bot", self.bot

    def person(self, user_id: str) -> dict[str, Any]:
        if not self.reads_people:
            return {"object": "user", "id": user_id}
        told = {"object": "user", "id": user_id, "name": "Somebody", "avatar_url": None}
        return {**told, "type": "person", "person": {"email": self.people[user_id]}}

    def visible_database(self, database_id: str) -> Database:
        found = self.databases.get(same_id(database_id))
        if found is None or found.page not in self.shared:
            raise hidden("database", database_id)
        return found

    def visible_table(self, table_id: str) -> Table:
        found = self.tables.get(same_id(table_id))
        if found is None or self.databases[found.database].page not in self.shared:
            raise hidden("data_source", table_id)
        return found

    def visible_row(self, row_id: str) -> Row:
        found = self.rows.get(same_id(row_id))
        if found is None or self.databases[found.table.database].page not in self.shared:
            raise hidden("page", row_id)
        return found

    def must_be_there(self, table: Table) -> None:
        if table.is_in_trash or self.databases[table.database].is_in_trash:
            raise invalid(NEEDS_UNARCHIVED)

    def use_block(self) -> None:
        if self.most_blocks is not None and self.blocks >= self.most_blocks:
            raise Refused(
                403, "restricted_resource", "Block limit reached.", block_limit="block_creation"
            )
        self.blocks += 1

    def add_row(self, table: Table, values: dict[str, Any], author: tuple[str, str]) -> Row:
        now = self.clock()
        status = [one for one in table.columns.values() if one.type == "status"]
        first = {one.id: one.config["options"][0]["id"] for one in status}
        row = Row(new_id(), table, now, author[1], now, author[1], {**first, **values})
        self.rows[row.id] = row
        self.touch(row, "page.created", author)
        return row

    def write(self, row: Row, values: Mapping[str, Any], author: tuple[str, str]) -> None:
        row.values.update(values)
        if "title" in values:
            self.touch(row, "page.content_updated", author)
        rest = [one for one in values if one != "title"]
        if rest:
            self.touch(row, "page.properties_updated", author, rest)

    def set_trash(self, row: Row, *, is_in_trash: bool, author: tuple[str, str]) -> None:
        row.is_in_trash = is_in_trash
        self.touch(row, "page.deleted" if is_in_trash else "page.undeleted", author)

    def touch(
        self, row: Row, kind: str, author: tuple[str, str], properties: list[str] | None = None
    ) -> None:
        row.edited_at, row.edited_by = self.clock(), author[1]
        parent = {"id": row.table.database, "type": "database", "data_source_id": row.table.id}
        self.subscription.changes.append(
            Change(self.clock(), author, kind, ("page", row.id), parent, properties or [])
        )

    def tell_schema(
        self, table: Table, column: Column, action: str, author: tuple[str, str]
    ) -> None:
        parent = {"id": table.database, "type": "database"}
        what = {"id": column.id, "name": column.name, "action": action}
        kind, about = "data_source.schema_updated", ("data_source", table.id)
        self.subscription.changes.append(Change(self.clock(), author, kind, about, parent, [what]))

    def page(self, row: Row) -> dict[str, Any]:
        table = row.table
        parent = {"type": "data_source_id", "data_source_id": table.id}
        return {
            "object": "page",
            "id": row.id,
            "created_time": minute(row.created_at),
            "last_edited_time": minute(row.edited_at),
            "created_by": {"object": "user", "id": row.created_by},
            "last_edited_by": {"object": "user", "id": row.edited_by},
            "parent": {**parent, "database_id": table.database},
            "in_trash": row.is_in_trash,
            "is_archived": False,
            "is_locked": False,
            "icon": None,
            "cover": None,
            "properties": {
                one.name: shown_value(one, row.values.get(one.id), self.person)
                for one in table.columns.values()
            },
            "url": f"https://app.notion.com/p/{row.id}",
            "public_url": None,
        }

    def database(self, one: Database) -> dict[str, Any]:
        sources = [
            {"id": table.id, "name": table.name}
            for table in self.tables.values()
            if table.database == one.id and not table.is_in_trash
        ]
        return {
            "object": "database",
            "id": one.id,
            "title": rich(one.title),
            "description": rich(one.description),
            "parent": {"type": "page_id", "page_id": one.page},
            "in_trash": one.is_in_trash,
            "is_locked": False,
            "is_inline": False,
            "created_time": instant(one.created_at),
            "last_edited_time": instant(one.created_at),
            "data_sources": sources,
            "icon": None,
            "cover": None,
            "url": f"https://app.notion.com/p/{one.id}",
            "public_url": None,
        }

    def table(self, one: Table) -> dict[str, Any]:
        database = self.databases[one.database]
        who = {"object": "user", "id": self.bot}
        return {
            "object": "data_source",
            "id": one.id,
            "title": rich(one.name),
            "description": [],
            "parent": {"type": "database_id", "database_id": one.database},
            "database_parent": {"type": "page_id", "page_id": database.page},
            "is_inline": False,
            "in_trash": one.is_in_trash or database.is_in_trash,
            "created_time": instant(one.created_at),
            "last_edited_time": instant(one.created_at),
            "created_by": who,
            "last_edited_by": who,
            "properties": {column.name: column.shown() for column in one.columns.values()},
            "icon": None,
            "cover": None,
            "url": f"https://app.notion.com/p/{one.id}",
            "public_url": None,
        }
