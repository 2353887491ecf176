"""Routes of baselines."""

from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects import queries as projects
from tracker.projects.baselines import queries, schemas, service
from tracker.projects.baselines.frozen import frozen
from tracker.projects.baselines.showing import baseline_out, comparison_out, whole_baseline
from tracker.web.api import Blueprint
from tracker.web.etags import check_if_match, tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.lists import list_of
from tracker.web.paging import PageIn, page, read_cursor

blp = Blueprint("baselines", __name__, url_prefix="/api/v1", description="Frozen copies of dates")


@blp.route("/projects/<uuid:project_id>/baselines")
@needs(Permission.LOOK)
@blp.arguments(PageIn, location="query")
@blp.answers(200, list_of(schemas.BaselineOut))
def list_baselines(query: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Baselines of a project, the oldest first: the first is that of its start."""
    after, scope = read_cursor(query["cursor"], UUID), (actor().workspace_id, project_id)
    with reading() as session:
        projects.frame(session, *scope)  # NotFound where it is another workspace's
        found = queries.baselines(session, *scope, after=after, limit=query["limit"])
    rows, cursor = page(found, query["limit"], lambda baseline: [baseline.id])
    return json_response({"items": [baseline_out(row) for row in rows], "next": cursor})


@blp.route("/projects/<uuid:project_id>/baselines", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.arguments(schemas.BaselineIn)
@blp.answers(201, schemas.WholeBaselineOut)
def create_baseline(data: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Keep all dates as they stand now, under a name."""
    with unit_of_work() as session:
        project = projects.project(session, actor().workspace_id, project_id, to_change=True)
        made = service.create(session, actor(), project, data["name"], now=utcnow())
    location = url_for("baselines.read_baseline", baseline_id=made.id)
    return tagged(json_response(whole_baseline(made), 201, location=location), made.version)


@blp.route("/baselines/<uuid:baseline_id>")
@needs(Permission.LOOK)
@blp.answers(200, schemas.WholeBaselineOut)
def read_baseline(baseline_id: UUID) -> ResponseReturnValue:
    """A baseline with everything that it keeps."""
    with reading() as session:
        baseline = queries.baseline(session, actor().workspace_id, baseline_id)
    return tagged(json_response(whole_baseline(baseline)), baseline.version)


@blp.route("/baselines/<uuid:baseline_id>", methods=["PATCH"])
@needs(Permission.MANAGE_PROJECTS)
@blp.arguments(schemas.BaselineChange)
@blp.answers(200, schemas.BaselineOut)
def change_baseline(changes: dict[str, Any], baseline_id: UUID) -> ResponseReturnValue:
    """Rename, lock or open a baseline; those of the start and of gates stay as they are."""
    with unit_of_work() as session:
        found = queries.baseline_to_change(session, actor().workspace_id, baseline_id)
        baseline, state = found
        check_if_match(baseline.version)
        service.change(session, actor(), baseline, changes, state=state, now=utcnow())
    return tagged(json_response(baseline_out(baseline)), baseline.version)


@blp.route("/baselines/<uuid:baseline_id>", methods=["DELETE"])
@needs(Permission.MANAGE_PROJECTS)
@blp.answers(204, description="Gone.")
def delete_baseline(baseline_id: UUID) -> ResponseReturnValue:
    """Delete a baseline that is not locked."""
    with unit_of_work() as session:
        found = queries.baseline_to_change(session, actor().workspace_id, baseline_id)
        baseline, state = found
        check_if_match(baseline.version)
        service.remove(session, actor(), baseline, state=state, now=utcnow())
    return "", 204


@blp.route("/baselines/<uuid:baseline_id>/comparison")
@needs(Permission.LOOK)
@blp.arguments(schemas.ComparisonIn, location="query")
@blp.answers(200, schemas.ComparisonOut)
def compare_baseline(query: dict[str, Any], baseline_id: UUID) -> ResponseReturnValue:
    """What became of its dates since: in the plan in force, or in another baseline."""
    workspace_id, other_id = actor().workspace_id, query["other"]
    with reading() as session:
        baseline = queries.baseline(session, workspace_id, baseline_id)
        scope = (session, workspace_id, baseline.project_id)
        project = projects.project(*scope)
        if other_id:
            other = queries.baseline(session, workspace_id, other_id, of=project.id)
            shown = comparison_out(baseline, project, other.tasks, other)
        else:
            shown = comparison_out(baseline, project, frozen(queries.plan(*scope)), None)
    return tagged(json_response(shown), baseline.version)
