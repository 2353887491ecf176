"""Routes of what is added to a running project: checklists and modules."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.texts import Language
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.playbooks.why import explain
from tracker.projects import queries
from tracker.projects.checklist_queries import added_checklists
from tracker.projects.checklists import Addition, add_checklist
from tracker.projects.modules import Offer, offers
from tracker.projects.ritual_rules import workdays_of
from tracker.web.api import Blueprint
from tracker.web.fields import Day, Flag, Instant, Line, Whole
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language
from tracker.web.lists import list_of
from tracker.web.paging import PageIn, page, read_cursor

blp = Blueprint("checklists", __name__, url_prefix="/api/v1", description="What is added later")


class ChecklistIn(Schema):
    """Body of POST /projects/{id}/checklists."""

    checklist = Line(
        required=True,
        longest=130,
        metadata={"description": "“phase.checklist” of a playbook, or the key of a module."},
    )
    anchor_on = Day(
        required=True,
        metadata={"description": "The day of a module's anchor; of a checklist, its first day."},
    )
    playbook = Line(
        load_default=None,
        allow_none=True,
        longest=60,
        metadata={"description": "By default the project's own."},
    )
    version = Whole(1, 10_000, load_default=None, allow_none=True)
    dry_run = Flag(load_default=False, metadata={"description": "Show it, and add nothing."})


class AddedTaskOut(Schema):
    """A task that is added."""

    id = fields.UUID(allow_none=True)
    key = fields.String()
    title = fields.String()
    role = fields.String()
    start_on = fields.Date()
    due_on = fields.Date()
    duration_days = fields.Integer()
    milestone = fields.Boolean()
    recurring = fields.Dict(allow_none=True)
    evidence = fields.String(allow_none=True)
    why = fields.String()
    steps = fields.List(fields.String())


class LeftOutOut(Schema):
    """A task that does not apply to this project."""

    key = fields.String()
    reason = fields.String()


class ListedChecklistOut(Schema):
    """A checklist or a module that has been added."""

    id = fields.UUID(allow_none=True, metadata={"description": "None of a dry run."})
    key = fields.String()
    number = fields.Integer(metadata={"description": "How often it is there, with this time."})
    title = fields.String()
    phase = fields.String()
    playbook = fields.String()
    version = fields.Integer()
    anchor_on = fields.Date()
    created_by = fields.UUID()
    created_at = Instant()
    open_tasks = fields.Integer()
    done_tasks = fields.Integer()


class ChecklistOut(ListedChecklistOut):
    """What was added, or would be."""

    dry_run = fields.Boolean()
    tasks = fields.List(fields.Nested(AddedTaskOut))
    left_out = fields.List(fields.Nested(LeftOutOut))
    warnings = fields.List(fields.String())


class NamedOut(Schema):
    """Something with a key and a title."""

    key = fields.String()
    title = fields.String()


class ModuleOut(Schema):
    """A module that the playbook offers to this project."""

    key = fields.String()
    title = fields.String()
    description = fields.String(allow_none=True)
    phase = fields.String()
    playbook = fields.String()
    version = fields.Integer()
    tasks = fields.List(fields.String())
    anchor = fields.String(metadata={"description": "The task that falls on the chosen day."})
    mechanics = fields.List(fields.Nested(NamedOut))
    open = fields.Boolean(metadata={"description": "Whether its phase has been entered."})
    begin_on = fields.Date()
    suggested_on = fields.Date(metadata={"description": "A good day for the anchor."})
    is_due = fields.Boolean()
    added = fields.Integer()
    last_on = fields.Date(allow_none=True)


@blp.route("/projects/<uuid:project_id>/checklists")
@needs(Permission.LOOK)
@blp.arguments(PageIn, location="query")
@blp.answers(200, list_of(ListedChecklistOut))
def list_checklists(query: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """What has been added to the project, the newest first."""
    after = read_cursor(query["cursor"], UUID)
    scope = (actor().workspace_id, project_id)
    with reading() as session:
        queries.frame(session, *scope)
        found = added_checklists(session, *scope, after=after, limit=query["limit"])
    rows, cursor = page(found, query["limit"], lambda row: [row["id"]])
    return json_response({"items": [_listed(row) for row in rows], "next": cursor})


@blp.route("/projects/<uuid:project_id>/checklists", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.arguments(ChecklistIn)
@blp.answers(201, ChecklistOut)
@blp.answers(200, ChecklistOut, "A dry run: nothing was added.")
def add_to_project(data: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Add a checklist or a module around a day of its own (422 with the first day that works)."""
    with unit_of_work() as session:
        addition = add_checklist(session, actor(), project_id, data, now=utcnow())
        shown = _addition(session, addition, is_dry=data["dry_run"])
    return json_response(shown, 200 if data["dry_run"] else 201)


