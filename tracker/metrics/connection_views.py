"""Routes of connections."""

from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.metrics import connection_queries as queries
from tracker.metrics import connection_schemas as schemas
from tracker.metrics import connection_service as service
from tracker.metrics.connection_models import Connection
from tracker.metrics.connection_showing import (
    connection_out,
    impossible_out,
    pull_out,
    source_out,
)
from tracker.metrics.connection_testing import test_connection_now
from tracker.metrics.fitting import note_fits
from tracker.metrics.forgetting import erase_member
from tracker.metrics.pull_asking import ask_for_pull
from tracker.metrics.sources import IMPOSSIBLE, all_sources
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects import queries as projects
from tracker.web.addresses import door_asked
from tracker.web.api import Blueprint
from tracker.web.etags import check_if_match, tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language
from tracker.web.lists import list_of
from tracker.web.paging import PageIn, page, read_cursor

blp = Blueprint(
    "connections", __name__, url_prefix="/api/v1", description="Where figures come from"
)


@blp.route("/connectors")
@needs(Permission.LOOK)
@blp.answers(200, list_of(schemas.ConnectorOut))
def list_connectors() -> ResponseReturnValue:
    """What can be connected, and what cannot: why not, and what to do instead."""
    language = reader_language()
    items = [source_out(source, language) for source in all_sources()]
    items += [impossible_out(kind, one, language) for kind, one in IMPOSSIBLE.items()]
    return json_response({"items": items, "next": None})


