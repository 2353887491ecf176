"""Routes of forecast and burn-up."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects import queries
from tracker.projects.forecast_schemas import BurnUpOut, ForecastIn, ForecastOut
from tracker.projects.forecast_service import burned, foretell, outlook
from tracker.projects.forecast_showing import burn_up_out, forecast_out
from tracker.web.api import Blueprint
from tracker.web.etags import tagged
from tracker.web.jsons import json_response
from tracker.web.language import reader_language

blp = Blueprint("forecast", __name__, url_prefix="/api/v1", description="Forecast and burn-up")


@blp.route("/projects/<uuid:project_id>/forecast")
@needs(Permission.LOOK)
@blp.arguments(ForecastIn, location="query")
@blp.answers(200, ForecastOut)
def read_forecast(query: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """A seeded simulation of what is left to do: P50, P80, P95, and the tasks that decide."""
    with reading() as session:
        project = queries.project(session, actor().workspace_id, project_id)
        found = outlook(session, project, now=utcnow())
    shown = forecast_out(found, foretell(found, **query), reader_language(project.language))
    return tagged(json_response(shown), project.version)


@blp.route("/projects/<uuid:project_id>/burn-up")
@needs(Permission.LOOK)
@blp.answers(200, BurnUpOut)
def read_burn_up(project_id: UUID) -> ResponseReturnValue:
    """Planned against done, by phase and ISO week; `baseline` is what was promised at the start."""
    with reading() as session:
        project = queries.project(session, actor().workspace_id, project_id)
        found, today = burned(session, project, now=utcnow())
    return tagged(json_response(burn_up_out(found, today)), project.version)
