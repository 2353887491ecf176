"""Checklists and modules that are added to a running project, around days of their own."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.api.test_statements import counted
from tests.personas import Persona, answer, next_monday
from tests.service.test_rituals import change, launches
from tracker.kernel.activity import Activity
from tracker.kernel.db import reading
from tracker.kernel.outbox import OutboxMessage
from tracker.projects.models import Task

ANCHOR = next_monday(60)
EVENT = "co_creation_event"


def a_module(**wanted: Any) -> dict[str, Any]:
    return {"checklist": EVENT, "anchor_on": ANCHOR.isoformat(), **wanted}


def adds(mona: Persona, project: dict[str, Any], **wanted: Any) -> dict[str, Any]:
    return answer(mona.post(f"/projects/{project['id']}/checklists", a_module(**wanted)), 201)


def modules(mona: Persona, project: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = answer(mona.get(f"/projects/{project['id']}/modules"))["items"]
    return {module["key"]: module for module in found}


@pytest.fixture
def project(mona: Persona) -> dict[str, Any]:
    """An innovation community of which every gate has been passed."""
    people = {"community_manager": mona.email}
    return launches(mona, community_type="innovation", scope="hybrid", people=people)


def test_a_module_is_added_around_its_day_as_often_as_wanted(
    mona: Persona, project: dict[str, Any]
) -> None:
    before = {task["key"] for task in mona.tasks_of(project)}
    first = adds(mona, project)
    later = ANCHOR + timedelta(weeks=8)
    second = adds(mona, project, anchor_on=later.isoformat())
    assert [(row["number"], row["anchor_on"]) for row in (first, second)] == [
        (1, ANCHOR.isoformat()),
        (2, later.isoformat()),
    ]
    tasks = {task["key"]: task for task in mona.tasks_of(project) if task["key"] not in before}
    assert set(tasks) == {task["key"] for row in (first, second) for task in row["tasks"]}
    assert len(tasks) == 12
    for key, day in ((f"develop.{EVENT}.event", ANCHOR), (f"develop.{EVENT}-2.event", later)):
        task = tasks[key]
        assert task["start_on"] == day.isoformat()
        assert (task["origin"], task["optional"], task["critical"]) == ("checklist", True, False)
        assert task["assignees"] == [mona.member_id]
    told = answer(mona.get(f"/tasks/{tasks[f'develop.{EVENT}-2.event']['id']}"))
    assert {link["task"] for link in told["after"]} == {
        f"develop.{EVENT}-2.invitations",
        f"develop.{EVENT}-2.material",
    }
    assert told["why"].startswith("Stands on the day chosen for what was added")
    assert len(told["steps"]) == 3


def test_what_was_added_is_listed_with_how_far_it_is(
    mona: Persona, project: dict[str, Any]
) -> None:
    path = f"/projects/{project['id']}/checklists"
    assert answer(mona.get(path))["items"] == []
    made = adds(mona, project)
    answer(mona.patch(f"/tasks/{made['tasks'][0]['id']}", {"assignees": [mona.email]}))
    change(Task, project, Task.key == f"develop.{EVENT}.question", status="done")
    (row,) = answer(mona.get(path))["items"]
    assert (row["id"], row["key"], row["phase"]) == (made["id"], EVENT, "develop")
    assert (row["open_tasks"], row["done_tasks"]) == (5, 1)
    adds(mona, project)
    page = answer(mona.get(f"{path}?limit=1"))
    assert page["items"][0]["number"] == 2
    (last,) = answer(mona.get(f"{path}?limit=1&cursor={page['next']}"))["items"]
    assert last == row


def test_adding_is_kept_in_the_history_and_announced(
    mona: Persona, project: dict[str, Any]
) -> None:
    made = adds(mona, project)
    with reading() as session:
        wanted = select(Activity.action, Activity.changes).where(Activity.subject == "checklist")
        ((action, changes),) = session.execute(wanted).all()
        payload = session.scalars(
            select(OutboxMessage.payload).where(OutboxMessage.topic == "checklist.added")
        ).one()
    assert (action, changes["anchor_on"]) == ("created", [None, ANCHOR.isoformat()])
    assert payload["checklist_id"] == made["id"]
    assert len(payload["tasks"]) == 6


def test_a_dry_run_shows_the_same_and_adds_nothing(mona: Persona, project: dict[str, Any]) -> None:
    path, before = f"/projects/{project['id']}/checklists", everything()
    shown = answer(mona.post(path, a_module(dry_run=True)))
    assert everything() == before
    assert shown["id"] is None
    made = adds(mona, project)
    for one, other in zip(shown["tasks"], made["tasks"], strict=True):
        assert {**one, "id": other["id"]} == other
    assert (shown["dry_run"], made["dry_run"]) == (True, False)


def test_a_checklist_of_the_plan_is_numbered_from_two_and_leaves_out_what_does_not_apply(
    mona: Persona, project: dict[str, Any]
) -> None:
    made = adds(mona, project, checklist="recruit.scratch")
    assert made["number"] == 2
    keys = [task["key"] for task in made["tasks"]]
    assert "recruit.scratch-2.ambassadors" in keys
    assert made["tasks"][0]["start_on"] == ANCHOR.isoformat()
    left_out = {row["key"]: row["reason"] for row in made["left_out"]}
    assert "consumers" in left_out["recruit.scratch.viral_content"]


def test_a_checklist_with_rituals_brings_rituals(mona: Persona, project: dict[str, Any]) -> None:
    soon = next_monday(31).isoformat()
    made = adds(mona, project, checklist="recruit.rituals", anchor_on=soon)
    ritual = next(task for task in made["tasks"] if task["key"].endswith("fifteen_minute_call"))
    told = answer(mona.get(f"/tasks/{ritual['id']}"))
    assert told["recurring"]["next_on"] == told["start_on"]


def test_another_playbook_and_an_older_version_can_be_taken_from(
    mona: Persona, project: dict[str, Any]
) -> None:
    made = adds(mona, project, playbook="community-launch", version=1, checklist="launch.day")
    assert (made["playbook"], made["version"], made["number"]) == ("community-launch", 1, 2)
    path = f"/projects/{project['id']}/checklists"
    problem(mona.post(path, a_module(version=1)), 404, "not-found")
    problem(mona.post(path, a_module(playbook="nothing")), 404, "not-found")


def test_warnings_name_the_closed_gate_the_closed_day_and_the_end(
    mona: Persona,
) -> None:
    sunday = ANCHOR - timedelta(days=1)
    project = mona.creates_a_project()
    (closed, gate) = adds(mona, project, anchor_on=sunday.isoformat())["warnings"]
    assert "is a closed day" in closed
    assert "Ready to develop" in gate
    (beyond, _gate) = adds(mona, project, anchor_on=project["end_on"])["warnings"]
    assert "after the project's end" in beyond


def test_what_would_lie_in_the_past_names_the_first_day_that_works(
    mona: Persona, project: dict[str, Any]
) -> None:
    path, before = f"/projects/{project['id']}/checklists", everything()
    soon = next_monday(0).isoformat()
    body = problem(mona.post(path, a_module(anchor_on=soon)), 422, "checklist-does-not-fit")
    french = mona.post(path, a_module(anchor_on=soon), headers=FRENCH)
    assert "premier jour possible" in problem(french, 422, "checklist-does-not-fit")["detail"]
    assert everything() == before
    assert body["earliest_anchor_on"] in body["detail"]
    made = adds(mona, project, anchor_on=body["earliest_anchor_on"])
    eve = date.fromisoformat(body["earliest_anchor_on"]) - timedelta(days=3)
    problem(mona.post(path, a_module(anchor_on=eve.isoformat())), 422, "checklist-does-not-fit")
    assert made["anchor_on"] == body["earliest_anchor_on"]


def test_what_cannot_be_added_changes_nothing(
    mona: Persona, project: dict[str, Any], subtests: pytest.Subtests
) -> None:
    path, before = f"/projects/{project['id']}/checklists", everything()
    for wrong, status, kind in (
        ({"checklist": "dance"}, 404, "not-found"),
        ({"checklist": "develop.dance"}, 404, "not-found"),
        ({"checklist": ""}, 422, "invalid-values"),
        ({"anchor_on": "9999-12-31"}, 422, "invalid-values"),
        ({"anchor_on": "0001-01-01"}, 422, "checklist-does-not-fit"),
        ({"anchor_on": "soon"}, 422, "invalid-values"),
        ({"version": 0}, 422, "invalid-values"),
        ({"colour": "red"}, 422, "invalid-values"),
    ):
        with subtests.test(str(wrong)):
            problem(mona.post(path, a_module(**wrong)), status, kind)
            problem(mona.post(path, a_module(dry_run=True, **wrong)), status, kind)
    assert everything() == before


def test_a_closed_project_takes_no_checklist(mona: Persona, project: dict[str, Any]) -> None:
    answer(mona.post(f"/projects/{project['id']}/cancel", {}))
    response = mona.post(f"/projects/{project['id']}/checklists", a_module())
    problem(response, 409, "project-closed")


def test_adding_costs_the_same_for_few_tasks_and_for_many(
    mona: Persona, project: dict[str, Any]
) -> None:
    costs = []
    for checklist in (EVENT, "annual_conference", "prepare.strategy"):
        with counted() as statements:
            adds(mona, project, checklist=checklist)
        costs.append(len(statements))
    assert costs[0] == costs[1] == costs[2] <= 14


# What is offered.


def test_a_type_is_offered_the_modules_of_its_mechanics(
    mona: Persona, project: dict[str, Any]
) -> None:
    offered = modules(mona, project)
    asked_for = {"fit_review", "revival", "elders", "rescue", "welcome", "relief"}
    assert not any(offered.pop(key)["is_due"] for key in asked_for | {"invitation_wave"})
    assert set(offered) == {
        "creation_challenge_with_call_submissions_jury_finalists",
        EVENT,
        "beta_test_wave",
        "annual_conference",
    }
    event = offered[EVENT]
    assert [mechanic["key"] for mechanic in event["mechanics"]] == ["co_creation_events"]
    tasks = {task["key"]: task for task in mona.tasks_of(project)}
    assert event["begin_on"] == tasks["develop.mechanics.co_creation_events"]["start_on"]
    assert (event["open"], event["is_due"], event["added"]) == (True, False, 0)
    made = adds(mona, project, anchor_on=event["suggested_on"])
    assert made["tasks"][0]["start_on"] == event["begin_on"]
    again = modules(mona, project)[EVENT]
    assert (again["added"], again["last_on"]) == (1, event["suggested_on"])


def test_a_module_is_due_when_its_mechanic_is_and_its_phase_is_open(
    mona: Persona, project: dict[str, Any]
) -> None:
    mechanic = Task.key == "develop.mechanics.co_creation_events"
    past = next_monday(-3)
    change(Task, project, mechanic, start_on=past)
    event = modules(mona, project)[EVENT]
    assert (event["is_due"], event["begin_on"]) == (True, past.isoformat())
    assert event["suggested_on"] > next_monday(0).isoformat()
    adds(mona, project, anchor_on=event["suggested_on"])
    assert not modules(mona, project)[EVENT]["is_due"]


def test_a_project_of_version_one_is_offered_the_modules_of_the_newest(mona: Persona) -> None:
    wish = {
        "name": "Old",
        "version": 1,
        "parameters": {"launch_on": next_monday(30).isoformat(), "community_type": "advocacy"},
    }
    project = answer(mona.post("/projects", wish), 201)
    offered = modules(mona, project)
    assert {module["version"] for module in offered.values()} == {4}
    assert "referral_programme" in offered
    made = adds(mona, project, checklist="referral_programme", version=4)
    assert made["version"] == 4


def test_offers_cost_the_same_whatever_has_been_added(
    mona: Persona, project: dict[str, Any]
) -> None:
    costs = []
    for _ in range(2):
        with counted() as statements:
            modules(mona, project)
            answer(mona.get(f"/projects/{project['id']}/checklists"))
        costs.append(len(statements))
        for checklist in ("beta_test_wave", EVENT, EVENT):
            adds(mona, project, checklist=checklist)
    assert costs[0] == costs[1] <= 9
