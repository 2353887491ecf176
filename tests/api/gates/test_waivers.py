"""Waiving: an owner's word, for a while."""

from datetime import timedelta
from typing import Any

from tests.api.gates.acts import (
    DECISION,
    decides,
    gates_of,
    says,
    sets_tasks,
    waives,
)
from tests.api.gates.traces import topics
from tests.api.problems import problem
from tests.api.tables import everything
from tests.personas import Persona, World, answer
from tracker.kernel.clock import set_offset, utcnow


def test_a_waiver_opens_the_gate_until_it_expires(
    alice: Persona, mona: Persona, first: Any, clock: None
) -> None:
    waived = answer(waives(alice, first, days=10))
    assert (waived["state"], waived["is_open"], waived["entered"]) == ("waived", True, "prepare")
    assert [row["waived"] for row in waived["verdict"]["criteria"]] == [True, False, True]
    assert topics()[-2:] == ["gate.waived", "project.phase_entered"]
    set_offset(timedelta(days=11))
    lapsed = answer(mona.get(f"/gates/{first['id']}"))
    assert (lapsed["state"], lapsed["is_open"]) == ("pending", False)
    assert not any(row["waived"] for row in lapsed["verdict"]["criteria"])
    problem(decides(mona, first), 409, "gate-not-ready")
    assert answer(waives(alice, first, days=5))["is_open"]


def test_a_waived_gate_may_be_passed_meanwhile_and_then_stays_open(
    world: World, project: Any, first: Any, clock: None
) -> None:
    alice, mona, bob = world.alice, world.mona, world.bob
    answer(waives(alice, first, days=10))
    problem(decides(mona, first, "hold", reason="No"), 409, "gate-decided")
    problem(decides(mona, first), 409, "gate-not-ready")
    sets_tasks(project, key=DECISION)
    answer(says(bob, first), 201)
    decided = answer(decides(mona, first))
    assert (decided["state"], decided["waived_until"], decided["entered"]) == ("passed", None, None)
    set_offset(timedelta(days=11))
    assert answer(mona.get(f"/gates/{first['id']}"))["is_open"]


def test_a_waiver_without_reason_or_with_a_wrong_expiry_is_refused(
    alice: Persona, first: Any
) -> None:
    before = everything()
    for days, more, at in (
        (30, {"reason": ""}, "reason"),
        (30, {"reason": " \n "}, "reason"),
        (30, {"reason": None}, "reason"),
        (-0.001, {}, "expires_at"),
        (400, {}, "expires_at"),
        (30, {"expires_at": None}, "expires_at"),
        (30, {"expires_at": "2027-01-01"}, "expires_at"),
        (30, {"criteria": ["decision"]}, "criteria"),
    ):
        errors = problem(waives(alice, first, days, **more), 422, "invalid-values")["errors"]
        assert list(errors) == [at]
    problem(alice.post(f"/gates/{first['id']}/waiver", {}), 422, "invalid-values")
    assert everything() == before


def test_only_an_owner_waives(mona: Persona, bob: Persona, vera: Persona, first: Any) -> None:
    before = everything()
    for persona in (mona, bob, vera):
        body = problem(waives(persona, first), 403, "forbidden")
        assert "owner" in body["detail"]
    assert everything() == before


def test_nothing_to_waive_is_refused_and_so_is_the_wrong_order(
    alice: Persona, mona: Persona, project: Any, ready: dict[str, Any]
) -> None:
    before = everything()
    problem(waives(alice, ready), 409, "conflict")
    second = gates_of(mona, project)["ready_to_launch"]
    problem(waives(alice, second), 409, "earlier-gate-closed")
    headers = {"If-Match": '"9-abc"'}
    until = (utcnow() + timedelta(days=3)).isoformat()
    body = {"reason": "x", "expires_at": until}
    problem(alice.post(f"/gates/{second['id']}/waiver", body, headers=headers), 412, "stale")
    assert everything() == before
