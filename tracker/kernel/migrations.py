"""Bringing a database up to date, or back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, text

from tracker.kernel.db import Database, take_write_lock
from tracker.kernel.revisions import check_known, folder, revision_of, unknown

_LOCK: Final = text("SELECT pg_advisory_xact_lock(6022140857)")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder()).replace("%", "%%"))
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply migrations up to ``revision``, all or none. Raises UnknownRevision."""
    _run(database, command.upgrade, revision)


def downgrade(database: Database, revision: str) -> None:
    """Take migrations back down to ``revision``; ``base`` empties the database."""
    _run(database, command.downgrade, revision)


def _run(database: Database, action: Callable[[Config, str], None], revision: str) -> None:
    check_known(revision_of(database))
    config = _config()
    with _transaction(database) as connection:
        config.attributes["connection"] = connection
        try:
            action(config, revision)
        except CommandError:
            raise unknown(revision) from None


@contextmanager
def _transaction(database: Database) -> Iterator[Connection]:
    """One transaction for everything; another that migrates at the same time waits for its end."""
    if not database.is_sqlite:
        with database.engine.begin() as connection:
            connection.execute(_LOCK)
            yield connection
        return
    with database.engine.connect() as connection, _unguarded(connection), connection.begin():
        take_write_lock(connection)
        yield connection
        if dangling := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError(f"the migration leaves rows that refer to nothing: {dangling}")


@contextmanager
def _unguarded(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by copying and dropping it; the drop would cascade to its children.

    Inside a transaction the pragma does nothing. Source: https://sqlite.org/lang_altertable.html §7
    """
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")
