"""Routes of the comments on a task."""

from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects import comment_service as service
from tracker.projects import part_queries as queries
from tracker.projects import part_schemas as schemas
from tracker.projects.task_models import Comment
from tracker.web.api import Blueprint
from tracker.web.etags import check_if_match, tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.lists import list_of
from tracker.web.paging import PageIn, page, read_cursor

blp = Blueprint("comments", __name__, url_prefix="/api/v1", description="Comments on a task")
ONE = "/tasks/<uuid:task_id>/comments/<uuid:comment_id>"


@blp.route("/tasks/<uuid:task_id>/comments")
@needs(Permission.LOOK)
@blp.arguments(PageIn, location="query")
@blp.answers(200, list_of(schemas.CommentOut))
def list_comments(query: dict[str, Any], task_id: UUID) -> ResponseReturnValue:
    """What was said about a task, the oldest first."""
    after, scope = read_cursor(query["cursor"], UUID), (actor().workspace_id, task_id)
    with reading() as session:
        queries.place(session, *scope)
        found = queries.comments(session, *scope, after=after, limit=query["limit"])
    rows, cursor = page(found, query["limit"], lambda comment: [comment.id])
    return json_response({"items": schemas.CommentOut(many=True).dump(rows), "next": cursor})


def _answer(
    comment: Comment, status: int = 200, location: str | None = None
) -> ResponseReturnValue:
    shown = schemas.CommentOut().dump(comment)
    return tagged(json_response(shown, status, location=location), comment.version)


@blp.route("/tasks/<uuid:task_id>/comments", methods=["POST"])
@needs(Permission.CHANGE_OWN_TASKS)
@idempotent
@blp.arguments(schemas.CommentIn)
@blp.answers(201, schemas.CommentOut)
def add_comment(data: dict[str, Any], task_id: UUID) -> ResponseReturnValue:
    """Say something about a task; `@name@example.org` calls a member."""
    with unit_of_work() as session:
        place = queries.place(session, actor().workspace_id, task_id)
        comment = service.add_comment(session, actor(), place, data, now=utcnow())
    location = url_for("comments.read_comment", task_id=task_id, comment_id=comment.id)
    return _answer(comment, 201, location)


@blp.route(ONE)
@needs(Permission.LOOK)
@blp.answers(200, schemas.CommentOut)
def read_comment(task_id: UUID, comment_id: UUID) -> ResponseReturnValue:
    """One comment."""
    with reading() as session:
        return _answer(queries.comment(session, actor().workspace_id, task_id, comment_id))


@blp.route(ONE, methods=["PATCH"])
@needs(Permission.CHANGE_OWN_TASKS)
@blp.arguments(schemas.CommentChange)
@blp.answers(200, schemas.CommentOut)
def change_comment(changes: dict[str, Any], task_id: UUID, comment_id: UUID) -> ResponseReturnValue:
    """Say it otherwise; its author alone."""
    with unit_of_work() as session:
        place = queries.place(session, actor().workspace_id, task_id)
        comment = queries.comment(session, place.workspace_id, task_id, comment_id, to_change=True)
        check_if_match(comment.version)
        service.change_comment(session, actor(), place, comment, changes=changes, now=utcnow())
    return _answer(comment)


@blp.route(ONE, methods=["DELETE"])
@needs(Permission.CHANGE_OWN_TASKS)
@blp.answers(204, description="Gone.")
def remove_comment(task_id: UUID, comment_id: UUID) -> ResponseReturnValue:
    """Take back what was said; its author, or a manager."""
    with unit_of_work() as session:
        place = queries.place(session, actor().workspace_id, task_id)
        comment = queries.comment(session, place.workspace_id, task_id, comment_id, to_change=True)
        check_if_match(comment.version)
        service.remove_comment(session, actor(), place, comment, now=utcnow())
    return "", 204
