"""Verdicts over HTTP."""

from datetime import timedelta
from typing import Any

from tests.api.gates.acts import (
    gates_of,
    sets_tasks,
    shows_evidence,
)
from tests.api.gates.traces import states
from tests.api.problems import FRENCH, problem
from tests.api.test_statements import counted
from tests.personas import Persona, answer
from tracker.kernel.clock import utcnow

PREPARED = "prepare.channels.launch_content"
KEYS = ["go_for_preparation", "ready_to_launch", "launched", "ready_to_develop", "self_sustaining"]


def test_gates_are_listed_in_their_order_with_a_verdict(mona: Persona, project: Any) -> None:
    gates = gates_of(mona, project)
    assert list(gates) == KEYS
    assert {gate["state"] for gate in gates.values()} == {"pending"}
    assert not any(gate["is_open"] or gate["verdict"]["is_met"] for gate in gates.values())
    assert gates["go_for_preparation"]["waits_for"] is None
    assert gates["self_sustaining"]["waits_for"] == "go_for_preparation"
    assert states(gates["ready_to_develop"])["activation"] == "unknown"


def test_a_verdict_is_told_in_the_readers_language(mona: Persona, first: Any) -> None:
    french = answer(mona.get(f"/gates/{first['id']}", headers=FRENCH))
    sentences = [row["sentence"] for row in french["verdict"]["criteria"]]
    assert sentences[0].startswith("Le jalon «")
    assert "n'a pas approuvé" in sentences[2]


def test_a_gate_is_ready_once_nothing_is_missing(ready: dict[str, Any]) -> None:
    assert ready["state"] == "ready"
    assert states(ready) == {"decision": "met", "readiness": "unknown", "sponsor_agrees": "met"}


def test_the_newest_quiz_is_told(mona: Persona, ready: dict[str, Any]) -> None:
    answer(mona.post("/assessments", {"answers": "DDDDDDDDDD"}), 201)
    answer(mona.post("/assessments", {"answers": "AAAAAAAAAA"}), 201)
    row = answer(mona.get(f"/gates/{ready['id']}"))["verdict"]["criteria"][1]
    assert (row["state"], row["value"], row["target"]) == ("met", 30, 10)


def test_evidence_and_required_tasks_are_looked_up(mona: Persona, project: Any) -> None:
    sets_tasks(project, phase="prepare")
    before = states(gates_of(mona, project)["ready_to_launch"])
    assert (before["preparation_done"], before["first_content_seen"]) == ("met", "unmet")
    shows_evidence(project, PREPARED, mona)
    assert states(gates_of(mona, project)["ready_to_launch"])["first_content_seen"] == "met"


def test_a_running_community_is_not_asked_for_what_lies_behind_it(mona: Persona) -> None:
    past = (utcnow().date() - timedelta(days=40)).isoformat()
    gates = gates_of(mona, mona.creates_a_project(launch_on=past, already_launched=True))
    assert gates["go_for_preparation"]["state"] == "ready"
    assert gates["ready_to_launch"]["state"] == "ready"


def test_a_project_without_gates_has_none_and_an_unknown_one_is_unknown(mona: Persona) -> None:
    nobodys = "01a20ad5-3f2f-7b0a-8f4f-5d2c7e9b1a60"
    for path in (f"/projects/{nobodys}/gates", f"/gates/{nobodys}", f"/gates/{nobodys}/dossier"):
        problem(mona.get(path), 404, "not-found")


def test_a_verdict_costs_at_most_seven_statements_whatever_the_number_of_gates(
    mona: Persona, bob: Persona
) -> None:
    found = []
    for types in (None, "b2b_ecosystem"):
        project = mona.creates_a_project(people={"sponsor": bob.email}, community_type=types)
        gates = gates_of(mona, project)
        paths = [f"/gates/{gate['id']}" for gate in gates.values()]
        costs = []
        for path in (*paths, f"/projects/{project['id']}/gates"):
            with counted() as statements:
                answer(mona.get(path))
            costs.append(len(statements))
        found.append(costs)
    assert found[0] == found[1]
    assert max(found[0]) <= 7, "the look-up of the token included"
