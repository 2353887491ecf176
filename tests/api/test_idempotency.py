"""Idempotency-Key: asked again, the same answer; and nothing happens twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import requests
from flask import Flask

from tests.api.problems import FRENCH, problem
from tests.api.served import served
from tests.api.tables import counts, everything
from tests.personas import API, Persona, a_wish, answer
from tracker.kernel.clock import set_offset

KEY = {"Idempotency-Key": "5f1c0c5e-6a3c-4a51-9b52-2f3d2f9f0a11"}


@pytest.fixture
def clock() -> Iterator[None]:
    """A clock that a test may move."""
    yield
    set_offset(timedelta())


def test_the_same_request_gets_the_same_answer(mona: Persona) -> None:
    first = mona.post("/projects", a_wish(), headers=KEY)
    before = everything()
    again = mona.post("/projects", a_wish(), headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    for name in ("Location", "ETag", "Content-Type"):
        assert again.headers[name] == first.headers[name]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert everything() == before


def test_another_request_under_the_same_key_is_refused(mona: Persona) -> None:
    answer(mona.post("/projects", a_wish(), headers=KEY), 201)
    before = everything()
    for language in ({}, FRENCH):
        response = mona.post("/projects", a_wish(name="Other"), headers={**KEY, **language})
        assert "Idempotency-Key" in problem(response, 422, "invalid-values")["errors"]
    assert everything() == before


def test_a_key_belongs_to_its_token(alice: Persona, mona: Persona, charlie: Persona) -> None:
    made = [
        answer(persona.post("/projects", a_wish(), headers=KEY), 201)["id"]
        for persona in (alice, mona, charlie)
    ]
    assert len(set(made)) == 3


def test_a_key_belongs_to_its_address(alice: Persona) -> None:
    answer(alice.post("/projects", a_wish(), headers=KEY), 201)
    answer(alice.post("/assessments", {"answers": "AABBCCDDAA"}, headers=KEY), 201)


def test_every_post_that_creates_heeds_the_key(alice: Persona) -> None:
    before = counts()
    for path, body, table in (
        ("/members", {"email": "new@example.org", "role": "viewer"}, "members"),
        ("/tokens", {"name": "new"}, "tokens"),
        ("/assessments", {"answers": "AABBCCDDAA"}, "assessments"),
        ("/projects", a_wish(), "projects"),
    ):
        first, again = (alice.post(path, body, headers=KEY) for _ in range(2))
        assert answer(first, 201) == answer(again, 201)
        assert counts()[table] == before[table] + 1


def test_a_refused_request_leaves_its_key_free(mona: Persona, bob: Persona) -> None:
    before = everything()
    problem(mona.post("/projects", a_wish(prepare_months=7), headers=KEY), 422, "invalid-values")
    problem(
        mona.post("/projects", {**a_wish(), "playbook": "no-such"}, headers=KEY), 404, "not-found"
    )
    problem(bob.post("/projects", a_wish(), headers=KEY), 403, "forbidden")
    assert everything() == before
    answer(mona.post("/projects", a_wish(), headers=KEY), 201)


def test_a_key_that_cannot_be_one_is_refused(mona: Persona) -> None:
    before = everything()
    for key in ("", "x" * 201, "clé", "a\tb"):
        response = mona.post("/projects", a_wish(), headers={"Idempotency-Key": key})
        assert "Idempotency-Key" in problem(response, 422, "invalid-values")["errors"]
    assert everything() == before


def test_after_a_day_the_key_is_free_again(mona: Persona, clock: None) -> None:
    wish = a_wish()
    first = answer(mona.post("/projects", wish, headers=KEY), 201)
    set_offset(timedelta(hours=23, minutes=59))
    assert answer(mona.post("/projects", wish, headers=KEY), 201) == first
    set_offset(timedelta(hours=24, minutes=1))
    assert answer(mona.post("/projects", a_wish(name="Other"), headers=KEY), 201) != first


def test_fifty_at_once_make_one_project(app: Flask, mona: Persona) -> None:
    body = a_wish(community_type="advocacy")
    headers = {**KEY, "Authorization": f"Bearer {mona.token}", "Connection": "close"}
    with served(app) as address:
        together = Barrier(50)

        def post(_number: int) -> requests.Response:
            together.wait()
            return requests.post(f"{address}{API}/projects", json=body, headers=headers, timeout=60)

        with ThreadPoolExecutor(50) as pool:
            responses = list(pool.map(post, range(50)))
    assert {response.status_code for response in responses} == {201}
    assert len({response.content for response in responses}) == 1
    assert len({response.headers["Location"] for response in responses}) == 1
    rows = counts()
    assert rows["projects"] == 1
    assert rows["phases"] == 4
    assert sum("Idempotency-Replayed" in response.headers for response in responses) == 49


def test_fifty_at_once_with_different_bodies_make_one_project(app: Flask, mona: Persona) -> None:
    headers = {**KEY, "Authorization": f"Bearer {mona.token}", "Connection": "close"}
    with served(app) as address, ThreadPoolExecutor(50) as pool:
        responses = list(
            pool.map(
                lambda number: requests.post(
                    f"{address}{API}/projects",
                    json=a_wish(name=f"Project {number}"),
                    headers=headers,
                    timeout=60,
                ),
                range(50),
            )
        )
    assert sorted(response.status_code for response in responses) == [201] + [422] * 49
    assert counts()["projects"] == 1
