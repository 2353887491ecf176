"""SQLite, told in a way that lets it use its indexes.

``(a, b) IN (VALUES (1, 2), (3, 4))`` has SQLite read the whole table; asked as a SELECT of the same
values it looks each pair up. SQLAlchemy knows the first form alone.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler


class _Compiler(SQLiteCompiler):
    """Puts lists of row values the other way."""

    def _literal_execute_expanding_parameter(self, *args: Any, **kwargs: Any) -> tuple[Any, str]:
        told = super()._literal_execute_expanding_parameter(*args, **kwargs)  # type: ignore[no-untyped-call]
        parameters, values = told
        is_list = values.startswith("VALUES (")
        return parameters, f"SELECT * FROM ({values})" if is_list else values  # noqa: S608 - marks


def find_rows_by_index(engine: Engine) -> None:
    """Have an engine of SQLite's do so."""
    engine.dialect.statement_compiler = _Compiler
