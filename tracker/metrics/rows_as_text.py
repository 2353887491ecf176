"""Many rows handed to the database as one text.

One by one the driver takes longer with them than all else, and holds up who fetches the next page.
"""

from collections.abc import Sequence
from typing import Any, Final

import orjson
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from tracker.kernel.db import UTCDateTime

_KEPT: Final = len("2027-03-04 12:00:00.000000")
Given = tuple[FromClause, list[ColumnElement[Any]]]


def as_text(rows: Sequence[Sequence[Any]]) -> str:
    """The parameter ``rows`` of the statement below. Instants are in UTC."""
    return orjson.dumps(rows).decode()


def rows_of_connection(backend: str, table: Table, names: Sequence[str]) -> Select[Any]:
    """Rows to insert: whose they are, by ``of_workspace`` and ``of_connection``, then ``names``."""
    read = {"sqlite": _by_sqlite, "postgresql": _by_postgres}[backend]
    given, values = read([table.c[name] for name in names])
    whose = (
        bindparam("of_workspace", type_=table.c.workspace_id.type),
        bindparam("of_connection", type_=table.c.connection_id.type),
    )
    # Where there is no condition, SQLite takes ON CONFLICT for that of a join.
    return select(*whose, *values).select_from(given).where(true())


def _by_sqlite(columns: Sequence[ColumnElement[Any]]) -> Given:
    rows = func.json_each(bindparam("rows")).table_valued("value")
    values = [func.json_extract(rows.c.value, f"$[{n}]") for n in range(len(columns))]
    kinds = [one.type for one in columns]
    return rows, [
        _instant(value) if isinstance(kind, UTCDateTime) else value
        for value, kind in zip(values, kinds, strict=True)
    ]


def _instant(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """2027-03-04T12:00:00+00:00, perhaps with microseconds, as SQLAlchemy has SQLite keep it."""
    text = func.replace(func.replace(value, "T", " "), "+00:00", ".000000")
    return func.substr(text, 1, _KEPT)


def _by_postgres(columns: Sequence[ColumnElement[Any]]) -> Given:
    given = cast(bindparam("rows", type_=Text), JSONB)
    rows = func.jsonb_array_elements(given).table_valued(column("value", JSONB))
    return rows, [cast(rows.c.value[n].astext, one.type) for n, one in enumerate(columns)]
