"""A Trello and a Notion that nobody kills: the fakes, who works there, and what was asked of them.

What is asked and what people do take turns. While one of them calls us it lets others have theirs:
we may be standing still.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from random import Random
from threading import Lock
from time import monotonic
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import orjson

from tests.chaos.judging_boards import MAKING, Shown, Write
from tests.fakes.notion import TOKEN as NOTION_TOKEN
from tests.fakes.notion_hands import PAGE, a_workspace, title_of
from tests.fakes.notion_tables import Row
from tests.fakes.serving import Asked, Told, Vendor
from tests.fakes.trello import KEY, SECRET, TOKEN, FakeTrello
from tracker.kernel.clock import utcnow

OK: Final = 200
_PATIENCE: Final = 2  # seconds for which a platform waits for us
_SECONDS: Final = (0.05, 0.25)  # until it says what it has done
_NOTION_LAG: Final = timedelta(seconds=1)
_STATUSES: Final = {"not started": "todo", "to do": "todo", "in progress": "in_progress"}


@dataclass(kw_only=True)
class Watched:
    """A platform, and what it was asked to change. It takes its time: so do those in earnest."""

    vendor: Vendor
    dice: Random = field(default_factory=lambda: Random(4))
    lock: Lock = field(default_factory=Lock)
    writes: list[Write] = field(default_factory=list)
    made: int = 0  # cards

    def answer(self, asked: Asked) -> Told:
        """As the platform does, one at a time."""
        with self.lock:
            told = self.vendor.answer(asked)
        is_read = asked.method == "GET" or asked.path.endswith(("/query", "/search"))
        if not is_read and told.status == OK:
            call, body = f"{asked.method} {asked.path}", asked.raw.decode()
            self.writes.append(Write(at=monotonic(), call=call, body=body))
            self.made += call in MAKING
        return replace(told, delay=told.delay + self.dice.uniform(*_SECONDS))


class Platform(Protocol):
    """What people do there. A card is meant by the id of its task; not there yet, nothing is."""

    kind: str
    watched: Watched
    answered: set[str]

    def wish(self, port: int) -> dict[str, Any]: ...
    def edit(self, task_id: str, name: str, value: str) -> bool: ...
    def write(self, title: str) -> bool: ...
    def tell(self, address: str) -> None: ...
    def cards(self) -> list[Shown]: ...


class _Calls:
    """Calling us by HTTP; ``answered`` are the keys of what we have said 200 to."""

    watched: Watched

    def __init__(self) -> None:
        self.answered: set[str] = set()

    def reach(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """With the lock held, which is lent to others meanwhile."""
        self.watched.lock.release()
        try:
            status = _call(method, url, headers, body)
        finally:
            self.watched.lock.acquire()
        if method == "POST" and status == OK:
            told = orjson.loads(body)
            self.answered |= {told.get("action", told).get("id")} - {None}
        return status


def _call(method: str, url: str, headers: Mapping[str, str], body: bytes) -> int:
    to = urlsplit(url)
    connection = HTTPConnection("127.0.0.1", to.port or 80, timeout=_PATIENCE)
    try:
        connection.request(method, to.path, body, dict(headers))
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


class OnTrello(_Calls):
    """Boards on Trello, and Ada, who works there."""

    kind = "trello"

    def __init__(self) -> None:
        super().__init__()
        self.fake = FakeTrello(utcnow, reach=self.reach)
        self.watched = Watched(vendor=self.fake)

    def wish(self, port: int) -> dict[str, Any]:
        """How it is connected."""
        credentials = {"api_key": KEY, "token": TOKEN, "app_secret": SECRET}
        return {"base_url": f"http://127.0.0.1:{port}", "credentials": credentials}

    def edit(self, task_id: str, name: str, value: str) -> bool:
        """Ada changes a card, in the page; whether it was there."""
        changes = {"title": {"name": value}, "due_on": {"due": f"{value}T17:00:00.000Z"}}
        with self.watched.lock:
            found = [c for c in self.fake.state.cards.values() if _marker(c) == task_id]
            for card in found[:1]:
                self.fake.edit(card["id"], **changes[name])
                self._noted(card["id"])
        return bool(found)

    def write(self, title: str) -> bool:
        """Ada makes a card; whether there was a list for it."""
        with self.watched.lock, suppress(ValueError):
            self.fake.write("To do", title)
            return True
        return False

    def tell(self, address: str) -> None:
        """What was done there."""
        with self.watched.lock:
            self.fake.telling.pump()

    def cards(self) -> list[Shown]:
        """All that are not archived."""
        state = self.fake.state
        return [
            Shown(
                id=card["id"],
                task_id=_marker(card),
                title=card["name"],
                status=_status(state.lists[card["idList"]]["name"]),
                start_on=(card["start"] or "")[:10],
                due_on=(card["due"] or "")[:10],
            )
            for card in state.cards.values()
            if not card["closed"]
        ]

    def _noted(self, card_id: str) -> None:
        self.watched.writes.append(Write(at=monotonic(), call=card_id, body=""))


def _marker(card: Mapping[str, Any]) -> str | None:
    _, found, rest = card["desc"].rpartition("tracker:")
    return rest[:36] if found else None


def _status(name: str) -> str:
    return _STATUSES.get(name.lower(), name.lower().replace(" ", "_"))


class OnNotion(_Calls):
    """A workspace of Notion, and a person who works there."""

    kind = "notion"

    def __init__(self) -> None:
        super().__init__()
        self.fake, self.person = a_workspace(utcnow)
        self.fake.lag = _NOTION_LAG
        self.watched = Watched(vendor=self.fake)

    def wish(self, port: int) -> dict[str, Any]:
        """How it is connected."""
        there = {"base_url": f"http://127.0.0.1:{port}", "remote_id": f"page:{PAGE}"}
        return {**there, "credentials": {"token": NOTION_TOKEN}}

    def edit(self, task_id: str, name: str, value: str) -> bool:
        """Somebody changes a page; whether it was there."""
        with self.watched.lock:
            found = [row for row in self.fake.rows.values() if _text(row, "Tracker ID") == task_id]
            for row in found[:1]:
                if name == "title":
                    self.person.changes(row, "title", value)
                else:
                    self.person.changes(row, "date", (_dates(row)[0], value))
                self.watched.writes.append(Write(at=monotonic(), call=row.id, body=""))
        return bool(found)

    def write(self, title: str) -> bool:
        """Somebody makes a page; whether there was a table for it."""
        with self.watched.lock:
            for table in list(self.fake.tables.values())[:1]:
                self.person.adds(table, title)
                return True
        return False

    def tell(self, address: str) -> None:
        """What was done there, once; what we do not take is not told again."""
        subscription = self.fake.subscription
        with self.watched.lock:
            for event in subscription.pending():
                body = orjson.dumps(event)
                self.reach("POST", address, subscription.headers(body), body)

    def cards(self) -> list[Shown]:
        """All that are not in the trash."""
        return [
            Shown(
                id=row.id,
                task_id=_text(row, "Tracker ID") or None,
                title=title_of(row),
                status=_status(_option(row)),
                start_on=_dates(row)[0] or "",
                due_on=_dates(row)[1] or "",
            )
            for row in self.fake.rows.values()
            if not row.is_in_trash
        ]


def _text(row: Row, name: str) -> str:
    columns = {column.name: column.id for column in row.table.columns.values()}
    return "".join(one["plain_text"] for one in row.values.get(columns.get(name, "")) or ())


def _dates(row: Row) -> tuple[str | None, str | None]:
    (column,) = [one for one in row.table.columns.values() if one.type == "date"]
    value = row.values.get(column.id) or {}
    return value.get("start"), value.get("end") or value.get("start")


def _option(row: Row) -> str:
    (column,) = [one for one in row.table.columns.values() if one.type == "status"]
    found = column.option(id=row.values.get(column.id, ""))
    return str(found and found["name"])
