"""What can go wrong between a platform and us, for any fake that is served on loopback."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Protocol

import orjson

from tests.fakes.serving import Asked, Told


class Fake(Protocol):
    """A platform with its own words for what is wrong."""

    def answer(self, asked: Asked) -> Told: ...

    def limited(self, seconds: int) -> Told: ...

    def unknown_token(self) -> Told: ...

    def rows(self, body: Any) -> list[Any] | None:
        """The list that a page consists of; None where there is none."""


Script = Callable[["Played", Asked], Told | None]
"""Says what is answered instead; None for what the platform would have said."""


@dataclass
class Played:
    """A fake under a script, and what it has been asked."""

    fake: Fake
    script: Script | None = None
    asked: list[Asked] = field(default_factory=list)
    counted: int = 0  # requests since the script began
    kept: list[Any] = field(default_factory=list)  # a script's memory

    def play(self, script: Script | None) -> None:
        """Begin a script; None lets the platform speak for itself."""
        self.script, self.counted = script, 0
        self.kept.clear()

    def answer(self, asked: Asked) -> Told:
        self.asked.append(asked)
        self.counted += 1
        told = self.script(self, asked) if self.script else None
        return told or self.fake.answer(asked)


def limited_on(request: int, seconds: int = 7) -> Script:
    """429, once: at the first request, or on page two."""
    return lambda played, _asked: (
        played.fake.limited(seconds) if played.counted == request else None
    )


def limited_until_a_date(skew: timedelta = timedelta()) -> Script:
    """429 with an HTTP date five minutes off, told by a clock that goes wrong by ``skew``."""

    def script(played: Played, _asked: Asked) -> Told | None:
        if played.counted > 1:
            return None
        now = datetime(2026, 8, 1, 12, tzinfo=UTC) + skew
        told = played.fake.limited(300)
        told.body = b"Too many requests"
        told.headers = {
            "Date": format_datetime(now, usegmt=True),
            "Retry-After": format_datetime(now + timedelta(minutes=5), usegmt=True),
        }
        return told

    return script


def failing_twice(played: Played, _asked: Asked) -> Told | None:
    return Told(500, b"<h1>Internal Server Error</h1>") if played.counted <= 2 else None


def slow(seconds: float) -> Script:
    def script(played: Played, asked: Asked) -> Told:
        told = played.fake.answer(asked)
        told.delay = seconds
        return told

    return script


def cut(played: Played, asked: Asked) -> Told | None:
    """Half of the JSON, in an answer that claims to be whole; once."""
    if played.counted > 1:
        return None
    told = played.fake.answer(asked)
    told.body = orjson.dumps(told.body)[:-7]
    return told


def broken_off(played: Played, asked: Asked) -> Told | None:
    """The connection ends within the body; once."""
    if played.counted > 1:
        return None
    told = played.fake.answer(asked)
    told.breaks_off_after = 9
    return told


def html(played: Played, _asked: Asked) -> Told | None:
    """A friendly page, with 200; once."""
    page = Told(200, b"<!doctype html><p>We are improving things!", {"Content-Type": "text/html"})
    return page if played.counted == 1 else None


def revoked_after(requests: int) -> Script:
    return lambda played, _asked: played.fake.unknown_token() if played.counted > requests else None


def meanwhile(happens: Callable[[], object], after: int = 1) -> Script:
    """Rows shift: something happens between one page and the next."""

    def script(played: Played, _asked: Asked) -> None:
        if played.counted == after + 1:
            happens()

    return script


def repeating(played: Played, asked: Asked) -> Told:
    """The last row of a page comes first on the next of that list, too."""
    told = played.fake.answer(asked)
    rows = played.fake.rows(told.body)
    if rows:
        last = (asked.path, rows[-1])
        rows[:0] = [row for path, row in played.kept if path == asked.path and row not in rows]
        played.kept[:] = [last]
    return told


def unchanged(played: Played, _asked: Asked) -> Told | None:
    return Told(304) if played.counted == 1 else None


def empty_on(request: int) -> Script:
    """A page without rows that is not the last one."""

    def script(played: Played, asked: Asked) -> Told | None:
        if played.counted != request:
            return None
        told = played.fake.answer(asked)
        rows = played.fake.rows(told.body)
        if rows is not None:
            rows.clear()
        return told

    return script
