"""Shapes of connections. What a kind wants in ``config`` and ``credentials`` its source knows."""

from typing import Final

from marshmallow import Schema, fields, validate

from tracker.metrics.connection_said import (
    PROBLEMS,
    PULL_SOURCES,
    PULL_STATES,
    STATES,
    STREAM_STATES,
)
from tracker.web.fields import Flag, Instant, Line, WebAddress, Whole
from tracker.web.settings_fields import credentials_field, settings_field

MOST_CALLS: Final = 1_000_000
_TOLD: Final = "What the kind wants to know; another one has everything read from its beginning."


class ConnectionChange(Schema):
    """Body of PATCH /connections/{id}; `credentials` go along where it moves to another server."""

    name = Line()
    base_url = WebAddress(allow_none=True)
    config = settings_field(_TOLD)
    credentials = credentials_field()
    most_calls = Whole(1, MOST_CALLS)
    is_paused = Flag(data_key="paused")


class ConnectionIn(Schema):
    """Body of POST /projects/{id}/connections."""

    kind = Line(required=True, longest=50, metadata={"description": "One of GET /connectors."})
    name = Line(
        load_default=None, allow_none=True, metadata={"description": "What its figures are named."}
    )
    base_url = WebAddress(
        load_default=None,
        allow_none=True,
        metadata={"description": "Where the platform is; by default where its vendor has it."},
    )
    config = settings_field(_TOLD, load_default=dict)
    credentials = credentials_field(load_default=dict)
    zone = Line(
        load_default=None,
        allow_none=True,
        longest=64,
        metadata={"description": "Of the platform's days; by default the project's."},
    )
    most_calls = Whole(
        1,
        MOST_CALLS,
        load_default=None,
        allow_none=True,
        metadata={"description": "Calls a day, UTC; by default what suits the platform."},
    )
    is_paused = Flag(data_key="paused", load_default=False)


class CredentialsIn(Schema):
    """Body of PUT /connections/{id}/credentials."""

    credentials = credentials_field(required=True)


class PullIn(Schema):
    """Body of POST /connections/{id}/pull."""

    is_backfill = Flag(
        data_key="backfill",
        load_default=False,
        metadata={"description": "The past, too: slower, within a quarter of a day's calls."},
    )


class EraseIn(Schema):
    """Body of POST /connections/{id}/erase."""

    member = fields.String(
        required=True,
        validate=validate.Length(1, 1000),
        metadata={"description": "The member's id on the platform."},
    )


class MemberFitIn(Schema):
    """Whether one member matches the personas."""

    member = fields.String(
        required=True,
        validate=validate.Length(1, 1000),
        metadata={"description": "Their id on the platform; it is kept as a hash."},
    )
    fits = Flag(required=True, allow_none=True, metadata={"description": "Null takes a word back."})


class FitsIn(Schema):
    """Body of POST /connections/{id}/fits."""

    members = fields.List(
        fields.Nested(MemberFitIn), required=True, validate=validate.Length(1, 1000)
    )


class FitsOut(Schema):
    """What has become of it."""

    noted = fields.Integer()
    not_known = fields.List(
        fields.String(), metadata={"description": "Not among the members that are known yet."}
    )


class ErasedOut(Schema):
    """How many rows are gone."""

    members = fields.Integer()
    events = fields.Integer()
    months = fields.Integer()


class StreamOut(Schema):
    """A resource that is pulled by itself."""

    name = fields.String()
    state = fields.String(validate=validate.OneOf(STREAM_STATES))
    problem = fields.String(allow_none=True)
    detail = fields.String(allow_none=True, metadata={"description": "What the platform said."})
    failures = fields.Integer(metadata={"description": "In a row."})
    interval_seconds = fields.Integer()
    next_run_at = Instant(allow_none=True)
    succeeded_at = Instant(allow_none=True)
    news_at = Instant(allow_none=True)


class ConnectionOut(Schema):
    """An account on a platform, or a place where figures are brought to."""

    id = fields.UUID()
    project_id = fields.UUID()
    kind = fields.String()
    title = fields.String()
    name = fields.String()
    base_url = fields.String(allow_none=True)
    config = fields.Dict()
    has_credentials = fields.Boolean()
    zone = fields.String()
    state = fields.String(validate=validate.OneOf(STATES))
    problem = fields.String(allow_none=True, metadata={"description": ", ".join(PROBLEMS)})
    sentence = fields.String(allow_none=True, metadata={"description": "What to do about it."})
    paused = fields.Boolean()
    pulling = fields.Boolean()
    calls = fields.Integer(metadata={"description": "Today, UTC."})
    most_calls = fields.Integer()
    next_pull_at = Instant(allow_none=True)
    next_allowed_at = Instant(allow_none=True)
    succeeded_at = Instant(allow_none=True)
    failed_at = Instant(allow_none=True)
    created_at = Instant()
    updated_at = Instant()
    streams = fields.List(fields.Nested(StreamOut))


class PullOut(Schema):
    """How far a pull or an upload has come."""

    id = fields.UUID()
    connection_id = fields.UUID()
    source = fields.String(validate=validate.OneOf(PULL_SOURCES))
    state = fields.String(validate=validate.OneOf(PULL_STATES))
    stream = fields.String(allow_none=True, metadata={"description": "The one under way."})
    calls = fields.Integer()
    pages = fields.Integer()
    rows = fields.Integer()
    new_rows = fields.Integer(metadata={"description": "Not known like this before."})
    problem = fields.String(allow_none=True)
    sentence = fields.String(allow_none=True)
    created_at = Instant()
    started_at = Instant(allow_none=True)
    ended_at = Instant(allow_none=True)


class FieldOut(Schema):
    """A value that whoever connects gives; secret ones go into `credentials`."""

    name = fields.String()
    title = fields.String()
    secret = fields.Boolean()
    required = fields.Boolean()
    help = fields.String(allow_none=True)


class StreamSpecOut(Schema):
    """What is pulled, and how often at most."""

    name = fields.String()
    every_seconds = fields.Integer()
    backfill = fields.Boolean()


class ConnectorOut(Schema):
    """A kind of connection or, where `possible` is false, why there is none."""

    kind = fields.String()
    title = fields.String()
    possible = fields.Boolean()
    sentence = fields.String(allow_none=True)
    instead = fields.List(fields.String())
    default_url = fields.String(allow_none=True)
    most_calls = fields.Integer(allow_none=True)
    fields_ = fields.List(fields.Nested(FieldOut), data_key="fields")
    streams = fields.List(fields.Nested(StreamSpecOut))


class ConnectionTestOut(Schema):
    """What a test has found."""

    ok = fields.Boolean()
    account = fields.String(
        allow_none=True, metadata={"description": "Who the tracker is to the platform."}
    )
    trouble = fields.String(allow_none=True)
    sentence = fields.String()
    sample = fields.List(fields.Dict())
