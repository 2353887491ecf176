"""``tracker db``: migrate, back up and restore."""

import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import click

from tracker.cli.muting import mute as mute_command
from tracker.cli.muting import tell_if_muted, unmute
from tracker.cli.opening import open_any_database, open_existing_database, shown_url
from tracker.cli.speech import Refusal, spoken_language
from tracker.config import load_settings
from tracker.kernel import migrations, revisions
from tracker.kernel.clock import utcnow
from tracker.kernel.db import Database
from tracker.kernel.muting import mute
from tracker.kernel.texts import Sentence

_AT: Final = Sentence(
    en="{url} is at revision {revision}.", fr="{url} est à la révision {revision}."
)
_EMPTY: Final = Sentence(en="(empty)", fr="(vide)")
_SAVED: Final = Sentence(en="Saved to {file}.", fr="Enregistré dans {file}.")
_RESTORED: Final = Sentence(en="Restored from {file}.", fr="Restauré depuis {file}.")
_POSTGRES_SAVE: Final = Sentence(
    en="PostgreSQL is backed up with its own tool:\n  pg_dump --format=custom --file={file} {url}",
    fr="PostgreSQL se sauvegarde avec son propre outil :\n  pg_dump --format=custom --file={file} "
    "{url}",
)
_POSTGRES_RESTORE: Final = Sentence(
    en="PostgreSQL is restored with its own tool:\n  pg_restore --clean --if-exists --dbname={url} "
    "{file}\n  tracker db mute\nThe copy starts muted in any case, unless it is of a version that "
    "knew no `tracker db mute`.",
    fr="PostgreSQL se restaure avec son propre outil :\n  pg_restore --clean --if-exists "
    "--dbname={url} {file}\n  tracker db mute\nLa copie démarre en sourdine de toute façon, sauf "
    "si elle vient d'une version qui ne connaissait pas `tracker db mute`.",
)
_NOT_A_BACKUP: Final = Sentence(
    en="{file} is not a backup of the tracker; nothing was changed.",
    fr="{file} n'est pas une sauvegarde du tracker ; rien n'a été modifié.",
)
_NOT_SAVED: Final = Sentence(
    en="{file} cannot be written: {reason}. Nothing was saved.",
    fr="Impossible d'écrire {file} : {reason}. Rien n'a été enregistré.",
)
_EXISTS: Final = Sentence(
    en="{file} exists already. Choose another name, or remove it first.",
    fr="{file} existe déjà. Choisir un autre nom, ou le supprimer d'abord.",
)
_SURE_TO_DOWNGRADE: Final = Sentence(
    en="Take {url} back to {revision}? What newer tables hold is lost.",
    fr="Ramener {url} à {revision} ? Le contenu des tables plus récentes est perdu.",
)
_SURE_TO_RESTORE: Final = Sentence(
    en="Replace everything in {url} by {file}?", fr="Remplacer tout {url} par {file} ?"
)


@click.group()
def db() -> None:
    """Migrate, back up and restore the database; have nothing leave it, or leave again."""


db.add_command(mute_command)
db.add_command(unmute)


@db.command()
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the database up to date (or up to REVISION)."""
    database = open_any_database(load_settings())
    migrations.upgrade(database, revision)
    _tell_revision(database)


@db.command()
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask.")
def downgrade(revision: str, *, yes: bool) -> None:
    """Take migrations back to REVISION; ``base`` empties the database."""
    database = open_any_database(load_settings())
    _ask(_SURE_TO_DOWNGRADE, yes, url=shown_url(database), revision=revision)
    migrations.downgrade(database, revision)
    _tell_revision(database)


@db.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Copy the SQLite database to FILE while it is in use."""
    database = open_existing_database(load_settings())
    if not database.is_sqlite:
        click.echo(_for_shell(_POSTGRES_SAVE, file, database))
        return
    if file.exists():
        raise Refusal(_say(_EXISTS, file=file))
    try:
        _save(database, file)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise Refusal(_say(_NOT_SAVED, file=file, reason=reason)) from None
    click.echo(_say(_SAVED, file=file))


def _save(database: Database, file: Path) -> None:
    """``file`` appears when it is complete, and only its owner can read it."""
    with _beside(file) as part:
        _copy(_path(database), part)
        with closing(_raw(part)) as copy:
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, readable from any folder
        part.rename(file)


@db.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: Path, *, yes: bool) -> None:
    """Replace the SQLite database by the copy in FILE. Stop the tracker first."""
    database = open_any_database(load_settings())
    if not database.is_sqlite:
        click.echo(_for_shell(_POSTGRES_RESTORE, file, database))
        return
    _check_backup(file)
    _ask(_SURE_TO_RESTORE, yes, url=shown_url(database), file=file)
    database.close()
    with _beside(_path(database)) as part:
        _copy(file, part)
        _mute(part)
        _copy(part, _path(database))
    click.echo(_say(_RESTORED, file=file))
    tell_if_muted()


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A file that its owner alone can read, while there is work on it."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _copy(file: Path, to: Path) -> None:
    """In one transaction of the target: all of it, or nothing."""
    with closing(_raw(file)) as source, closing(_raw(to)) as target:
        source.backup(target)


def _mute(path: Path) -> None:
    """Before anybody can open it: a copy never sends by itself. It is brought up to date first."""
    copy = Database(f"sqlite:///{path}")
    try:
        revisions.bring_up_to_date(copy)
        with copy.writer() as session:
            mute(session, now=utcnow())
    finally:
        copy.close()


def _check_backup(file: Path) -> None:
    try:
        with closing(_raw(file)) as copy:
            (revision,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlite3.DatabaseError, TypeError):  # not a database; one without a revision
        raise Refusal(_say(_NOT_A_BACKUP, file=file)) from None
    revisions.check_known(revision)


def _path(database: Database) -> Path:
    return Path(str(database.url.database))


def _raw(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path)


def _for_shell(sentence: Sentence, file: Path, database: Database) -> str:
    """The line for PostgreSQL's tool, which asks for the password or reads it from ~/.pgpass."""
    url = database.url.set(drivername="postgresql").difference_update_query(["password"])
    url = url._replace(password=None)
    return _say(sentence, file=shlex.quote(str(file)), url=shlex.quote(str(url)))


def _tell_revision(database: Database) -> None:
    language = spoken_language()
    revision = revisions.revision_of(database) or _EMPTY.say(language)
    click.echo(_AT.say(language, url=shown_url(database), revision=revision))


def _ask(sentence: Sentence, yes: bool, **values: object) -> None:  # noqa: FBT001 - it is a flag
    if not yes:
        click.confirm(_say(sentence, **values), abort=True)


def _say(sentence: Sentence, **values: object) -> str:
    return sentence.say(spoken_language(), **values)
