"""Routes of a project's life: pause, resume, cancel, archive."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects import queries, schemas
from tracker.projects.life import turn
from tracker.projects.life_rules import Act
from tracker.projects.replan_service import propose
from tracker.projects.showing import project_out
from tracker.web.api import Blueprint
from tracker.web.contract import takes_if_match
from tracker.web.etags import check_if_match, tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language

blp = Blueprint("life", __name__, url_prefix="/api/v1", description="A project's life")


@blp.route("/projects/<uuid:project_id>/pause", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@takes_if_match
@blp.arguments(schemas.TurnIn)
@blp.answers(200, schemas.ProjectOut)
def pause_project(data: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Stop reminders and pulls; dates stay (409 with what is possible instead)."""
    return _turn(project_id, "pause", data)


@blp.route("/projects/<uuid:project_id>/resume", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@takes_if_match
@blp.arguments(schemas.TurnIn)
@blp.answers(200, schemas.ResumedOut)
def resume_project(data: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Go on after a pause; `proposal` shows what a re-plan from today would move."""
    return _turn(project_id, "resume", data)


@blp.route("/projects/<uuid:project_id>/cancel", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@takes_if_match
@blp.arguments(schemas.TurnIn)
@blp.answers(200, schemas.ProjectOut)
def cancel_project(data: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Give a project up; it can be read from now on, and archived."""
    return _turn(project_id, "cancel", data)


@blp.route("/projects/<uuid:project_id>/archive", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@takes_if_match
@blp.arguments(schemas.TurnIn)
@blp.answers(200, schemas.ProjectOut)
def archive_project(data: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Put a project away for good; it can be read from now on."""
    return _turn(project_id, "archive", data)


def _turn(project_id: UUID, act: Act, data: dict[str, Any]) -> ResponseReturnValue:
    with unit_of_work() as session:
        project = queries.project(session, actor().workspace_id, project_id, to_change=True)
        check_if_match(project.version)
        turn(session, actor(), project, act, reason=data.get("reason"), now=utcnow())
        shown = project_out(project, reader_language(project.language))
        if act == "resume":
            language = reader_language(project.language)
            shown["proposal"] = propose(session, project, language=language, now=utcnow())
    return tagged(json_response(shown), project.version)