@blp.route("/projects/<uuid:project_id>/connections")
@needs(Permission.LOOK)
@blp.arguments(PageIn, location="query")
@blp.answers(200, list_of(schemas.ConnectionOut))
def list_connections(query: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Connections of a project, the oldest first."""
    after, scope = read_cursor(query["cursor"], UUID), (actor().workspace_id, project_id)
    with reading() as session:
        projects.frame(session, *scope)  # NotFound where it is another workspace's
        found = queries.connections(session, *scope, after=after, limit=query["limit"])
        rows, cursor = page(found, query["limit"], lambda one: [one.id])
        streams = queries.streams(session, actor().workspace_id, [one.id for one in rows])
    language, now = reader_language(), utcnow()
    items = [connection_out(one, streams[one.id], language, now=now) for one in rows]
    return json_response({"items": items, "next": cursor})


@blp.route("/projects/<uuid:project_id>/connections", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@door_asked
@idempotent
@blp.arguments(schemas.ConnectionIn)
@blp.answers(201, schemas.ConnectionOut)
def add_connection(data: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Connect a platform; what it has now is pulled at once, its past when asked for."""
    with unit_of_work() as session:
        project = projects.project(session, actor().workspace_id, project_id, to_change=True)
        made = service.add(session, actor(), project, data, now=utcnow())
        location = url_for("connections.read_connection", connection_id=made.id)
        return _answer(session, made, 201, location)


def _answer(
    session: Session, connection: Connection, status: int = 200, location: str | None = None
) -> ResponseReturnValue:
    streams = queries.streams(session, connection.workspace_id, [connection.id])[connection.id]
    shown = connection_out(connection, streams, reader_language(), now=utcnow())
    return tagged(json_response(shown, status, location=location), connection.version)


@blp.route("/connections/<uuid:connection_id>")
@needs(Permission.LOOK)
@blp.answers(200, schemas.ConnectionOut)
def read_connection(connection_id: UUID) -> ResponseReturnValue:
    """A connection: its state, what to do where something is wrong, its calls and its streams."""
    with reading() as session:
        found = queries.connection(session, actor().workspace_id, connection_id)
        return _answer(session, found)


def _to_change(session: Session, connection_id: UUID) -> Connection:
    found = queries.connection(session, actor().workspace_id, connection_id, to_change=True)
    check_if_match(found.version)
    return found


@blp.route("/connections/<uuid:connection_id>", methods=["PATCH"])
@needs(Permission.MANAGE_PROJECTS)
@door_asked
@blp.arguments(schemas.ConnectionChange)
@blp.answers(200, schemas.ConnectionOut)
def change_connection(changes: dict[str, Any], connection_id: UUID) -> ResponseReturnValue:
    """Rename it, have it read elsewhere, pause it, or allow it more calls a day."""
    with unit_of_work() as session:
        found = _to_change(session, connection_id)
        service.change(session, actor(), found, changes, now=utcnow())
        return _answer(session, found)


@blp.route("/connections/<uuid:connection_id>", methods=["DELETE"])
@needs(Permission.MANAGE_PROJECTS)
@blp.answers(204, description="Credentials, members and what they did are gone; readings stay.")
def remove_connection(connection_id: UUID) -> ResponseReturnValue:
    """Disconnect a platform."""
    with unit_of_work() as session:
        service.remove(session, actor(), _to_change(session, connection_id), now=utcnow())
    return "", 204


@blp.route("/connections/<uuid:connection_id>/credentials", methods=["PUT"])
@needs(Permission.MANAGE_PROJECTS)
@blp.arguments(schemas.CredentialsIn)
@blp.answers(200, schemas.ConnectionOut)
def change_credentials(data: dict[str, Any], connection_id: UUID) -> ResponseReturnValue:
    """Give it other credentials, all of them; it is pulled with them at once."""
    with unit_of_work() as session:
        found = _to_change(session, connection_id)
        service.change_credentials(session, actor(), found, data["credentials"], now=utcnow())
        return _answer(session, found)


@blp.route("/connections/<uuid:connection_id>/test", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@blp.answers(200, schemas.ConnectionTestOut)
def test_connection(connection_id: UUID) -> ResponseReturnValue:
    """Ask the platform the least that shows whether it can be read (429 while it wants peace)."""
    workspace_id = actor().workspace_id
    return json_response(
        test_connection_now(workspace_id, connection_id, reader_language(), now=utcnow())
    )


@blp.route("/connections/<uuid:connection_id>/pull", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.arguments(schemas.PullIn)
@blp.answers(202, schemas.PullOut)
def pull_connection(data: dict[str, Any], connection_id: UUID) -> ResponseReturnValue:
    """Have it pulled as soon as it may be; GET /pulls/{id} tells how far it has come."""
    with unit_of_work() as session:
        found = queries.connection(session, actor().workspace_id, connection_id, to_change=True)
        backfill = data["is_backfill"]
        pull = ask_for_pull(session, actor(), found, backfill=backfill, now=utcnow())
        shown = pull_out(pull, reader_language())
    location = url_for("connections.read_pull", pull_id=pull.id)
    return json_response(shown, 202, location=location)


@blp.route("/connections/<uuid:connection_id>/pulls")
@needs(Permission.LOOK)
@blp.arguments(PageIn, location="query")
@blp.answers(200, list_of(schemas.PullOut))
def list_pulls(query: dict[str, Any], connection_id: UUID) -> ResponseReturnValue:
    """Pulls and uploads of a connection, the newest first."""
    after, scope = read_cursor(query["cursor"], UUID), (actor().workspace_id, connection_id)
    with reading() as session:
        queries.connection(session, *scope)
        found = queries.pulls(session, *scope, after=after, limit=query["limit"])
    rows, cursor = page(found, query["limit"], lambda one: [one.id])
    items = [pull_out(one, reader_language()) for one in rows]
    return json_response({"items": items, "next": cursor})


@blp.route("/pulls/<uuid:pull_id>")
@needs(Permission.LOOK)
@blp.answers(200, schemas.PullOut)
def read_pull(pull_id: UUID) -> ResponseReturnValue:
    """How far a pull has come."""
    with reading() as session:
        found = queries.pull(session, actor().workspace_id, pull_id)
    return json_response(pull_out(found, reader_language()))


@blp.route("/connections/<uuid:connection_id>/erase", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@blp.arguments(schemas.EraseIn)
@blp.answers(200, schemas.ErasedOut)
def erase_community_member(data: dict[str, Any], connection_id: UUID) -> ResponseReturnValue:
    """Erase what is kept of a member, found by their id on the platform; figures stay."""
    with unit_of_work() as session:
        found = queries.connection(session, actor().workspace_id, connection_id, to_change=True)
        erased = erase_member(session, actor(), found, data["member"], now=utcnow())
    return json_response(erased)


@blp.route("/connections/<uuid:connection_id>/fits", methods=["POST"])
@needs(Permission.CHANGE_OWN_TASKS)
@blp.arguments(schemas.FitsIn)
@blp.answers(200, schemas.FitsOut)
def note_member_fits(data: dict[str, Any], connection_id: UUID) -> ResponseReturnValue:
    """Say whether members match the personas: what the alert of bad fit counts."""
    told = {one["member"]: one["fits"] for one in data["members"]}
    with unit_of_work() as session:
        found = queries.connection(session, actor().workspace_id, connection_id, to_change=True)
        not_known = note_fits(session, found, told, now=utcnow())
    return json_response({"noted": len(told) - len(not_known), "not_known": not_known})
