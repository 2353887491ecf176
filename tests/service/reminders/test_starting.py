"""A task is told to start when it can: finishing what it waits for re-dates that, by any door."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.api.dom import page
from tests.api.launches import a_small_launch, brings_the_small_launch, by_name
from tests.api.messages import is_reminded, presses
from tests.api.problems import FRENCH
from tests.personas import Persona, answer
from tests.servers.smtp import Mailbox
from tests.service.reminders.owing import sends_all
from tests.service.test_chasing import chased, workday
from tracker.kernel.clock import utcnow
from tracker.kernel.db import core, reading, unit_of_work
from tracker.people.models import Member
from tracker.projects.models import Task
from tracker.reminders.models import Reminder
from tracker.reminders.timing import planned_at

R, T = Reminder.__table__, Task.__table__
SOON: Final = 3  # working days from now
Tasks = dict[str, dict[str, Any]]


def now() -> datetime:
    """Now, or once a working day has begun."""
    return max(utcnow(), planned_at(workday(0)))


@pytest.fixture
def project(mona: Persona, bob: Persona) -> dict[str, Any]:
    """Bob's launch; *second* waits for *first*, and is to start soon. All has been looked at."""
    with unit_of_work() as session:
        his = update(Member).where(Member.id == UUID(bob.member_id))
        session.execute(his.values(confirmed_at=utcnow(), name="Bob"))
    brings_the_small_launch(mona)
    people = {"content": bob.email, "project_manager": mona.email}
    launch_on = workday(40).isoformat()
    made = a_small_launch(mona, people=people, launch_on=launch_on)
    second = by_name(mona, made)["second"]
    days = {"start_on": workday(SOON).isoformat(), "due_on": workday(SOON + 10).isoformat()}
    answer(mona.patch(f"/tasks/{second['id']}", days))
    chased(now())
    return made


@pytest.fixture
def tasks(mona: Persona, project: dict[str, Any]) -> Tasks:
    return by_name(mona, project)


def starts_on(task: Mapping[str, Any], day: date) -> None:
    """Past every rule: nobody plans into the past, but time goes on."""
    with unit_of_work() as session:
        mine = update(T).where(T.c.id == UUID(task["id"]))
        core(session).execute(mine.values(start_on=day))


def told_to_start(task: Mapping[str, Any]) -> list[Any]:
    """What was written down of its start, the latest last."""
    with reading() as session:
        wanted = select(R).where(R.c.subject_id == UUID(task["id"]), R.c.rule == "before_start")
        return list(core(session).execute(wanted.order_by(R.c.created_at, R.c.id)).all())


