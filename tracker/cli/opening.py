"""Opening the database for a command, and finding out for whom it acts."""

from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tracker.config import Settings, load_settings
from tracker.kernel.db import Database
from tracker.kernel.errors import DomainError, NotFound
from tracker.kernel.migrations import is_current
from tracker.kernel.texts import Sentence
from tracker.people import queries
from tracker.people.models import Workspace
from tracker.people.rules import Actor
from tracker.people.service import actor_of
from tracker.wiring import wire

_UNREACHABLE: Final = Sentence(
    en="The database {url} cannot be reached. Check TRACKER_DATABASE_URL and that it runs.",
    fr="La base de données {url} est injoignable. Vérifier TRACKER_DATABASE_URL.",
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
    """The database of the settings, whatever its revision. Raises CannotOpen."""
    if settings.database_path is not None:
        settings.database_path.parent.mkdir(parents=True, exist_ok=True)
    database = wire(settings)
    try:
        with database.reader() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        raise CannotOpen(_UNREACHABLE, url=shown_url(database)) from None
    return database


def open_database(settings: Settings | None = None) -> Database:
    """The database of the settings, up to date. Raises CannotOpen, Misconfigured."""
    database = open_any_database(settings or load_settings())
    if not is_current(database):
        raise CannotOpen(_BEHIND, url=shown_url(database))
    return database


def shown_url(database: Database) -> str:
    """Where the database is, without its password."""
    return database.url.render_as_string(hide_password=True)


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
