"""``tracker db``: migrate, back up and restore."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import click

from tracker.cli.opening import open_any_database, shown_url
from tracker.cli.speech import Refusal, spoken_language
from tracker.config import load_settings
from tracker.kernel import migrations
from tracker.kernel.db import Database
from tracker.kernel.texts import Sentence

_AT: Final = Sentence(
    en="{url} is at revision {revision}.", fr="{url} est à la révision {revision}."
)
_EMPTY: Final = Sentence(en="(empty)", fr="(vide)")
_SAVED: Final = Sentence(en="Saved to {file}.", fr="Enregistré dans {file}.")
_RESTORED: Final = Sentence(
    en="Restored from {file}. Run `tracker db upgrade` if it is from an older version.",
    fr="Restauré depuis {file}. Lancer `tracker db upgrade` si la copie vient d'une version plus "
    "ancienne.",
)
_POSTGRES_SAVE: Final = Sentence(
    en="PostgreSQL is backed up with its own tool:\n  pg_dump --format=custom --file={file} {url}",
    fr="PostgreSQL se sauvegarde avec son propre outil :\n  pg_dump --format=custom --file={file} "
    "{url}",
)
_POSTGRES_RESTORE: Final = Sentence(
    en="PostgreSQL is restored with its own tool:\n  pg_restore --clean --if-exists --dbname={url} "
    "{file}",
    fr="PostgreSQL se restaure avec son propre outil :\n  pg_restore --clean --if-exists "
    "--dbname={url} {file}",
)
_NOT_A_BACKUP: Final = Sentence(
    en="{file} is not a backup of the tracker; nothing was changed.",
    fr="{file} n'est pas une sauvegarde du tracker ; rien n'a été modifié.",
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
    """Migrate, back up and restore the database."""


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
    database = open_any_database(load_settings())
    if not database.is_sqlite:
        click.echo(_say(_POSTGRES_SAVE, file=file, url=_plain_url(database)))
        return
    if file.exists():
        raise Refusal(_say(_EXISTS, file=file))
    with closing(_raw(Path(str(database.url.database)))) as source, closing(_raw(file)) as target:
        source.backup(target)
    click.echo(_say(_SAVED, file=file))


@db.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: Path, *, yes: bool) -> None:
    """Replace the SQLite database by the copy in FILE. Stop the tracker first."""
    database = open_any_database(load_settings())
    if not database.is_sqlite:
        click.echo(_say(_POSTGRES_RESTORE, file=file, url=_plain_url(database)))
        return
    _check_backup(file)
    _ask(_SURE_TO_RESTORE, yes, url=shown_url(database), file=file)
    database.close()
    with closing(_raw(file)) as source, closing(_raw(Path(str(database.url.database)))) as target:
        source.backup(target)
    click.echo(_say(_RESTORED, file=file))


def _check_backup(file: Path) -> None:
    try:
        with closing(_raw(file)) as copy:
            copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError:
        raise Refusal(_say(_NOT_A_BACKUP, file=file)) from None


def _raw(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path)


def _plain_url(database: Database) -> str:
    return database.url.set(drivername="postgresql").render_as_string(hide_password=True)


def _tell_revision(database: Database) -> None:
    language = spoken_language()
    revision = migrations.revision_of(database) or _EMPTY.say(language)
    click.echo(_AT.say(language, url=shown_url(database), revision=revision))


def _ask(sentence: Sentence, yes: bool, **values: object) -> None:  # noqa: FBT001 - it is a flag
    if not yes:
        click.confirm(_say(sentence, **values), abort=True)


def _say(sentence: Sentence, **values: object) -> str:
    return sentence.say(spoken_language(), **values)
