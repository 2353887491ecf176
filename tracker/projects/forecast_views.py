"""Routes of forecast and burn-up."""

from typing import Any, Final
from uuid import UUID

from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields, validate

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects import queries
from tracker.projects.forecast.values import RUNS
from tracker.projects.forecast_service import LEAST_RUNS, burned, foretell
from tracker.web.api import Blueprint
from tracker.web.jsons import json_response

blp = Blueprint("forecast", __name__, url_prefix="/api/v1", description="Forecast and burn-up")
_MOST_RUNS: Final = 10_000
_MOST_SEED: Final = 2**31 - 1


class ForecastIn(Schema):
    """Query of GET /projects/{id}/forecast."""

    runs = fields.Integer(
        load_default=None,
        validate=validate.Range(LEAST_RUNS, _MOST_RUNS),
        metadata={"description": f"{RUNS} unless told, fewer for very large plans."},
    )
    seed = fields.Integer(load_default=1, validate=validate.Range(0, _MOST_SEED))


class ForecastOut(Schema):
    """When it will be over, by chance. `goal` is launch or, after launch day, end."""

    goal = fields.String()
    promised_on = fields.Date()
    p50 = fields.Date()
    p80 = fields.Date()
    p95 = fields.Date()
    probability = fields.Float(metadata={"description": "That the promised day is kept, 0 to 1."})
    criticality = fields.List(fields.Dict())
    runs = fields.Integer()
    seed = fields.Integer()


class BurnUpOut(Schema):
    """Tasks planned and done by the end of each week, phase by phase."""

    today = fields.Date()
    phases = fields.List(fields.Dict())


@blp.route("/projects/<uuid:project_id>/forecast")
@needs(Permission.LOOK)
@blp.arguments(ForecastIn, location="query")
@blp.answers(200, ForecastOut)
def read_forecast(query: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """A seeded simulation of what is left to do: P50, P80, P95, and the tasks that decide."""
    with reading() as session:
        project = queries.project(session, actor().workspace_id, project_id)
        found = foretell(session, project, **query, now=utcnow())
    told, tasks = found.forecast, {task.key: task for task in found.plan.state.tasks}
    return json_response(
        {
            "goal": found.goal,
            "promised_on": told.promised_on,
            "p50": told.p50,
            "p80": told.p80,
            "p95": told.p95,
            "probability": told.probability,
            "criticality": [
                {"id": tasks[key].id, "key": key, "title": tasks[key].title, "share": share}
                for key, share in told.criticality
            ],
            "runs": told.runs,
            "seed": told.seed,
        }
    )


@blp.route("/projects/<uuid:project_id>/burn-up")
@needs(Permission.LOOK)
@blp.answers(200, BurnUpOut)
def read_burn_up(project_id: UUID) -> ResponseReturnValue:
    """Planned against done, by phase and week; planned is what the first baseline promised."""
    with reading() as session:
        project = queries.project(session, actor().workspace_id, project_id)
        weeks, today = burned(session, project, now=utcnow())
    phases: dict[str, list[dict[str, Any]]] = {}
    for week in weeks:
        shown = {"week_on": week.starts_on, "planned": week.planned, "done": week.done}
        phases.setdefault(week.phase, []).append(shown)
    rows = [{"key": key, "weeks": found} for key, found in phases.items()]
    return json_response({"today": today, "phases": rows})
