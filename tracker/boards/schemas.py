"""Shapes of boards. What a platform wants in ``credentials`` its port knows."""

from typing import Final

from marshmallow import Schema, fields, validate

from tracker.boards.said import HOOK_STATES, ITEM_STATES, PROBLEMS, STATES
from tracker.web.fields import Instant, Line, WebAddress
from tracker.web.paging import PageIn
from tracker.web.settings_fields import credentials_field, settings_field

_SETTINGS: Final = (
    "`policies`: which side wins where both have changed a field, one of tracker, platform, newest "
    "(the default) under title, status, start_on, due_on, assignees, steps. `created_there`: "
    "whether a card that is made there is only listed (the default) or becomes a task. What else "
    "there is: docs/trello.md, docs/notion.md."
)


class BoardIn(Schema):
    """Body of POST /boards."""

    project_id = fields.UUID(required=True)
    kind = Line(
        required=True, longest=50, metadata={"description": "One of GET /boards/platforms."}
    )
    credentials = credentials_field(required=True)
    base_url = WebAddress(
        load_default=None,
        allow_none=True,
        metadata={"description": "Where the platform is; by default where its vendor has it."},
    )
    remote_id = Line(
        load_default=None,
        allow_none=True,
        metadata={"description": "What is there already; without it a board is made."},
    )
    name = Line(
        load_default=None,
        allow_none=True,
        metadata={"description": "What the board is called; by default as the project."},
    )
    settings = settings_field(_SETTINGS, load_default=dict)


class ChoicesIn(Schema):
    """Body of POST /boards/choices."""

    kind = Line(required=True, longest=50)
    credentials = credentials_field(required=True)
    base_url = WebAddress(load_default=None, allow_none=True)
    project_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "What is to be pushed: tells what that would come to."},
    )


class BoardChange(Schema):
    """Body of PATCH /boards/{id}."""

    name = Line()
    settings = settings_field(_SETTINGS)
    owner = Line(
        longest=254,
        metadata={"description": "Id or e-mail of whom what comes from the board is done as."},
    )


class BoardCredentialsIn(Schema):
    """Body of PUT /boards/{id}/credentials."""

    credentials = credentials_field(required=True)


class DisconnectIn(Schema):
    """Query of DELETE /boards/{id}."""

    cards = fields.String(
        load_default="keep",
        validate=validate.OneOf(("keep", "archive")),
        metadata={"description": "What becomes of the cards there."},
    )


class BoardsOf(PageIn):
    """Query of GET /boards."""

    project_id = fields.UUID(load_default=None)


class ItemsOf(PageIn):
    """Query of GET /boards/{id}/items."""

    state = fields.String(load_default=None, validate=validate.OneOf(ITEM_STATES))


class ConflictsOf(PageIn):
    """Query of GET /boards/{id}/conflicts."""

    state = fields.String(load_default=None, validate=validate.OneOf(("open", "settled")))


class SettleIn(Schema):
    """Body of POST /conflicts/{id}/settle."""

    choose = fields.String(
        required=True,
        validate=validate.OneOf(("ours", "theirs")),
        metadata={"description": "Whose value the field is to have, on both sides."},
    )


class RunOut(Schema):
    """What is under way."""

    kind = fields.String()
    done = fields.Integer()
    of = fields.Integer(allow_none=True, metadata={"description": "Null while it is counted."})
    calls = fields.Integer()
    began_at = Instant(allow_none=True)


class HookOut(Schema):
    """Whether the platform tells us of changes by itself."""

    state = fields.String(validate=validate.OneOf(HOOK_STATES))
    url = fields.String(
        allow_none=True, metadata={"description": "Where it tells us; shown to managers only."}
    )
    checked_at = Instant(allow_none=True)
    sentence = fields.String(
        allow_none=True, metadata={"description": "What to do where it cannot tell us."}
    )


