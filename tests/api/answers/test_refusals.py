"""What stands against an answer is said on the page, with what to do; who may give it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete

from tests.api.answers.acts import Tasks, changes, read, refuses
from tests.api.dom import page
from tests.api.launches import sets_the_gate, sets_the_project
from tests.api.messages import is_reminded, presses, workspace_of
from tests.personas import Persona, World, answer
from tracker.kernel.clock import utcnow
from tracker.kernel.db import new_id, unit_of_work
from tracker.people.time_models import Absence
from tracker.web.auth import API

STAND_IN = "stand.in@example.org"


def gate_is_closed(mona: Persona, project: dict[str, Any], tasks: Tasks) -> str:
    return "open"


def predecessor_is_open(mona: Persona, project: dict[str, Any], tasks: Tasks) -> str:
    return "second"


def task_is_blocked(mona: Persona, project: dict[str, Any], tasks: Tasks) -> str:
    changes(mona, tasks["first"], status="blocked", reason="No budget")
    return "first"


def project_is_cancelled(mona: Persona, project: dict[str, Any], tasks: Tasks) -> str:
    sets_the_project(project, "cancelled")
    return "first"


@pytest.mark.parametrize(
    ("obstacle", "said"),
    [
        (gate_is_closed, "Ready to launch"),
        (predecessor_is_open, "“First”"),
        (task_is_blocked, "say first that you have started"),
        (project_is_cancelled, "cancelled"),
    ],
)
def test_what_stands_against_it_is_said_with_what_to_do(
    *,
    mona: Persona,
    bob: Persona,
    project: dict[str, Any],
    tasks: Tasks,
    obstacle: Callable[..., str],
    said: str,
) -> None:
    task = tasks[obstacle(mona, project, tasks)]
    found = refuses(bob, is_reminded(bob, task)["done"])
    assert found.said["h1"] == "This cannot be done now"
    assert said in found.said["p"]
    assert task["title"] in found.said["dl"]
    assert API not in found.said["p"]


def test_nobody_types_in_vain(bob: Persona, project: Any, tasks: Tasks) -> None:
    link = is_reminded(bob, tasks["proven"])["done"]
    sets_the_project(project, "archived")
    refuses(bob, link)
    page(presses(bob, link, proof="https://example.org/signed"), 409)


def test_what_was_in_the_way_is_out_of_it(bob: Persona, project: Any, tasks: Tasks) -> None:
    link = is_reminded(bob, tasks["open"])["done"]
    refuses(bob, link)
    sets_the_gate(project, "passed")
    page(presses(bob, link))
    assert read(bob, tasks["open"])["status"] == "done"


def test_rights_are_those_of_the_moment(mona: Persona, bob: Persona, tasks: Tasks) -> None:
    links = is_reminded(bob, tasks["first"])
    changes(mona, tasks["first"], assignees=[mona.email])
    found = refuses(bob, links["done"], status=403)
    assert "A manager can assign it to you" in found.said["p"]
    assert "not among those" in page(presses(bob, links["not_me"])).said["p"]
    page(presses(mona, is_reminded(mona, tasks["first"])["done"]))


def test_who_stands_in_answers_for_the_absent_while_they_are_away(
    small: World, mona: Persona, bob: Persona, tasks: Tasks
) -> None:
    made = answer(small.alice.post("/members", {"email": STAND_IN, "role": "contributor"}), 201)
    other = Persona(mona.app, made["email"], made["id"], "")
    links = is_reminded(other, tasks["first"], facts={"for": bob.member_id})
    refuses(other, links["done"], status=403)
    is_away(bob, timedelta(days=-9), timedelta(days=-3), stand_in=other)
    refuses(other, links["done"], status=403)
    is_away(bob, timedelta(days=-1), timedelta(days=1), stand_in=other)
    assert "not among those" in page(presses(other, links["not_me"])).said["p"]
    page(presses(other, links["done"]))
    assert read(bob, tasks["first"])["status"] == "done"
    assert read(bob, tasks["first"])["assignees"] == [bob.member_id]
    with unit_of_work() as session:
        session.execute(delete(Absence))


def is_away(persona: Persona, since: timedelta, until: timedelta, *, stand_in: Persona) -> None:
    now = utcnow()
    with unit_of_work() as session:
        session.add(
            Absence(
                workspace_id=workspace_of(persona),
                id=new_id(),
                member_id=UUID(persona.member_id),
                start_on=(now + since).date(),
                end_on=(now + until).date(),
                stand_in_id=UUID(stand_in.member_id),
                created_at=now,
            )
        )


def test_whoever_only_looks_answers_nothing(small: World, tasks: Tasks) -> None:
    link = is_reminded(small.vera, tasks["first"])["done"]
    assert "needs the role contributor" in refuses(small.vera, link, status=403).said["p"]
