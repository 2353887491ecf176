"""Bringing a database up to date, or back; and telling whether it is."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from tracker.kernel.db import Database
from tracker.kernel.resources import resource_dir


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


def is_current(database: Database) -> bool:
    """Whether the database is at the revision that this code needs."""
    return revision_of(database) == newest_revision()


def upgrade(database: Database, revision: str = "head") -> None:
    """Apply migrations up to ``revision``."""
    _run(database, command.upgrade, revision)


def downgrade(database: Database, revision: str) -> None:
    """Take migrations back down to ``revision``; ``base`` empties the database."""
    _run(database, command.downgrade, revision)


def _run(database: Database, action: object, revision: str) -> None:
    config = _config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        assert callable(action)
        action(config, revision)
