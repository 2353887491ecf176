"""Routes of what stands on a board, and of what disagrees."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from tracker.boards import answering, queries, schemas
from tracker.boards.showing import conflict_out, item_out
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.web.api import Blueprint
from tracker.web.etags import check_if_match, tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.lists import list_of
from tracker.web.paging import page, read_cursor

blp = Blueprint(
    "board_items", __name__, url_prefix="/api/v1", description="Cards on boards, and conflicts"
)


@blp.route("/boards/<uuid:board_id>/items")
@needs(Permission.LOOK)
@blp.arguments(schemas.ItemsOf, location="query")
@blp.answers(200, list_of(schemas.ItemOut))
def list_board_items(query: dict[str, Any], board_id: UUID) -> ResponseReturnValue:
    """What stands on a board, what is missing there, and what was made there."""
    after, limit, scope = (
        read_cursor(query["cursor"], UUID),
        query["limit"],
        (actor().workspace_id, board_id),
    )
    with reading() as session:
        queries.board(session, *scope)
        found = queries.items(session, *scope, state=query["state"], after=after, limit=limit)
    rows, cursor = page(found, limit, lambda one: [one.id])
    return json_response({"items": [item_out(one) for one in rows], "next": cursor})


@blp.route("/boards/<uuid:board_id>/conflicts")
@needs(Permission.LOOK)
@blp.arguments(schemas.ConflictsOf, location="query")
@blp.answers(200, list_of(schemas.ConflictOut))
def list_board_conflicts(query: dict[str, Any], board_id: UUID) -> ResponseReturnValue:
    """What both sides have changed, and what our rules did not let change; the newest first."""
    after, limit = read_cursor(query["cursor"], UUID), query["limit"]
    scope = (actor().workspace_id, board_id)
    with reading() as session:
        queries.board(session, *scope)
        found = queries.conflicts(session, *scope, state=query["state"], after=after, limit=limit)
    rows, cursor = page(found, limit, lambda both: [both[0].id])
    items = [conflict_out(conflict, item) for conflict, item in rows]
    return json_response({"items": items, "next": cursor})


@blp.route("/conflicts/<uuid:board_conflict_id>/settle", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.arguments(schemas.SettleIn)
@blp.answers(200, schemas.ConflictOut)
def settle_conflict(data: dict[str, Any], board_conflict_id: UUID) -> ResponseReturnValue:
    """Choose whose value the field is to have: it is set here at once, and there with it."""
    with unit_of_work() as session:
        found = queries.conflict(session, actor().workspace_id, board_conflict_id)
        check_if_match(found.version)
        item = answering.settle(session, actor(), found, data["choose"], now=utcnow())
        return tagged(json_response(conflict_out(found, item)), found.version)


def _answer(item_id: UUID, word: str, **data: Any) -> ResponseReturnValue:
    with unit_of_work() as session:
        item = queries.item(session, actor().workspace_id, item_id)
        answering.answer(session, actor(), item, word, now=utcnow(), **data)
        return json_response(item_out(item))


@blp.route("/board-items/<uuid:board_item_id>/restore", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.answers(200, schemas.ItemOut)
def restore_board_item(board_item_id: UUID) -> ResponseReturnValue:
    """Have a missing card brought back there, or made anew."""
    return _answer(board_item_id, "restore")


@blp.route("/board-items/<uuid:board_item_id>/detach", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.answers(200, schemas.ItemOut)
def detach_board_item(board_item_id: UUID) -> ResponseReturnValue:
    """Leave it on one side only: nothing of it is kept in step any more."""
    return _answer(board_item_id, "detach")


@blp.route("/board-items/<uuid:board_item_id>/give-up", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.answers(200, schemas.ItemOut)
def give_up_board_item(board_item_id: UUID) -> ResponseReturnValue:
    """The task of a missing card does not apply any more."""
    return _answer(board_item_id, "give-up")


@blp.route("/board-items/<uuid:board_item_id>/accept", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.answers(200, schemas.ItemOut)
def accept_board_item(board_item_id: UUID) -> ResponseReturnValue:
    """Make a task of a card that was made there."""
    return _answer(board_item_id, "accept")
