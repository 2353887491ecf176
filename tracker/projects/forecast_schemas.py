"""Shapes of forecast and burn-up."""

from typing import Final

from marshmallow import Schema, fields, validate

from tracker.projects.forecast.values import RUNS
from tracker.projects.forecast_service import LEAST_RUNS

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


class BarOut(Schema):
    """How many runs are over within some days."""

    from_on = fields.Date()
    to_on = fields.Date()
    runs = fields.Integer()


class CriticalTaskOut(Schema):
    """An open task. ``criticality`` is the share of runs in which it decides, 0 to 1."""

    id = fields.UUID()
    key = fields.String()
    title = fields.String()
    phase = fields.String()
    status = fields.String()
    milestone = fields.Boolean()
    criticality = fields.Float()


class ForecastOut(Schema):
    """When it will be over, by chance. `goal` is launch or, after launch day, end."""

    goal = fields.String()
    sentence = fields.String()
    today = fields.Date()
    promised_on = fields.Date()
    probability = fields.Float(metadata={"description": "That the promised day is kept, 0 to 1."})
    p50 = fields.Date()
    p80 = fields.Date()
    p95 = fields.Date()
    mean_on = fields.Date()
    histogram = fields.List(fields.Nested(BarOut))
    tasks = fields.List(
        fields.Nested(CriticalTaskOut), metadata={"description": "What matters most comes first."}
    )
    runs = fields.Integer()
    seed = fields.Integer()


class BurnedWeekOut(Schema):
    """Tasks by the end of an ISO week. ``done`` is null while the week lies ahead."""

    week_on = fields.Date(metadata={"description": "Its Monday."})
    baseline = fields.Integer(metadata={"description": "Due by then as the start baseline says."})
    planned = fields.Integer(metadata={"description": "Due by then as the plan stands now."})
    done = fields.Integer(allow_none=True)


class ProgressOut(Schema):
    """The weeks of a phase; ``scope`` counts all its tasks. ``key`` is null for the whole."""

    key = fields.String(allow_none=True)
    scope = fields.Integer()
    weeks = fields.List(fields.Nested(BurnedWeekOut))


class BurnUpOut(Schema):
    """Tasks planned and done by the end of each week, together and phase by phase."""

    today = fields.Date()
    whole = fields.Nested(ProgressOut)
    phases = fields.List(fields.Nested(ProgressOut))
