"""Rituals over HTTP: a team's own, how they have gone, and what cannot be one."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.launches import a_small_launch, brings_the_small_launch, by_name, sets_the_gate
from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.api.test_statements import counted
from tests.personas import Persona, answer, next_monday
from tests.service.test_rituals import beats, noon
from tracker.projects.rules import READ_ONLY

START = next_monday(30)


def a_ritual(**wanted: Any) -> dict[str, Any]:
    return {
        "title": "Coffee with the moderators",
        "role": "moderation",
        "phase": "launch",
        "rrule": "FREQ=WEEKLY",
        "start_on": START.isoformat(),
        **wanted,
    }


@pytest.fixture
def project(mona: Persona) -> dict[str, Any]:
    brings_the_small_launch(mona)
    return a_small_launch(mona, people={"moderation": mona.email})


def test_a_team_adds_a_ritual_and_its_occurrences_are_tasks(
    mona: Persona, project: dict[str, Any]
) -> None:
    path = f"/projects/{project['id']}/rituals"
    until = (START + timedelta(days=28)).isoformat()
    made = answer(mona.post(path, a_ritual(rrule="FREQ=WEEKLY;BYDAY=WE", until=until)), 201)
    first = (START + timedelta(days=2)).isoformat()
    assert (made["start_on"], made["origin"], made["assignees"]) == (
        first,
        "custom",
        [mona.member_id],
    )
    assert made["recurring"] == {
        "rrule": "FREQ=WEEKLY;BYDAY=WE",
        "until": until,
        "each": None,
        "on_closed": "shift",
        "first_on": START.isoformat(),
        "next_on": first,
        "done": 0,
        "missed": 0,
    }
    assert "the team's own rule" in made["why"]
    sets_the_gate(project, "passed")
    beats(noon(4))
    beats(noon(11))
    occurrences = [t for t in mona.tasks_of(project) if t["ritual_id"] == made["id"]]
    assert [(task["occurrence_on"], task["missed"]) for task in occurrences] == [
        (first, True),
        ((START + timedelta(days=9)).isoformat(), False),
    ]
    assert occurrences[1]["assignees"] == [mona.member_id]
    assert "occurrence of its ritual" in answer(mona.get(f"/tasks/{occurrences[1]['id']}"))["why"]
    answer(mona.patch(f"/tasks/{occurrences[1]['id']}", {"status": "done"}))
    held = answer(mona.get(f"/tasks/{made['id']}"))["recurring"]
    assert (held["done"], held["missed"]) == (1, 1)
    assert held["next_on"] == (START + timedelta(days=16)).isoformat()


def test_two_rituals_of_a_phase_have_keys_of_their_own(
    mona: Persona, project: dict[str, Any]
) -> None:
    path = f"/projects/{project['id']}/rituals"
    keys = [answer(mona.post(path, a_ritual()), 201)["key"] for _ in range(2)]
    assert keys == ["launch.rituals.own-1", "launch.rituals.own-2"]


def test_a_ritual_is_never_done_and_can_be_stopped(mona: Persona, project: dict[str, Any]) -> None:
    sets_the_gate(project, "passed")
    weekly = by_name(mona, project)["weekly"]
    for status in ("in_progress", "done"):
        problem(mona.patch(f"/tasks/{weekly['id']}", {"status": status}), 409, "ritual")
    stopped = {"status": "not_applicable", "reason": "Nobody came."}
    answer(mona.patch(f"/tasks/{weekly['id']}", stopped))
    beats(noon(8))
    assert not [task for task in mona.tasks_of(project) if task["ritual_id"]]


WRONG = {
    "a rule that is none": ({"rrule": "FREQ=SOMETIMES"}, "rrule", "RFC 5545"),
    "a bomb": ({"rrule": "FREQ=SECONDLY"}, "rrule", "within a day"),
    "a day that never comes": (
        {"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"},
        "rrule",
        "no day in eight years",
    ),
    "more than a thousand": (
        {"rrule": "FREQ=DAILY", "until": (START + timedelta(days=1200)).isoformat()},
        "rrule",
        "more than 1000 times",
    ),
    "no day before the end": (
        {"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "until": START.isoformat()},
        "rrule",
        "no day from",
    ),
    "endless": ({"until": "9999-12-31"}, "rrule", "15 years"),
    "past": ({"start_on": "2020-01-06"}, "start_on", "before today"),
    "beyond the project": ({"start_on": "9999-01-04", "until": "9999-12-31"}, "start_on", "ends"),
    "backwards": ({"until": (START - timedelta(days=1)).isoformat()}, "until", "before it begins"),
    "a phase that the project lacks": ({"phase": "develop"}, "phase", "prepare, launch"),
    "an unknown role": ({"role": "guru"}, "role", "Must be one of"),
}


def test_what_cannot_be_a_ritual_is_refused_and_nothing_changes(
    mona: Persona, project: dict[str, Any], subtests: pytest.Subtests
) -> None:
    path, before = f"/projects/{project['id']}/rituals", everything()
    for name, (wrong, field, said) in WRONG.items():
        with subtests.test(name):
            body = problem(mona.post(path, a_ritual(**wrong)), 422, "invalid-values")
            assert said in body["errors"][field][0]
            french = mona.post(path, a_ritual(**wrong), headers=FRENCH)
            assert problem(french, 422, "invalid-values")["errors"] != body["errors"]
    assert everything() == before


def test_a_closed_project_takes_no_ritual(mona: Persona, project: dict[str, Any]) -> None:
    answer(mona.post(f"/projects/{project['id']}/cancel", {}))
    assert "cancelled" in READ_ONLY
    response = mona.post(f"/projects/{project['id']}/rituals", a_ritual())
    problem(response, 409, "project-closed")


def test_reading_a_ritual_costs_one_statement_more_than_reading_a_task(
    mona: Persona, project: dict[str, Any]
) -> None:
    tasks = by_name(mona, project)
    costs = []
    for name in ("first", "weekly"):
        with counted() as statements:
            answer(mona.get(f"/tasks/{tasks[name]['id']}"))
        costs.append(len(statements))
    assert costs[1] == costs[0] + 1
