"""Shapes of what is looked at from above."""

from marshmallow import Schema, fields

from tracker.web.fields import Instant


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
