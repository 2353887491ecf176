"""Shapes of what is put under a task: steps, comments, links, evidence, dependencies."""

from marshmallow import Schema, fields, validate

from tracker.playbooks.grammar import LINK_TYPES
from tracker.projects.task_rules import EVIDENCE
from tracker.projects.task_schemas import LinkOut
from tracker.web.fields import Amount, Flag, Instant, Line, Prose, WebAddress


class StepIn(Schema):
    """Body of POST /tasks/{id}/steps."""

    title = Line(required=True)


class StepChange(Schema):
    """Body of PATCH /tasks/{id}/steps/{key}."""

    title = Line()
    done = Flag()


class CommentIn(Schema):
    """Body of POST /tasks/{id}/comments."""

    body = Prose(least=1, required=True)
    mentions = fields.List(
        Line(longest=254),
        validate=validate.Length(0, 50),
        metadata={
            "description": "E-mails or ids of members who are called, beside the @e-mails in the "
            "text."
        },
    )


class CommentChange(CommentIn):
    """Body of PATCH /tasks/{id}/comments/{id}. Mentions are read again."""

    body = Prose(least=1)


class CommentOut(Schema):
    """What somebody said about a task."""

    id = fields.UUID()
    task_id = fields.UUID()
    author_id = fields.UUID()
    body = fields.String()
    mentions = fields.List(fields.UUID())
    created_at = Instant()
    edited_at = Instant(allow_none=True)
    version = fields.Integer()


class TaskLinkIn(Schema):
    """Body of POST /tasks/{id}/links."""

    url = WebAddress(required=True)
    title = Line(load_default=None, allow_none=True)


class TaskLinkOut(Schema):
    """An address that belongs to a task."""

    id = fields.UUID()
    task_id = fields.UUID()
    url = fields.String()
    title = fields.String(allow_none=True)
    by = fields.UUID()
    at = Instant()


class EvidenceIn(Schema):
    """Body of POST /tasks/{id}/evidence. A note may go with any kind."""

    kind = fields.String(required=True, validate=validate.OneOf(EVIDENCE))
    url = WebAddress(load_default=None, allow_none=True)
    note = Prose(load_default=None, allow_none=True)
    figure = Amount(-1e15, 1e15, load_default=None, allow_none=True)


class DependencyOut(LinkOut):
    """What a task waits for, and how that stands."""

    status = fields.String()


class NewDependencyOut(DependencyOut):
    """A new dependency."""

    warnings = fields.List(fields.String())


class CutIn(Schema):
    """Query of DELETE /tasks/{id}/dependencies/{id}."""

    type = fields.String(
        load_default=None,
        validate=validate.OneOf(LINK_TYPES),
        metadata={"description": "Only the link of this type; by default every one."},
    )
