"""A board that was worked out becomes a project, or a playbook of the workspace."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.boards.import_drafts import Draft
from tracker.boards.import_service import Worked
from tracker.boards.models import BoardImport
from tracker.connectors.board_copy import MOST_LINKS, day_of
from tracker.kernel.db import new_id
from tracker.kernel.errors import Conflict
from tracker.kernel.texts import Sentence
from tracker.library.service import add_playbook
from tracker.people.rules import Actor
from tracker.projects import service as projects
from tracker.projects.history import tell_project
from tracker.projects.own_rows import OwnTask

PLATFORMS: Final[Mapping[str, str]] = {
    "trello_export": "Trello",
    "trello": "Trello",
    "notion": "Notion",
}
_AGAIN: Final = Sentence(
    en="This board, as it is now, was brought before, as “{name}”. Send “again”: true to bring it "
    "once more.",
    fr="Ce tableau, tel qu'il est, a déjà été apporté, sous le nom « {name} ». Envoyer « again » : "
    "true pour l'apporter encore.",
)


class AlreadyImported(Conflict):
    """The very same board, once more. ``imported`` tells what has become of it."""

    type = "already-imported"
    extensions = ("imported",)

    def __init__(self, worked: Worked) -> None:
        self.imported = [import_out(one) for one in worked.earlier]
        super().__init__(_AGAIN, name=worked.earlier[-1].name)


@dataclass(frozen=True, slots=True)
class Made:
    """What has come of a board: one of both."""

    project: Mapping[str, Any] | None = None  # its row
    playbook: tuple[str, int] | None = None


def import_out(row: BoardImport) -> dict[str, Any]:
    """An earlier import, plain."""
    return {
        "at": row.created_at,
        "name": row.name,
        "project_id": row.project_id,
        "playbook": row.playbook,
        "version": row.playbook_version,
    }


def make(session: Session, actor: Actor, worked: Worked, *, again: bool, now: datetime) -> Made:
    """Make all of it. Raises AlreadyImported unless it is to be made ``again``."""
    if worked.earlier and not again:
        raise AlreadyImported(worked)
    made = (
        _made_playbook(session, actor, worked, now=now)
        if worked.playbook
        else _made_project(session, actor, worked, now=now)
    )
    slug, version = made.playbook or (None, None)
    session.add(
        BoardImport(
            workspace_id=actor.workspace_id,
            id=new_id(),
            source=worked.order.source,
            digest=worked.digest,
            name=worked.wish.name,
            project_id=made.project["id"] if made.project else None,
            playbook=slug,
            playbook_version=version,
            created_by=actor.member_id,
            created_at=now,
        )
    )
    return made


def _made_playbook(session: Session, actor: Actor, worked: Worked, *, now: datetime) -> Made:
    assert worked.playbook, "worked out for a playbook"
    added = add_playbook(session, actor, worked.playbook.source, now=now)
    return Made(playbook=(added.slug, added.version))


def _made_project(session: Session, actor: Actor, worked: Worked, *, now: datetime) -> Made:
    own = [_own_task(draft, worked) for draft in worked.drafts]
    rows = projects.create(session, actor, worked.wish, now=now, own=own)
    project_id = rows.project["id"]
    told = {"board": (None, worked.board.name), "tasks": (None, len(own))}
    tell_project(session, actor, project_id, action="imported", changes=told, now=now)
    return Made(project=rows.project)


def _own_task(draft: Draft, worked: Worked) -> OwnTask:
    card, language = draft.card, worked.wish.parameters.language
    edited = day_of(card.edited_at, worked.wish.parameters.timezone) if card.edited_at else None
    return OwnTask(
        key=card.id,
        title=card.title,
        phase=draft.phase,
        role=draft.role,
        start_on=draft.start_on,
        due_on=draft.due_on,
        rule="board_order" if draft.is_placed else "board",
        notes=card.notes or None,
        status=draft.status,
        reason=draft.reason.say(language) if draft.reason else None,
        is_milestone=draft.is_milestone,
        labels=draft.labels,
        assignees=list(_members(draft, worked)),
        steps=card.steps,
        after=draft.after,
        links=_links(draft, PLATFORMS[worked.order.source]),
        touched_on=edited,
    )


def _members(draft: Draft, worked: Worked) -> Iterator[UUID]:
    for person in draft.card.people:
        known = worked.people.get(person)
        if known and known.member_id:
            yield known.member_id


def _links(draft: Draft, platform: str) -> list[tuple[str, str | None]]:
    """The way back to the card, and what was attached to it."""
    own = [(draft.card.url, platform)] if draft.card.url else []
    return [*own, *draft.card.links][:MOST_LINKS]
