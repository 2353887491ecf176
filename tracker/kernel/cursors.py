"""Cursors of psycopg that describe columns as far as SQLAlchemy asks: by name and type.

psycopg's own make an object for each column of each answer: for a row of forty columns that takes
as long as all the rest of asking.
"""

from typing import Any, Final

from sqlalchemy import Engine, event

_UNASKED: Final = (None,) * 5  # sizes, precision, scale, and whether it may be null


def describe_briefly(engine: Engine) -> None:
    """Have the connections of ``engine`` use such cursors."""

    class Brief(engine.dialect.loaded_dbapi.Cursor):  # type: ignore[name-defined,misc]
        @property
        def description(self) -> list[tuple[Any, ...]] | None:
            """One tuple a column, as PEP 249 has it."""
            result = self.pgresult
            if not result or not result.nfields:
                return None
            return [
                (result.fname(n).decode(), result.ftype(n), *_UNASKED)
                for n in range(result.nfields)
            ]

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.cursor_factory = Brief
