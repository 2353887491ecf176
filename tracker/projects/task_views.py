"""Routes of tasks."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today, utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.texts import Said
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects import custom_service, queries, task_queries
from tracker.projects import task_schemas as schemas
from tracker.projects import task_service as service
from tracker.projects.counting import counted
from tracker.projects.moving import DATES
from tracker.projects.queries import PRIORITY
from tracker.projects.showing import listed_task
from tracker.projects.task_queries import TaskAtHand
from tracker.projects.task_showing import task_shown
from tracker.web.api import Blueprint
from tracker.web.etags import check_if_match, tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language
from tracker.web.lists import list_of
from tracker.web.paging import page, read_cursor

blp = Blueprint("tasks", __name__, url_prefix="/api/v1", description="Tasks of a project")


@blp.route("/projects/<uuid:project_id>/tasks")
@needs(Permission.LOOK)
@blp.arguments(schemas.TasksIn, location="query")
@blp.answers(200, list_of(schemas.ListedTaskOut))
def list_tasks(query: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Tasks of a project, by due day unless told otherwise."""
    column, sort = query["sort"].removeprefix("-"), query["sort"]
    kind = int if column == "priority" else date if column.endswith("_on") else str
    after = read_cursor(query["cursor"], kind, UUID, order=sort)
    scope = (actor().workspace_id, project_id)
    with reading() as session:
        today = local_today(queries.frame(session, *scope).timezone, utcnow())
        found = queries.task_page(session, *scope, query, after=after, today=today)
        assignees = queries.assignees_in(session, *scope)
    rows, cursor = page(found, query["limit"], _place(column), order=sort)
    items = [listed_task(row, assignees) for row in rows]
    return json_response({"items": items, "next": cursor})


def _place(column: str) -> Callable[[dict[str, Any]], list[Any]]:
    """Where a row stands in the order of ``column``."""
    if column == "priority":
        return lambda row: [PRIORITY[row["priority"]], row["id"]]
    return lambda row: [row[column], row["id"]]


@blp.route("/tasks/<uuid:task_id>")
@needs(Permission.LOOK)
@blp.answers(200, schemas.TaskOut)
def read_task(task_id: UUID) -> ResponseReturnValue:
    """One task with what is under it, what it waits for, and why it lies where it lies."""
    with reading() as session:
        at_hand = task_queries.task(session, actor().workspace_id, task_id)
        return _answer(session, at_hand, utcnow())


def _answer(
    session: Session,
    at_hand: TaskAtHand,
    now: datetime,
    *,
    warnings: Sequence[Said] = (),
    is_new: bool = False,
) -> ResponseReturnValue:
    language = reader_language(at_hand.frame.language)
    shown = task_shown(at_hand, language, now=now, warnings=warnings)
    shown["counted"] = counted(session, at_hand)
    location = url_for("tasks.read_task", task_id=at_hand.task.id) if is_new else None
    response = json_response(shown, 201 if is_new else 200, location=location)
    return tagged(response, at_hand.task.version)


@blp.route("/tasks/<uuid:task_id>", methods=["PATCH"])
@needs(Permission.CHANGE_OWN_TASKS)
@blp.arguments(schemas.TaskChange)
@blp.answers(200, schemas.TaskOut)
def change_task(changes: dict[str, Any], task_id: UUID) -> ResponseReturnValue:
    """Change a task; a contributor their own (409 behind a closed gate, or before predecessors)."""
    now = utcnow()
    to_move = any(name in changes for name in DATES)
    with unit_of_work() as session:
        mine = (actor().workspace_id, task_id)
        named = changes.get("assignees", ())
        at_hand = task_queries.task(session, *mine, to_change=True, to_move=to_move, named=named)
        check_if_match(at_hand.task.version)
        changed = service.change_task(session, actor(), at_hand, changes, now=now)
        return _answer(session, changed.at_hand, now, warnings=changed.warnings)


@blp.route("/projects/<uuid:project_id>/tasks", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.arguments(schemas.TaskIn)
@blp.answers(201, schemas.TaskOut)
def add_task(data: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """Add a task of the team's own."""
    now = utcnow()
    with unit_of_work() as session:
        project = queries.project(session, actor().workspace_id, project_id, to_change=True)
        task_id, warnings = custom_service.create_task(session, actor(), project, data, now=now)
        at_hand = task_queries.task(session, project.workspace_id, task_id)
        return _answer(session, at_hand, now, warnings=warnings, is_new=True)


@blp.route("/tasks/<uuid:task_id>", methods=["DELETE"])
@needs(Permission.MANAGE_PROJECTS)
@blp.answers(204, description="Gone, with everything under it.")
def delete_task(task_id: UUID) -> ResponseReturnValue:
    """Delete a task that the team has added (409 for those of the plan)."""
    with unit_of_work() as session:
        at_hand = task_queries.task(session, actor().workspace_id, task_id, to_change=True)
        check_if_match(at_hand.task.version)
        state = at_hand.frame.state
        custom_service.delete_task(session, actor(), at_hand.task, state, now=utcnow())
    return "", 204
