"""Shapes of a roster. What a person's consent allows is judged by the rules."""

from typing import Final

from marshmallow import Schema, fields, validate

from tracker.roster.queries import SORTS
from tracker.roster.rules import CONSENTS, ROLES, STAGES
from tracker.web.fields import Day, EMail, Flag, Instant, Line, Prose
from tracker.web.paging import PageIn

MOST_CHARACTERS: Final = 2_000_000


class ContactChange(Schema):
    """Body of PATCH /roster/{roster_contact_id}."""

    name = Line()
    role = fields.String(validate=validate.OneOf(ROLES))
    stage = fields.String(validate=validate.OneOf(STAGES))
    why = Prose(longest=2000, allow_none=True, metadata={"description": "Why they were chosen."})
    email = EMail(allow_none=True)
    contact = Line(
        longest=500, allow_none=True, metadata={"description": "Another way to reach them."}
    )
    owner = Line(
        longest=254,
        allow_none=True,
        metadata={"description": "E-mail or id of the member who looks after them."},
    )
    is_strategic = Flag(data_key="strategic")
    consent = fields.String(
        validate=validate.OneOf(CONSENTS),
        metadata={"description": "“refused” erases at once all that tells who they are."},
    )
    notes = Prose(allow_none=True)
    next_contact_on = Day(allow_none=True)
    note = Prose(
        longest=2000,
        metadata={"description": "Why they step back; demanded then, and added to the notes."},
    )


class ContactIn(Schema):
    """Body of POST /projects/{id}/roster."""

    name = Line(required=True)
    role = fields.String(load_default="seed", validate=validate.OneOf(ROLES))
    stage = fields.String(load_default="candidate", validate=validate.OneOf(STAGES))
    why = Prose(longest=2000, load_default=None, allow_none=True)
    email = EMail(load_default=None, allow_none=True)
    contact = Line(longest=500, load_default=None, allow_none=True)
    owner = Line(
        longest=254,
        load_default=None,
        allow_none=True,
        metadata={"description": "E-mail or id of the member who looks after them."},
    )
    is_strategic = Flag(data_key="strategic", load_default=False)
    consent = fields.String(load_default="unknown", validate=validate.OneOf(CONSENTS))
    notes = Prose(load_default=None, allow_none=True)
    next_contact_on = Day(load_default=None, allow_none=True)


class ContactOut(Schema):
    """Somebody whom the team works on by name."""

    id = fields.UUID()
    project_id = fields.UUID()
    name = fields.String(allow_none=True)
    role = fields.String()
    stage = fields.String()
    why = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    contact = fields.String(allow_none=True)
    owner_id = fields.UUID(allow_none=True)
    is_strategic = fields.Boolean(data_key="strategic")
    consent = fields.String()
    consent_at = Instant(allow_none=True)
    notes = fields.String(allow_none=True)
    next_contact_on = fields.Date(allow_none=True)
    task_id = fields.UUID(allow_none=True)
    created_at = Instant()
    updated_at = Instant()


class RosterIn(PageIn):
    """Query of GET /projects/{id}/roster."""

    role = fields.String(load_default=None, validate=validate.OneOf(ROLES))
    stage = fields.String(load_default=None, validate=validate.OneOf(STAGES))
    consent = fields.String(load_default=None, validate=validate.OneOf(CONSENTS))
    owner = fields.UUID(load_default=None)
    is_strategic = fields.Boolean(data_key="strategic", load_default=None)
    due = fields.Boolean(
        load_default=None, metadata={"description": "Whether their next contact is due."}
    )
    sort = fields.String(
        load_default="added",
        validate=validate.OneOf([f"{sign}{name}" for name in SORTS for sign in ("", "-")]),
    )


class MilestoneCountOut(Schema):
    """How far a milestone's count has come. Nothing is ticked by it."""

    value = fields.Integer()
    target = fields.Integer()
    is_reached = fields.Boolean(data_key="reached")


class SummaryOut(Schema):
    """A roster in numbers."""

    people = fields.Integer()
    roles = fields.Dict(metadata={"description": "Role → stage → people."})
    stages = fields.Dict(metadata={"description": "Stage → people."})
    milestones = fields.Dict(values=fields.Nested(MilestoneCountOut))


class ImportIn(Schema):
    """Body of POST /projects/{id}/roster/import."""

    csv = fields.String(
        required=True,
        validate=validate.Length(1, MOST_CHARACTERS),
        metadata={
            "description": "A header of these fields in English or French, then a row for each "
            "person; commas or semicolons."
        },
    )
    dry_run = Flag(load_default=False)


class ImportedRowOut(Schema):
    """What becomes of one row."""

    line = fields.Integer()
    action = fields.String(validate=validate.OneOf(("add", "change", "leave", "refuse")))
    name = fields.String(allow_none=True)
    fields_ = fields.List(fields.String(), data_key="fields")
    errors = fields.Dict()


class ImportOut(Schema):
    """What an import does, or would do."""

    dry_run = fields.Boolean()
    added = fields.Integer()
    changed = fields.Integer()
    left = fields.Integer()
    refused = fields.Integer()
    rows = fields.List(fields.Nested(ImportedRowOut))
