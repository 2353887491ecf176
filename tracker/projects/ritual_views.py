"""Routes of a team's own rituals. Their occurrences are tasks like any other."""

from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields, validate

from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.playbooks.grammar import ON_CLOSED, PHASES, ROLES
from tracker.projects import task_queries
from tracker.projects.own_rituals import add_ritual
from tracker.projects.task_schemas import TaskOut
from tracker.projects.task_showing import task_shown
from tracker.web.api import Blueprint
from tracker.web.etags import tagged
from tracker.web.fields import Day, Line, Prose
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language

blp = Blueprint("rituals", __name__, url_prefix="/api/v1", description="Recurring tasks")


class RitualIn(Schema):
    """Body of POST /projects/{id}/rituals."""

    title = Line(required=True)
    description = Prose(load_default=None, allow_none=True, longest=5000)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    phase = fields.String(required=True, validate=validate.OneOf(PHASES))
    rrule = Line(
        required=True,
        metadata={"description": "RFC 5545, by the day: FREQ=WEEKLY;BYDAY=MO, for instance."},
    )
    start_on = Day(required=True)
    until = Day(
        load_default=None, allow_none=True, metadata={"description": "By default the project's end"}
    )
    on_closed = fields.String(load_default="shift", validate=validate.OneOf(ON_CLOSED))


@blp.route("/projects/<uuid:project_id>/rituals", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.arguments(RitualIn)
@blp.answers(201, TaskOut)
def create_ritual(data: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Add a recurring task of the team's own; each occurrence becomes a task on its day."""
    now = utcnow()
    with unit_of_work() as session:
        task_id = add_ritual(session, actor(), project_id, data, now=now)
        at_hand = task_queries.task(session, actor().workspace_id, task_id)
    shown = task_shown(at_hand, reader_language(at_hand.frame.language), now=now)
    location = url_for("tasks.read_task", task_id=task_id)
    return tagged(json_response(shown, 201, location=location), at_hand.task.version)
