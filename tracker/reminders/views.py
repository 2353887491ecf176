"""Routes of reminders: what is owed, what was sent, and what people say to it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.reminders import queries, schemas, service, showing
from tracker.reminders.models import Reminder
from tracker.reminders.queries import Wanted
from tracker.reminders.service import Until
from tracker.reminders.starting import waited_for
from tracker.web.api import Blueprint
from tracker.web.etags import check_if_match, tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language
from tracker.web.lists import list_of
from tracker.web.paging import page, read_cursor

blp = Blueprint("reminders", __name__, url_prefix="/api/v1", description="Reminders")


@blp.route("/reminders")
@needs(Permission.LOOK)
@blp.arguments(schemas.RemindersIn, location="query")
@blp.answers(200, list_of(schemas.ReminderOut))
def list_reminders(query: dict[str, Any]) -> ResponseReturnValue:
    """What you are owed and were sent, in the order in which it is due."""
    wanted = _whose(query["wanted"], everyone=query["everyone"])
    after = read_cursor(query["cursor"], datetime, UUID)
    with reading() as session:
        found = queries.reminders(
            session, actor().workspace_id, wanted, after=after, limit=query["limit"]
        )
        waiting = waited_for(session, found)
    rows, cursor = page(found, query["limit"], lambda row: [row.due_at, row.id])
    language = reader_language()
    items = [showing.reminder_out(row, waiting.get(row.id, ()), language) for row in rows]
    return json_response({"items": items, "next": cursor})


def _whose(wanted: Wanted, *, everyone: bool) -> Wanted:
    """Others' are for managers. Raises Forbidden."""
    if everyone or wanted.member_id not in (None, actor().member_id):
        actor().must(Permission.SEE_EVERYBODY)
        return wanted
    return replace(wanted, member_id=actor().member_id)


@blp.route("/reminders/<uuid:reminder_id>")
@needs(Permission.LOOK)
@blp.answers(200, schemas.ReminderInFullOut)
def read_reminder(reminder_id: UUID) -> ResponseReturnValue:
    """One reminder, with every try to send it; others' are for managers."""
    with reading() as session:
        return _answer(session, reminder_id)


def _answer(session: Session, reminder_id: UUID) -> ResponseReturnValue:
    workspace_id = actor().workspace_id
    sees_all = actor().may(Permission.SEE_EVERYBODY)
    reader_id = None if sees_all else actor().member_id
    row = queries.shown(session, workspace_id, reminder_id, reader_id=reader_id)
    tries = queries.attempts(session, workspace_id, reminder_id)
    waits_for = waited_for(session, [row]).get(row.id, ())
    shown = showing.in_full(row, tries, waits_for, reader_language())
    return tagged(json_response(shown), row.version)


def _changed(
    reminder_id: UUID, change: Callable[[Session, Reminder], Reminder], *, reader_id: UUID | None
) -> ResponseReturnValue:
    with unit_of_work() as session:
        scope = (actor().workspace_id, reminder_id)
        reminder = queries.locked(session, *scope, reader_id=reader_id)
        check_if_match(reminder.version)
        change(session, reminder)
        session.flush()  # what is answered is read in plain SQL
        return _answer(session, reminder_id)


@blp.route("/reminders/<uuid:reminder_id>/snooze", methods=["POST"])
@needs(Permission.CHANGE_ONESELF)
@idempotent
@blp.arguments(schemas.SnoozeIn)
@blp.answers(200, schemas.ReminderInFullOut)
def snooze_reminder(until: Until, reminder_id: UUID) -> ResponseReturnValue:
    """Have a reminder of yours come back later; until then nothing else is told about the thing."""
    now = utcnow()
    return _changed(
        reminder_id,
        lambda session, reminder: service.snooze(session, reminder, until, now=now),
        reader_id=actor().member_id,
    )


@blp.route("/reminders/<uuid:reminder_id>/ack", methods=["POST"])
@needs(Permission.CHANGE_ONESELF)
@idempotent
@blp.answers(200, schemas.ReminderInFullOut)
def acknowledge_reminder(reminder_id: UUID) -> ResponseReturnValue:
    """Say that you know: no more of the same rule about the same day."""
    now = utcnow()
    return _changed(
        reminder_id,
        lambda session, reminder: service.acknowledge(session, reminder, now=now),
        reader_id=actor().member_id,
    )


@blp.route("/reminders/<uuid:reminder_id>/replay", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.answers(200, schemas.ReminderInFullOut)
def replay_reminder(reminder_id: UUID) -> ResponseReturnValue:
    """Send again what has failed, has expired or may not have arrived."""
    now = utcnow()
    return _changed(
        reminder_id, lambda _session, reminder: service.replay(reminder, now=now), reader_id=None
    )
