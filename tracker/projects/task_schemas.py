"""Shapes of tasks. Whether a change makes sense is judged by the rules."""

from typing import Any, Final

from marshmallow import Schema, fields, validate

from tracker.people.policy_schemas import PolicyOut, policy
from tracker.playbooks.grammar import LINK_TYPES, PHASES, ROLES
from tracker.projects.rules import STATUSES
from tracker.projects.task_rules import EVIDENCE, PRIORITIES
from tracker.web.fields import Day, Flag, Instant, Line, Prose, Whole
from tracker.web.paging import PageIn

SORTS: Final = tuple(
    f"{sign}{name}"
    for name in ("due_on", "start_on", "title", "status", "priority")
    for sign in ("", "-")
)
MOST_CHANGES: Final = 500


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


def _members(description: str = "E-mails or ids of members.", **kwargs: Any) -> Any:
    named = Line(longest=254)
    metadata = {"description": description}
    return fields.List(named, validate=validate.Length(0, 50), metadata=metadata, **kwargs)


def _labels(**kwargs: Any) -> Any:
    return fields.List(Line(longest=60), validate=validate.Length(0, 20), **kwargs)


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
    labels = _labels()
    start_on = Day()
    due_on = Day(metadata={"description": "Moves this task alone; re-planning moves followers."})
    pinned = Flag(metadata={"description": "Kept where it is by every re-plan."})
    reminder_policy = policy("What this task wants otherwise; a manager's to say.")


class DependencyIn(Schema):
    """What a task is to wait for. No date moves by it."""

    predecessor = fields.UUID(required=True)
    type = fields.String(load_default="FS", validate=validate.OneOf(LINK_TYPES))
    lag_days = Whole(-2000, 2000, load_default=0)


class TaskIn(Schema):
    """Body of POST /projects/{id}/tasks. Without dates it is a task of today."""

    title = Line(required=True)
    phase = fields.String(required=True, validate=validate.OneOf(PHASES))
    role = fields.String(load_default="project_manager", validate=validate.OneOf(ROLES))
    description = Prose(longest=5000, load_default=None, allow_none=True)
    notes = Prose(load_default=None, allow_none=True)
    assignees = _members(
        load_default=None, allow_none=True, description="By default who stands behind the role."
    )
    priority = fields.String(load_default="normal", validate=validate.OneOf(PRIORITIES))
    labels = _labels(load_default=list)
    start_on = Day(load_default=None, allow_none=True)
    due_on = Day(load_default=None, allow_none=True)
    pinned = Flag(load_default=False)
    milestone = Flag(load_default=False)
    optional = Flag(
        load_default=False, metadata={"description": "No gate asks for what is optional."}
    )
    evidence = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf((*EVIDENCE, None))
    )
    proof = Line(load_default=None, allow_none=True)
    predecessors = fields.List(
        fields.Nested(DependencyIn), load_default=list, validate=validate.Length(0, 50)
    )


class BulkChange(TaskChange):
    """A change of one of many tasks."""

    id = fields.UUID(required=True)


class BulkIn(Schema):
    """Body of POST /projects/{id}/tasks/bulk."""

    changes = fields.List(
        fields.Nested(BulkChange), required=True, validate=validate.Length(1, MOST_CHANGES)
    )


class ReportOut(Schema):
    """What became of one of many tasks."""

    id = fields.UUID()
    version = fields.Integer()
    changed = fields.List(fields.String())
    warnings = fields.List(fields.String())


class BulkOut(Schema):
    """What became of each task, in the order of the changes."""

    items = fields.List(fields.Nested(ReportOut))


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
    reminder_policy = fields.Nested(PolicyOut, allow_none=True)
    waits_on = fields.Nested(WaitsOnOut)
    warnings = fields.List(
        fields.String(), metadata={"description": "Of the change that this answers."}
    )
