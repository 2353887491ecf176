"""Routes of boards."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.boards import ours, queries, schemas, service
from tracker.boards.choosing import choices_of
from tracker.boards.models import Board
from tracker.boards.ports import all_ports
from tracker.boards.showing import board_out, platform_out
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.people.caller import actor, needs
from tracker.people.rules import Actor, Permission
from tracker.projects import queries as projects
from tracker.web.addresses import door_asked
from tracker.web.api import Blueprint
from tracker.web.etags import check_if_match, tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language
from tracker.web.lists import list_of
from tracker.web.paging import page, read_cursor

blp = Blueprint(
    "boards", __name__, url_prefix="/api/v1", description="Boards kept in step with projects"
)


@blp.route("/boards/platforms")
@needs(Permission.LOOK)
@blp.answers(200, list_of(schemas.PlatformOut))
def list_board_platforms() -> ResponseReturnValue:
    """Platforms whose boards can be kept in step, and what they want to know."""
    items = [platform_out(port, reader_language()) for port in all_ports()]
    return json_response({"items": items, "next": None})


@blp.route("/boards/choices", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@door_asked
@blp.arguments(schemas.ChoicesIn)
@blp.answers(200, schemas.ChoicesOut)
def list_board_choices(data: dict[str, Any]) -> ResponseReturnValue:
    """What these credentials can see; nothing of them is kept.

    With a project, what pushing it would come to there is told beforehand.
    """
    cards, project_id = 0, data["project_id"]
    if project_id is not None:
        with reading() as session:
            mine = ours.load(session, actor().workspace_id, project_id, now=utcnow())
        cards = sum(not one.is_over for one in mine.things.values())
    return json_response(choices_of(data, cards, reader_language()))


@blp.route("/boards")
@needs(Permission.LOOK)
@blp.arguments(schemas.BoardsOf, location="query")
@blp.answers(200, list_of(schemas.BoardOut))
def list_boards(query: dict[str, Any]) -> ResponseReturnValue:
    """Boards of the workspace, or of one project, the oldest first."""
    after, limit = read_cursor(query["cursor"], UUID), query["limit"]
    project_id = query["project_id"]
    with reading() as session:
        if project_id is not None:
            projects.frame(session, actor().workspace_id, project_id)
        found = queries.boards(
            session, actor().workspace_id, project_id=project_id, after=after, limit=limit
        )
        rows, cursor = page(found, limit, lambda one: [one.id])
        items = [_shown(session, one) for one in rows]
    return json_response({"items": items, "next": cursor})


def _shown(session: Session, board: Board) -> dict[str, Any]:
    account = queries.account(session, board.workspace_id, board.account_id)
    counts = queries.counts_of(session, board.workspace_id, board.id)
    is_manager = actor().may(Permission.MANAGE_PROJECTS)
    return board_out(board, account, counts, reader_language(), is_manager=is_manager)


@blp.route("/boards", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@door_asked
@idempotent
@blp.arguments(schemas.BoardIn)
@blp.answers(201, schemas.BoardOut)
def add_board(data: dict[str, Any]) -> ResponseReturnValue:
    """Have a board kept in step with a project; it is made, or adopted, and filled at once."""
    with unit_of_work() as session:
        scope = (actor().workspace_id, data["project_id"])
        project = projects.project(session, *scope, to_change=True)
        made = service.add(session, actor(), project, data, now=utcnow())
        location = url_for("boards.read_board", board_id=made.id)
        return answer_with(session, made, 201, location)


def answer_with(
    session: Session, board: Board, status: int = 200, location: str | None = None
) -> ResponseReturnValue:
    """The board, as its reader may see it."""
    session.flush()
    shown = json_response(_shown(session, board), status, location=location)
    return tagged(shown, board.version)


@blp.route("/boards/<uuid:board_id>")
@needs(Permission.LOOK)
@blp.answers(200, schemas.BoardOut)
def read_board(board_id: UUID) -> ResponseReturnValue:
    """A board: its state, what to do where something is wrong, and how far it has come."""
    with reading() as session:
        return answer_with(session, queries.board(session, actor().workspace_id, board_id))


def board_to_change(session: Session, board_id: UUID) -> Board:
    """Locked, and as the caller has read it."""
    found = queries.board(session, actor().workspace_id, board_id, to_change=True)
    check_if_match(found.version)
    return found


@blp.route("/boards/<uuid:board_id>", methods=["PATCH"])
@needs(Permission.MANAGE_PROJECTS)
@blp.arguments(schemas.BoardChange)
@blp.answers(200, schemas.BoardOut)
def change_board(changes: dict[str, Any], board_id: UUID) -> ResponseReturnValue:
    """Rename it, set it otherwise, or name another as whom its changes are made here."""
    with unit_of_work() as session:
        found = board_to_change(session, board_id)
        service.change(session, actor(), found, changes, now=utcnow())
        return answer_with(session, found)


@blp.route("/boards/<uuid:board_id>", methods=["DELETE"])
@needs(Permission.MANAGE_PROJECTS)
@blp.arguments(schemas.DisconnectIn, location="query")
@blp.answers(204, description="It is not kept in step any more; the tasks stay as they are.")
def disconnect_board(query: dict[str, Any], board_id: UUID) -> ResponseReturnValue:
    """Disconnect a board."""
    with unit_of_work() as session:
        found = board_to_change(session, board_id)
        archives = query["cards"] == "archive"
        service.disconnect(session, actor(), found, archives=archives, now=utcnow())
    return "", 204


@blp.route("/boards/<uuid:board_id>/credentials", methods=["PUT"])
@needs(Permission.MANAGE_PROJECTS)
@blp.arguments(schemas.BoardCredentialsIn)
@blp.answers(200, schemas.BoardOut)
def change_board_credentials(data: dict[str, Any], board_id: UUID) -> ResponseReturnValue:
    """Give it other credentials, all of them; everything is compared with them at once."""
    with unit_of_work() as session:
        found = board_to_change(session, board_id)
        service.change_credentials(session, actor(), found, data["credentials"], now=utcnow())
        return answer_with(session, found)


Act = Callable[[Session, Actor, Board], None]


def _act(board_id: UUID, act: Act, status: int = 200) -> ResponseReturnValue:
    with unit_of_work() as session:
        found = board_to_change(session, board_id)
        act(session, actor(), found)
        return answer_with(session, found, status)


@blp.route("/boards/<uuid:board_id>/push", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.answers(202, schemas.BoardOut)
def push_board(board_id: UUID) -> ResponseReturnValue:
    """Have every task and gate stand on the board as soon as may be; GET tells how far it is."""
    now = utcnow()
    return _act(
        board_id, lambda session, _by, board: service.compare(session, board, "push", now=now), 202
    )


@blp.route("/boards/<uuid:board_id>/reconcile", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.answers(202, schemas.BoardOut)
def reconcile_board(board_id: UUID) -> ResponseReturnValue:
    """Have everything on both sides compared as soon as may be."""
    now = utcnow()
    return _act(
        board_id,
        lambda session, _by, board: service.compare(session, board, "reconcile", now=now),
        202,
    )


@blp.route("/boards/<uuid:board_id>/pause", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.answers(200, schemas.BoardOut)
def pause_board(board_id: UUID) -> ResponseReturnValue:
    """Leave it alone for a while; what happens meanwhile on both sides is made up for."""
    now = utcnow()
    return _act(board_id, lambda session, by, board: service.pause(session, by, board, now=now))


@blp.route("/boards/<uuid:board_id>/resume", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.answers(200, schemas.BoardOut)
def resume_board(board_id: UUID) -> ResponseReturnValue:
    """Have it kept in step again."""
    now = utcnow()
    return _act(board_id, lambda session, by, board: service.resume(session, by, board, now=now))
