"""The route that brings a board here: as a project, or as a playbook."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, ParamSpec

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from tracker.boards.import_making import Made, make
from tracker.boards.import_reading import board_in, check_source, is_live, order_of, read_live
from tracker.boards.import_schemas import BoardImportIn, BoardImportOut
from tracker.boards.import_service import work_out
from tracker.boards.import_showing import worked_out
from tracker.connectors.board_copy import BoardCopy
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.errors import DomainError
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.web.addresses import door_asked
from tracker.web.api import Blueprint
from tracker.web.bodies import takes
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language

P = ParamSpec("P")
blp = Blueprint("imports", __name__, url_prefix="/api/v1", description="Boards brought here once")
_LARGEST: Final = 16  # megabytes: a board of a thousand cards, with its latest thousand actions


def _read_first(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Have the platform asked before: an Idempotency-Key opens a transaction.

    What went wrong is said later, unless the key has its answer already.
    """

    @wraps(view)
    def read(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        body = request.get_json(silent=True)
        if isinstance(body, dict) and is_live(body.get("source")):
            try:
                g.board_read = read_live(BoardImportIn().load(body))
            except DomainError as error:
                g.board_read = error
            except ValidationError:  # the view's own parser says what is wrong
                g.board_read = None
        return view(*args, **kwargs)

    return read


def _board(data: Mapping[str, Any]) -> BoardCopy:
    """Raises what reading it has raised."""
    check_source(data)
    if not is_live(data["source"]):
        return board_in(data["export"])
    if isinstance(g.board_read, DomainError):
        raise g.board_read
    board: BoardCopy = g.board_read
    return board


@blp.route("/imports", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@takes(_LARGEST)
@door_asked
@_read_first
@idempotent
@blp.arguments(BoardImportIn)
@blp.answers(200, BoardImportOut, "What would come of it: `dry_run`.")
@blp.answers(201, BoardImportOut)
def import_board(data: dict[str, Any]) -> ResponseReturnValue:
    """Bring a Trello board, from its export or live, or a Notion database: all of it, or nothing.

    The very same board twice is a conflict, unless it is to be brought `again`.
    """
    board, order, now = _board(data), order_of(data), utcnow()
    if data["dry_run"]:
        with reading() as session:
            worked = work_out(session, actor(), order, board, now=now)
        return json_response(worked_out(worked, None, reader_language()))
    with unit_of_work() as session:
        worked = work_out(session, actor(), order, board, now=now)
        made = make(session, actor(), worked, again=data["again"], now=now)
    shown = worked_out(worked, made, reader_language())
    return json_response(shown, 201, location=_location(made))


def _location(made: Made) -> str:
    if made.playbook is not None:
        slug, version = made.playbook
        return url_for("library.read_playbook_version", slug=slug, version=version)
    assert made.project, "one of both has come of it"
    return url_for("projects.read_project", project_id=made.project["id"])
