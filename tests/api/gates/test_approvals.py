"""Approving: who may, what counts, and what becomes void."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from tests.api.gates.acts import (
    DECISION,
    decides,
    gates_of,
    says,
    sets_tasks,
)
from tests.api.gates.traces import history, states, topics
from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.personas import Persona, World, answer
from tracker.kernel.clock import utcnow
from tracker.kernel.db import core, reading, unit_of_work
from tracker.projects.models import Gate


def test_an_approval_is_the_named_members(world: World, first: Any) -> None:
    before = everything()
    for stranger in (world.alice, world.mona):
        body = problem(says(stranger, first), 403, "forbidden")
        assert "bob" in body["detail"]
        problem(says(stranger, first, "decline"), 403, "forbidden")
    assert everything() == before
    approved = answer(says(world.bob, first, comment="Yes."), 201)
    assert (approved["criterion"], approved["role"]) == ("sponsor_agrees", "sponsor")
    assert topics()[-1] == "gate.approval_given"
    assert history()[-1] == ("gate", "approved")


def test_ones_own_request_is_refused(mona: Persona, bob: Persona, first: Any) -> None:
    answer(says(bob, first, "request"), 201)
    before = everything()
    english = problem(says(bob, first), 403, "own-request")
    french = problem(
        bob.post(f"/gates/{first['id']}/approvals", {"action": "approve"}, headers=FRENCH),
        403,
        "own-request",
    )
    assert english["detail"] != french["detail"]
    assert everything() == before
    answer(says(mona, first, "request"), 201)
    answer(says(bob, first), 201)


def test_a_word_while_nobody_looks_hides_no_reminder_that_was_missed(
    mona: Persona, first: Any
) -> None:
    """A look that is overdue stays so, and covers the days before the word."""
    at, days = Gate.__table__.c.chase_at, timedelta(days=3)
    with unit_of_work() as session:
        core(session).execute(update(Gate.__table__).values(chase_at=utcnow() - days))
    answer(says(mona, first, "request"), 201)
    with reading() as session:
        assert core(session).scalar(select(at).where(at > utcnow() - days / 2)) is None


def test_saying_it_twice_is_refused(mona: Persona, bob: Persona, first: Any) -> None:
    answer(says(mona, first, "request"), 201)
    answer(says(bob, first), 201)
    before = everything()
    problem(says(bob, first), 409, "said-already")
    assert everything() == before


def test_which_approval_is_meant_must_be_one_that_the_gate_asks_for(
    mona: Persona, project: Any, first: Any
) -> None:
    before = everything()
    for wrong in ({"criterion": "readiness"}, {"role": "it"}, {"criterion": "x", "role": "it"}):
        problem(says(mona, first, "request", **wrong), 422, "invalid-values")
    problem(says(mona, gates_of(mona, project)["launched"], "request"), 422, "invalid-values")
    problem(says(mona, first, "nod"), 422, "invalid-values")
    assert everything() == before
    for right in ({"criterion": "sponsor_agrees"}, {"role": "sponsor"}):
        assert says(mona, first, "request", **right).status_code in {201, 409}


def test_an_approval_is_void_once_what_was_approved_changes(
    mona: Persona, bob: Persona, project: Any
) -> None:
    gate = gates_of(mona, project)["ready_to_launch"]
    answer(says(mona, gate, "request"), 201)
    answer(says(bob, gate), 201)
    assert states(gates_of(mona, project)["ready_to_launch"])["return_approved"] == "met"
    budget = next(t for t in mona.tasks_of(project) if t["key"] == "prepare.strategy.budget")
    answer(mona.patch(f"/tasks/{budget['id']}", {"notes": "Twice as much."}))
    assert states(gates_of(mona, project)["ready_to_launch"])["return_approved"] == "unmet"
    words = answer(mona.get(f"/gates/{gate['id']}/approvals"))["items"]
    assert {word["void"] for word in words} == {"changed"}
    answer(says(bob, gate), 201)
    assert states(gates_of(mona, project)["ready_to_launch"])["return_approved"] == "met"


def test_where_nobody_is_named_an_owner_decides_alone_and_the_dossier_says_so(
    alice: Persona, mona: Persona
) -> None:
    project = mona.creates_a_project()
    sets_tasks(project, key=DECISION)
    gate = gates_of(mona, project)["go_for_preparation"]
    assert gate["state"] == "ready"
    body = problem(decides(mona, gate), 409, "gate-not-ready")
    assert [row["key"] for row in body["criteria"]] == ["sponsor_agrees"]
    assert "an owner" in body["criteria"][0]["sentence"]
    decided = answer(decides(alice, gate))
    assert decided["decision"]["alone"] == ["sponsor_agrees"]
    text = alice.get(f"/gates/{gate['id']}/dossier?format=md").text
    assert "alice decides alone, as an owner" in text
    assert "stood for the approval of: The sponsor agrees.\n" in text
    assert "| The decision to prepare has been taken | met | done | done |" in text


def test_the_named_member_approves_by_deciding(alice: Persona) -> None:
    project = alice.creates_a_project(people={"sponsor": alice.email})
    sets_tasks(project, key=DECISION)
    gate = gates_of(alice, project)["go_for_preparation"]
    assert gate["state"] == "pending"
    decided = answer(decides(alice, gate))
    assert decided["verdict"]["is_met"], "the approval is kept"
    assert decided["decision"]["alone"] == ["sponsor_agrees"]


def test_a_sponsor_who_has_left_is_named_no_more(world: World, first: Any) -> None:
    alice, mona, bob = world.alice, world.mona, world.bob
    answer(says(bob, first), 201)
    assert alice.delete(f"/members/{bob.member_id}?successor={mona.email}").status_code == 204
    row = answer(mona.get(f"/gates/{first['id']}"))["verdict"]["criteria"][2]
    assert "Nobody is named" in row["sentence"]
