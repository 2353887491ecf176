"""Connections over HTTP: connect, change, remove; nothing of their secrets ever comes back."""

import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.api.problems import FRENCH, problem
from tests.api.tables import dump, everything
from tests.conftest import app_on
from tests.fakes.connectors import Brought, Forum, also_use
from tests.fakes.receiver import Receiver, a_receiver, answering
from tests.personas import Persona, answer
from tracker.connectors.figures import Event, MemberState, Page
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.secrets import rotate, use_encryption_keys
from tracker.metrics.connection_account import actor_key_of
from tracker.metrics.connection_models import Connection
from tracker.metrics.keeping import keep_page

SECRET = "a-token-that-nobody-sees"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as made:
        yield made


@pytest.fixture
def app(database_url: str, receiver: Receiver) -> Flask:
    """The application with kinds of the tests, and a way to the receiver."""
    app = app_on(database_url, egress_allow=(f"127.0.0.1:{receiver.port}",))
    also_use(Brought(), Forum())
    return app


@pytest.fixture
def project(alice: Persona) -> str:
    return str(alice.creates_a_project(timezone="Europe/Paris", language="fr")["id"])


def a_forum(receiver: Receiver, **more: Any) -> dict[str, Any]:
    url = f"http://127.0.0.1:{receiver.port}"
    return {"kind": "forum", "base_url": url, "credentials": {"token": SECRET}, **more}


def connects(who: Persona, project: str, body: dict[str, Any]) -> dict[str, Any]:
    return answer(who.post(f"/projects/{project}/connections", body), 201)


# What there is.


def test_kinds_are_listed_and_those_that_nobody_can_have_say_what_to_do(vera: Persona) -> None:
    items = answer(vera.get("/connectors"))["items"]
    kinds = {item["kind"]: item for item in items}
    forum = kinds["forum"]
    assert forum["possible"]
    assert [field["name"] for field in forum["fields"] if field["secret"]] == ["token"]
    assert [one["name"] for one in forum["streams"] if one["backfill"]] == ["past"]
    for kind in ("facebook_group", "linkedin_group", "whatsapp", "discord_insights"):
        assert not kinds[kind]["possible"]
        assert kinds[kind]["sentence"]
        assert kinds[kind]["instead"] == ["csv", "push", "manual"]
    french = {
        item["kind"]: item for item in answer(vera.get("/connectors", headers=FRENCH))["items"]
    }
    assert french["whatsapp"]["sentence"] != kinds["whatsapp"]["sentence"]
    assert french["forum"]["title"] == "Forum (fr)"


# Connecting.


def test_a_connection_is_ready_to_be_pulled_and_shows_no_secret(
    mona: Persona, vera: Persona, project: str, receiver: Receiver
) -> None:
    made = connects(mona, project, a_forum(receiver, config={"room": "general"}))
    assert (made["state"], made["problem"], made["sentence"]) == ("ok", None, None)
    assert (made["name"], made["zone"]) == ("Forum (fr)", "Europe/Paris")
    assert (made["has_credentials"], made["calls"], made["most_calls"]) == (True, 0, 1000)
    assert made["next_pull_at"]
    due = {one["name"]: one["next_run_at"] for one in made["streams"]}
    assert due["posts"]
    assert due["members"]
    assert due["past"] is None
    read = vera.get(f"/connections/{made['id']}")
    assert answer(read) == made
    assert answer(vera.get(f"/projects/{project}/connections"))["items"] == [made]
    assert SECRET not in read.text
    assert SECRET.encode() not in dump()


