"""What people do in a fake Notion, and what goes wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.fakes.notion import FakeNotion, Fault
from tests.fakes.notion_tables import Column, Row, Table, new_id, new_option, rich
from tests.fakes.notion_workspace import Database
from tests.fakes.serving import Asked, Told

PAGE: Final = "393abc1e-edcd-80f3-813b-e205934558c6"
NOON: Final = datetime(2027, 3, 1, 12, 0, 10, tzinfo=UTC)


@dataclass
class Clock:
    """Goes when it is told to."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def goes_on(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Person:
    """Somebody before Notion's own pages; columns are known by their names there."""

    notion: FakeNotion
    id: str = field(default_factory=new_id)
    kind: str = "person"

    @property
    def author(self) -> tuple[str, str]:
        return self.kind, self.id

    def row(self, title: str) -> Row:
        found = [one for one in self.notion.rows.values() if title_of(one) == title]
        if len(found) != 1:
            raise LookupError(f"{title}: {len(found)} rows")
        return found[0]

    def sets(self, title: str, **values: Any) -> Row:
        """By name of the column; an underscore for a blank. Options are named, people by e-mail."""
        row = self.row(title)
        named = {row.table.column(name.replace("_", " ")): one for name, one in values.items()}
        written = {column.id: self._value(column, one) for column, one in named.items()}
        self.notion.write(row, written, self.author)
        return row

    def changes(self, row: Row, kind: str, value: Any) -> None:
        """The one column of that type, whatever it is called by now."""
        (column,) = [one for one in row.table.columns.values() if one.type == kind]
        self.notion.write(row, {column.id: self._value(column, value)}, self.author)

    def adds(self, table: Table, title: str, **values: Any) -> Row:
        named = {table.column(name.replace("_", " ")): one for name, one in values.items()}
        written = {column.id: self._value(column, one) for column, one in named.items()}
        return self.notion.add_row(table, {"title": rich(title), **written}, self.author)

    def _value(self, column: Column, value: Any) -> Any:
        match column.type:
            case "title" | "rich_text":
                return rich(value)
            case "status" | "select":
                return self.option(column, value)["id"]
            case "multi_select":
                return [self.option(column, one)["id"] for one in value]
            case "date" if value is not None:
                start, end = value if isinstance(value, tuple) else (value, None)
                return {"start": start, "end": end, "time_zone": None}
            case "people":
                ids = {email: one for one, email in self.notion.people.items()}
                return [ids[one] for one in value]
        return value

    def option(self, column: Column, name: str) -> dict[str, Any]:
        found = column.option(name=name)
        if found is None and column.type != "status":
            found = new_option({"name": name})
            column.config["options"].append(found)
        if found is None:
            raise LookupError(name)
        return found

    def trashes(self, title: str) -> Row:
        row = self.row(title)
        self.notion.set_trash(row, is_in_trash=True, author=self.author)
        return row

    def restores(self, row: Row) -> None:
        self.notion.set_trash(row, is_in_trash=False, author=self.author)

    def deletes_for_good(self, row: Row) -> None:
        del self.notion.rows[row.id]

    def moves(self, title: str, table: Table) -> Row:
        row = self.row(title)
        row.table = table
        self.notion.touch(row, "page.moved", self.author)
        return row

    def renames_column(self, table: Table, was: str, name: str) -> None:
        column = table.column(was)
        column.name = name
        self.notion.tell_schema(table, column, "updated", self.author)

    def removes_column(self, table: Table, name: str) -> Column:
        column = table.columns.pop(table.column(name).id)
        self.notion.tell_schema(table, column, "deleted", self.author)
        return column

    def renames_option(self, table: Table, column: str, was: str, name: str) -> None:
        for one in table.column(column).config["options"]:
            one["name"] = name if one["name"] == was else one["name"]
        self.notion.tell_schema(table, table.column(column), "updated", self.author)

    def adds_status(self, table: Table, name: str, group: str) -> None:
        """In Notion's own pages an option can be put into any group."""
        status = next(one for one in table.columns.values() if one.type == "status")
        made = new_option({"name": name})
        status.config["options"].append(made)
        for one in status.config["groups"]:
            one["option_ids"] += [made["id"]] if one["name"] == group else []
        self.notion.tell_schema(table, status, "updated", self.author)

    def adds_table(self, database: str, name: str) -> Table:
        made = Table(new_id(), name, database, self.notion.clock())
        made.add("Name", "title", {})
        self.notion.tables[made.id] = made
        return made


def title_of(row: Row) -> str:
    return "".join(one["plain_text"] for one in row.values.get("title") or ())


def a_workspace(clock: Callable[[], datetime], *emails: str) -> tuple[FakeNotion, Person]:
    """A page that is shared with the connection, these people, and one of them at work."""
    notion = FakeNotion(clock=clock)
    notion.pages[PAGE] = "Launch"
    notion.shared.add(PAGE)
    notion.people |= {new_id(): email for email in emails}
    person = Person(notion)
    notion.people[person.id] = "person@notion.example"
    return notion, person


def a_table(notion: FakeNotion, title: str, columns: Mapping[str, tuple[str, Any]]) -> Table:
    """A database that was there before."""
    made = Database(new_id(), title, "", PAGE, notion.clock())
    table = Table(new_id(), title, made.id, notion.clock())
    for name, (kind, config) in columns.items():
        table.add(name, kind, config)
    notion.databases[made.id], notion.tables[table.id] = made, table
    return table


# What goes wrong, once each: put them into ``faults``.


def limited(notion: FakeNotion, reason: str, seconds: int = 12) -> Fault:
    return lambda _asked, _platform: notion.error(
        429, "rate_limited", rate_limit_reason=reason, retry_after=str(seconds)
    )


def failing(notion: FakeNotion, status: int, code: str) -> Fault:
    return lambda _asked, _platform: notion.error(status, code)


def saved_all_the_same(notion: FakeNotion) -> Fault:
    """503, although it was written."""

    def fault(_asked: Asked, platform: Callable[[], Told]) -> Told:
        told = platform()
        made = told.body.get("id")
        return notion.error(
            503, "service_unavailable", retry_guidance="do_not_retry", committed_resource_id=made
        )

    return fault


def silent(_asked: Asked, platform: Callable[[], Told]) -> Told:
    """It is written, and the connection ends before a word is said."""
    told = platform()
    told.breaks_off_after = 0
    return told


def cut_off(_asked: Asked, _platform: Callable[[], Told]) -> Told:
    """Nothing arrives there."""
    return Told(502, b"<h1>Bad gateway</h1>", {"Content-Type": "text/html"})
