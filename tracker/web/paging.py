"""Lists in pages: a cursor tells where the last page ended, whatever has been added since."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import orjson
from marshmallow import Schema, fields, validate

from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.web.fields import UNPRINTABLE, Line

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 500
_TOO_FAR: Final = 2**63  # no database counts so far
_BAD_CURSOR: Final = Sentence(
    en="This cursor was not made by this list. Take “next” of the last page as it is.",
    fr="Ce curseur ne vient pas de cette liste. Reprendre le « next » de la dernière page.",
)

Row = TypeVar("Row")


def _text(value: Any) -> str:
    if not isinstance(value, str) or UNPRINTABLE.search(value):
        raise ValueError(value)
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or abs(value) >= _TOO_FAR:
        raise ValueError(value)
    return value


def _instant(value: Any) -> datetime:
    instant = datetime.fromisoformat(_text(value))
    if instant.tzinfo is None:
        raise ValueError(value)
    return instant


_READERS: Final[Mapping[type, Callable[[Any], Any]]] = {
    str: _text,
    int: _whole,
    datetime: _instant,
    date: lambda value: date.fromisoformat(_text(value)),
    UUID: lambda value: UUID(_text(value)),
}


class PageIn(Schema):
    """Query of every list."""

    limit = fields.Integer(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(1, MAX_LIMIT),
        metadata={"description": "Items a page."},
    )
    cursor = Line(
        load_default=None,
        longest=1000,
        metadata={"description": "Where the last page ended: its `next`."},
    )


def read_cursor(cursor: str | None, *shape: type, order: str | None = None) -> list[Any] | None:
    """The values behind a cursor, each of the type that the list sorts by. Raises Invalid.

    ``order`` is the caller's choice of sorting, where there is one: no other's cursor will do.
    """
    if cursor is None:
        return None
    try:
        made_for, values = orjson.loads(urlsafe_b64decode(cursor.encode("ascii")))
        if made_for != order:
            raise ValueError(cursor)
        return [_READERS[kind](value) for kind, value in zip(shape, values, strict=True)]
    except (ValueError, TypeError):
        raise Invalid({"cursor": [Said(_BAD_CURSOR, {})]}) from None


def page(
    rows: Sequence[Row],
    limit: int,
    place: Callable[[Row], Sequence[Any]],
    *,
    order: str | None = None,
) -> tuple[Sequence[Row], str | None]:
    """One page of ``rows``, which were asked for one more than ``limit``, and the next cursor."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], cursor_at(place(rows[limit - 1]), order=order)


def cursor_at(place: Sequence[Any], *, order: str | None = None) -> str:
    """What ``read_cursor`` reads."""
    return urlsafe_b64encode(orjson.dumps([order, list(place)])).decode()
