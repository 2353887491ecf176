"""Routes of reminding somebody now, and of seeing who will be reminded."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.projects import task_queries
from tracker.reminders import asking, asking_schemas
from tracker.reminders.preview import place_of, preview
from tracker.web.api import Blueprint
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language
from tracker.web.lists import list_of
from tracker.web.paging import page, read_cursor

blp = Blueprint("asking", __name__, url_prefix="/api/v1", description="Reminding somebody now")


@blp.route("/tasks/<uuid:task_id>/remind", methods=["POST"])
@needs(Permission.CHANGE_OWN_TASKS)
@idempotent
@blp.arguments(asking_schemas.RemindIn)
@blp.answers(200, asking_schemas.RemindedOut)
def remind_of_task(data: dict[str, Any], task_id: UUID) -> ResponseReturnValue:
    """Remind those who have a task, now; a contributor of their own (429 within the hour)."""
    now = utcnow()
    with unit_of_work() as session:
        at_hand = task_queries.task(session, actor().workspace_id, task_id, to_change=True)
        rows = asking.remind_of_task(session, actor(), at_hand, data["note"], now=now)
    return _asked(rows)


@blp.route("/gates/<uuid:gate_id>/remind", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.arguments(asking_schemas.RemindIn)
@blp.answers(200, asking_schemas.RemindedOut)
def remind_of_gate(data: dict[str, Any], gate_id: UUID) -> ResponseReturnValue:
    """Remind those on whose word a gate waits, now (409 where it is not ready for it)."""
    with unit_of_work() as session:
        rows = asking.remind_of_gate(session, actor(), gate_id, data["note"], now=utcnow())
    return _asked(rows)


def _asked(rows: Sequence[Mapping[str, Any]]) -> ResponseReturnValue:
    return json_response(asking_schemas.RemindedOut().dump({"items": rows}))


@blp.route("/reminders/preview")
@needs(Permission.LOOK)
@blp.arguments(asking_schemas.PreviewIn, location="query")
@blp.answers(200, list_of(asking_schemas.ForeseenOut))
def preview_reminders(query: dict[str, Any]) -> ResponseReturnValue:
    """Who will be reminded of what, when and why, as things stand; managers see everybody's."""
    after = read_cursor(query["cursor"], str, str, str, str, str)
    with reading() as session:
        found = preview(session, actor(), query["project"], days=query["days"], now=utcnow())
    rest = [one for one in found if after is None or place_of(one) > tuple(after)]
    rows, cursor = page(rest, query["limit"], place_of)
    language = reader_language()
    items = asking_schemas.ForeseenOut(many=True).dump([one.told(language) for one in rows])
    return json_response({"items": items, "next": cursor})
