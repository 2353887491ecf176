"""Shapes of alerts, of the funnel and of the team's capacity."""

from marshmallow import Schema, fields, validate

from tracker.metrics.rules import ALERT_STATES
from tracker.web.fields import Instant, Prose
from tracker.web.paging import PageIn


class AlertsIn(PageIn):
    """Query of GET /projects/{id}/alerts."""

    state = fields.String(load_default=None, validate=validate.OneOf(ALERT_STATES))


class AlertChange(Schema):
    """Body of PATCH /alerts/{id}."""

    note = Prose(required=True, longest=2000, allow_none=True)


class AlertAnswer(Schema):
    """Body of what is said about an alert."""

    note = Prose(load_default=None, allow_none=True, longest=2000)


class AlertOut(Schema):
    """A rule on a metric that has fired."""

    id = fields.UUID()
    project_id = fields.UUID()
    rule = fields.String()
    kind = fields.String()
    title = fields.String()
    description = fields.String(allow_none=True)
    sentence = fields.String(metadata={"description": "What the figures said when it opened."})
    latest_sentence = fields.String(metadata={"description": "What they said at the last look."})
    metric = fields.String(allow_none=True)
    state = fields.String(validate=validate.OneOf(ALERT_STATES))
    figures = fields.Dict()
    latest = fields.Dict()
    checklist_id = fields.UUID(
        allow_none=True, metadata={"description": "What was added to the plan because of it."}
    )
    task_id = fields.UUID(allow_none=True)
    note = fields.String(allow_none=True)
    opened_at = Instant()
    seen_at = Instant()
    acknowledged_at = Instant(allow_none=True)
    acknowledged_by = fields.UUID(allow_none=True)
    resolved_at = Instant(allow_none=True)
    resolved_by = fields.UUID(
        allow_none=True, metadata={"description": "None: the figures ended it."}
    )
