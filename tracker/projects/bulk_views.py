"""The route that changes many tasks at once."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects import bulk_service as service
from tracker.projects import task_schemas as schemas
from tracker.web.api import Blueprint
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language

blp = Blueprint("bulk", __name__, url_prefix="/api/v1", description="Many tasks at once")


@blp.route("/projects/<uuid:project_id>/tasks/bulk", methods=["POST"])
@needs(Permission.CHANGE_OWN_TASKS)
@idempotent
@blp.arguments(schemas.BulkIn)
@blp.answers(200, schemas.BulkOut)
def change_tasks(data: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Change up to 500 tasks, all or none; `items` of a refusal tells of each that cannot be."""
    with unit_of_work() as session:
        reports = service.change_tasks(session, actor(), project_id, data["changes"], now=utcnow())
    language = reader_language()
    items = [
        {**asdict(report), "warnings": [said.say(language) for said in report.warnings]}
        for report in reports
    ]
    return json_response({"items": items})
