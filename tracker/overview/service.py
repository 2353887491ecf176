"""Feeds: calendars under addresses that only their owners know."""

import hashlib
import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.kernel.db import new_id
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import DEFAULT_LANGUAGE, Sentence, language_of
from tracker.overview import queries
from tracker.overview.calendars import as_file, member_entries, project_entries
from tracker.overview.models import Feed
from tracker.people.rules import Actor, Permission
from tracker.projects import queries as projects

_SECRET_BYTES: Final = 24  # 192 random bits
_NO_CALENDAR: Final = Sentence(
    en="There is no calendar at this address, or no longer. `POST /api/v1/feeds` makes a new one.",
    fr="Il n'y a pas, ou plus, de calendrier à cette adresse. `POST /api/v1/feeds` en crée un.",
)
_TASKS_OF: Final = Sentence(en="Tasks of {name}", fr="Tâches de {name}")


def make_feed(
    session: Session, actor: Actor, project_id: UUID | None, *, now: datetime
) -> tuple[Feed, str]:
    """A feed of a project, or of all that the actor has to do; and its secret, told this once."""
    if project_id is not None:
        projects.project(session, actor.workspace_id, project_id)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    feed = Feed(
        workspace_id=actor.workspace_id,
        id=new_id(),
        member_id=actor.member_id,
        project_id=project_id,
        secret_hash=_hash(secret),
        created_at=now,
    )
    session.add(feed)
    return feed, secret


def _hash(secret: str) -> bytes:
    """SHA-256: the secret is random and long, so a slow hash would protect nothing more."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def whose_feeds(actor: Actor) -> UUID | None:
    """An owner sees and ends every member's feeds, others their own."""
    return None if actor.may(Permission.ADMINISTER) else actor.member_id


def revoke_feed(feed: Feed, *, now: datetime) -> None:
    """End a feed now."""
    feed.revoked_at = now


def calendar_behind(session: Session, secret: str, base_url: str, *, now: datetime) -> bytes:
    """The calendar that ``secret`` opens. Raises NotFound, always in the same words."""
    feed = queries.subscribed(session, _hash(secret))
    if feed is None:
        raise NotFound(_NO_CALENDAR)
    if feed.project_id is None:
        language = language_of(feed.language) or DEFAULT_LANGUAGE
        entries = member_entries(session, feed.workspace_id, feed.member_id, base_url)
        return as_file(_TASKS_OF.say(language, name=feed.name), entries, refreshes=True)
    project = projects.project(session, feed.workspace_id, feed.project_id)
    entries = project_entries(session, project, base_url, now=now)
    return as_file(project.name, entries, refreshes=True)
