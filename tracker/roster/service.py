"""Putting people on a roster, changing and erasing them: load, judge, change, announce."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.kernel.activity import Entry, record
from tracker.kernel.clock import local_today
from tracker.kernel.db import new_id
from tracker.kernel.errors import Conflict, Invalid
from tracker.kernel.outbox import previous_of, publish
from tracker.kernel.texts import Said, Sentence
from tracker.people.queries import members_named
from tracker.people.rules import Actor, Permission
from tracker.projects import queries as projects
from tracker.projects.history import Changes, entry
from tracker.projects.models import Project
from tracker.projects.rules import check_takes_changes
from tracker.roster import queries
from tracker.roster.calls import close_call, make_calls
from tracker.roster.events import RosterContactAdded, RosterContactChanged, RosterContactErased
from tracker.roster.models import RosterContact
from tracker.roster.rules import TOLD, changed_values, check_on_team, new_values

MOST: Final = 5_000
FIELDS: Final = (
    *("name", "role", "stage", "why", "email", "contact", "owner_id", "is_strategic"),
    *("consent", "consent_at", "notes", "next_contact_on"),
)
_UNKNOWN_OWNER: Final = Sentence(
    en="“{value}” is not a member of this workspace; give an e-mail or an id of one.",
    fr="« {value} » n'est pas membre de cet espace ; donner l'e-mail ou l'identifiant d'un membre.",
)
_KNOWN: Final = Sentence(
    en="Somebody with this e-mail is on the roster already.",
    fr="Quelqu'un est déjà au carnet avec cet e-mail.",
)
_FULL: Final = Sentence(
    en="A roster holds at most {most} people.", fr="Un carnet contient au plus {most} personnes."
)


def enter(session: Session, actor: Actor, project_id: UUID, *, to_change: bool = False) -> Project:
    """The project, for who is on its team; locked where its roster is to be changed.

    Raises NotFound, Forbidden.
    """
    project = projects.project(session, actor.workspace_id, project_id, to_change=to_change)
    names = [name.lower() for name in project.parameters["people"].values()]
    is_on_team = actor.may(Permission.MANAGE_PROJECTS) or queries.is_on_team(
        session, actor.workspace_id, project_id, member_id=actor.member_id, names=names
    )
    check_on_team(is_on_team=is_on_team)
    return project


def at_hand(
    session: Session, actor: Actor, roster_contact_id: UUID
) -> tuple[Project, RosterContact]:
    """Somebody to be changed with their project, both locked. Raises NotFound, Forbidden."""
    one = queries.contact(session, actor.workspace_id, roster_contact_id)
    project = enter(session, actor, one.project_id, to_change=True)
    one = queries.contact(session, actor.workspace_id, roster_contact_id, to_change=True)
    return project, one


def add(
    session: Session, actor: Actor, project: Project, wish: Mapping[str, Any], *, now: datetime
) -> RosterContact:
    """Put somebody on the roster of a locked project. Raises ProjectClosed, Invalid, Conflict."""
    check_takes_changes(project.state)
    if queries.count(session, project.workspace_id, project.id) >= MOST:
        raise Conflict(_FULL, most=MOST)
    values = new_values(with_owner(session, project.workspace_id, wish), now)
    _check_email(session, project, values["email"])
    one = new_contact(actor, project, values, now)
    session.add(one)
    make_calls(session, actor, project, [one], now=now)
    tell_added(session, actor, [one], now=now)
    return one


def new_contact(
    actor: Actor, project: Project, values: Mapping[str, Any], now: datetime
) -> RosterContact:
    """A row, not yet stored."""
    return RosterContact(
        workspace_id=project.workspace_id,
        id=new_id(),
        project_id=project.id,
        created_by=actor.member_id,
        created_at=now,
        updated_at=now,
        version=1,
        **values,
    )


def with_owner(session: Session, workspace_id: UUID, wish: Mapping[str, Any]) -> dict[str, Any]:
    """``wish`` with the id of the member whom it names as owner. Raises Invalid."""
    if "owner" not in wish:
        return dict(wish)
    name = wish["owner"]
    known = members_named(session, workspace_id, [name] if name else [])
    if name and name not in known:
        raise Invalid({"owner": [Said(_UNKNOWN_OWNER, {"value": name})]})
    rest = {field: value for field, value in wish.items() if field != "owner"}
    return {**rest, "owner_id": known.get(name)}


def _check_email(session: Session, project: Project, email: str | None) -> None:
    if email and queries.email_is_taken(session, project.workspace_id, project.id, email):
        raise Invalid({"email": [Said(_KNOWN, {})]})


def change(
    session: Session,
    actor: Actor,
    project: Project,
    one: RosterContact,
    *,
    wish: Mapping[str, Any],
    now: datetime,
) -> None:
    """Change somebody. Raises ProjectClosed, Invalid."""
    check_takes_changes(project.state)
    wish = with_owner(session, project.workspace_id, wish)
    values = judged(project, one, wish, now)
    if values.get("email"):
        _check_email(session, project, values["email"])
    if values:
        apply(session, actor, project, {one: values}, now=now)


def judged(
    project: Project, one: RosterContact, wish: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """What becomes another value by ``wish``. Raises Invalid."""
    old = {name: getattr(one, name) for name in FIELDS}
    today = local_today(project.timezone, now)
    return changed_values(old, wish, today=today, now=now)


def apply(
    session: Session,
    actor: Actor,
    project: Project,
    changes: Mapping[RosterContact, Mapping[str, Any]],
    *,
    now: datetime,
) -> None:
    """Write judged changes, with their calls, history and events."""
    entries, events = [], []
    for one, values in changes.items():
        told = {name: (getattr(one, name), values[name]) for name in TOLD if name in values}
        for name, value in values.items():
            setattr(one, name, value)
        one.updated_at, one.version = now, one.version + 1
        entries.append(_entry(actor, one, "changed", told, now=now))
        events.append(RosterContactChanged(**_event(actor, one, now), previous=previous_of(told)))
        if one.consent == "refused":
            close_call(session, actor, project, one, now=now)
    wanted = [one for one in changes if one.consent != "refused"]
    make_calls(session, actor, project, wanted, now=now)
    record(session, *entries)
    publish(session, *events)


def erase(
    session: Session, actor: Actor, project: Project, one: RosterContact, *, now: datetime
) -> None:
    """Take somebody off the roster: the row goes, and nothing that names them stays.

    Possible in a closed project, too: it is everybody's right.
    """
    close_call(session, actor, project, one, now=now)
    told = {name: (getattr(one, name), None) for name in TOLD}
    record(session, _entry(actor, one, "deleted", told, now=now))
    publish(session, RosterContactErased(**_event(actor, one, now)))
    session.delete(one)


def tell_added(
    session: Session, actor: Actor, people: Iterable[RosterContact], *, now: datetime
) -> None:
    """Keep and announce that people are on the roster."""
    entries, events = [], []
    for one in people:
        told = {name: (None, getattr(one, name)) for name in TOLD}
        entries.append(_entry(actor, one, "created", told, now=now))
        events.append(RosterContactAdded(**_event(actor, one, now)))
    record(session, *entries)
    publish(session, *events)


def _entry(actor: Actor, one: RosterContact, action: str, told: Changes, *, now: datetime) -> Entry:
    """Role, stage and consent, never a name: the history is for the whole workspace."""
    subject = ("roster_contact", one.id)
    return entry(actor, one.project_id, subject, action=action, changes=told, now=now)


def _event(actor: Actor, one: RosterContact, now: datetime) -> dict[str, Any]:
    return {
        "workspace_id": one.workspace_id,
        "at": now,
        "project_id": one.project_id,
        "roster_contact_id": one.id,
        "role": one.role,
        "stage": one.stage,
        "by": actor.member_id,
    }
