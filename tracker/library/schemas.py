"""Shapes of playbooks and assessments."""

from marshmallow import INCLUDE, Schema, fields, validate

from tracker.playbooks.grammar import SCOPES
from tracker.playbooks.source import MAX_BYTES
from tracker.web.fields import Instant, Line, Prose, Whole


class PlaybookIn(Schema):
    """Body of POST /playbooks."""

    source = Prose(
        required=True, longest=MAX_BYTES, metadata={"description": "The playbook's YAML."}
    )


class PlaybookOut(Schema):
    """A playbook in a list."""

    slug = fields.String()
    version = fields.Integer()
    title = fields.String()
    description = fields.String(allow_none=True)
    tasks = fields.Integer()
    steps = fields.Integer()
    origin = fields.String(validate=validate.OneOf(("product", "workspace")))


class WholePlaybookOut(Schema):
    """Everything that a playbook holds, in one language; its other sections under their names."""

    class Meta:
        """What a playbook refers to differs from one to the next."""

        unknown = INCLUDE

    slug = fields.String()
    version = fields.Integer()
    title = fields.String()
    description = fields.String(allow_none=True)
    phases = fields.List(fields.Dict())
    tasks = fields.List(fields.Dict())
    steps = fields.Integer(metadata={"description": "How many the tasks have together."})
    gates = fields.List(fields.Dict())
    quiz = fields.Dict(allow_none=True)
    reminders = fields.Dict()


class AssessmentIn(Schema):
    """Body of POST /assessments."""

    answers = Line(
        required=True,
        longest=100,
        metadata={"description": "One letter a question, A to D.", "example": "AABBCCDDAA"},
    )
    scope = fields.String(load_default="external", validate=validate.OneOf(SCOPES))
    playbook = Line(load_default="community-launch", longest=60)
    version = Whole(1, 10_000, load_default=None, allow_none=True)


class AssessmentOut(Schema):
    """What the answers say."""

    id = fields.UUID()
    playbook = fields.String()
    version = fields.Integer()
    answers = fields.String()
    scope = fields.String()
    score = fields.Integer()
    band = fields.String()
    title = fields.String()
    description = fields.String()
    advice = fields.List(fields.String())
    trial = fields.String(allow_none=True)
    reassess_between = fields.List(fields.Date(), allow_none=True)
    suggested_parameters = fields.Dict()
    created_at = Instant()
