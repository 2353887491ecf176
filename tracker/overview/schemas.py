"""Shapes of what is looked at from above."""

from marshmallow import Schema, fields


class TimelineIn(Schema):
    """Query of timelines and their pictures."""

    baseline = fields.UUID(
        load_default=None,
        metadata={"description": "A baseline of the project, to show its dates beside today's."},
    )
