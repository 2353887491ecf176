"""Which revision a database is at, and which this code needs.

Read without Alembic, which is some megabytes that only a database that lags behind needs.
"""

import re
from importlib import import_module
from pathlib import Path
from typing import Final

from sqlalchemy import inspect, text

from tracker.kernel.db import Database
from tracker.kernel.errors import DomainError
from tracker.kernel.resources import resource_dir
from tracker.kernel.texts import Sentence

_UNKNOWN: Final = Sentence(
    en="This version of the tracker does not know the revision “{revision}” of the database. "
    "Install the version that made it, or name another revision.",
    fr="Cette version du tracker ne connaît pas la révision « {revision} » de la base. Installer "
    "la version qui l'a faite, ou nommer une autre révision.",
)
_TABLE: Final = "alembic_version"
_PRESENT: Final = text(f"SELECT version_num FROM {_TABLE}")  # noqa: S608 - a name of our own
_NAMED: Final = re.compile(
    r'^revision: str = "(?P<own>\w+)"$.*?^down_revision: str \| None = (?:None|"(?P<before>\w+)")$',
    re.MULTILINE | re.DOTALL,
)


class UnknownRevision(DomainError):
    """No migration of this code has this name."""

    type = "unknown-revision"


def unknown(revision: str | None) -> UnknownRevision:
    """The refusal to lead on from ``revision``."""
    return UnknownRevision(_UNKNOWN, revision=revision)


def folder() -> Path:
    """Where the migrations are."""
    return resource_dir("migrations")


def _line() -> dict[str, str | None]:
    """Every revision, and the one before it."""
    scripts = (file.read_text() for file in (folder() / "versions").glob("*.py"))
    found = (named for named in map(_NAMED.search, scripts) if named)
    return {named["own"]: named["before"] for named in found}


def newest_revision() -> str:
    """The revision that this code needs."""
    line = _line()
    (newest,) = line.keys() - line.values()
    return newest


def revision_of(database: Database) -> str | None:
    """The revision that the database is at, None where it is empty."""
    with database.reader() as session:
        if not inspect(session.connection()).has_table(_TABLE):
            return None
        found: str | None = session.scalar(_PRESENT)
        return found


def check_known(revision: str | None) -> None:
    """Raise UnknownRevision unless this code can lead on from ``revision``."""
    if revision is not None and revision not in _line():
        raise unknown(revision)


def is_current(database: Database) -> bool:
    """Whether the database is at the revision that this code needs."""
    return revision_of(database) == newest_revision()


def bring_up_to_date(database: Database) -> None:
    """Apply the migrations that it lacks, if any. Raises UnknownRevision."""
    if not is_current(database):
        import_module("tracker.kernel.migrations").upgrade(database)
