"""Shapes of what is looked at from above."""

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate

from tracker.overview.week import Week
from tracker.projects.rules import STATES
from tracker.projects.schemas import ProjectOut
from tracker.web.fields import Instant, Whole
from tracker.web.paging import PageIn

PORTFOLIO_SORTS: Final = tuple(
    f"{sign}{name}" for name in ("launch_on", "name", "end_on") for sign in ("", "-")
)


class TimelineIn(Schema):
    """Query of timelines and their pictures."""

    baseline = fields.UUID(
        load_default=None,
        metadata={"description": "A baseline of the project, to show its dates beside today's."},
    )


class FeedIn(Schema):
    """Body of POST /feeds."""

    project_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "Of this project; without it, of all that you have to do."},
    )


class FeedOut(Schema):
    """A calendar to subscribe to."""

    id = fields.UUID()
    member_id = fields.UUID()
    project_id = fields.UUID(allow_none=True)
    created_at = Instant()


class NewFeedOut(FeedOut):
    """A fresh feed with its address, which is shown this once."""

    url = fields.Url()


class WeekField(fields.String):
    """A week as ISO 8601 writes it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        week = Week.read(super()._deserialize(value, attr, data, **kwargs))
        if week is None:
            raise ValidationError("Not a week; write it as YYYY-Www, such as 2027-W36.")
        return week


class WeekIn(Schema):
    """Query of GET /me/week."""

    week = WeekField(
        load_default=None,
        metadata={"description": "Such as 2027-W36; by default the one that it is where you are."},
    )
    member = fields.UUID(
        load_default=None, metadata={"description": "Somebody else; takes a manager."}
    )


class WeekTaskOut(Schema):
    """A task in somebody's week. ``waits_for`` is the closed gate before it."""

    id = fields.UUID()
    project_id = fields.UUID()
    project = fields.String()
    key = fields.String()
    title = fields.String()
    phase = fields.String()
    status = fields.String()
    reason = fields.String(allow_none=True)
    priority = fields.String()
    start_on = fields.Date()
    due_on = fields.Date()
    deadline_on = fields.Date(allow_none=True)
    finished_on = fields.Date(allow_none=True)
    float_days = fields.Integer()
    critical = fields.Boolean()
    milestone = fields.Boolean()
    waits_for = fields.Dict(allow_none=True)
    version = fields.Integer()


class WeekOut(Schema):
    """A person's week."""

    member = fields.Dict()
    week = fields.String()
    first_on = fields.Date()
    last_on = fields.Date()
    today = fields.Date()
    overdue = fields.List(fields.Nested(WeekTaskOut))
    due = fields.List(fields.Nested(WeekTaskOut))
    starting = fields.List(fields.Nested(WeekTaskOut))
    under_way = fields.List(fields.Nested(WeekTaskOut))
    done = fields.List(fields.Nested(WeekTaskOut))
    waiting = fields.List(
        fields.Dict(), metadata={"description": "Approvals that are yours to give, now."}
    )


class PortfolioIn(PageIn):
    """Query of GET /portfolio."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    sort = fields.String(load_default="launch_on", validate=validate.OneOf(PORTFOLIO_SORTS))


class PortfolioOut(Schema):
    """A project at a glance. Float is that before launch day, and to the end once it has passed."""

    id = fields.UUID()
    name = fields.String()
    state = fields.String()
    phase = fields.String(allow_none=True)
    launch_on = fields.Date()
    end_on = fields.Date()
    days_to_launch = fields.Integer(metadata={"description": "Calendar days; negative afterwards."})
    next_gate = fields.Dict(allow_none=True)
    float_days = fields.Integer(allow_none=True)
    done = fields.Integer()
    total = fields.Integer()
    overdue = fields.Integer()
    blocked = fields.Integer()


class ExportIn(Schema):
    """Query of GET /projects/{id}/export."""

    format = fields.String(load_default="json", validate=validate.OneOf(("json", "csv")))


class CopyIn(Schema):
    """A copy of a project, as an export writes it. Every row is checked field by field."""

    format = fields.String(required=True)
    version = Whole(1, 1_000_000, required=True)
    exported_at = fields.String()
    seal = fields.String()
    project = fields.Dict(required=True)
    members = fields.List(fields.Dict())
    phases = fields.List(fields.Dict())
    checklists = fields.List(fields.Dict())
    gates = fields.List(fields.Dict())
    tasks = fields.List(fields.Dict())
    steps = fields.List(fields.Dict())
    dependencies = fields.List(fields.Dict())
    assignees = fields.List(fields.Dict())
    watchers = fields.List(fields.Dict())
    comments = fields.List(fields.Dict())
    links = fields.List(fields.Dict())
    evidence = fields.List(fields.Dict())
    baselines = fields.List(fields.Dict())
    approvals = fields.List(fields.Dict())
    decisions = fields.List(fields.Dict())
    waivers = fields.List(fields.Dict())
    activity = fields.List(fields.Dict())
    roster = fields.List(fields.Dict())
    series = fields.List(fields.Dict())
    readings = fields.List(fields.Dict())
    metric_settings = fields.List(fields.Dict())
    alerts = fields.List(fields.Dict())


class RestoredOut(ProjectOut):
    """A project made from a copy, and what of it could not be taken."""

    sealed = fields.Boolean(metadata={"description": "Whether this installation has sealed it."})
    decisions_restored = fields.Boolean()
    unknown_members = fields.List(fields.Dict())
    restored = fields.Dict(metadata={"description": "Rows, section by section."})
    notes = fields.List(fields.String())
