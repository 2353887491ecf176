"""Shapes of channels. Addresses come in, and never go out."""

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from tracker.channels.words import Kind, State
from tracker.connectors.chat.addresses import LONGEST
from tracker.connectors.letter import Outcome
from tracker.web.fields import Instant, Line

_PLACES: Final = 100


class ChannelChange(Schema):
    """Body of PATCH /me/channels/{id}."""

    position = fields.Integer(
        strict=True,
        validate=validate.Range(-_PLACES, _PLACES),
        metadata={
            "description": "The lowest comes first; your own e-mail address stands at 0, so that "
            "channels below 0 come before it."
        },
    )
    state = fields.String(validate=validate.OneOf([State.ACTIVE.value, State.OFF.value]))


class ChannelIn(Schema):
    """Body of POST /me/channels."""

    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in Kind]))
    address = Line(
        load_default=None,
        allow_none=True,
        longest=LONGEST,
        metadata={
            "description": "As the chat gives it, such as https://hooks.slack.com/services/…; for "
            "Telegram tgram://BOT_TOKEN/CHAT_ID, for Pushover pover://USER_KEY@APP_TOKEN."
        },
    )
    position = fields.Integer(
        strict=True, load_default=None, validate=validate.Range(-_PLACES, _PLACES)
    )

    @validates_schema
    def needs_an_address(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """All but an event lead somewhere."""
        if data.get("kind") != Kind.EVENT and not data.get("address"):
            raise ValidationError("Missing data for required field.", "address")


class ChannelOut(Schema):
    """A channel, without its address."""

    id = fields.UUID()
    kind = fields.String()
    label = fields.String(metadata={"description": "What may be shown of the address."})
    position = fields.Integer()
    state = fields.String(metadata={"enum": [state.value for state in State]})
    reason = fields.String(allow_none=True)
    confirmed_at = Instant(allow_none=True)
    asked_at = Instant(allow_none=True)
    created_at = Instant()


class TestOut(Schema):
    """What came of a test."""

    outcome = fields.String(metadata={"enum": [outcome.value for outcome in Outcome]})
    detail = fields.String()
