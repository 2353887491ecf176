"""Shapes of endpoints, of what is owed to them, and of attempts."""

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate

from tracker.web.fields import Flag, Instant, Line, WebAddress
from tracker.web.paging import PageIn
from tracker.webhooks.rules import LONGEST_HEADER, MOST_HEADERS
from tracker.webhooks.words import Ended, Outcome, Reason, State, WebhookState

_MOST_TYPES: Final = 100
_LONGEST_TYPE: Final = 100


def _types(**kwargs: Any) -> fields.List[str]:
    one = fields.String(validate=validate.Length(1, _LONGEST_TYPE))
    told = "Types of events, “task.*” for all of tasks; empty for every event. See docs/events.md."
    return fields.List(
        one, validate=validate.Length(0, _MOST_TYPES), metadata={"description": told}, **kwargs
    )


def _check_headers(headers: dict[str, str]) -> None:
    if len(headers) > MOST_HEADERS:
        raise ValidationError(f"Longer than maximum length {MOST_HEADERS}.")


def _headers(**kwargs: Any) -> fields.Dict:
    told = "Go with each request; kept encrypted, and never shown again."
    return fields.Dict(
        keys=fields.String(),
        values=fields.String(validate=validate.Length(0, LONGEST_HEADER)),
        validate=_check_headers,
        metadata={"description": told},
        **kwargs,
    )


class WebhookChange(Schema):
    """Body of PATCH /webhooks/{id}."""

    name = Line()
    url = WebAddress()
    types = _types()
    headers = _headers()
    owner_id = fields.UUID(
        metadata={"description": "By whose rights it is told things: a manager or an owner."}
    )


class WebhookIn(Schema):
    """Body of POST /webhooks."""

    name = Line(required=True)
    url = WebAddress(
        required=True, metadata={"format": "uri", "description": "Never shown again in full."}
    )
    types = _types(load_default=list)
    headers = _headers(load_default=dict)
    project_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "Of this project only; null for the whole workspace."},
    )
    is_paused = Flag(data_key="paused", load_default=False)


class ReplayIn(Schema):
    """Body of POST /webhooks/{id}/replay: one of `delivery`, `failed` and `since`."""

    delivery_id = fields.UUID(data_key="delivery")
    failed = Flag(validate=validate.OneOf((True,)), metadata={"description": "All that failed."})
    since = Instant(metadata={"description": "What was owed from here on."})
    until = Instant(metadata={"description": "By default, now."})


class DeliveryQuery(PageIn):
    """Query of GET /webhooks/{id}/deliveries."""

    state = fields.String(load_default=None, validate=validate.OneOf(list(State)))


class WebhookOut(Schema):
    """An endpoint."""

    id = fields.UUID()
    name = fields.String()
    host = fields.String(metadata={"description": "Of its address, which is not shown."})
    types = fields.List(fields.String())
    header_names = fields.List(fields.String())
    project_id = fields.UUID(allow_none=True)
    owner_id = fields.UUID()
    state = fields.String(validate=validate.OneOf(list(WebhookState)))
    reason = fields.String(allow_none=True, validate=validate.OneOf(list(Reason)))
    sentence = fields.String(allow_none=True, metadata={"description": "What to do about it."})
    failures = fields.Integer(metadata={"description": "In a row."})
    failing_since = Instant(allow_none=True)
    blocked_until = Instant(
        allow_none=True, metadata={"description": "Left alone until then, after many failures."}
    )
    delivered_at = Instant(allow_none=True)
    old_secret_until = Instant(
        allow_none=True, metadata={"description": "Until then the secret before signs, too."}
    )
    owed = fields.Integer(metadata={"description": "Still to be delivered."})
    held = fields.Integer(metadata={"description": "Kept while it is paused or disabled."})
    failed = fields.Integer(metadata={"description": "Given up in the last 30 days."})
    created_at = Instant()
    updated_at = Instant()


class WebhookWithSecretOut(WebhookOut):
    """An endpoint, and its secret: it is not shown again."""

    secret = fields.String()


class WebhookTestOut(Schema):
    """What came of a test."""

    ok = fields.Boolean()
    outcome = fields.String(validate=validate.OneOf(list(Outcome)))
    status = fields.Integer(allow_none=True)
    milliseconds = fields.Integer()
    answer = fields.String(allow_none=True)
    sentence = fields.String()


class ReplayOut(Schema):
    """What is sent again."""

    deliveries = fields.Integer()
    sentence = fields.String(metadata={"description": "Also where there are none: why."})


class DeliveryOut(Schema):
    """An event owed to an endpoint."""

    id = fields.UUID()
    webhook_id = fields.UUID()
    message_id = fields.String(
        metadata={"description": "Its webhook-id: the same on every attempt and replay."}
    )
    type = fields.String()
    state = fields.String(validate=validate.OneOf(list(State)))
    reason = fields.String(allow_none=True, validate=validate.OneOf(list(Ended)))
    attempts = fields.Integer()
    next_attempt_at = Instant(allow_none=True)
    created_at = Instant()
    ended_at = Instant(allow_none=True)


class DeliveryAttemptOut(Schema):
    """One attempt to deliver it."""

    number = fields.Integer()
    began_at = Instant()
    outcome = fields.String(
        allow_none=True,
        validate=validate.OneOf(list(Outcome)),
        metadata={"description": "Null while it is under way."},
    )
    status = fields.Integer(allow_none=True)
    milliseconds = fields.Integer(allow_none=True)
    answer = fields.String(allow_none=True, metadata={"description": "Its first 8 KB."})
    detail = fields.String(allow_none=True)


class DeliveryWithAttemptsOut(DeliveryOut):
    """An event owed to an endpoint, with every attempt."""

    tried = fields.List(fields.Nested(DeliveryAttemptOut))
