"""A board of another program, read whole to be brought here once: values, and no more. Pure.

``boards.py`` is for boards that are kept in step; this is what is read of one that was never ours.
Texts are made fit to be kept while they are read, so that nothing hostile travels on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tracker.kernel.plain import line, prose
from tracker.kernel.texts import Said

LONGEST_TITLE: Final = 200
LONGEST_LABEL: Final = 60
LONGEST_NOTES: Final = 10_000
LONGEST_ADDRESS: Final = 2000
MOST_LABELS: Final = 20
MOST_LINKS: Final = 20
MOST_STEPS: Final = 200

Moment = date | datetime
"""A day, or an instant; one without a zone is told by the clock of wherever the project is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A list of cards, or what cards are grouped by."""

    id: str
    title: str
    is_archived: bool = False
    status: str | None = None  # where the platform itself says what standing in it means


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on the board. Platforms seldom tell an e-mail."""

    id: str
    name: str
    username: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedCard:
    """A card in the order of its column. ``after`` are the ids of cards that come before it.

    ``status`` is a word of ours where the card says it itself, beside the column it stands in.
    ``faults`` say what of it could not be taken as it is.
    """

    id: str
    title: str
    column: str | None
    notes: str = ""
    url: str | None = None
    labels: tuple[str, ...] = ()
    starts: Moment | None = None
    due: Moment | None = None
    status: str | None = None
    is_done: bool = False
    is_archived: bool = False
    people: tuple[str, ...] = ()
    steps: tuple[tuple[str, bool], ...] = ()
    after: tuple[str, ...] = ()
    links: tuple[tuple[str, str | None], ...] = ()
    edited_at: datetime | None = None
    faults: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """What stays where it is. ``what`` is a word: card, list, comments, files."""

    what: str
    title: str
    reason: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardCopy:
    """A board as it was read; columns and cards in their order."""

    id: str
    name: str
    url: str | None = None
    columns: tuple[Column, ...] = ()
    people: tuple[Person, ...] = ()
    cards: tuple[CopiedCard, ...] = ()
    left_out: tuple[Leftover, ...] = ()


# What a file says, whatever it may hold.


def text(value: Any) -> str:
    """A text, or none: a file may hold anything in its place."""
    return value if isinstance(value, str) else ""


def title(value: Any, most: int = LONGEST_TITLE) -> str:
    """One line; empty where there is nothing to read."""
    return line(text(value), most)


def notes(value: Any, most: int = LONGEST_NOTES) -> str:
    """Some lines."""
    return prose(text(value), most).strip()


def rows(value: Any) -> Iterator[Mapping[str, Any]]:
    """The mappings in a list; what is something else is nobody's."""
    if isinstance(value, list):
        yield from (row for row in value if isinstance(row, dict))


def address(value: Any) -> str | None:
    """An address that a browser opens, and that tells no password; None for any other."""
    found = text(value).strip()
    if not found or len(found) > LONGEST_ADDRESS or line(found, LONGEST_ADDRESS) != found:
        return None
    try:
        parts = urlsplit(found)
        is_known = bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets or a port that mean nothing
        return None
    is_plain = not any(mark in found for mark in ' <>"\\^`{|}') and "@" not in parts.netloc
    return found if is_known and is_plain and parts.scheme in ("http", "https") else None


def moment(value: str | None) -> Moment | None:
    """A day or an instant in ISO 8601, None where there is none. Raises ValueError."""
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        found = datetime.fromisoformat(value)
    try:
        found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except OverflowError:  # UTC has no such year
        raise ValueError(value) from None
    return found


def day_of(when: Moment, zone: str) -> date:
    """The day in ``zone``."""
    if not isinstance(when, datetime):
        return when
    return when.date() if when.tzinfo is None else when.astimezone(ZoneInfo(zone)).date()
