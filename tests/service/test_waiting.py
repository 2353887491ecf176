"""What waits for its reader's next hour outlives each change after which it still holds."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from tests.jobs.relaying import told_to_all
from tests.personas import Persona, answer
from tests.service.test_chasing import a_project_of, at_noon, chased, workday
from tracker.kernel.clock import set_offset, utcnow
from tracker.kernel.db import core, reading, unit_of_work
from tracker.projects.models import Project
from tracker.reminders.models import Reminder
from tracker.reminders.timing import planned_at

R = Reminder.__table__
SOON = timedelta(seconds=2)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    yield
    set_offset(timedelta())


def it_is(moment: datetime) -> datetime:
    """For everybody."""
    set_offset(timedelta())
    set_offset(moment - utcnow())
    return moment


def owed_to(*people: Persona) -> list[tuple[str, str]]:
    with reading() as session:
        wanted = select(R.c.rule, R.c.step).where(
            R.c.member_id.in_([UUID(one.member_id) for one in people]), R.c.state == "owed"
        )
        return sorted((row.rule, row.step) for row in core(session).execute(wanted))


def a_task(mona: Persona, bob: Persona, due: date) -> dict[str, Any]:
    """A task of Bob's for one day; everything has been looked at."""
    (task,) = mona.tasks_of(a_project_of(mona, bob, tasks=1))
    days = dict.fromkeys(("start_on", "due_on"), due.isoformat())
    changed = answer(mona.patch(f"/tasks/{task['id']}", days))
    chased(utcnow())
    return changed


@pytest.mark.parametrize("wish", ["status", "assignees", "reminder_policy"])
def test_a_change_loses_nothing_of_what_waits_for_a_day_of_work(
    mona: Persona, bob: Persona, wish: str
) -> None:
    first, second, off_until = workday(3), workday(4), workday(5)
    answer(bob.patch("/me/preferences", {"work_days": [off_until.isoweekday()]}))
    task = a_task(mona, bob, workday(10))
    chased(it_is(planned_at(first)))
    assert owed_to(bob) == [("before_due", "7")]
    change: dict[str, Any] = {
        "status": "in_progress",
        "assignees": [bob.email, mona.email],
        "reminder_policy": {"blocked": [1]},
    }
    now = it_is(at_noon(second))
    answer(mona.patch(f"/tasks/{task['id']}", {wish: change[wish]}))
    assert owed_to(bob) == []
    chased(now + SOON)
    chased(now + SOON)
    assert owed_to(bob) == [("before_due", "7")]
    assert owed_to(mona) == []  # who has it since today is not told of yesterday
    with reading() as session:
        row = core(session).execute(select(R).where(R.c.state == "owed")).one()
    assert row.due_at.date() == off_until


def test_where_it_is_still_the_day_before_its_reminder_is_not_lost(
    mona: Persona, bob: Persona
) -> None:
    """The project's day begins nineteen hours before that of whoever has the task."""
    day = workday(3)
    answer(bob.patch("/me/preferences", {"timezone": "America/Los_Angeles"}))
    task = a_task(mona, bob, workday(10))
    with unit_of_work() as session:
        core(session).execute(update(Project).values(timezone="Pacific/Auckland"))
    chased(it_is(planned_at(day)))
    now = it_is(at_noon(day))
    assert owed_to(bob) == [("before_due", "7")]
    answer(mona.patch(f"/tasks/{task['id']}", {"assignees": [bob.email, mona.email]}))
    chased(now + SOON)
    assert owed_to(bob) == [("before_due", "7")]
    with reading() as session:
        row = core(session).execute(select(R).where(R.c.state == "owed")).one()
    assert row.due_at == datetime.combine(day, time(9), ZoneInfo("America/Los_Angeles"))


def test_who_wants_something_else_loses_nothing_of_what_others_do(
    mona: Persona, bob: Persona
) -> None:
    """They are told of others' work as well, and that is looked at anew, too."""
    late = workday(12)
    a_task(mona, bob, workday(10))
    chased(it_is(planned_at(late)))
    told = owed_to(mona)
    assert ("escalation", "community_manager+2") in told
    answer(mona.patch("/me/preferences", {"reminder_policy": {"before_due": [1]}}))
    chased(utcnow() + SOON)
    assert owed_to(mona) == told


def test_when_a_stand_in_leaves_their_reminders_go_back_to_whom_they_are_meant_for(
    alice: Persona, mona: Persona, bob: Persona
) -> None:
    first = workday(3)
    away = {"start_on": first.isoformat(), "end_on": first.isoformat(), "stand_in": mona.email}
    answer(bob.post("/me/absences", away), 201)
    a_task(alice, bob, workday(10))
    now = it_is(planned_at(first))
    chased(now)
    assert (owed_to(mona), owed_to(bob)) == ([("before_due", "7")], [])
    assert alice.delete(f"/members/{mona.member_id}").status_code < HTTPStatus.BAD_REQUEST
    told_to_all()
    chased(utcnow() + SOON)
    assert (owed_to(mona), owed_to(bob)) == ([], [("before_due", "7")])
