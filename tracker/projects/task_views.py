"""Routes of tasks."""

from datetime import date
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today, utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects import queries, schemas, service
from tracker.projects.queries import Frame, TaskRow
from tracker.projects.showing import listed_task, task_out
from tracker.web.api import Blueprint
from tracker.web.etags import check_if_match, tagged
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
    kind = date if column.endswith("_on") else str
    after = read_cursor(query["cursor"], kind, UUID, order=sort)
    scope = (actor().workspace_id, project_id)
    with reading() as session:
        today = local_today(queries.frame(session, *scope).timezone, utcnow())
        found = queries.task_page(session, *scope, query, after=after, today=today)
        assignees = queries.assignees_in(session, *scope)
    rows, cursor = page(found, query["limit"], lambda row: [row[column], row["id"]], order=sort)
    items = [listed_task(row, assignees) for row in rows]
    return json_response({"items": items, "next": cursor})


@blp.route("/tasks/<uuid:task_id>")
@needs(Permission.LOOK)
@blp.answers(200, schemas.TaskOut)
def read_task(task_id: UUID) -> ResponseReturnValue:
    """One task with its steps, what it waits for, and why it lies where it lies."""
    with reading() as session:
        task, frame, assignees = queries.task(session, actor().workspace_id, task_id)
        return _answer(session, task, frame, assignees=assignees)


def _answer(
    session: Session, task: TaskRow, frame: Frame, *, assignees: list[UUID]
) -> ResponseReturnValue:
    scope = (session, task.workspace_id, task.id)
    shown = task_out(
        frame,
        task,
        assignees=assignees,
        steps=queries.steps(*scope),
        links=queries.links(*scope),
        language=reader_language(frame.language),
    )
    return tagged(json_response(shown), task.version)


@blp.route("/tasks/<uuid:task_id>", methods=["PATCH"])
@needs(Permission.CHANGE_OWN_TASKS)
@blp.arguments(schemas.TaskChange)
@blp.answers(200, schemas.TaskOut)
def change_task(changes: dict[str, Any], task_id: UUID) -> ResponseReturnValue:
    """Change title, notes or assignees; a contributor those of their own tasks."""
    with unit_of_work() as session:
        wanted = (actor().workspace_id, task_id)
        task, frame, assigned = queries.task(session, *wanted, to_change=True)
        check_if_match(task.version)
        task, assignees = service.change_task(
            session, actor(), task, changes, assigned=assigned, now=utcnow()
        )
        return _answer(session, task, frame, assignees=assignees)