def test_what_cannot_be_meant_is_told_field_by_field_and_changes_nothing(
    alice: Persona, project: str, receiver: Receiver, subtests: pytest.Subtests
) -> None:
    before, good = everything(), a_forum(receiver)
    for field, change in (
        ("kind", {"kind": "nothing"}),
        ("kind", {"kind": "whatsapp"}),
        ("base_url", {"base_url": None}),
        ("base_url", {"base_url": "http://127.0.0.1:9/"}),
        ("base_url", {"base_url": "http://169.254.169.254/"}),
        ("base_url", {"base_url": "https://nowhere.example/"}),
        ("base_url", {"base_url": "ftp://example.org/"}),
        ("config", {"config": {"room": "nowhere"}}),
        ("config", {"config": {"colour": "red"}}),
        ("config", {"kind": "discord", "config": {"guild_id": "x"}, "credentials": _BOT}),
        ("config", {"config": {"room": "a\x00b"}}),
        ("config", {"config": {"room": ["x" * 30_000]}}),
        ("credentials", {"credentials": {}}),
        ("credentials", {"credentials": {"token": ""}}),
        ("credentials", {"credentials": {"token": "x", "password": "y"}}),
        ("credentials", {"credentials": {"token": 3}}),
        ("zone", {"zone": "Mars/Olympus"}),
        ("most_calls", {"most_calls": 0}),
        ("paused", {"paused": "no"}),
        ("claim", {"claim": 3}),
    ):
        with subtests.test(ascii(change)):
            path, body = f"/projects/{project}/connections", {**good, **change}
            english = problem(alice.post(path, body), 422, "invalid-values")
            french = problem(alice.post(path, body, headers=FRENCH), 422, "invalid-values")
            assert list(english["errors"]) == [field]
            assert english["errors"] != french["errors"]
    assert everything() == before
    assert receiver.connections == 0


def test_the_same_key_makes_one_connection(
    alice: Persona, project: str, receiver: Receiver
) -> None:
    path, key = f"/projects/{project}/connections", {"Idempotency-Key": "once"}
    first = answer(alice.post(path, a_forum(receiver), headers=key), 201)
    assert answer(alice.post(path, a_forum(receiver), headers=key), 201) == first
    assert len(answer(alice.get(path))["items"]) == 1


def test_a_list_comes_in_pages(alice: Persona, project: str) -> None:
    path = f"/projects/{project}/connections"
    made = [connects(alice, project, {"kind": "brought"})["id"] for _ in range(3)]
    first = answer(alice.get(f"{path}?limit=2"))
    second = answer(alice.get(f"{path}?limit=2&cursor={first['next']}"))
    assert [one["id"] for one in first["items"] + second["items"]] == made


# Changing.


def test_a_change_is_made_on_what_was_read(
    alice: Persona, project: str, receiver: Receiver
) -> None:
    made = connects(alice, project, a_forum(receiver))
    path = f"/connections/{made['id']}"
    tag = alice.get(path).headers["ETag"]
    changed = answer(alice.patch(path, {"name": "Ours"}, headers={"If-Match": tag}))
    assert changed["name"] == "Ours"
    for stale in (
        alice.patch(path, {"name": "Mine"}, headers={"If-Match": tag}),
        alice.delete(path, headers={"If-Match": tag}),
        alice.call("PUT", f"{path}/credentials", _TOKEN, headers={"If-Match": tag}),
    ):
        problem(stale, 412, "stale")
    assert answer(alice.get(path))["name"] == "Ours"


_TOKEN = {"credentials": {"token": "another"}}
_BOT = {"bot_token": "x"}


def test_a_paused_connection_is_left_alone_until_it_goes_on(
    alice: Persona, project: str, receiver: Receiver
) -> None:
    made = connects(alice, project, a_forum(receiver))
    path = f"/connections/{made['id']}"
    pull = answer(alice.post(f"{path}/pull", {}), 202)
    assert answer(alice.patch(path, {"paused": True}))["next_pull_at"] is None
    stopped = answer(alice.get(f"/pulls/{pull['id']}"))
    assert (stopped["state"], stopped["problem"]) == ("failed", "stopped")
    problem(alice.post(f"{path}/pull", {}), 409, "conflict")
    assert answer(alice.patch(path, {"paused": False}))["next_pull_at"]


def test_reading_elsewhere_begins_anew_and_a_wrong_address_is_refused(
    alice: Persona, project: str, receiver: Receiver
) -> None:
    made = connects(alice, project, a_forum(receiver))
    path = f"/connections/{made['id']}"
    before = everything()
    for wrong in ({"base_url": "http://127.0.0.1:9/"}, {"config": {"room": "nowhere"}}):
        problem(alice.patch(path, wrong), 422, "invalid-values")
    assert everything() == before
    answer(alice.patch(path, {"config": {"room": "general"}}))
    assert answer(alice.get(path))["config"] == {"room": "general"}


