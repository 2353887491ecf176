"""What is owed about the ways to people: one question to a new one, and word of a dead one."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tracker.kernel.db import core, new_id
from tracker.kernel.hearing import Heard
from tracker.people.models import Member
from tracker.people.rules import Role
from tracker.reminders.models import Reminder

MOST_ASKED: Final = 20  # channels of one member in a day
_A_DAY: Final = timedelta(days=1)
_MOST_MANAGERS: Final = 50
_R: Final = Reminder.__table__
_ASKED: Final = select(func.count()).where(_R.c.rule == "confirm", _R.c.subject == "channel")
_log = logging.getLogger(__name__)
_OWE: Final = {
    "postgresql": postgresql.insert(Reminder).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(Reminder).on_conflict_do_nothing(),
}


def ask_channel(session: Session, heard: Heard, *, now: datetime) -> None:
    """A channel is to be confirmed: whoever is there has not asked for it, so not without end."""
    subject, whose = ("channel", heard.id_of("channel_id")), heard.id_of("member_id")
    asked = _ASKED.where(
        _R.c.workspace_id == heard.workspace_id, _R.c.member_id == whose, _R.c.due_at > now - _A_DAY
    )
    if int(core(session).execute(asked).scalar_one()) < MOST_ASKED:
        _owe(session, [_row(heard, "confirm", subject, whose, now=now)])
    else:
        _log.warning("member %s had too many channels asked today", whose)


def ask_member(session: Session, heard: Heard, *, now: datetime) -> None:
    """Somebody was taken in, by an address of which nobody knows yet whether it is theirs."""
    member = session.get(Member, (heard.workspace_id, heard.id_of("member_id")))
    if member is not None and member.confirmed_at is None and member.removed_at is None:
        row = _row(heard, "confirm", ("member", member.id), member.id, now=now)
        _owe(session, [{**row, "occurrence": heard.occurred_at.date().isoformat()}])  # once a day


def tell_of_dead_channel(session: Session, heard: Heard, *, now: datetime) -> None:
    """Its member hears of it by the next one, and so do those who manage, since nobody else may."""
    whose = heard.id_of("member_id")
    dead = heard.payload["channel_id"]
    subject = ("channel", UUID(dead)) if dead else ("member", whose)
    facts = {name: heard.payload[name] for name in ("label", "reason")}
    rows = [_row(heard, "channel_off", subject, whose, facts=facts, now=now)]
    for manager in session.scalars(_managers(heard.workspace_id, but=whose)):
        told = {**facts, "of": str(whose)}
        rows.append(_row(heard, "channel_off", subject, manager, facts=told, now=now))
    _owe(session, rows)


def tell_of_dead_webhook(session: Session, heard: Heard, *, now: datetime) -> None:
    """Its owner and those who manage hear that it is told nothing any more."""
    owner, subject = heard.id_of("owner_id"), ("webhook", heard.id_of("webhook_id"))
    facts = {"label": heard.payload["name"], "reason": heard.payload["reason"]}
    managers = session.scalars(_managers(heard.workspace_id, but=owner)).all()
    readers = managers if facts["reason"] == "owner_left" else [owner, *managers]
    rows = [_row(heard, "webhook_off", subject, one, facts=facts, now=now) for one in readers]
    if rows:
        _owe(session, rows)


def _managers(workspace_id: UUID, *, but: UUID) -> Any:
    return (
        select(Member.id)
        .where(
            Member.workspace_id == workspace_id,
            Member.role.in_((Role.MANAGER, Role.OWNER)),
            Member.removed_at.is_(None),
            Member.id != but,
        )
        .order_by(Member.created_at)
        .limit(_MOST_MANAGERS)
    )


def _row(
    heard: Heard,
    rule: str,
    subject: tuple[str, UUID],
    member_id: UUID,
    *,
    facts: dict[str, Any] | None = None,
    now: datetime,
) -> dict[str, Any]:
    """Each announcement is told once, however often it is heard: it is the occurrence."""
    return {
        "workspace_id": heard.workspace_id,
        "id": new_id(),
        "subject": subject[0],
        "subject_id": subject[1],
        "rule": rule,
        "step": "0",
        "occurrence": heard.occurred_at.isoformat(),
        "member_id": member_id,
        "way": "single",
        "due_at": now,
        "state": "owed",
        "facts": facts or {},
        "ready_at": now,
        "created_at": now,
    }


def _owe(session: Session, rows: Iterable[dict[str, Any]]) -> None:
    core(session).execute(_OWE[core(session).dialect.name], list(rows))
