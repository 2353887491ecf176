"""Shapes of imports. What a file holds is judged by whoever reads it."""

from typing import Final

from marshmallow import Schema, fields, validate

from tracker.boards.import_playbook import BASE
from tracker.playbooks.grammar import PHASES, ROLES
from tracker.playbooks.parameters import Parameters
from tracker.projects.rules import STATUSES
from tracker.projects.schemas import ParametersIn
from tracker.web.fields import Flag, Instant, Line, WebAddress, Whole
from tracker.web.settings_fields import Secret

EXPORT: Final = "trello_export"
SOURCES: Final = (EXPORT, "trello", "notion")
INTO: Final = ("project", "playbook")
_MOST_LISTS: Final = 500


class ListIn(Schema):
    """What a list is taken for. What is not told is that of each card."""

    phase = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf((*PHASES, None))
    )
    status = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf((*STATUSES[:4], None))
    )
    leave_out = Flag(load_default=False)


class BoardImportIn(Schema):
    """Body of POST /imports."""

    source = fields.String(required=True, validate=validate.OneOf(SOURCES))
    into = fields.String(required=True, validate=validate.OneOf(INTO))
    dry_run = Flag(
        load_default=False, metadata={"description": "Tell what would come of it; make nothing."}
    )
    export = fields.Dict(
        load_default=None,
        allow_none=True,
        metadata={"description": "With `trello_export`: the file as Trello wrote it."},
    )
    credentials = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 100)),
        values=Secret(),
        load_default=None,
        allow_none=True,
        metadata={"description": "With `trello` and `notion`: used for this, and not kept."},
    )
    base_url = WebAddress(load_default=None, allow_none=True)
    board = Line(
        load_default=None,
        allow_none=True,
        metadata={"description": "With `trello` and `notion`: which one; POST /boards/choices."},
    )
    name = Line(
        load_default=None,
        allow_none=True,
        metadata={"description": "What the project or playbook is called; by default as there."},
    )
    playbook = Line(
        load_default=BASE,
        longest=60,
        metadata={"description": "What a project pins beside its cards; by default no tasks."},
    )
    version = Whole(1, 10_000, load_default=None, allow_none=True)
    parameters = fields.Nested(
        ParametersIn,
        load_default=Parameters,
        metadata={"description": "As of POST /projects; launch_on may be told by a card."},
    )
    lists = fields.Dict(
        keys=Line(),
        values=fields.Nested(ListIn),
        load_default=dict,
        validate=validate.Length(0, _MOST_LISTS),
        metadata={"description": "A list's title or id → what it is taken for."},
    )
    members = fields.Dict(
        keys=Line(longest=254),
        values=Line(longest=254, allow_none=True),
        load_default=dict,
        validate=validate.Length(0, _MOST_LISTS),
        metadata={"description": "Who somebody there is here: an e-mail or id, null for nobody."},
    )
    archived = fields.String(
        load_default="keep",
        validate=validate.OneOf(("keep", "leave_out")),
        metadata={"description": "What becomes of archived cards and lists."},
    )
    again = Flag(
        load_default=False, metadata={"description": "Bring it although it was brought before."}
    )


class ListOut(Schema):
    """A list, and what it is taken for."""

    id = fields.String()
    title = fields.String()
    archived = fields.Boolean()
    cards = fields.Integer()
    phase = fields.String(allow_none=True)
    status = fields.String(allow_none=True)
    left_out = fields.Boolean()
    guessed = fields.Boolean()


class PersonOut(Schema):
    """Somebody on the board, and who they are here."""

    id = fields.String()
    name = fields.String()
    username = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    member_id = fields.UUID(allow_none=True)
    cards = fields.Integer()


class BroughtOut(Schema):
    """A card as the task that it becomes."""

    card = fields.String()
    title = fields.String()
    list = fields.String()
    key = fields.String(allow_none=True, metadata={"description": "In a playbook."})
    phase = fields.String(validate=validate.OneOf(PHASES))
    role = fields.String(validate=validate.OneOf(ROLES))
    status = fields.String(validate=validate.OneOf(STATUSES))
    start_on = fields.Date()
    due_on = fields.Date()
    milestone = fields.Boolean()
    labels = fields.List(fields.String())
    assignees = fields.List(fields.UUID())
    steps = fields.Integer()
    after = fields.List(fields.String(), metadata={"description": "Cards that it waits for."})
    notes = fields.List(fields.String(), metadata={"description": "What to know of it."})


class LeftOut(Schema):
    """What stays where it is, and why."""

    what = fields.String()
    title = fields.String()
    reason = fields.String()


class EarlierOut(Schema):
    """When the very same board was brought before."""

    at = Instant()
    name = fields.String()
    project_id = fields.UUID(allow_none=True)
    playbook = fields.String(allow_none=True)
    version = fields.Integer(allow_none=True)


class DraftOut(Schema):
    """The playbook that comes of it."""

    slug = fields.String()
    version = fields.Integer()
    source = fields.String(metadata={"description": "Its YAML."})


class BoardImportOut(Schema):
    """What comes of a board, or would come of it."""

    dry_run = fields.Boolean()
    source = fields.String()
    into = fields.String()
    name = fields.String()
    board = fields.String()
    launch_on = fields.Date()
    project_id = fields.UUID(allow_none=True)
    playbook = fields.Nested(DraftOut, allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    lists = fields.List(fields.Nested(ListOut))
    people = fields.List(fields.Nested(PersonOut))
    tasks = fields.List(fields.Nested(BroughtOut))
    left_out = fields.List(fields.Nested(LeftOut))
    warnings = fields.List(fields.String())
    imported_before = fields.List(fields.Nested(EarlierOut))
