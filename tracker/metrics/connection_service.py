"""Connecting platforms, changing and removing connections. Nothing here speaks to a platform."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from tracker.connectors.figures import Account, Source
from tracker.kernel.activity import record
from tracker.kernel.clock import is_zone
from tracker.kernel.db import core, new_id
from tracker.kernel.errors import Conflict, Invalid, NotFound
from tracker.kernel.outbox import publish
from tracker.kernel.texts import Said, Sentence
from tracker.metrics import connection_queries as queries
from tracker.metrics.community_models import CommunityEvent, CommunityMember, MemberMonth
from tracker.metrics.connection_account import (
    check_account,
    check_stays,
    credentials_of,
    new_actor_key,
    sealed_credentials,
)
from tracker.metrics.connection_events import (
    ConnectionAdded,
    ConnectionChanged,
    ConnectionRemoved,
)
from tracker.metrics.connection_models import Connection, Pull, Stream
from tracker.metrics.connection_project import check_project
from tracker.metrics.pull_asking import begin_anew, end_open_pulls, fence, plan_next
from tracker.metrics.sources import IMPOSSIBLE, source_of
from tracker.people.rules import Actor
from tracker.projects.history import Changes, entry
from tracker.projects.models import Project
from tracker.projects.rules import check_takes_changes

MOST: Final = 50
_FULL: Final = Sentence(
    en="A project has at most {most} connections. Remove one that is not needed.",
    fr="Un projet a au plus {most} connexions. En supprimer une qui ne sert plus.",
)
_NO_ZONE: Final = Sentence(
    en="“{zone}” is not a time zone, such as Europe/Paris.",
    fr="« {zone} » n'est pas un fuseau horaire, tel que Europe/Paris.",
)
_READ_BY: Final = frozenset({"base_url", "config", "credentials"})
_TOLD: Final = ("name", "base_url", "is_paused", "most_calls")
_BEFORE: Final = ("name", "is_paused", "most_calls")  # other programs are told no address


def add(
    session: Session, actor: Actor, project: Project, wish: Mapping[str, Any], *, now: datetime
) -> Connection:
    """Connect a platform to a locked project. Raises ProjectClosed, Invalid, Conflict."""
    check_takes_changes(project.state)
    if queries.count(session, project.workspace_id, project.id) >= MOST:
        raise Conflict(_FULL, most=MOST)
    source = _source(wish["kind"])
    zone = _zone(wish["zone"] or project.timezone)
    base_url = wish["base_url"] or source.default_url
    check_account(source, Account(base_url or "", wish["config"], wish["credentials"], zone))
    row_id = new_id()
    made = Connection(
        workspace_id=project.workspace_id,
        id=row_id,
        project_id=project.id,
        kind=source.kind,
        name=wish["name"] or source.title[project.language],
        base_url=base_url,
        config=wish["config"],
        credentials=sealed_credentials(wish["credentials"], row_id),
        actor_key=new_actor_key(row_id),
        zone=zone,
        state="ok",
        is_paused=wish["is_paused"],
        is_pulling=False,
        claim=0,
        crashes=0,
        calls=0,
        most_calls=wish["most_calls"] or source.most_calls,
        list_number=1,
        created_by=actor.member_id,
        created_at=now,
        updated_at=now,
        version=1,
    )
    session.add(made)
    session.flush()  # its streams refer to it
    streams = begin_anew(session, made, source, now=now)
    plan_next(made, streams, now=now)
    changes: Changes = {"name": (None, made.name), "kind": (None, made.kind)}
    _tell(session, actor, made, action="created", changes=changes)
    publish(session, ConnectionAdded(**_event(made), by=actor.member_id))
    return made


def _source(kind: str) -> Source:
    if kind in IMPOSSIBLE:
        raise Invalid({"kind": [Said(IMPOSSIBLE[kind].why, {})]})
    try:
        return source_of(kind)
    except NotFound as error:
        raise Invalid({"kind": [error.said]}) from None


def _zone(zone: str) -> str:
    if not is_zone(zone):
        raise Invalid({"zone": [Said(_NO_ZONE, {"zone": zone})]})
    return zone


def change(
    session: Session,
    actor: Actor,
    connection: Connection,
    changes: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """Change a locked connection; where it reads elsewhere, it reads from the beginning.

    Raises Invalid, NotFound, ProjectClosed.
    """
    check_project(session, connection)
    plain = {name: new for name, new in changes.items() if name != "credentials"}
    told: dict[str, tuple[Any, Any]] = {
        name: (getattr(connection, name), new)
        for name, new in plain.items()
        if getattr(connection, name) != new
    }
    if "credentials" in changes:
        told["credentials"] = (None, None)
    if not told:
        return
    source = source_of(connection.kind)
    if told.keys() & _READ_BY:
        _check_change(connection, source, changes)
    for name in told.keys() & plain.keys():
        setattr(connection, name, plain[name])
    if "credentials" in changes:
        connection.credentials = sealed_credentials(changes["credentials"], connection.id)
    _touch(connection, now)
    streams = queries.streams(session, connection.workspace_id, [connection.id])[connection.id]
    if told.keys() & _READ_BY:
        _set_right(connection)
        streams = begin_anew(session, connection, source, now=now)
    if "most_calls" in told and connection.problem == "budget":
        _set_right(connection)
        connection.next_allowed_at = None
    if connection.is_paused:
        end_open_pulls(session, connection, now=now)
    plan_next(connection, streams, now=now)
    _tell_changed(session, actor, connection, told)


def _check_change(connection: Connection, source: Source, changes: Mapping[str, Any]) -> None:
    after = {"base_url": connection.base_url, "config": connection.config, **changes}
    if "credentials" not in changes:
        check_stays(connection, after["base_url"])
        after["credentials"] = credentials_of(connection)
    account = Account(
        after["base_url"] or "", after["config"], after["credentials"], connection.zone
    )
    check_account(source, account)


def _touch(connection: Connection, now: datetime) -> None:
    connection.updated_at, connection.version = now, connection.version + 1
    fence(connection)


def _set_right(connection: Connection) -> None:
    connection.state, connection.problem, connection.problem_facts = "ok", None, None


def _tell_changed(session: Session, actor: Actor, connection: Connection, told: Changes) -> None:
    plain = {name: both for name, both in told.items() if name in _TOLD}
    plain |= dict.fromkeys(told.keys() - set(_TOLD), (None, None))
    _tell(session, actor, connection, action="changed", changes=plain)
    publish(
        session,
        ConnectionChanged(
            **_event(connection),
            fields=sorted(told),
            previous={name: told[name][0] for name in _BEFORE if name in told},
            by=actor.member_id,
        ),
    )


def change_credentials(
    session: Session,
    actor: Actor,
    connection: Connection,
    credentials: Mapping[str, str],
    *,
    now: datetime,
) -> None:
    """Give a locked connection other credentials, and have it pulled with them.

    Raises Invalid, ProjectClosed.
    """
    check_project(session, connection)
    source = source_of(connection.kind)
    account = Account(
        connection.base_url or "", connection.config, dict(credentials), connection.zone
    )
    check_account(source, account)
    connection.credentials = sealed_credentials(credentials, connection.id)
    _touch(connection, now)
    _set_right(connection)
    streams = queries.streams(session, connection.workspace_id, [connection.id])[connection.id]
    for stream in streams:
        if stream.state == "unavailable":
            stream.state, stream.problem, stream.detail = "active", None, None
        if stream.state == "active" and (stream.next_run_at or stream.failures):
            stream.next_run_at, stream.failures = now, 0
    plan_next(connection, streams, now=now)
    _tell_changed(session, actor, connection, {"credentials": (None, None)})


def remove(session: Session, actor: Actor, connection: Connection, *, now: datetime) -> None:
    """Forget credentials, members and what they did. The readings stay, and so does the name."""
    mine = (connection.workspace_id, connection.id)
    for model in (CommunityEvent, CommunityMember, MemberMonth, Stream, Pull):
        table = model.__table__
        place = (table.c.workspace_id, table.c.connection_id)
        core(session).execute(
            delete(table).where(
                *(column == value for column, value in zip(place, mine, strict=True))
            )
        )
    connection.removed_at = now
    connection.credentials, connection.config, connection.base_url = None, {}, None
    connection.actor_key = new_actor_key(connection.id)  # nobody can be found under the old one
    connection.ready_at = connection.next_allowed_at = connection.dirty_on = None
    _touch(connection, now)
    changes: Changes = {"name": (connection.name, None)}
    _tell(session, actor, connection, action="deleted", changes=changes)
    publish(session, ConnectionRemoved(**_event(connection), by=actor.member_id))


def _tell(
    session: Session, actor: Actor, connection: Connection, *, action: str, changes: Changes
) -> None:
    subject = ("connection", connection.id)
    told = entry(
        actor,
        connection.project_id,
        subject,
        action=action,
        changes=changes,
        now=connection.updated_at,
    )
    record(session, told)


def _event(connection: Connection) -> dict[str, Any]:
    return {
        "workspace_id": connection.workspace_id,
        "at": connection.updated_at,
        "project_id": connection.project_id,
        "connection_id": connection.id,
        "kind": connection.kind,
    }
