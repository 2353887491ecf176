"""What one test has had put into SQL is not put into SQL again for the next, on another engine."""

from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL
from sqlalchemy.util import LRUCache

from tracker.kernel import db

_KINDS: Final = (PGDialect_psycopg, SQLiteDialect_pysqlite)
_MOST: Final = 5000
_kept: Final[dict[str, LRUCache[Any, Any]]] = {}
_make: Final = db._engine


def share_compiled() -> None:
    """From now on engines of one kind keep their compiled statements in one place.

    SQLAlchemy finds them by dialect and statement, and each engine has a dialect of its own.
    """
    for kind in _KINDS:
        kind.__eq__ = _is_of_kind  # type: ignore[method-assign]
        kind.__hash__ = _hash_of_kind  # type: ignore[method-assign,assignment]
    db._engine = _sharing


def _is_of_kind(one: object, other: object) -> bool:
    return type(one) is type(other)


def _hash_of_kind(one: object) -> int:
    return hash(type(one))


def _sharing(url: URL, pool_size: int) -> Engine:
    engine = _make(url, pool_size)
    engine._compiled_cache = _kept.setdefault(engine.dialect.name, LRUCache(_MOST))
    return engine
