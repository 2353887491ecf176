"""Routes that make a copy of a project, and a project of a copy."""

from typing import Any, Final
from uuid import UUID

from flask import Response, url_for
from flask.typing import ResponseReturnValue

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.overview import schemas
from tracker.overview.copies.restoring import Restored, restore
from tracker.overview.copies.writing import document_of, may_see_roster
from tracker.overview.sheet import STORED, sheet
from tracker.overview.timeline import rows_of_sheet
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects import queries as projects
from tracker.projects.showing import project_out
from tracker.web.api import Blueprint
from tracker.web.bodies import takes
from tracker.web.etags import tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language

blp = Blueprint("copies", __name__, url_prefix="/api/v1", description="Copies of projects")
LARGEST: Final = 32  # megabytes


@blp.route("/projects/<uuid:project_id>/export")
@needs(Permission.LOOK)
@blp.arguments(schemas.ExportIn, location="query")
@blp.answers(200, schemas.CopyIn, "A sealed copy; as CSV the tasks alone.", media="text/csv")
def export_project(query: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Everything in a project, for another workspace or another day; or its tasks as CSV."""
    now = utcnow()
    with reading() as session:
        project = projects.project(session, actor().workspace_id, project_id)
        if query["format"] == "csv":
            language = reader_language(project.language)
            rows = rows_of_sheet(session, project, language, now=now)
            return _file(Response(sheet(STORED, rows), content_type="text/csv; charset=utf-8"))
        with_roster = may_see_roster(session, actor(), project.id)
        document = document_of(session, project, with_roster=with_roster, now=now)
    return _file(json_response(document))


def _file(response: Response) -> Response:
    """Browsers keep it, and open it in nothing."""
    kind = "csv" if response.mimetype == "text/csv" else "json"
    response.headers["Content-Disposition"] = f'attachment; filename="project.{kind}"'
    return response


@blp.route("/projects/import", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@takes(LARGEST)
@idempotent
@blp.arguments(schemas.CopyIn)
@blp.answers(201, schemas.RestoredOut)
def import_project(document: dict[str, Any]) -> ResponseReturnValue:
    """A project from a copy. Decisions come back where an owner brings a sealed one."""
    with unit_of_work() as session:
        restored = restore(session, actor(), document, now=utcnow())
        project = projects.project(session, actor().workspace_id, restored.project_id)
    language = reader_language(project.language)
    shown = {**project_out(project, language), **told(restored, language)}
    location = url_for("projects.read_project", project_id=project.id)
    return tagged(json_response(shown, 201, location=location), project.version)


def told(restored: Restored, language: Any) -> dict[str, Any]:
    """What has become of the copy."""
    return {
        "sealed": restored.is_sealed,
        "decisions_restored": restored.has_decisions,
        "unknown_members": restored.unknown_members,
        "restored": restored.counts,
        "notes": [note.say(language) for note in restored.notes],
    }
