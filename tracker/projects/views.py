"""Routes of projects and their plans."""

from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from tracker.kernel.clock import local_today, utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.playbooks.timeline import timeline
from tracker.projects import queries, schemas, service
from tracker.projects.models import Project
from tracker.projects.service import Wish
from tracker.projects.showing import project_out
from tracker.web.api import Blueprint
from tracker.web.etags import check_if_match, tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language
from tracker.web.lists import list_of
from tracker.web.paging import page, read_cursor

blp = Blueprint("projects", __name__, url_prefix="/api/v1", description="Projects and their plans")


@blp.route("/playbooks/preview", methods=["POST"])
@needs(Permission.LOOK)
@blp.arguments(schemas.PreviewIn)
@blp.answers(200, schemas.TimelineOut)
def preview_plan(data: dict[str, Any]) -> ResponseReturnValue:
    """Plan without storing anything: what `tracker plan preview` prints."""
    today = data.pop("today") or local_today(data["parameters"].timezone, utcnow())
    with reading() as session:
        planned = service.plan(session, actor(), Wish(name="", **data), today=today)
    return json_response(timeline(planned, planned.parameters.language))


@blp.route("/projects")
@needs(Permission.LOOK)
@blp.arguments(schemas.ProjectsIn, location="query")
@blp.answers(200, list_of(schemas.ProjectOut))
def list_projects(query: dict[str, Any]) -> ResponseReturnValue:
    """Projects, the newest first."""
    after = read_cursor(query["cursor"], UUID)
    with reading() as session:
        found = queries.projects(
            session,
            actor().workspace_id,
            state=query["state"],
            after=after,
            limit=query["limit"],
        )
    rows, cursor = page(found, query["limit"], lambda project: [project.id])
    items = [_shown(project) for project in rows]
    return json_response({"items": items, "next": cursor})


@blp.route("/projects", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.arguments(schemas.ProjectIn)
@blp.answers(201, schemas.ProjectOut)
def create_project(data: dict[str, Any]) -> ResponseReturnValue:
    """Plan a project from a playbook (422 with the chain of tasks that does not fit)."""
    with unit_of_work() as session:
        rows = service.create(session, actor(), Wish(**data), now=utcnow())
    location = url_for("projects.read_project", project_id=rows.project["id"])
    response = json_response(_shown(Project(**rows.project)), 201, location=location)
    return tagged(response, 1)


def _shown(project: Project) -> dict[str, Any]:
    return project_out(project, reader_language(project.language))


@blp.route("/projects/<uuid:project_id>")
@needs(Permission.LOOK)
@blp.answers(200, schemas.ProjectOut)
def read_project(project_id: UUID) -> ResponseReturnValue:
    """One project, without its tasks."""
    with reading() as session:
        project = queries.project(session, actor().workspace_id, project_id)
    return _answer(project)


def _answer(project: Project) -> ResponseReturnValue:
    return tagged(json_response(_shown(project)), project.version)


@blp.route("/projects/<uuid:project_id>", methods=["PATCH"])
@needs(Permission.MANAGE_PROJECTS)
@blp.arguments(schemas.ProjectChange)
@blp.answers(200, schemas.ProjectOut)
def change_project(changes: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Change the name, or who stands behind the roles; their open tasks change hands."""
    with unit_of_work() as session:
        project = queries.project(session, actor().workspace_id, project_id, to_change=True)
        check_if_match(project.version)
        service.change(session, actor(), project, changes, now=utcnow())
    return _answer(project)


@blp.route("/projects/<uuid:project_id>", methods=["DELETE"])
@needs(Permission.MANAGE_PROJECTS)
@blp.answers(204, description="Gone, with everything in it.")
def delete_project(project_id: UUID) -> ResponseReturnValue:
    """Delete a project and everything in it."""
    with unit_of_work() as session:
        project = queries.project(session, actor().workspace_id, project_id, to_change=True)
        check_if_match(project.version)
        service.remove(session, actor(), project, now=utcnow())
    return "", 204