def test_credentials_go_to_no_other_server_than_the_one_they_were_given_for(
    alice: Persona, project: str, receiver: Receiver
) -> None:
    path = f"/connections/{connects(alice, project, a_forum(receiver))['id']}"
    before = everything()
    here = f"127.0.0.1:{receiver.port}"
    elsewhere = {"base_url": f"https://{here}/"}
    told = problem(alice.patch(path, elsewhere), 422, "invalid-values")
    assert here in told["errors"]["base_url"][0]
    assert everything() == before
    answer(alice.patch(path, {"base_url": f"http://{here}/forum"}))
    answer(alice.patch(path, {**elsewhere, "credentials": {"token": "third"}}))
    answer(alice.patch(path, {"base_url": f"http://{here}", **_TOKEN}))
    receiver.script = answering(200, b'{"who": "us"}')
    assert answer(alice.post(f"{path}/test", None))["ok"]
    assert b"Bearer another" in receiver.requests[-1]


def test_credentials_are_changed_and_never_told(
    alice: Persona, project: str, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = connects(alice, project, a_forum(receiver))
    path = f"/connections/{made['id']}/credentials"
    problem(alice.call("PUT", path, {"credentials": {}}), 422, "invalid-values")
    changed = alice.call("PUT", path, _TOKEN)
    assert answer(changed)["has_credentials"]
    told = alice.get(f"/projects/{project}/activity").text + changed.text + caplog.text
    assert "another" not in told
    assert SECRET not in told
    assert b"another" not in dump()


def test_credentials_move_to_a_new_key(alice: Persona, project: str, receiver: Receiver) -> None:
    made = connects(alice, project, a_forum(receiver))
    old, new = "another of the tests, and long enough, too", "a newer one of the tests, long enough"
    use_encryption_keys(lambda: (new, old))
    with unit_of_work() as session:
        assert rotate(session) == 2  # credentials, and what makes hashes of members
    use_encryption_keys(lambda: (new,))
    receiver.script = answering(200, b'{"who": "us"}')
    assert answer(alice.post(f"/connections/{made['id']}/test", None))["ok"]
    assert SECRET.encode() in receiver.requests[-1]


# Testing.


def test_a_test_says_who_one_is_and_counts_as_a_call(
    alice: Persona, project: str, receiver: Receiver
) -> None:
    made = connects(alice, project, a_forum(receiver, most_calls=2))
    path = f"/connections/{made['id']}"
    receiver.script = answering(200, b'{"who": "figures"}')
    told = answer(alice.post(f"{path}/test", None))
    assert (told["ok"], told["account"], told["sentence"]) == (True, "figures", "Reads as figures.")
    assert answer(alice.get(path))["calls"] == 1
    receiver.script = answering(401, b"{}")
    told = answer(alice.post(f"{path}/test", None))
    assert (told["ok"], told["trouble"]) == (False, "credential")
    problem(alice.post(f"{path}/test", None), 429, "too-many-requests")
    assert len(receiver.requests) == 2


def test_a_platform_that_wants_peace_has_it(
    alice: Persona, project: str, receiver: Receiver
) -> None:
    made = connects(alice, project, a_forum(receiver))
    path = f"/connections/{made['id']}"
    receiver.script = answering(429, b"", Retry_After="120")
    assert answer(alice.post(f"{path}/test", None))["trouble"] == "throttled"
    waits = problem(alice.post(f"{path}/test", None), 429, "too-many-requests")
    assert "120" in waits["detail"] or "119" in waits["detail"]
    shown = answer(alice.get(path))
    assert shown["next_pull_at"] == shown["next_allowed_at"]


def test_a_platform_whose_answer_cannot_be_read_says_so(
    alice: Persona, project: str, receiver: Receiver
) -> None:
    made = connects(alice, project, a_forum(receiver))
    receiver.script = answering(200, b"<html>")
    path = f"/connections/{made['id']}/test"
    english, french = (
        answer(alice.post(path, None, headers=language)) for language in ({}, FRENCH)
    )
    assert english["trouble"] == french["trouble"] == "transient"
    assert english["sentence"] != french["sentence"]


# Pulling, asked for.


def test_a_pull_is_asked_for_once_and_can_be_looked_at(
    mona: Persona, vera: Persona, project: str, receiver: Receiver
) -> None:
    made = connects(mona, project, a_forum(receiver))
    path = f"/connections/{made['id']}"
    response = mona.post(f"{path}/pull", {})
    pull = answer(response, 202)
    assert (pull["state"], pull["source"], pull["pages"]) == ("queued", "asked", 0)
    assert answer(mona.post(f"{path}/pull", {}), 202)["id"] == pull["id"]
    past = answer(mona.post(f"{path}/pull", {"backfill": True}), 202)
    assert past["source"] == "backfill"
    assert answer(vera.get(response.headers["Location"])) == pull
    listed = answer(vera.get(f"{path}/pulls?limit=1"))
    assert [one["id"] for one in listed["items"]] == [past["id"]]
    listed = answer(vera.get(f"{path}/pulls?limit=1&cursor={listed['next']}"))
    assert [one["id"] for one in listed["items"]] == [pull["id"]]


def test_where_figures_are_brought_nothing_is_pulled(alice: Persona, project: str) -> None:
    made = connects(alice, project, {"kind": "brought"})
    assert made["next_pull_at"] is None
    problem(alice.post(f"/connections/{made['id']}/pull", {}), 409, "conflict")
    problem(alice.post(f"/connections/{made['id']}/test", {}), 409, "conflict")


# Removing.


def test_who_is_removed_leaves_readings_and_nothing_else(
    alice: Persona, project: str, receiver: Receiver
) -> None:
    made = connects(alice, project, a_forum(receiver))
    path = f"/connections/{made['id']}"
    pull = answer(alice.post(f"{path}/pull", {}), 202)
    assert alice.delete(path).status_code == 204
    for gone in (path, f"{path}/pulls", f"/pulls/{pull['id']}"):
        problem(alice.get(gone), 404, "not-found")
    assert answer(alice.get(f"/projects/{project}/connections"))["items"] == []
    (row,) = everything()["connections"]
    assert (row["credentials"], row["base_url"], row["ready_at"]) == (None, None, None)
    assert everything()["streams"] == everything()["pulls"] == []


def test_a_closed_project_takes_no_connection_and_its_own_take_nothing(
    alice: Persona, project: str, receiver: Receiver, subtests: pytest.Subtests
) -> None:
    forum = f"/connections/{connects(alice, project, a_forum(receiver))['id']}"
    answer(alice.post(f"/projects/{project}/cancel", {"reason": "No"}))
    before = everything()
    for method, path, body in (
        ("POST", f"/projects/{project}/connections", {"kind": "brought"}),
        ("PATCH", forum, {"name": "Another"}),
        ("PUT", f"{forum}/credentials", _TOKEN),
        ("POST", f"{forum}/pull", {}),
        ("POST", f"{forum}/fits", {"members": [{"member": "ann", "fits": True}]}),
    ):
        with subtests.test(path):
            problem(alice.call(method, path, body), 409, "project-closed")
    assert everything() == before
    assert alice.delete(forum).status_code == 204


def test_a_source_that_is_told_its_metric_must_be_told_one_that_there_is(
    alice: Persona, project: str, receiver: Receiver
) -> None:
    rows = {"path": "/x", "rows": "$.data[*]", "day": "$.day", "value": "$.n", "metric": "fame"}
    wish = {**a_forum(receiver, config=rows), "kind": "http_json"}
    told = problem(alice.post(f"/projects/{project}/connections", wish), 422, "invalid-values")
    assert "fame" in str(told["errors"]["config"]["metric"])


def test_a_member_is_erased_by_their_id_and_nobody_else_is(
    alice: Persona, bob: Persona, project: str
) -> None:
    made = connects(alice, project, {"kind": "brought"})
    row = _row(made["id"])
    at = utcnow()
    page = Page(
        cursor={},
        is_last=True,
        events=[Event(f"{who}{n}", "post", at, who) for who in ("ann", "ben") for n in range(3)],
        members=[MemberState("ann", at), MemberState("ben", at)],
    )
    with unit_of_work() as session:
        keep_page(session, row, page, now=at, key=actor_key_of(row))
    path = f"/connections/{made['id']}/erase"
    problem(bob.post(path, {"member": "ann"}), 403, "forbidden")
    problem(alice.post(path, {"member": ""}), 422, "invalid-values")
    erased = answer(alice.post(path, {"member": "ann"}))
    assert erased == {"members": 1, "events": 3, "months": 0}
    assert answer(alice.post(path, {"member": "ann"}))["members"] == 0
    left = everything()
    assert (len(left["community_members"]), len(left["community_events"])) == (1, 3)
    told = alice.get(f"/projects/{project}/activity").text
    assert "member_erased" in told
    assert "ann" not in told.replace("annual", "")


def _row(connection_id: str) -> Connection:
    with reading() as session:
        return session.scalars(select(Connection).where(Connection.id == UUID(connection_id))).one()