def ends(task: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    return [(row.state, row.reason) for row in told_to_start(task)]


def foreseen(persona: Persona, task: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = answer(persona.get("/reminders/preview?limit=500&days=60"))["items"]
    return [
        one for one in found if (one["subject_id"], one["rule"]) == (task["id"], "before_start")
    ]


def changes(persona: Persona, task: Mapping[str, Any], **change: Any) -> None:
    answer(persona.patch(f"/tasks/{task['id']}", change))


def test_finishing_from_a_message_redates_the_next_reminder_and_says_why(
    mailbox: Mailbox, bob: Persona, tasks: Tasks
) -> None:
    first, second = tasks["first"], tasks["second"]
    (waiting,) = foreseen(bob, second)
    assert (waiting["waits"], waiting["waits_for"]) == (True, ["First"])
    assert waiting["due_at"][:10] == workday(SOON).isoformat()
    page(presses(bob, is_reminded(bob, first)["done"]))
    chased(now())
    items = answer(bob.get(f"/reminders?task={second['id']}&rule=before_start"))["items"]
    ((state, due_at, waits_for),) = [
        (one["state"], one["due_at"], one["waits_for"]) for one in items
    ]
    assert (state, waits_for) == ("owed", [])
    assert due_at[:10] < workday(SOON).isoformat()
    (freed,) = foreseen(bob, second)
    assert (freed["due_at"], freed["is_owed"], freed["waits"]) == (due_at, True, False)
    assert freed["why"] == "what it waited for is done"
    sends_all(datetime.fromisoformat(due_at))
    (mail,) = [one.parsed for one in mailbox.mails if "Second" in str(one.parsed["Subject"])]
    assert mail["Subject"] == "“Second” can start now"
    body = mail.get_body(("plain",))
    assert body
    said = " ".join(body.get_content().split())
    assert "“Second” can start now; its planned start is" in said
    assert "What it waited for is done: First." in said
    chased(planned_at(workday(SOON)))
    assert ends(second) == [("sent", None)], "once for each planned start"


def test_while_it_waits_nothing_is_told_however_late_it_gets(
    mona: Persona, bob: Persona, tasks: Tasks
) -> None:
    second = tasks["second"]
    chased(planned_at(workday(SOON)))
    assert ends(second) == []
    starts_on(second, workday(-4))
    (waiting,) = foreseen(mona, second)
    assert waiting["waits_for"] == ["First"]
    assert waiting["due_at"][:10] <= workday(1).isoformat()
    changes(bob, tasks["first"], status="done")
    chased(planned_at(workday(SOON)))
    (row,) = told_to_start(second)
    assert (row.state, row.occurrence) == ("owed", workday(-4).isoformat())
    assert row.facts["freed"] is True


def test_what_was_finished_long_before_the_start_is_told_at_the_start(
    mona: Persona, bob: Persona, tasks: Tasks
) -> None:
    later = workday(7).isoformat()
    changes(mona, tasks["second"], start_on=later)
    changes(bob, tasks["first"], status="done")
    chased(now())
    (one,) = foreseen(bob, tasks["second"])
    assert (one["due_at"][:10], one["waits"], one["is_owed"]) == (later, False, False)
    chased(planned_at(workday(7)))
    (row,) = told_to_start(tasks["second"])
    assert row.facts == {}


def test_whoever_gets_it_afterwards_is_told_at_the_start(
    mona: Persona, bob: Persona, tasks: Tasks
) -> None:
    changes(mona, tasks["second"], assignees=[])
    changes(bob, tasks["first"], status="done")
    chased(now())
    chased(planned_at(workday(1)))
    with unit_of_work() as session:  # as if it were given to Bob on the day after
        row = {"workspace_id": _workspace(tasks), "member_id": UUID(bob.member_id)}
        table = Task.metadata.tables["task_assignees"]
        core(session).execute(table.insert(), {**row, "task_id": UUID(tasks["second"]["id"])})
        soon = planned_at(workday(2)) + timedelta(hours=20)
        core(session).execute(update(T).values(chase_at=soon))
    chased(soon)
    chased(planned_at(workday(SOON)))
    (told,) = told_to_start(tasks["second"])
    assert told.due_at.date() == workday(SOON)


def _workspace(tasks: Tasks) -> UUID:
    with reading() as session:
        wanted = select(T.c.workspace_id).where(T.c.id == UUID(tasks["first"]["id"]))
        found: UUID = core(session).execute(wanted).scalar_one()
    return found


def test_what_is_open_again_is_waited_for_again(mona: Persona, bob: Persona, tasks: Tasks) -> None:
    first, second = tasks["first"], tasks["second"]
    changes(bob, first, status="done")
    chased(now())
    changes(bob, first, status="in_progress")
    assert ends(second) == [("cancelled", "waits")]
    path = f"/reminders?task={second['id']}"
    items = answer(bob.get(path))["items"]
    (english,) = [(one["why"], one["waits_for"]) for one in items]
    assert english[1] == ["First"]
    assert "Other tasks must be finished first" in english[0]
    french = answer(bob.get(path, headers=FRENCH))["items"][0]["why"]
    assert "D'autres tâches doivent être finies d'abord" in french
    one = answer(bob.get(f"/reminders/{items[0]['id']}"))
    assert one["waits_for"] == ["First"]
    chased(now())
    assert ends(second) == [("cancelled", "waits")]
    changes(mona, first, status="not_applicable", reason="Not needed")
    chased(now())
    assert ends(second) == [("cancelled", "waits"), ("owed", None)]
    changes(mona, first, status="todo")
    assert ends(second) == [("cancelled", "waits")] * 2


def test_who_sends_looks_once_more(mailbox: Mailbox, bob: Persona, tasks: Tasks) -> None:
    changes(bob, tasks["first"], status="done")
    chased(now())
    (row,) = told_to_start(tasks["second"])
    with unit_of_work() as session:  # past every rule
        mine = update(T).where(T.c.id == UUID(tasks["first"]["id"]))
        core(session).execute(mine.values(status="todo", finished_on=None))
    sends_all(row.due_at)
    assert ends(tasks["second"]) == [("cancelled", "waits")]
    assert [one for one in mailbox.mails if "Second" in str(one.parsed["Subject"])] == []


def test_all_must_be_finished(mona: Persona, bob: Persona, tasks: Tasks) -> None:
    first, second, spare = (tasks[name] for name in ("first", "second", "spare"))
    changes(bob, first, status="done")
    chased(now())
    link = {"predecessor": spare["id"]}
    answer(mona.post(f"/tasks/{second['id']}/dependencies", link), 201)
    assert ends(second) == [("cancelled", "waits")]
    chased(now())
    assert foreseen(bob, second)[0]["waits_for"] == ["Spare"]
    assert mona.delete(f"/tasks/{second['id']}/dependencies/{spare['id']}").status_code == 204
    chased(now())
    assert ends(second) == [("cancelled", "waits"), ("owed", None)]


def test_what_may_overlap_does_not_wait(mona: Persona, bob: Persona, tasks: Tasks) -> None:
    spare, second = tasks["spare"], tasks["second"]
    for kind, lag in (("SS", 0), ("FF", 0), ("SF", 0), ("FS", -1)):
        link = {"predecessor": spare["id"], "type": kind, "lag_days": lag}
        answer(mona.post(f"/tasks/{second['id']}/dependencies", link), 201)
    changes(bob, tasks["first"], status="done")
    chased(now())
    assert ends(second) == [("owed", None)]


def _in_bulk(mona: Persona, _bob: Persona, tasks: Tasks) -> None:
    wishes = [{"id": tasks["first"]["id"], "status": "done"}]
    wishes += [{"id": tasks["spare"]["id"], "status": "in_progress"}]
    answer(mona.post(f"/projects/{tasks['first']['project_id']}/tasks/bulk", {"changes": wishes}))


def _given_up(mona: Persona, _bob: Persona, tasks: Tasks) -> None:
    changes(mona, tasks["first"], status="not_applicable", reason="Not needed")


def _cut_by_a_replan(mona: Persona, _bob: Persona, tasks: Tasks) -> None:
    cut = [{"task": tasks["second"]["id"], "after": tasks["first"]["id"]}]
    path = f"/projects/{tasks['first']['project_id']}/replan"
    body = {"dependencies": {"cut": cut}}
    answer(mona.post(path, body, headers={"If-Match": "*"}))


def _deleted(mona: Persona, bob: Persona, tasks: Tasks) -> None:
    day = workday(0).isoformat()
    path = f"/projects/{tasks['first']['project_id']}/tasks"
    wish = {"title": "Ours", "phase": "prepare", "start_on": day, "due_on": day}
    own = answer(mona.post(path, wish), 201)
    link = {"predecessor": own["id"]}
    answer(mona.post(f"/tasks/{tasks['second']['id']}/dependencies", link), 201)
    changes(bob, tasks["first"], status="done")
    chased(now())
    assert ends(tasks["second"]) == []
    assert mona.delete(f"/tasks/{own['id']}").status_code == 204


@pytest.mark.parametrize("door", [_in_bulk, _given_up, _cut_by_a_replan, _deleted])
def test_every_door_has_the_next_one_looked_at(
    mona: Persona, bob: Persona, tasks: Tasks, door: Any
) -> None:
    second = tasks["second"]
    door(mona, bob, tasks)
    with reading() as session:
        wanted = select(T.c.chase_at).where(T.c.id == UUID(second["id"]))
        assert core(session).execute(wanted).scalar_one() <= utcnow()
    chased(planned_at(workday(SOON)))
    assert ends(second) == [("owed", None)]
