"""Bringing a database up to date, or back; and telling whether it is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, text

from tracker.kernel.db import Database, take_write_lock
from tracker.kernel.errors import DomainError
from tracker.kernel.resources import resource_dir
from tracker.kernel.texts import Sentence

_UNKNOWN: Final = Sentence(
    en="This version of the tracker does not know the revision “{revision}” of the database. "
    "Install the version that made it, or name another revision.",
    fr="Cette version du tracker ne connaît pas la révision « {revision} » de la base. Installer "
    "la version qui l'a faite, ou nommer une autre révision.",
)
_LOCK: Final = text("SELECT pg_advisory_xact_lock(6022140857)")


class UnknownRevision(DomainError):
    """No migration of this code has this name."""

    type = "unknown-revision"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(resource_dir("migrations")).replace("%", "%%"))
    return config


def newest_revision() -> str | None:
    """The revision that this code needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def revision_of(database: Database) -> str | None:
    """The revision that the database is at, None where it is empty."""
    with database.reader() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


def check_known(revision: str | None) -> None:
    """Raise UnknownRevision unless this code can lead on from ``revision``."""
    try:
        ScriptDirectory.from_config(_config()).get_revision(revision or "base")
    except CommandError:
        raise UnknownRevision(_UNKNOWN, revision=revision) from None


def is_current(database: Database) -> bool:
    """Whether the database is at the revision that this code needs."""
    return revision_of(database) == newest_revision()


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
            raise UnknownRevision(_UNKNOWN, revision=revision) from None


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
