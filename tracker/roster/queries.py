"""Looking people of a roster up. Nothing here can be asked without a workspace."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.people.models import Member
from tracker.projects.models import Assignee, Task
from tracker.roster.models import RosterContact
from tracker.roster.rules import STAGES

_NOBODY: Final = Sentence(
    en="There is nobody of this id on a roster of this workspace.",
    fr="Personne n'a cet identifiant dans un carnet de cet espace.",
)
_CONTACTS: Final = RosterContact.__table__
_FAR: Final = date(9999, 12, 31)
SORTS: Final[Mapping[str, tuple[ColumnElement[Any], type]]] = {
    "added": (_CONTACTS.c.id, UUID),
    "name": (func.coalesce(_CONTACTS.c.name, ""), str),
    "stage": (case({stage: n for n, stage in enumerate(STAGES)}, value=_CONTACTS.c.stage), int),
    "next_contact_on": (func.coalesce(_CONTACTS.c.next_contact_on, _FAR), date),
}


def contact(
    session: Session, workspace_id: UUID, roster_contact_id: UUID, *, to_change: bool = False
) -> RosterContact:
    """Somebody on a roster, locked where they are to be changed. Raises NotFound."""
    wanted = select(RosterContact).where(
        RosterContact.workspace_id == workspace_id, RosterContact.id == roster_contact_id
    )
    if to_change:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(_NOBODY)
    return found


def is_on_team(
    session: Session, workspace_id: UUID, project_id: UUID, *, member_id: UUID, names: Sequence[str]
) -> bool:
    """Whether a member has part in a project: named, looking after somebody, or with a task.

    ``names`` are the e-mails and ids that the project names for its roles.
    """
    if str(member_id) in names:
        return True
    named = exists().where(
        Member.workspace_id == workspace_id, Member.id == member_id, Member.email.in_(names)
    )
    looks_after = exists().where(
        RosterContact.workspace_id == workspace_id,
        RosterContact.project_id == project_id,
        RosterContact.owner_id == member_id,
    )
    has_a_task = (
        select(Assignee.task_id)
        .join(Task, and_(Task.workspace_id == Assignee.workspace_id, Task.id == Assignee.task_id))
        .where(
            Assignee.workspace_id == workspace_id,
            Assignee.member_id == member_id,
            Task.project_id == project_id,
        )
        .exists()
    )
    found = core(session).execute(select(or_(named, looks_after, has_a_task)))
    return bool(found.scalar_one())


def contacts(
    session: Session,
    workspace_id: UUID,
    project_id: UUID,
    wish: Mapping[str, Any],
    *,
    after: Sequence[Any] | None,
    today: date,
) -> Sequence[tuple[RosterContact, Any]]:
    """People of a roster with what they are sorted by, one more than ``wish["limit"]``."""
    column, _kind = SORTS[wish["sort"].removeprefix("-")]
    backwards = wish["sort"].startswith("-")
    wanted = select(RosterContact, column.label("place")).where(
        RosterContact.workspace_id == workspace_id,
        RosterContact.project_id == project_id,
        *_wished(wish, today),
    )
    if after:
        wanted = wanted.where(_beyond(column, after, backwards=backwards))
    order = (column.desc(), RosterContact.id.desc()) if backwards else (column, RosterContact.id)
    rows = session.execute(wanted.order_by(*order).limit(wish["limit"] + 1)).all()
    return [(row[0], row.place) for row in rows]


def _beyond(
    column: ColumnElement[Any], after: Sequence[Any], *, backwards: bool
) -> ColumnElement[bool]:
    place, contact_id = after
    if backwards:
        return or_(column < place, and_(column == place, RosterContact.id < contact_id))
    return or_(column > place, and_(column == place, RosterContact.id > contact_id))


def _wished(wish: Mapping[str, Any], today: date) -> list[ColumnElement[bool]]:
    conditions = [
        _CONTACTS.c[name] == wish[name]
        for name in ("role", "stage", "consent", "is_strategic")
        if wish.get(name) is not None
    ]
    if wish.get("owner"):
        conditions.append(_CONTACTS.c.owner_id == wish["owner"])
    if wish.get("due") is not None:
        is_due = func.coalesce(_CONTACTS.c.next_contact_on, _FAR) <= today
        conditions.append(is_due if wish["due"] else ~is_due)
    return conditions


def everybody(session: Session, workspace_id: UUID, project_id: UUID) -> Sequence[RosterContact]:
    """Everybody of a roster, in the order in which they were added."""
    wanted = select(RosterContact).where(
        RosterContact.workspace_id == workspace_id, RosterContact.project_id == project_id
    )
    return session.scalars(wanted.order_by(RosterContact.id)).all()


def known_emails(
    session: Session, workspace_id: UUID, project_id: UUID
) -> Mapping[str, RosterContact]:
    """Everybody of a roster who has an e-mail, under it."""
    found = session.scalars(
        select(RosterContact).where(
            RosterContact.workspace_id == workspace_id,
            RosterContact.project_id == project_id,
            RosterContact.email.is_not(None),
        )
    )
    return {str(one.email): one for one in found}


def email_is_taken(session: Session, workspace_id: UUID, project_id: UUID, email: str) -> bool:
    """Whether somebody on this roster has this address."""
    taken = exists().where(
        RosterContact.workspace_id == workspace_id,
        RosterContact.project_id == project_id,
        RosterContact.email == email,
    )
    return bool(core(session).execute(select(taken)).scalar_one())


def count(session: Session, workspace_id: UUID, project_id: UUID) -> int:
    """How many people are on a roster."""
    wanted = select(func.count()).where(
        _CONTACTS.c.workspace_id == workspace_id, _CONTACTS.c.project_id == project_id
    )
    return int(core(session).execute(wanted).scalar_one())
