"""An alert is told to whoever runs the project and whoever animates, once, unless it is over."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.jobs.relaying import told_to_all
from tests.personas import Persona, answer
from tests.servers.smtp import Mailbox
from tests.service.reminders.owing import sends_all
from tests.service.test_alerts import alerts_of, looks, reads
from tracker.kernel.db import reading, unit_of_work
from tracker.people.models import Member
from tracker.projects.models import Project
from tracker.reminders.models import Reminder


@pytest.fixture
def project(mona: Persona, bob: Persona) -> dict[str, Any]:
    """Bob animates what Mona runs; hardly anybody writes there."""
    people = {"project_manager": mona.email, "community_manager": bob.email}
    made = mona.creates_a_project(people=people)
    with unit_of_work() as session:
        mine = Project.id == UUID(made["id"])
        session.execute(update(Project).where(mine).values(phase="recruit"))
    reads(made, "activation_rate_7_days", [12.0] * 20)
    looks(made)
    return made


def owed() -> dict[str, str]:
    """Who is told of an alert, and how far that is."""
    with reading() as session:
        wanted = select(Member.email, Reminder.state).join(
            Reminder, Reminder.member_id == Member.id
        )
        return {
            row.email: row.state for row in session.execute(wanted.where(Reminder.rule == "alert"))
        }


def test_who_runs_and_who_animates_hear_of_it_once(
    mona: Persona, bob: Persona, project: Any, mailbox: Mailbox
) -> None:
    for _ in range(2):
        told_to_all()
    assert owed() == {mona.email: "owed", bob.email: "owed"}
    with unit_of_work() as session:
        session.execute(
            update(Reminder).values(ready_at=Reminder.created_at, due_at=Reminder.created_at)
        )
    sends_all()
    mails = [mail.parsed for mail in mailbox.mails if "silent" in str(mail.parsed["Subject"])]
    assert len(mails) == 2
    assert "12 on" in mails[0].as_string()


def test_who_has_not_heard_need_not_once_somebody_takes_care(mona: Persona, project: Any) -> None:
    told_to_all()
    (alert,) = alerts_of(mona, project)
    answer(mona.post(f"/alerts/{alert['id']}/acknowledge", {}))
    told_to_all()
    assert set(owed().values()) == {"cancelled"}


def test_an_alert_that_is_over_before_it_is_told_is_not_told(mona: Persona, project: Any) -> None:
    (alert,) = alerts_of(mona, project)
    answer(mona.post(f"/alerts/{alert['id']}/resolve", {}))
    told_to_all()
    assert owed() == {}
