"""Routes of the steps of a task."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects import part_schemas as schemas
from tracker.projects import step_service as service
from tracker.projects import task_queries
from tracker.projects.task_schemas import StepOut
from tracker.web.api import Blueprint
from tracker.web.etags import check_if_match, tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response

blp = Blueprint("steps", __name__, url_prefix="/api/v1", description="Steps of a task")


@blp.route("/tasks/<uuid:task_id>/steps", methods=["POST"])
@needs(Permission.CHANGE_OWN_TASKS)
@idempotent
@blp.arguments(schemas.StepIn)
@blp.answers(201, StepOut)
def add_step(data: dict[str, Any], task_id: UUID) -> ResponseReturnValue:
    """One more step, at the end."""
    with unit_of_work() as session:
        at_hand = task_queries.task(session, actor().workspace_id, task_id, to_change=True)
        step, version = service.add_step(session, actor(), at_hand, data["title"], now=utcnow())
    return tagged(json_response(asdict(step), 201), version)


@blp.route("/tasks/<uuid:task_id>/steps/<step_key>", methods=["PATCH"])
@needs(Permission.CHANGE_OWN_TASKS)
@blp.arguments(schemas.StepChange)
@blp.answers(200, StepOut)
def change_step(changes: dict[str, Any], task_id: UUID, step_key: str) -> ResponseReturnValue:
    """Tick a step, or take the tick away (409 behind a closed gate). The ETag is the task's."""
    with unit_of_work() as session:
        at_hand = task_queries.task(session, actor().workspace_id, task_id, to_change=True)
        step = service.step_of(at_hand, step_key)
        check_if_match(at_hand.task.version)
        step, version = service.change_step(
            session, actor(), at_hand, step, changes=changes, now=utcnow()
        )
    return tagged(json_response(asdict(step)), version)


@blp.route("/tasks/<uuid:task_id>/steps/<step_key>", methods=["DELETE"])
@needs(Permission.CHANGE_OWN_TASKS)
@blp.answers(204, description="Gone.")
def remove_step(task_id: UUID, step_key: str) -> ResponseReturnValue:
    """Take a step away. If-Match is the task's."""
    with unit_of_work() as session:
        at_hand = task_queries.task(session, actor().workspace_id, task_id, to_change=True)
        step = service.step_of(at_hand, step_key)
        check_if_match(at_hand.task.version)
        service.remove_step(session, actor(), at_hand, step, now=utcnow())
    return "", 204
