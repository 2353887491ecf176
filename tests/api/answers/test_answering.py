"""Answering from the message: a link shows what it would do, and its button does it."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
import requests
from sqlalchemy import update

from tests.api.answers.acts import Tasks, changes, owed_of, read
from tests.api.dom import page
from tests.api.messages import BASE, follows, is_reminded, presses
from tests.api.served import served
from tests.api.tables import everything
from tests.personas import Persona, answer
from tracker.kernel.db import unit_of_work
from tracker.projects.models import Task
from tracker.reminders.chasing import chase_due


@pytest.mark.parametrize(
    ("purpose", "status", "question", "thanks"),
    [
        ("done", "done", "Is it done?", "The task is done. Thank you!"),
        ("started", "in_progress", "Have you started?", "The task is in progress."),
    ],
)
def test_a_task_is_answered_with_one_button(
    *, bob: Persona, tasks: Tasks, purpose: str, status: str, question: str, thanks: str
) -> None:
    task = tasks["first"]
    link = is_reminded(bob, task)[purpose]
    asked = page(follows(bob, link))
    assert asked.said["h1"] == question
    assert asked.all("form") == [{"method": "post"}]
    for said in (task["title"], "Ours & more"):
        assert said in asked.said["dl"]
    assert read(bob, task)["status"] == "todo"
    assert thanks in page(presses(bob, link)).said["p"]
    assert read(bob, task)["status"] == status


def test_what_was_answered_stands_in_the_history(
    bob: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    page(presses(bob, is_reminded(bob, tasks["first"])["done"]))
    happened = answer(bob.get(f"/projects/{project['id']}/activity"))["items"][0]
    assert (happened["door"], happened["subject_id"]) == ("link", tasks["first"]["id"])
    assert happened["changes"]["status"] == ["todo", "done"]
    assert happened["by"] == bob.member_id


@pytest.mark.parametrize("purpose", ["done", "started", "not_me"])
def test_looking_changes_nothing(bob: Persona, tasks: Tasks, purpose: str) -> None:
    link = is_reminded(bob, tasks["first"])[purpose]
    before = everything()
    for _again in range(2):
        page(follows(bob, link))
    page(follows(bob, link, **{"Sec-Purpose": "prefetch", "Purpose": "prefetch"}))
    head = follows(bob, link, method="HEAD")
    assert (head.status_code, head.data) == (200, b"")
    assert follows(bob, link, method="OPTIONS").status_code == 200
    for method in ("PUT", "PATCH", "DELETE"):
        assert follows(bob, link, method=method).status_code == 405
    assert everything() == before


@pytest.mark.parametrize("purpose", ["done", "started", "not_me"])
def test_a_second_press_changes_nothing(
    mona: Persona, bob: Persona, tasks: Tasks, purpose: str
) -> None:
    link = is_reminded(bob, tasks["first"])[purpose]
    page(presses(bob, link))
    before = everything()
    for again in (presses(bob, link), follows(bob, link)):
        found = page(again)
        assert found.said["h1"] == "It is so already"
        assert found.all("form") == []
    assert everything() == before
    changes(mona, tasks["first"], status="not_applicable", reason="Not needed")
    before = everything()
    assert "does not apply any more" in page(presses(bob, link)).said["p"]
    assert everything() == before


def test_many_presses_at_once_are_one_answer(
    bob: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    path = is_reminded(bob, tasks["first"])["done"].removeprefix(BASE)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
    with served(bob.app) as address, ThreadPoolExecutor(8) as pool:
        sent = [
            pool.submit(requests.post, f"{address}{path}", data="", headers=headers, timeout=60)
            for _ in range(8)
        ]
        pages = [one.result() for one in sent]
    assert {one.status_code for one in pages} == {200}
    assert sum("The task is done. Thank you!" in one.text for one in pages) == 1
    happened = answer(bob.get(f"/projects/{project['id']}/activity"))["items"]
    assert [one["door"] for one in happened].count("link") == 1


def test_started_does_not_open_again_what_is_done(bob: Persona, tasks: Tasks) -> None:
    links = is_reminded(bob, tasks["first"])
    page(presses(bob, links["done"]))
    assert "done already" in page(presses(bob, links["started"])).said["p"]
    assert read(bob, tasks["first"])["status"] == "done"


def test_not_me_leaves_the_others(mona: Persona, bob: Persona, tasks: Tasks) -> None:
    changes(mona, tasks["first"], assignees=[bob.email, mona.email])
    page(presses(bob, is_reminded(bob, tasks["first"])["not_me"]))
    assert read(bob, tasks["first"])["assignees"] == [mona.member_id]


def test_the_manager_hears_of_what_is_left_to_nobody(
    mona: Persona, bob: Persona, tasks: Tasks
) -> None:
    link = is_reminded(bob, tasks["first"])["not_me"]
    assert "project manager" in page(follows(bob, link)).said["p"]
    page(presses(bob, link))
    assert read(bob, tasks["first"])["assignees"] == []
    (told,) = owed_of(tasks["first"])
    assert str(told["member_id"]) == mona.member_id
    assert (told["rule"], told["occurrence"]) == ("unassigned", tasks["first"]["start_on"])
    assert told["ready_at"] == told["due_at"] >= told["created_at"]
    changes(mona, tasks["first"], assignees=[mona.email])
    page(presses(mona, is_reminded(mona, tasks["first"])["not_me"]))
    assert len(owed_of(tasks["first"])) == 1, "who manages knows already"


def test_what_is_owed_of_an_answered_task_is_taken_back(
    mona: Persona, bob: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    first, after = tasks["first"], tasks["beside"]
    for one in (first, after):
        looks_at(one, on=one["due_on"])
        assert {row["occurrence"] for row in owed_of(one)} == {one["due_on"]}
    page(presses(bob, is_reminded(bob, first)["done"]))
    assert owed_of(first) == []
    reasons = {row["reason"] for row in everything()["reminders"] if row["reason"]}
    assert "done" in reasons
    assert owed_of(after) != [], "nothing has changed for what comes next"
    later = (date.fromisoformat(after["due_on"]) + timedelta(days=14)).isoformat()
    changes(mona, after, due_on=later)
    assert owed_of(after) == []
    looks_at(after, on=later)
    assert {row["occurrence"] for row in owed_of(after)} == {later}


def looks_at(task: Mapping[str, Any], *, on: str) -> None:
    """Look at one task alone, on a morning to come."""
    now = datetime.combine(date.fromisoformat(on), time(6), UTC)
    with unit_of_work() as session:
        session.execute(update(Task).values(chase_at=None))
        mine = Task.id == UUID(task["id"])
        session.execute(update(Task).where(mine).values(chase_at=now))
        chase_due(session, now=now)
