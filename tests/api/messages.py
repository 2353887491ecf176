"""Messages in people's mailboxes, and what happens when their links are followed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.personas import Persona
from tracker.kernel.clock import utcnow
from tracker.kernel.db import new_id, unit_of_work
from tracker.people.models import Member
from tracker.reminders.links import Link, Purpose, answer_links, token_of
from tracker.reminders.models import Reminder

BASE = "http://127.0.0.1:8000"


def workspace_of(persona: Persona) -> UUID:
    with unit_of_work() as session:
        wanted = select(Member.workspace_id).where(Member.id == UUID(persona.member_id))
        return session.scalars(wanted).one()


def is_reminded(
    persona: Persona,
    thing: Mapping[str, Any],
    *,
    subject: str = "task",
    at: datetime | None = None,
    **more: Any,
) -> Mapping[str, str]:
    """Have a message about ``thing`` reach somebody; return its links, by what they do."""
    now = at or utcnow()
    reminder = {
        "workspace_id": workspace_of(persona),
        "id": new_id(),
        "project_id": UUID(thing["project_id"]),
        "subject": subject,
        "subject_id": UUID(thing["id"]),
        "rule": "before_due",
        "step": "0",
        "occurrence": new_id().hex,
        "member_id": UUID(persona.member_id),
        "way": "single",
        "due_at": now,
        "state": "sent",
        "facts": {},
        "sent_at": now,
        "created_at": now,
        **more,
    }
    with unit_of_work() as session:
        session.add(Reminder(**reminder))
    ids = (reminder["id"], reminder["workspace_id"])
    return answer_links(*ids, subject, base_url=BASE, now=now)


def a_link(persona: Persona, purpose: Purpose, *, at: datetime | None = None) -> str:
    """A link about a member themselves."""
    link = Link(purpose, workspace_of(persona), UUID(persona.member_id), at or utcnow())
    return f"{BASE}/a/{token_of(link)}"


def follows(persona: Persona, link: str, *, method: str = "GET", **headers: str) -> TestResponse:
    """Open a link as a browser or a scanner does: without any token."""
    return persona.app.test_client().open(_path(link), method=method, headers=headers)


def presses(
    persona: Persona, link: str, *, headers: Mapping[str, str] | None = None, **typed: str
) -> TestResponse:
    """Use the button of its page, with what was typed into its fields."""
    sent = {**_FORM, **(headers or {})}
    return persona.app.test_client().post(_path(link), data=typed, headers=sent)


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _path(link: str) -> str:
    return link.removeprefix(BASE)
