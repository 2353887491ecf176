"""One thing that cannot be looked at keeps nobody from hearing of all others."""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.personas import Persona, answer
from tests.service.test_chasing import a_project_of, at_noon, of_task, workday
from tracker.kernel.clock import set_offset, utcnow
from tracker.kernel.db import core, reading, unit_of_work
from tracker.people.time_models import Preferences
from tracker.projects.models import Task
from tracker.reminders.models import Reminder
from workers.reminders import chase, owe_digests

R, T, P = Reminder.__table__, Task.__table__, Preferences.__table__


def those_owed(*, rule: str) -> set[UUID]:
    with reading() as session:
        wanted = select(R.c.subject_id).where(R.c.rule == rule)
        return set(core(session).execute(wanted).scalars())


def test_a_task_that_cannot_be_looked_at_is_put_off_alone(
    mona: Persona, bob: Persona, caplog: pytest.LogCaptureFixture
) -> None:
    broken, *others = mona.tasks_of(a_project_of(mona, bob, tasks=3))
    now = at_noon(workday(14))
    with unit_of_work() as session:
        core(session).execute(update(T).values(chase_at=now - timedelta(days=1)))
        wrong = {"reminder_policy": {"before_due": ["secret"]}, "chase_at": now - timedelta(days=2)}
        core(session).execute(update(T).where(T.c.id == UUID(broken["id"])).values(wrong))
    set_offset(now - utcnow())
    try:
        with caplog.at_level(logging.WARNING):
            chase()
        put_off: Any = of_task(broken["id"])["chase_at"]
    finally:
        set_offset(timedelta())
    assert those_owed(rule="before_due") == {UUID(one["id"]) for one in others}
    assert now + timedelta(minutes=50) < put_off < now + timedelta(hours=2)
    assert broken["id"] in caplog.text
    assert "secret" not in caplog.text


def test_somebody_whose_digest_cannot_be_made_is_put_off_alone(
    mona: Persona, bob: Persona, caplog: pytest.LogCaptureFixture
) -> None:
    for persona in (mona, bob):
        answer(persona.patch("/me/preferences", {"digest": "daily"}))
    due = utcnow() - timedelta(seconds=5)
    with unit_of_work() as session:
        core(session).execute(update(P).values(digest_at=due))
        wrong = {"projects": ["secret"], "digest_at": due - timedelta(hours=1)}
        mine = P.c.member_id == UUID(bob.member_id)
        core(session).execute(update(P).where(mine).values(wrong))
    with caplog.at_level(logging.WARNING):
        owe_digests()
    assert those_owed(rule="digest") == {UUID(mona.member_id)}
    assert bob.member_id in caplog.text
    with reading() as session:
        at = session.scalar(select(P.c.digest_at).where(mine))
    assert at is not None
    assert at > utcnow() + timedelta(minutes=50)
