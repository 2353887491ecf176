"""Shapes of reminding somebody now, and of what is to come."""

from marshmallow import Schema, fields, validate

from tracker.reminders.preview import MOST_DAYS
from tracker.web.fields import Instant, Line
from tracker.web.paging import PageIn


class RemindIn(Schema):
    """Body of POST /tasks/{id}/remind and /gates/{id}/remind."""

    note = Line(
        longest=500,
        load_default=None,
        allow_none=True,
        metadata={"description": "A word of your own, told with it."},
    )


class AskedOut(Schema):
    """Somebody who is reminded because a member asked for it."""

    id = fields.UUID()
    member_id = fields.UUID()
    due_at = Instant(metadata={"description": "At once, or when their quiet hours end."})


class RemindedOut(Schema):
    """All who are reminded."""

    items = fields.List(fields.Nested(AskedOut))


class PreviewIn(PageIn):
    """Query of GET /reminders/preview."""

    days = fields.Integer(
        load_default=14,
        validate=validate.Range(1, MOST_DAYS),
        metadata={"description": "How far to look."},
    )
    project = fields.UUID(load_default=None)


class ForeseenOut(Schema):
    """A reminder that is owed, or will be if nothing changes."""

    project_id = fields.UUID()
    project = fields.String()
    subject = fields.String(validate=validate.OneOf(("task", "gate", "project")))
    subject_id = fields.UUID()
    title = fields.String()
    rule = fields.String()
    step = fields.String()
    member_id = fields.UUID()
    member = fields.String()
    stands_in_for = fields.String(allow_none=True)
    way = fields.String(validate=validate.OneOf(("single", "digest")))
    due_at = Instant()
    is_owed = fields.Boolean(metadata={"description": "Whether it is written down already."})
    waits = fields.Boolean(
        metadata={"description": "Behind a closed gate, or for other tasks: nobody is told before."}
    )
    waits_for = fields.List(
        fields.String(), metadata={"description": "Tasks that must be finished before it starts."}
    )
    why = fields.String()
