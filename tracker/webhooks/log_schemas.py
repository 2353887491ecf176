"""What comes in to read the log of events, and what goes out."""

from typing import Final

from marshmallow import Schema, fields, validate

from tracker.web.fields import Instant, Line
from tracker.web.lists import list_of
from tracker.web.paging import PageIn

NEWEST_FIRST: Final = "-position"


class _ChoiceIn(Schema):
    """What of the log is asked for."""

    type = Line(
        load_default=None,
        longest=2000,
        metadata={
            "description": "Types, or families of them, between commas: `task.done,gate.*`.",
        },
    )
    project_id = fields.UUID(load_default=None)
    object = fields.UUID(
        load_default=None, metadata={"description": "What it is about: a task, a gate, …"}
    )


class EventsIn(_ChoiceIn, PageIn):
    """Query of GET /events."""

    sort = fields.String(
        load_default="position",
        validate=validate.OneOf(["position", NEWEST_FIRST]),
        metadata={"description": "`position`: the oldest first, `-position`: the newest."},
    )


class StreamIn(_ChoiceIn):
    """Query of GET /events/stream."""

    after = Line(
        load_default=None,
        longest=1000,
        metadata={"description": "`after` of GET /events, or the `id:` of an event. None: now."},
    )


class EventOut(Schema):
    """Something that has happened. See docs/events.md for what each type tells."""

    id = fields.String()
    type = fields.String()
    timestamp = Instant(metadata={"description": "When it happened."})
    sequence = fields.Integer(metadata={"description": "Counts the events of the same object."})
    data = fields.Dict()
    cut = fields.List(
        fields.String(), metadata={"description": "What was left out, because of its length."}
    )


class EventList(list_of(EventOut)):  # type: ignore[misc]  # a class made of a class
    """One page of the log."""

    after = fields.String(
        metadata={"description": "Where to go on from to hear what comes later; never null."}
    )
