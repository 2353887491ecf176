"""Deciding: what opens a gate, what does not, and what follows."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.api.gates.acts import (
    DECISION,
    decides,
    gates_of,
    says,
    sets_tasks,
    shows_evidence,
    tag_of,
    waives,
)
from tests.api.gates.traces import history, states, topics
from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.personas import Persona, World, answer
from tracker.kernel.clock import set_offset, utcnow


def test_passing_enters_the_phase_behind_the_gate(
    mona: Persona, project: Any, ready: dict[str, Any]
) -> None:
    decided = answer(decides(mona, ready))
    assert (decided["state"], decided["is_open"], decided["entered"]) == ("passed", True, "prepare")
    assert decided["decision"]["number"] == 1
    after = answer(mona.get(f"/projects/{project['id']}"))
    assert (after["phase"], after["state"]) == ("prepare", "active")
    assert topics()[-2:] == ["gate.decided", "project.phase_entered"]
    assert history()[-2:] == [("gate", "decided"), ("project", "changed")]


def test_a_gate_that_is_not_ready_is_refused_with_everything_that_is_missing(
    mona: Persona, project: Any
) -> None:
    sets_tasks(project, key=DECISION)
    before = everything()
    first = gates_of(mona, project)["go_for_preparation"]
    for decision, conditions in (("pass", []), ("conditional", [{"title": "x"}])):
        refused = decides(mona, first, decision, reason="Go", conditions=conditions)
        body = problem(refused, 409, "gate-not-ready")
        assert [row["key"] for row in body["criteria"]] == ["sponsor_agrees"]
        assert body["criteria"][0]["sentence"]
    assert everything() == before


def test_every_missing_criterion_is_told_in_both_languages(mona: Persona, first: Any) -> None:
    body = {"decision": "pass"}
    told = []
    for language in ({}, FRENCH):
        headers = {**tag_of(mona, first), **language}
        refused = mona.post(f"/gates/{first['id']}/decision", body, headers=headers)
        rows = problem(refused, 409, "gate-not-ready")["criteria"]
        assert [row["key"] for row in rows] == ["decision", "sponsor_agrees"]
        told.append([row["sentence"] for row in rows])
    assert not set(told[0]) & set(told[1])


def test_a_decision_needs_the_etag_of_what_was_read(mona: Persona, ready: Any) -> None:
    before, path = everything(), f"/gates/{ready['id']}/decision"
    body = problem(mona.post(path, {"decision": "pass"}), 428, "precondition-required")
    assert "If-Match" in body["detail"]
    stale = {"If-Match": '"9-abc"'}
    problem(mona.post(path, {"decision": "pass"}, headers=stale), 412, "stale")
    assert everything() == before


def test_a_passed_gate_is_decided_for_good(
    alice: Persona, mona: Persona, ready: dict[str, Any]
) -> None:
    answer(decides(mona, ready))
    before = everything()
    for decision in ("pass", "hold", "reject"):
        problem(decides(mona, ready, decision, reason="No"), 409, "gate-decided")
    problem(waives(alice, ready), 409, "gate-decided")
    assert everything() == before


def test_gates_are_passed_in_their_order(mona: Persona, bob: Persona, project: Any) -> None:
    for phase in ("prepare", "launch"):
        sets_tasks(project, phase=phase)
    shows_evidence(project, "launch.day.opening", mona)
    third = gates_of(mona, project)["launched"]
    assert third["state"] == "ready"
    before = everything()
    body = problem(decides(mona, third), 409, "earlier-gate-closed")
    assert body["gate"]["key"] == "go_for_preparation"
    assert everything() == before


@pytest.mark.parametrize("decision", ["hold", "reject"])
def test_holding_and_rejecting_need_a_reason_and_nothing_else(
    mona: Persona, first: Any, project: Any, decision: str
) -> None:
    before = everything()
    for reason in ({}, {"reason": None}, {"reason": "  "}):
        body = problem(decides(mona, first, decision, **reason), 422, "invalid-values")
        assert "reason" in body["errors"]
    assert everything() == before
    decided = answer(decides(mona, first, decision, reason="The budget is not there."))
    assert decided["state"] == {"hold": "held", "reject": "rejected"}[decision]
    assert not decided["is_open"]
    assert answer(mona.get(f"/projects/{project['id']}"))["phase"] is None


def test_a_held_gate_can_be_passed_later(mona: Persona, ready: dict[str, Any]) -> None:
    answer(decides(mona, ready, "hold", reason="Wait for Monday."))
    assert answer(decides(mona, ready))["state"] == "passed"


def test_a_rejection_reopens_milestones_and_voids_approvals(
    mona: Persona, bob: Persona, project: Any, ready: dict[str, Any]
) -> None:
    decided = answer(decides(mona, ready, "reject", reason="Not yet."))
    assert [task["key"] for task in decided["reopened"]] == [DECISION]
    assert states(decided) == {
        "decision": "unmet",
        "readiness": "unknown",
        "sponsor_agrees": "unmet",
    }
    (milestone,) = [task for task in mona.tasks_of(project) if task["key"] == DECISION]
    assert (milestone["status"], milestone["version"]) == ("todo", 2)
    words = answer(mona.get(f"/gates/{ready['id']}/approvals"))["items"]
    assert [(word["action"], word["void"]) for word in words] == [
        ("request", "rejected"),
        ("approve", "rejected"),
    ]
    assert topics()[-2:] == ["task.changed", "task.reopened"]
    sets_tasks(project, key=DECISION)
    problem(decides(mona, ready), 409, "gate-not-ready")
    answer(says(bob, ready), 201)
    assert answer(decides(mona, ready))["state"] == "passed"


def test_conditions_become_tasks_of_the_phase_entered(
    mona: Persona, vera: Persona, project: Any, ready: dict[str, Any]
) -> None:
    today, wished = utcnow().date(), utcnow().date() + timedelta(days=40)
    while wished.weekday() > 4:
        wished += timedelta(days=1)
    conditions = [
        {"title": "Find a second animator", "assignee": vera.email},
        {"title": "Sign the contract", "due_on": wished.isoformat()},
    ]
    decided = answer(decides(mona, ready, "conditional", reason="Nearly.", conditions=conditions))
    assert (decided["state"], decided["entered"]) == ("conditional", "prepare")
    made = {
        task["title"]: task for task in mona.tasks_of(project) if task["checklist"] == "conditions"
    }
    usual, dated = (made[condition["title"]] for condition in conditions)
    assert {task["phase"] for task in made.values()} == {"prepare"}
    assert (usual["duration_days"], usual["assignees"]) == (10, [vera.member_id])
    assert date.fromisoformat(usual["start_on"]) >= today
    assert dated["due_on"] == wished.isoformat()
    one = answer(mona.get(f"/tasks/{usual['id']}"))
    assert one["why"].startswith("A condition of a gate")
    row = gates_of(mona, project)["ready_to_launch"]["verdict"]["criteria"][0]
    assert row["target"] == 22, "conditions are required before the next gate"
    assert answer(decides(mona, ready))["state"] == "passed"


def test_conditions_that_cannot_be_are_named_one_by_one(mona: Persona, ready: Any) -> None:
    before = everything()
    yesterday = (utcnow().date() - timedelta(days=1)).isoformat()
    wrong = [{"title": "a", "due_on": yesterday}, {"title": "b", "assignee": "no@example.org"}]
    for decision, conditions, at in (
        ("conditional", wrong, {"0": "due_on", "1": "assignee"}),
        ("conditional", [{"title": " "}], {"0": "title"}),
        ("conditional", [], None),
        ("pass", [{"title": "a"}], None),
        ("conditional", [{"title": "a"}] * 21, None),
    ):
        refused = decides(mona, ready, decision, reason="Nearly.", conditions=conditions)
        errors = problem(refused, 422, "invalid-values")["errors"]["conditions"]
        if at is not None:
            assert {number: next(iter(fault)) for number, fault in errors.items()} == at
    assert everything() == before


def test_the_last_gate_ends_the_project(alice: Persona, mona: Persona, project: Any) -> None:
    *others, last = gates_of(mona, project).values()
    for gate in others:
        answer(waives(alice, gate))
    assert answer(mona.get(f"/projects/{project['id']}"))["phase"] == "develop"
    sets_tasks(project, phase="develop")
    assert answer(decides(mona, last))["state"] == "passed"
    after = answer(mona.get(f"/projects/{project['id']}"))
    assert (after["phase"], after["state"]) == ("develop", "done")


def test_a_rejection_proposes_a_new_plan_and_moves_nothing(
    mona: Persona, project: Any, ready: dict[str, Any]
) -> None:
    before = [(task["id"], task["start_on"], task["due_on"]) for task in mona.tasks_of(project)]
    decided = answer(decides(mona, ready, "reject", reason="Not yet."))
    assert decided["proposal"]["project"]["old"]["launch_on"] == project["launch_on"]
    assert decided["proposal"].keys() >= {"tasks", "frozen", "conflicts", "earliest_launch_on"}
    after = [(task["id"], task["start_on"], task["due_on"]) for task in mona.tasks_of(project)]
    assert after == before


def test_a_gate_that_is_passed_late_makes_room_for_what_it_opens(
    world: World, project: Any, clock: None
) -> None:
    alice, mona = world.alice, world.mona
    gates = gates_of(mona, project)
    planned = date.fromisoformat(gates["ready_to_develop"]["on"])
    ahead = planned - utcnow().date()
    set_offset(ahead)
    for key in ("go_for_preparation", "ready_to_launch", "launched"):
        answer(waives(alice, gates[key], days=90))
    before = plan_of(mona, project)
    assert before["end_on"] == project["end_on"]
    set_offset(ahead + timedelta(days=21))
    decided = answer(waives(alice, gates["ready_to_develop"], days=90))
    assert decided["entered"] == "develop"
    assert decided["delayed_days"] == 15
    after = plan_of(mona, project)
    assert after["end_on"] > before["end_on"]
    for key, task in before["tasks"].items():
        moved = after["tasks"][key]
        if task["phase"] == "develop":
            assert moved["start_on"] > task["start_on"], key
            assert moved["duration_days"] == task["duration_days"], key
    assert gates_of(mona, project)["self_sustaining"]["on"] > gates["self_sustaining"]["on"]


def plan_of(persona: Persona, project: Any) -> dict[str, Any]:
    """The end of a project, and its tasks under their keys."""
    now = answer(persona.get(f"/projects/{project['id']}"))
    return {"end_on": now["end_on"], "tasks": {t["key"]: t for t in persona.tasks_of(project)}}


def test_each_gate_that_opens_leaves_a_baseline(
    alice: Persona, mona: Persona, project: Any, ready: dict[str, Any]
) -> None:
    answer(decides(mona, ready, "hold", reason="Wait."))
    path = f"/projects/{project['id']}/baselines"
    assert {one["source"] for one in answer(mona.get(path))["items"]} == {"start"}
    answer(decides(mona, ready))
    for _ in range(2):
        answer(waives(alice, gates_of(mona, project)["ready_to_launch"]))
    assert len(answer(mona.get(path))["items"]) == 3, "a waiver given anew opens nothing"
    made = {one["source"]: one for one in answer(mona.get(path))["items"]}
    assert made.keys() == {"start", "go_for_preparation", "ready_to_launch"}
    assert made["go_for_preparation"]["name"] == "Go for preparation"
    assert made["go_for_preparation"]["is_locked"]
