"""Routes of a project seen from above: its timeline, its picture, its calendar."""

from typing import Any, Final
from uuid import UUID

from flask import Response, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today, utcnow
from tracker.kernel.db import reading
from tracker.overview.calendars import as_file, project_entries
from tracker.overview.chart import chart_of
from tracker.overview.gantt.draw import draw
from tracker.overview.schemas import TimelineIn
from tracker.overview.timeline import timeline_out
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects import queries as projects
from tracker.projects.baselines import queries as baselines
from tracker.projects.models import Project
from tracker.projects.schemas import TimelineOut
from tracker.web.api import Blueprint
from tracker.web.etags import tagged
from tracker.web.jsons import json_response
from tracker.web.language import reader_language

blp = Blueprint("overview", __name__, url_prefix="/api/v1", description="Projects seen from above")
CALENDAR: Final = "text/calendar; charset=utf-8"
# The picture brings its own style and nothing else.
_PICTURE_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


@blp.route("/projects/<uuid:project_id>/timeline")
@needs(Permission.LOOK)
@blp.arguments(TimelineIn, location="query")
@blp.answers(200, TimelineOut)
def read_timeline(query: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """The whole plan as it stands now, in the shape of `tracker plan preview`."""
    with reading() as session:
        project, shown = _timeline(session, project_id, query["baseline"])
    return tagged(json_response(shown), project.version)


def _timeline(
    session: Session, project_id: UUID, baseline_id: UUID | None
) -> tuple[Project, dict[str, Any]]:
    workspace_id = actor().workspace_id
    project = projects.project(session, workspace_id, project_id)
    kept = None
    if baseline_id:
        kept = baselines.baseline(session, workspace_id, baseline_id, of=project_id)
    shown = timeline_out(
        session,
        project,
        reader_language(project.language),
        now=utcnow(),
        baseline=kept,
    )
    return project, shown


@blp.route("/projects/<uuid:project_id>/gantt.svg")
@needs(Permission.LOOK)
@blp.arguments(TimelineIn, location="query")
@blp.answers(200, description="A picture of its own, without scripts.", media="image/svg+xml")
def draw_gantt(query: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """The plan as a Gantt chart, by day and by night, in the reader's language."""
    with reading() as session:
        project, shown = _timeline(session, project_id, query["baseline"])
    today = local_today(project.timezone, utcnow())
    picture = draw(chart_of(shown, today), reader_language(project.language))
    response = Response(picture, content_type="image/svg+xml; charset=utf-8")
    response.headers["Content-Security-Policy"] = _PICTURE_POLICY
    response.headers["Cache-Control"] = "private, no-cache"
    return tagged(response, project.version)


@blp.route("/projects/<uuid:project_id>/calendar.ics")
@needs(Permission.LOOK)
@blp.answers(200, description="The plan as a calendar (RFC 5545).", media="text/calendar")
def read_calendar(project_id: UUID) -> ResponseReturnValue:
    """Every task, milestone and gate as an all-day event. `POST /feeds` makes it an address."""
    with reading() as session:
        project = projects.project(session, actor().workspace_id, project_id)
        base_url = current_app.config["BASE_URL"]
        entries = list(project_entries(session, project, base_url, now=utcnow()))
    response = Response(as_file(project.name, entries), content_type=CALENDAR)
    response.headers["Cache-Control"] = "private, no-cache"
    return tagged(response, project.version)
