"""Fifty at once: one transition, whatever the order in which they arrive."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, Final

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.api.gates.acts import DECISION, count, says, sets_tasks, tag_of, waives
from tests.api.gates.traces import topics
from tests.personas import Persona, World, answer
from tracker.gates.models import Approval, Decision, Waiver
from tracker.kernel.db import Database, use_database

CROWD: Final = 50


@pytest.fixture
def app(app: Flask, database_url: str) -> Iterator[Flask]:
    """The application with a connection for everybody."""
    database = Database(database_url, pool_size=CROWD)
    use_database(database)
    yield app
    database.close()


def at_once(*acts: Callable[[], TestResponse]) -> list[TestResponse]:
    """Everybody acts in the same instant."""
    together = Barrier(len(acts))

    def act(one: Callable[[], TestResponse]) -> TestResponse:
        together.wait()
        return one()

    with ThreadPoolExecutor(len(acts)) as crowd:
        return list(crowd.map(act, acts))


def decider(persona: Persona, gate: dict[str, Any], tag: dict[str, str]) -> Any:
    return lambda: persona.post(f"/gates/{gate['id']}/decision", {"decision": "pass"}, headers=tag)


def types(responses: list[TestResponse]) -> Counter[str]:
    """How often each status, or type of problem, was answered."""
    told = ((response.status_code, response.get_json()) for response in responses)
    return Counter(
        str(body["type"]).rpartition(":")[2] if status >= 400 else str(status)
        for status, body in told
    )


def happened() -> tuple[int, int, int]:
    """Decisions kept, decisions announced, phases entered."""
    heard = Counter(topics())
    kept = count(Decision.__table__)
    return kept, heard["gate.decided"] + heard["gate.waived"], heard["project.phase_entered"]


@pytest.mark.parametrize(("tag", "refusal"), [(None, "stale"), ("*", "gate-decided")])
def test_of_fifty_who_pass_a_gate_one_does(
    mona: Persona, ready: dict[str, Any], tag: str | None, refusal: str
) -> None:
    header = tag_of(mona, ready) if tag is None else {"If-Match": tag}
    responses = at_once(*[decider(mona, ready, header)] * CROWD)
    assert types(responses) == {"200": 1, refusal: CROWD - 1}
    assert happened() == (1, 1, 1)
    assert answer(mona.get(f"/gates/{ready['id']}"))["version"] == ready["version"] + 1


def test_of_fifty_approvals_of_one_member_one_is_kept(bob: Persona, first: dict[str, Any]) -> None:
    responses = at_once(*[lambda: says(bob, first)] * CROWD)
    assert types(responses) == {"201": 1, "said-already": CROWD - 1}
    assert count(Approval.__table__) == 1
    assert topics().count("gate.approval_given") == 1


def test_who_approves_and_who_decides_meet_without_a_second_transition(
    world: World, project: dict[str, Any], first: dict[str, Any]
) -> None:
    sets_tasks(project, key=DECISION)
    passes = decider(world.mona, first, {"If-Match": "*"})
    half = CROWD // 2
    responses = at_once(*[passes, lambda: says(world.bob, first)] * half)
    found = types(responses)
    passed = found["200"]
    assert passed <= 1
    assert (found["201"], found["said-already"]) == (1, half - 1)
    assert found["gate-decided"] + found["gate-not-ready"] == half - passed
    assert happened() == (passed, passed, passed)
    if not passed:
        assert passes().status_code == 200


def test_owners_who_waive_and_managers_who_hold_come_one_after_the_other(
    world: World, first: dict[str, Any]
) -> None:
    def holds() -> TestResponse:
        body = {"decision": "hold", "reason": "Wait."}
        return world.mona.post(
            f"/gates/{first['id']}/decision", body, headers=tag_of(world.mona, first)
        )

    responses = at_once(*[holds, lambda: waives(world.alice, first)] * 10)
    found = types(responses)
    assert found["200"] == count(Decision.__table__)
    assert count(Waiver.__table__) == 10, "a waiver may be given anew"
    assert set(found) <= {"200", "stale", "gate-decided"}
    assert topics().count("project.phase_entered") == 1
