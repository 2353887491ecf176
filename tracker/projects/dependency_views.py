"""Routes of what a task waits for."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects import dependency_service as service
from tracker.projects import part_queries, queries, task_queries
from tracker.projects import part_schemas as schemas
from tracker.projects.dependency_service import NewLink
from tracker.projects.rules import Predecessor
from tracker.projects.task_schemas import DependencyIn
from tracker.web.api import Blueprint
from tracker.web.etags import check_if_match
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language
from tracker.web.lists import list_of

blp = Blueprint("dependencies", __name__, url_prefix="/api/v1", description="What tasks wait for")


@blp.route("/tasks/<uuid:task_id>/dependencies")
@needs(Permission.LOOK)
@blp.answers(200, list_of(schemas.DependencyOut))
def list_dependencies(task_id: UUID) -> ResponseReturnValue:
    """What a task waits for, in the order of the plan; all on one page."""
    with reading() as session:
        parts = task_queries.task(session, actor().workspace_id, task_id).parts
    rows = zip(parts.predecessors, parts.links, strict=True)
    items = [_shown(predecessor, link.lag_days) for predecessor, link in rows]
    return json_response({"items": items, "next": None})


def _shown(predecessor: Predecessor, lag_days: int) -> dict[str, Any]:
    return {
        "task_id": predecessor.id,
        "task": predecessor.key,
        "title": predecessor.title,
        "type": predecessor.type,
        "lag_days": lag_days,
        "status": predecessor.status,
    }


@blp.route("/tasks/<uuid:task_id>/dependencies", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.arguments(DependencyIn)
@blp.answers(201, schemas.NewDependencyOut)
def add_dependency(data: dict[str, Any], task_id: UUID) -> ResponseReturnValue:
    """Have a task wait for another of its project (422 with the path where that closes a loop)."""
    with unit_of_work() as session:
        place = part_queries.place(session, actor().workspace_id, task_id)
        queries.project(session, place.workspace_id, place.project_id, to_change=True)
        at_hand = task_queries.task(session, place.workspace_id, task_id, to_change=True)
        linked = service.add_dependency(session, actor(), at_hand, NewLink(**data), now=utcnow())
    language = reader_language(at_hand.frame.language)
    warnings = [warning.say(language) for warning in linked.warnings]
    shown = _shown(linked.predecessor, linked.lag_days)
    return json_response({**shown, "warnings": warnings}, 201)


@blp.route("/tasks/<uuid:task_id>/dependencies/<uuid:predecessor_id>", methods=["DELETE"])
@needs(Permission.MANAGE_PROJECTS)
@blp.arguments(schemas.CutIn, location="query")
@blp.answers(204, description="Cut.")
def cut_dependency(
    query: dict[str, Any], task_id: UUID, predecessor_id: UUID
) -> ResponseReturnValue:
    """Have a task wait for another no more. If-Match is the waiting task's."""
    with unit_of_work() as session:
        at_hand = task_queries.task(session, actor().workspace_id, task_id, to_change=True)
        service.links_to(at_hand, predecessor_id, query["type"])
        check_if_match(at_hand.task.version)
        service.cut(session, actor(), at_hand, predecessor_id, kind=query["type"], now=utcnow())
    return "", 204