def _listed(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("id", "key", "number", "title", "phase", "anchor_on", "created_by", "created_at")
    return {
        **{name: row[name] for name in names},
        "playbook": row["playbook"],
        "version": row["playbook_version"],
        "open_tasks": row["open_tasks"],
        "done_tasks": row["done_tasks"],
    }


def _addition(session: Session, addition: Addition, *, is_dry: bool) -> dict[str, Any]:
    row, layout = addition.row, addition.layout
    frame = queries.frame(session, row["workspace_id"], row["project_id"])
    language = reader_language(frame.language)
    counts = {"open_tasks": len(layout.tasks), "done_tasks": 0}
    shown = _listed({**row, **counts, "id": None if is_dry else row["id"]})
    return {
        **shown,
        "dry_run": is_dry,
        "tasks": _tasks(addition, frame, language, is_dry=is_dry),
        "left_out": [
            {"key": key, "reason": reason.say(language)}
            for key, reason in sorted(layout.left_out.items())
        ],
        "warnings": [warning.say(language) for warning in addition.warnings],
    }


def _tasks(
    addition: Addition, frame: queries.Frame, language: Language, *, is_dry: bool
) -> list[dict[str, Any]]:
    """Titles are those that are stored, in the project's language; the reasons the reader's."""
    rows, calendar = addition.added.tasks, workdays_of(frame.parameters)
    titles = {row["key"]: row["title"] for row in rows}
    steps: dict[UUID, list[str]] = {row["id"]: [] for row in rows}
    for step in addition.added.steps:
        steps[step["task_id"]].append(step["title"])
    names = ("key", "title", "role", "start_on", "due_on", "duration_days", "recurring")
    return [
        {
            **{name: row[name] for name in names},
            "id": None if is_dry else row["id"],
            "milestone": row["is_milestone"],
            "evidence": row["evidence"],
            "why": explain(row["why"], titles, calendar, language),
            "steps": steps[row["id"]],
        }
        for row in rows
    ]


@blp.route("/projects/<uuid:project_id>/modules")
@needs(Permission.LOOK)
@blp.answers(200, list_of(ModuleOut))
def list_modules(project_id: UUID) -> ResponseReturnValue:
    """What the playbook offers to this community's type, and what of it is due now."""
    with reading() as session:
        project, found = offers(session, actor().workspace_id, project_id, now=utcnow())
    language = reader_language(project.language)
    return json_response({"items": [_offer(offer, language) for offer in found], "next": None})


def _offer(offer: Offer, language: Language) -> dict[str, Any]:
    module = offer.module
    return {
        "key": module.key,
        "title": module.title[language],
        "description": module.description[language] if module.description else None,
        "phase": module.phase,
        "playbook": offer.playbook.slug,
        "version": offer.playbook.version,
        "tasks": [task.title[language] for task in module.tasks],
        "anchor": next(task.title[language] for task in module.tasks if task.key == module.anchor),
        "mechanics": [
            {"key": mechanic["key"], "title": mechanic["title"][language]}
            for mechanic in offer.mechanics
        ],
        "open": offer.is_open,
        "begin_on": offer.begin_on,
        "suggested_on": offer.suggested_on,
        "is_due": offer.is_due,
        "added": offer.added,
        "last_on": offer.last_on,
    }
