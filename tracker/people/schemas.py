"""Shapes of workspaces, members and tokens."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from tracker.kernel.clock import is_zone
from tracker.kernel.texts import LANGUAGES
from tracker.people.policy_schemas import PolicyOut, policy
from tracker.people.rules import OPEN_PREDECESSORS, Role, Scope
from tracker.web.fields import EMail, Instant, Line

ROLES = [role.value for role in Role]
SCOPES = [scope.value for scope in Scope]


class Zone(Line):
    """The tz database must know it: reminders are sent by it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name = super()._deserialize(value, attr, data, **kwargs)
        if not is_zone(name):
            raise ValidationError("Not a time zone of the tz database, such as Europe/Paris.")
        return name


class WorkspaceChange(Schema):
    """Body of PATCH /workspaces/me."""

    name = Line()
    language = fields.String(validate=validate.OneOf(LANGUAGES))
    open_predecessors = fields.String(
        validate=validate.OneOf(OPEN_PREDECESSORS),
        metadata={"description": "Whether a task may be done before what must be finished first."},
    )
    reminder_policy = policy("What this workspace wants otherwise than the playbooks.")


class WorkspaceOut(Schema):
    """A workspace."""

    id = fields.UUID()
    slug = fields.String()
    name = fields.String()
    language = fields.String()
    open_predecessors = fields.String()
    reminder_policy = fields.Nested(PolicyOut, allow_none=True)
    created_at = Instant()


class MemberChange(Schema):
    """Body of PATCH /members/{id}."""

    name = Line()
    role = fields.String(validate=validate.OneOf(ROLES))
    language = fields.String(validate=validate.OneOf(LANGUAGES), allow_none=True)
    timezone = Zone(longest=64)


class MemberIn(MemberChange):
    """Body of POST /members."""

    email = EMail(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))


class MemberOut(Schema):
    """A member."""

    id = fields.UUID()
    email = fields.String()
    name = fields.String()
    role = fields.String()
    language = fields.String(allow_none=True)
    timezone = fields.String()
    confirmed_at = Instant(
        allow_none=True,
        metadata={"description": "Since when the address is known to be theirs; reminders wait."},
    )
    mail_off_at = Instant(
        allow_none=True,
        metadata={"description": "Since when no mail goes there: not wanted, or refused."},
    )
    created_at = Instant()


class RemovalIn(Schema):
    """Query of DELETE /members/{id}."""

    successor = Line(
        load_default=None,
        longest=254,
        metadata={"description": "Id or e-mail of who takes over the open tasks."},
    )


class TokenIn(Schema):
    """Body of POST /tokens."""

    name = Line(required=True)
    member_id = fields.UUID(load_default=None, allow_none=True)
    scopes = fields.List(
        fields.String(validate=validate.OneOf(SCOPES)),
        load_default=lambda: list(SCOPES),
        validate=validate.Length(1, 10),
    )
    expires_at = Instant(load_default=None, allow_none=True)


class TokenOut(Schema):
    """A token, without its secret."""

    id = fields.UUID()
    member_id = fields.UUID()
    name = fields.String()
    prefix = fields.String()
    scopes = fields.List(fields.String())
    created_at = Instant()
    expires_at = Instant(allow_none=True)
    last_used_at = Instant(allow_none=True)
    revoked_at = Instant(allow_none=True)


class NewTokenOut(TokenOut):
    """A token with its secret, shown this once."""

    token = fields.String()
