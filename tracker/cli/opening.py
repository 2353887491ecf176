"""Opening the database for a command, and finding out for whom it acts."""

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import click
from marshmallow import Schema, ValidationError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tracker.config import Settings, load_settings
from tracker.kernel.clock import set_offset
from tracker.kernel.db import Database, reading
from tracker.kernel.errors import DomainError, Invalid, NotFound
from tracker.kernel.revisions import check_known, newest_revision, revision_of
from tracker.kernel.secrets import check_readable
from tracker.kernel.texts import Sentence
from tracker.people import queries
from tracker.people.models import Workspace
from tracker.people.rules import Actor
from tracker.people.service import actor_of
from tracker.web.field_messages import in_both_languages
from tracker.wiring import wire

_UNREACHABLE: Final = Sentence(
    en="The database {url} cannot be reached. Check TRACKER_DATABASE_URL and that it runs.",
    fr="La base de données {url} est injoignable. Vérifier TRACKER_DATABASE_URL.",
)
_NOT_THERE: Final = Sentence(
    en="There is no database {path} yet. `tracker up`, `tracker demo` and `tracker db upgrade` "
    "make it.",
    fr="Il n'y a pas encore de base de données {path}. `tracker up`, `tracker demo` et `tracker "
    "db upgrade` la créent.",
)
_CANNOT_WRITE: Final = Sentence(
    en="The folder {path} cannot be made. Start the tracker where it may write, or set "
    "TRACKER_DATABASE_URL.",
    fr="Impossible de créer le dossier {path}. Lancer le tracker là où il peut écrire, ou définir "
    "TRACKER_DATABASE_URL.",
)
_BEHIND: Final = Sentence(
    en="The database {url} is behind its migrations. Run `tracker db upgrade` first.",
    fr="La base de données {url} est en retard. Lancer d'abord `tracker db upgrade`.",
)
_NOBODY: Final = Sentence(
    en="The workspace “{slug}” has no owner to act for. Add one with `tracker member add`.",
    fr="L'espace « {slug} » n'a pas d'owner au nom de qui agir. En ajouter un avec `tracker member "
    "add`.",
)
_NO_SUCH_MEMBER: Final = Sentence(
    en="{email} is not a member of the workspace “{slug}”.",
    fr="{email} n'est pas membre de l'espace « {slug} ».",
)


class CannotOpen(DomainError):
    """The database cannot be worked with as it is."""

    type = "cannot-open-database"


def open_any_database(settings: Settings) -> Database:
    """The database of the settings, whatever its revision; made anew on SQLite. Raises CannotOpen.

    It is closed when the command ends, so that an SQLite file then stands complete by itself.
    """
    if settings.database_path is not None:
        _make_folder(settings.database_path.parent)
    set_offset(timedelta(seconds=settings.clock_offset))
    database = wire(settings)
    if context := click.get_current_context(silent=True):
        context.call_on_close(database.close)
    try:
        with database.reader() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        raise CannotOpen(_UNREACHABLE, url=shown_url(database)) from None
    return database


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise CannotOpen(_CANNOT_WRITE, path=path) from None


def open_existing_database(settings: Settings) -> Database:
    """The database of the settings, whatever its revision, never made. Raises CannotOpen."""
    path = settings.database_path
    if path is not None and not path.exists():
        raise CannotOpen(_NOT_THERE, path=path)
    return open_any_database(settings)


def open_database(settings: Settings | None = None) -> Database:
    """The database of the settings, up to date.

    Raises CannotOpen, Misconfigured, UnknownRevision.
    """
    database = open_existing_database(settings or load_settings())
    revision = revision_of(database)
    check_known(revision)
    if revision != newest_revision():
        raise CannotOpen(_BEHIND, url=shown_url(database))
    return database


def check_secrets() -> None:
    """Better not to start than to fail with each secret. Raises Undecipherable."""
    with reading() as session:
        check_readable(session)


def shown_url(database: Database) -> str:
    """Where the database is, without its password."""
    return database.url.render_as_string(hide_password=True)


def checked(schema: type[Schema], **values: Any) -> dict[str, Any]:
    """What was typed, held to what the API accepts; None is not given. Raises Invalid."""
    given = {name: value for name, value in values.items() if value is not None}
    try:
        loaded: dict[str, Any] = schema().load(given)
    except ValidationError as error:
        raise Invalid(in_both_languages(error.messages)) from None
    return loaded


def acting(session: Session, slug: str, email: str | None) -> tuple[Workspace, Actor]:
    """The workspace, and the member for whom a command acts: by default its first owner."""
    workspace = queries.workspace_by_slug(session, slug)
    if email is not None:
        member = queries.member_by_email(session, workspace.id, email)
        if member is None:
            raise NotFound(_NO_SUCH_MEMBER, email=email, slug=slug)
        return workspace, actor_of(member)
    owner = queries.first_owner(session, workspace.id)
    if owner is None:
        raise NotFound(_NOBODY, slug=slug)
    return workspace, actor_of(owner)
