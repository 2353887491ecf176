"""Routes of who changed what in a project, when, and through which door."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.kernel.activity import Activity
from tracker.kernel.db import core, reading
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects import part_queries, queries
from tracker.web.api import Blueprint
from tracker.web.fields import Instant, Line
from tracker.web.jsons import json_response
from tracker.web.lists import list_of
from tracker.web.paging import PageIn, page, read_cursor

blp = Blueprint("activity", __name__, url_prefix="/api/v1", description="History of changes")
DOORS: Final = ("api", "link", "sync", "rule", "cli", "import")
_ROWS: Final = Activity.__table__
_SHOWN: Final = (
    _ROWS.c.id,
    _ROWS.c.at,
    _ROWS.c.member_id.label("by"),
    _ROWS.c.door,
    _ROWS.c.subject,
    _ROWS.c.subject_id,
    _ROWS.c.action,
    _ROWS.c.changes,
    _ROWS.c.seq,
)


class ActivityIn(PageIn):
    """Query of GET /projects/{id}/activity."""

    subject = Line(load_default=None, longest=60, metadata={"description": "task, gate, project…"})
    member = fields.UUID(load_default=None)
    task = fields.UUID(load_default=None)
    door = fields.String(load_default=None, validate=validate.OneOf(DOORS))


class ActivityOut(Schema):
    """One change. `seq` is null until it is sealed, within minutes."""

    id = fields.UUID()
    at = Instant()
    by = fields.UUID(
        allow_none=True, metadata={"description": "A member; null: a rule of the tracker."}
    )
    door = fields.String()
    subject = fields.String()
    subject_id = fields.UUID()
    action = fields.String()
    changes = fields.Dict(metadata={"description": "Field → before and after."})
    seq = fields.Integer(allow_none=True)


ActivityList: Final = list_of(ActivityOut)


@blp.route("/projects/<uuid:project_id>/activity")
@needs(Permission.LOOK)
@blp.arguments(ActivityIn, location="query")
@blp.answers(200, ActivityList)
def list_activity(query: dict[str, Any], project_id: UUID) -> ResponseReturnValue:
    """What changed in a project, the newest first."""
    scope = (actor().workspace_id, project_id)
    with reading() as session:
        queries.frame(session, *scope)
        rows = _rows(session, scope, query)
    return _answer(rows, query["limit"])


@blp.route("/tasks/<uuid:task_id>/activity")
@needs(Permission.LOOK)
@blp.arguments(PageIn, location="query")
@blp.answers(200, ActivityList)
def list_task_activity(query: dict[str, Any], task_id: UUID) -> ResponseReturnValue:
    """What changed of a task, and under it; the newest first."""
    with reading() as session:
        place = part_queries.place(session, actor().workspace_id, task_id)
        scope = (place.workspace_id, place.project_id)
        rows = _rows(session, scope, {**query, "task": task_id})
    return _answer(rows, query["limit"])


def _rows(session: Session, scope: tuple[UUID, UUID], query: Mapping[str, Any]) -> Sequence[Any]:
    workspace_id, project_id = scope
    wanted = select(*_SHOWN).where(
        _ROWS.c.workspace_id == workspace_id, _ROWS.c.project_id == project_id
    )
    for name, column in (
        ("subject", _ROWS.c.subject),
        ("member", _ROWS.c.member_id),
        ("door", _ROWS.c.door),
    ):
        if query.get(name) is not None:
            wanted = wanted.where(column == query[name])
    if query.get("task") is not None:
        wanted = wanted.where(_ROWS.c.subject == "task", _ROWS.c.subject_id == query["task"])
    after = read_cursor(query["cursor"], UUID)
    if after:
        wanted = wanted.where(_ROWS.c.id < after[0])
    newest = wanted.order_by(_ROWS.c.id.desc()).limit(query["limit"] + 1)
    return core(session).execute(newest).all()


def _answer(found: Sequence[Any], limit: int) -> ResponseReturnValue:
    rows, cursor = page(found, limit, lambda row: [row.id])
    return json_response({"items": [dict(row._mapping) for row in rows], "next": cursor})  # noqa: SLF001 - the documented way to a row's names