class BoardOut(Schema):
    """A board that is kept in step with a project."""

    id = fields.UUID()
    project_id = fields.UUID()
    kind = fields.String()
    title = fields.String()
    name = fields.String()
    account = fields.String(
        allow_none=True, metadata={"description": "Who the tracker is to the platform."}
    )
    remote_id = fields.String(allow_none=True)
    url = fields.String(allow_none=True)
    owner_id = fields.UUID(
        metadata={"description": "As whom what comes from the board is done here."}
    )
    settings = fields.Dict()
    state = fields.String(validate=validate.OneOf(STATES))
    problem = fields.String(allow_none=True, metadata={"description": ", ".join(PROBLEMS)})
    sentence = fields.String(allow_none=True, metadata={"description": "What to do about it."})
    notices = fields.List(
        fields.String(), metadata={"description": "What to know about the platform beforehand."}
    )
    run = fields.Nested(RunOut, allow_none=True)
    items = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "How many cards, by their state; and open conflicts."},
    )
    hook = fields.Nested(HookOut)
    next_look_at = Instant(allow_none=True)
    reconciled_at = Instant(allow_none=True)
    created_at = Instant()
    updated_at = Instant()


class PlatformFieldOut(Schema):
    """A credential that whoever connects gives."""

    name = fields.String()
    title = fields.String()
    required = fields.Boolean()
    help = fields.String(allow_none=True)


class PlatformOut(Schema):
    """A platform whose boards can be kept in step."""

    kind = fields.String()
    title = fields.String()
    default_url = fields.String()
    fields_ = fields.List(fields.Nested(PlatformFieldOut), data_key="fields")
    speaks_of = fields.List(
        fields.String(), metadata={"description": "The fields that go both ways."}
    )
    calls = fields.Integer(metadata={"description": "That a token has in `window_seconds`."})
    window_seconds = fields.Integer()


class ChoiceOut(Schema):
    """Something that a token can see."""

    id = fields.String()
    name = fields.String()


class ChoicesOut(Schema):
    """What a token can see: or what is wrong with it."""

    ok = fields.Boolean()
    account = fields.String(allow_none=True)
    trouble = fields.String(allow_none=True)
    sentence = fields.String(allow_none=True)
    choices = fields.List(fields.Nested(ChoiceOut))
    notices = fields.List(
        fields.String(), metadata={"description": "What to know before the project is pushed."}
    )


class ItemOut(Schema):
    """A card: of a task or a gate of ours, or made there."""

    id = fields.UUID()
    board_id = fields.UUID()
    kind = fields.String(validate=validate.OneOf(("task", "gate")))
    object_id = fields.UUID(
        allow_none=True, metadata={"description": "The task's or gate's; null: made there."}
    )
    title = fields.String()
    state = fields.String(validate=validate.OneOf(ITEM_STATES))
    answers = fields.List(
        fields.String(),
        metadata={"description": "What can be said to it: POST /board-items/{id}/…"},
    )
    remote_id = fields.String(allow_none=True)
    url = fields.String(allow_none=True)
    updated_at = Instant()


class ConflictOut(Schema):
    """A field that both sides have changed, or that a rule of ours did not let change."""

    id = fields.UUID()
    board_id = fields.UUID()
    item_id = fields.UUID()
    object_id = fields.UUID(allow_none=True)
    title = fields.String()
    field = fields.String()
    agreed = fields.Raw(allow_none=True, metadata={"description": "What both sides had before."})
    ours = fields.Raw(allow_none=True)
    theirs = fields.Raw(allow_none=True)
    taken = fields.String(
        validate=validate.OneOf(("tracker", "platform", "none")),
        metadata={"description": "Whose value stands meanwhile; none: refused by a rule."},
    )
    reason = fields.String(allow_none=True)
    state = fields.String(validate=validate.OneOf(("open", "settled")))
    settled_by = fields.UUID(allow_none=True)
    settled_at = Instant(allow_none=True)
    created_at = Instant()


class AcceptIn(Schema):
    """Body of POST /board-items/{id}/accept."""

    phase = Line(load_default=None, allow_none=True, metadata={"description": "Of the new task."})
