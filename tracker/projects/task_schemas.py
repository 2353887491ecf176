"""Shapes of tasks. Whether a change makes sense is judged by the rules."""

from typing import Any, Final

from marshmallow import Schema, fields, validate

from tracker.playbooks.grammar import PHASES
from tracker.projects.rules import STATUSES
from tracker.projects.task_rules import PRIORITIES
from tracker.web.fields import Day, Flag, Instant, Line, Prose
from tracker.web.paging import PageIn

SORTS: Final = tuple(
    f"{sign}{name}"
    for name in ("due_on", "start_on", "title", "status", "priority")
    for sign in ("", "-")
)


class TasksIn(PageIn):
    """Query of GET /projects/{id}/tasks."""

    phase = fields.String(load_default=None, validate=validate.OneOf(PHASES))
    status = fields.String(load_default=None, validate=validate.OneOf(STATUSES))
    priority = fields.String(load_default=None, validate=validate.OneOf(PRIORITIES))
    label = Line(load_default=None, longest=60, metadata={"description": "In any case."})
    assignee = fields.UUID(load_default=None)
    due_before = Day(load_default=None)
    overdue = fields.Boolean(load_default=None)
    sort = fields.String(load_default="due_on", validate=validate.OneOf(SORTS))


def _members() -> Any:
    return fields.List(
        Line(longest=254),
        validate=validate.Length(0, 50),
        metadata={"description": "E-mails or ids of members."},
    )


class TaskChange(Schema):
    """Body of PATCH /tasks/{id}."""

    title = Line()
    notes = Prose(allow_none=True)
    assignees = _members()
    status = fields.String(validate=validate.OneOf(STATUSES))
    reason = Line(
        longest=2000,
        allow_none=True,
        metadata={"description": "Why it is blocked or not applicable, which demand one."},
    )
    priority = fields.String(validate=validate.OneOf(PRIORITIES))
    labels = fields.List(Line(longest=60), validate=validate.Length(0, 20))
    start_on = Day()
    due_on = Day(metadata={"description": "Moves this task alone; re-planning moves followers."})
    pinned = Flag(metadata={"description": "Kept where it is by every re-plan."})


class LinkOut(Schema):
    """What a task waits for."""

    task_id = fields.UUID()
    task = fields.String()
    title = fields.String()
    type = fields.String()
    lag_days = fields.Integer()


class StepOut(Schema):
    """A checklist point."""

    key = fields.String()
    title = fields.String()
    done_at = Instant(allow_none=True)


class EvidenceOut(Schema):
    """What shows that a task is done."""

    id = fields.UUID()
    kind = fields.String()
    url = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    figure = fields.Float(allow_none=True)
    by = fields.UUID()
    at = Instant()


class ListedTaskOut(Schema):
    """A task in a list."""

    id = fields.UUID()
    project_id = fields.UUID()
    key = fields.String()
    phase = fields.String()
    checklist = fields.String()
    title = fields.String()
    description = fields.String(allow_none=True)
    notes = fields.String(allow_none=True)
    role = fields.String()
    status = fields.String()
    reason = fields.String(allow_none=True)
    priority = fields.String()
    labels = fields.List(fields.String())
    start_on = fields.Date()
    due_on = fields.Date()
    deadline_on = fields.Date(allow_none=True)
    started_on = fields.Date(allow_none=True)
    finished_on = fields.Date(allow_none=True)
    duration_days = fields.Integer()
    float_days = fields.Integer()
    critical = fields.Boolean()
    pinned = fields.Boolean()
    milestone = fields.Boolean()
    early = fields.Boolean()
    optional = fields.Boolean()
    missed = fields.Boolean()
    evidence = fields.String(allow_none=True)
    proof = fields.String(allow_none=True)
    pillar = fields.String(allow_none=True)
    recurring = fields.Dict(allow_none=True)
    ritual_id = fields.UUID(allow_none=True)
    occurrence_on = fields.Date(allow_none=True)
    origin = fields.String()
    checklist_id = fields.UUID(allow_none=True)
    assignees = fields.List(fields.UUID())
    version = fields.Integer()
    updated_at = Instant()


class CountsOut(Schema):
    """How much there is under a task."""

    comments = fields.Integer()
    links = fields.Integer()
    evidence = fields.Integer()


class GateBeforeOut(Schema):
    """A gate that is closed before a task."""

    id = fields.UUID()
    key = fields.String()
    title = fields.String()
    state = fields.String()


class WaitedForOut(Schema):
    """A task that must be finished first."""

    task_id = fields.UUID()
    task = fields.String()
    title = fields.String()
    status = fields.String()


class WaitsOnOut(Schema):
    """What keeps a task from being done now."""

    gate = fields.Nested(GateBeforeOut, allow_none=True)
    tasks = fields.List(fields.Nested(WaitedForOut))


class CountedOut(Schema):
    """How far the count of a milestone has come. It ticks nothing."""

    value = fields.Integer()
    target = fields.Integer()
    reached = fields.Boolean()


class TaskOut(ListedTaskOut):
    """A task with what it is made of, what it waits for, and why it lies where it lies."""

    why = fields.String()
    after = fields.List(fields.Nested(LinkOut))
    steps = fields.List(fields.Nested(StepOut))
    watchers = fields.List(fields.UUID())
    evidences = fields.List(fields.Nested(EvidenceOut))
    counts = fields.Nested(CountsOut)
    counted = fields.Nested(CountedOut, allow_none=True)
    waits_on = fields.Nested(WaitsOnOut)
    warnings = fields.List(
        fields.String(), metadata={"description": "Of the change that this answers."}
    )
