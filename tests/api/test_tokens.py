"""Tokens: shown once, kept as a hash, good for what they are for, dead at once."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.api.problems import FRENCH, problem
from tests.api.tables import dump, everything
from tests.personas import Persona, a_wish, answer
from tracker.kernel.clock import set_offset, utcnow

TOKEN = re.compile(r"tracker_[0-9a-f]{16}_[0-9a-f]{48}")


@pytest.fixture
def clock() -> Iterator[None]:
    """A clock that a test may move."""
    yield
    set_offset(timedelta())


def with_token(persona: Persona, token: str) -> Persona:
    return Persona(persona.app, persona.email, persona.member_id, token)


def makes_a_token(owner: Persona, **wanted: Any) -> tuple[Persona, dict[str, Any]]:
    """Somebody who holds a new token, and what was answered when it was made."""
    made = answer(owner.post("/tokens", {"name": "new", **wanted}), 201)
    return with_token(owner, made["token"]), made


def test_a_token_is_shown_once_and_never_again(alice: Persona) -> None:
    holder, made = makes_a_token(alice)
    assert TOKEN.fullmatch(made["token"])
    for path in ("/tokens", f"/tokens/{made['id']}"):
        shown = holder.get(path).text
        assert made["token"] not in shown
        assert made["token"].split("_")[2] not in shown
        assert "hash" not in shown


def test_a_token_has_192_random_bits(alice: Persona) -> None:
    secrets = {makes_a_token(alice)[1]["token"].split("_")[2] for _ in range(20)}
    assert {len(bytes.fromhex(secret)) * 8 for secret in secrets} == {192}
    assert len(secrets) == 20


def test_no_table_holds_a_secret_even_where_its_creation_can_be_repeated(alice: Persona) -> None:
    key = {"Idempotency-Key": "make-it-once"}
    body = {"name": "repeatable"}
    first, again = (answer(alice.post("/tokens", body, headers=key), 201) for _ in range(2))
    assert first == again
    _holder, other = makes_a_token(alice)
    held = dump()
    for token in (first["token"], other["token"], alice.token):
        secret = token.split("_")[2]
        assert secret.encode() not in held
        assert bytes.fromhex(secret) not in held
    assert first["prefix"].encode() in held


def test_garbage_expired_and_revoked_tokens_are_all_answered_alike(
    alice: Persona, clock: None
) -> None:
    revoked, made = makes_a_token(alice)
    assert alice.delete(f"/tokens/{made['id']}").status_code == 204
    soon = (utcnow() + timedelta(hours=1)).isoformat()
    expired, _made = makes_a_token(alice, expires_at=soon)
    answer(expired.get("/workspaces/me"))
    set_offset(timedelta(hours=1, seconds=1))
    mark, prefix, secret = alice.token.split("_")
    garbage = [
        with_token(alice, text)
        for text in (
            "x",
            "tracker_",
            f"{mark}_{prefix}_{'0' * 48}",
            f"{mark}_{'0' * 16}_{secret}",
            f"{mark}_{prefix}_{secret[:-1]}",
            f"{mark}_{prefix}_{secret}0",
            f"{prefix}_{secret}",
            f"{alice.token}_",
            f"{mark}_{prefix}_é{secret}",
            "y" * 10_000,
            "tracker_%_%",
        )
    ]
    answers = {holder.get("/workspaces/me").data for holder in [revoked, expired, *garbage]}
    assert len(answers) == 1
    response = revoked.get("/workspaces/me", headers=FRENCH)
    assert "jeton" in problem(response, 401, "unauthenticated")["detail"]


def test_another_header_than_a_bearer_is_no_token(alice: Persona) -> None:
    for header in ("", "Bearer", "Bearer ", "Basic YTpi", "Token {}", "{}"):
        headers = {"Authorization": header.format(alice.token)}
        problem(alice.get("/workspaces/me", headers=headers), 401, "unauthenticated")


def test_the_word_bearer_may_be_spelt_as_one_likes(alice: Persona) -> None:
    for word in ("bearer", "BEARER"):
        answer(alice.get("/workspaces/me", headers={"Authorization": f"{word}  {alice.token} "}))


def test_a_revoked_token_dies_at_once_and_stays_in_the_record(alice: Persona) -> None:
    holder, made = makes_a_token(alice)
    answer(holder.get("/members"))
    assert holder.delete(f"/tokens/{made['id']}").status_code == 204
    problem(holder.get("/members"), 401, "unauthenticated")
    record = answer(alice.get(f"/tokens/{made['id']}"))
    assert record["revoked_at"]
    assert alice.delete(f"/tokens/{made['id']}").status_code == 204
    assert answer(alice.get(f"/tokens/{made['id']}")) == record


def test_an_expiry_lies_ahead(alice: Persona) -> None:
    before = everything()
    for instant in (
        (utcnow() - timedelta(seconds=1)).isoformat(),
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2027-02-29T00:00:00Z",
        "2099-01-01T00:00:00",
        "never",
        4102444800,
    ):
        response = alice.post("/tokens", {"name": "late", "expires_at": instant})
        assert "expires_at" in problem(response, 422, "invalid-values")["errors"], instant
    assert everything() == before


def test_the_last_use_is_noted_to_the_minute(alice: Persona, clock: None) -> None:
    holder, made = makes_a_token(alice)
    path = f"/tokens/{made['id']}"
    assert answer(alice.get(path))["last_used_at"] is None
    holder.get("/workspaces/me")
    first = answer(alice.get(path))["last_used_at"]
    assert first.endswith("Z")
    set_offset(timedelta(seconds=50))
    holder.get("/workspaces/me")
    assert answer(alice.get(path))["last_used_at"] == first
    set_offset(timedelta(seconds=61))
    holder.get("/workspaces/me")
    assert answer(alice.get(path))["last_used_at"] > first


def test_a_token_that_only_reads_changes_nothing(alice: Persona) -> None:
    reader, _made = makes_a_token(alice, scopes=["read"])
    answer(reader.get("/projects"))
    before = everything()
    response = reader.post("/projects", a_wish())
    assert "write" in problem(response, 403, "forbidden")["detail"]
    problem(reader.patch("/workspaces/me", {"name": "Mine"}), 403, "forbidden")
    problem(reader.get("/tokens"), 403, "forbidden")
    assert everything() == before


def test_a_token_that_only_writes_neither_reads_nor_administers(alice: Persona) -> None:
    writer, _made = makes_a_token(alice, scopes=["write"])
    answer(writer.post("/projects", a_wish()), 201)
    problem(writer.get("/projects"), 403, "forbidden")
    problem(writer.post("/members", {"email": "x@example.org", "role": "viewer"}), 403, "forbidden")


def test_a_token_makes_none_that_may_more_than_itself(alice: Persona) -> None:
    clerk, _made = makes_a_token(alice, scopes=["admin"])
    before = everything()
    for language in ({}, FRENCH):
        response = clerk.post(
            "/tokens", {"name": "more", "scopes": ["admin", "write"]}, headers=language
        )
        assert "scopes" in problem(response, 422, "invalid-values")["errors"]
    problem(clerk.post("/tokens", {"name": "all by default"}), 422, "invalid-values")
    assert everything() == before
    answer(clerk.post("/tokens", {"name": "same", "scopes": ["admin"]}), 201)


def test_a_token_for_somebody_else_is_theirs(alice: Persona, vera: Persona) -> None:
    made = answer(alice.post("/tokens", {"name": "hers", "member_id": vera.member_id}), 201)
    assert made["member_id"] == vera.member_id
    holder = with_token(vera, made["token"])
    answer(holder.get("/projects"))
    problem(holder.post("/projects", a_wish()), 403, "forbidden")


def test_a_role_that_is_lowered_lowers_every_token_at_once(alice: Persona, mona: Persona) -> None:
    answer(mona.post("/projects", a_wish()), 201)
    answer(alice.patch(f"/members/{mona.member_id}", {"role": "viewer"}))
    problem(mona.post("/projects", a_wish()), 403, "forbidden")


WRONG: tuple[dict[str, Any], ...] = (
    {},
    {"name": ""},
    {"name": "x", "scopes": []},
    {"name": "x", "scopes": ["root"]},
    {"name": "x", "scopes": "read"},
    {"name": "x", "member_id": "me"},
    {"name": "x", "secret": "mine"},
)


def test_a_wrong_wish_for_a_token_makes_none(alice: Persona, subtests: pytest.Subtests) -> None:
    before = everything()
    for wrong in WRONG:
        with subtests.test(str(wrong)):
            problem(alice.post("/tokens", wrong), 422, "invalid-values")
            assert everything() == before
