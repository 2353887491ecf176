"""Rows for any table, whatever its columns are."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import types

from tracker.kernel.db import UTCDateTime


def an_instant(number: int) -> datetime:
    return datetime(2027, 1, 4, tzinfo=UTC) + timedelta(minutes=number)


VALUES: Mapping[type[types.TypeEngine[Any]], Callable[[int], object]] = {
    types.Uuid: lambda number: UUID(int=number),
    types.CHAR: lambda number: UUID(int=number).hex,  # how SQLite keeps a UUID
    types.Boolean: lambda number: bool(number % 3),
    types.Integer: lambda number: number,
    types.Float: float,
    types.Date: lambda number: date(2027, 1, 4) + timedelta(days=number),
    types.TIMESTAMP: an_instant,
    UTCDateTime: an_instant,
    types.DateTime: lambda number: an_instant(number).replace(tzinfo=None),
    types.JSON: lambda number: {"number": number, "text": "là-bas, l'été"},
    types.LargeBinary: lambda number: number.to_bytes(4, "big"),
    types.String: lambda number: f"{number}, là-bas, l'été",
}


def a_value(column: Any, number: int) -> object:
    """Row ``number`` refers to row ``number`` of every other table, so all foreign keys hold."""
    if column.nullable and number % 2:
        return None
    make = next(make for kind, make in VALUES.items() if isinstance(column.type, kind))
    return make(number)
