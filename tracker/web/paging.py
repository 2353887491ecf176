"""Lists in pages: a cursor tells where the last page ended, whatever has been added since."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import orjson
from marshmallow import Schema, fields, validate

from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.web.fields import Line

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 500
_BAD_CURSOR: Final = Sentence(
    en="This cursor was not made by this list. Take “next” of the last page as it is.",
    fr="Ce curseur ne vient pas de cette liste. Reprendre le « next » de la dernière page.",
)

Row = TypeVar("Row")


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


def read_cursor(cursor: str | None, *shape: type) -> list[Any] | None:
    """The values behind a cursor, each of the type that the list sorts by. Raises Invalid."""
    if cursor is None:
        return None
    try:
        values = orjson.loads(urlsafe_b64decode(cursor.encode("ascii")))
        if [type(value) for value in values] != list(shape):
            raise ValueError(cursor)
    except (ValueError, TypeError):
        raise Invalid({"cursor": [Said(_BAD_CURSOR, {})]}) from None
    return list(values)


def page(
    rows: Sequence[Row], limit: int, place: Callable[[Row], Sequence[Any]]
) -> tuple[Sequence[Row], str | None]:
    """One page of ``rows``, which were asked for one more than ``limit``, and the next cursor."""
    if len(rows) <= limit:
        return rows, None
    values = orjson.dumps(list(place(rows[limit - 1])), default=str)
    return rows[:limit], urlsafe_b64encode(values).decode()
