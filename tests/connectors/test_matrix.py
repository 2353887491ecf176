"""What is particular to rooms on Matrix."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.connectors.rigs import RIGS, Pulled, Stage, a_stage
from tests.fakes import matrix, scripts
from tests.fakes.serving import Told
from tests.fakes.story import busy
from tracker.connectors.figures import Account, Event
from tracker.connectors.matrix import parse
from tracker.connectors.trouble import PlatformError

RIG = next(rig for rig in RIGS if rig.kind == "matrix")


@pytest.fixture
def stage() -> Iterator[Stage]:
    with a_stage(RIG, busy()) as made:
        yield made


def told(*rows: dict[str, Any]) -> list[Event]:
    usual = {"sender": "@a:x", "origin_server_ts": 1_780_000_000_000, "event_id": "$1"}
    found = [usual | row for row in rows]
    return parse.events(found, "!r", lambda _user: "member", is_main=True)


def a_member(now: str, before: str | None) -> dict[str, Any]:
    unsigned = {"prev_content": {"membership": before}} if before else {}
    return {
        "type": "m.room.member",
        "state_key": "@b:x",
        "content": {"membership": now},
        "unsigned": unsigned,
    }


def test_comings_and_goings_are_told_from_new_names_and_refused_invitations() -> None:
    changes = [
        ("join", None, ["join"]),
        ("join", "invite", ["join"]),
        ("join", "leave", ["join"]),
        ("join", "join", []),
        ("leave", "join", ["leave"]),
        ("ban", "join", ["leave"]),
        ("leave", "invite", []),
        ("leave", "ban", []),
        ("invite", None, []),
        ("knock", None, []),
    ]
    for now, before, kinds in changes:
        found = told(a_member(now, before))
        assert [event.kind for event in found] == kinds
        assert all(event.actor == "@b:x" for event in found), "not whoever kicked them"


def test_edits_and_what_was_taken_back_are_nothing_new() -> None:
    edit = {"rel_type": "m.replace", "event_id": "$0"}
    rows: list[dict[str, Any]] = [
        {"type": "m.room.message", "content": {"body": "x", "m.relates_to": edit}},
        {"type": "m.room.message", "content": {}},
        {"type": "m.reaction", "content": {}},
        {"type": "m.room.topic", "content": {"topic": "x"}},
    ]
    assert told(*rows) == []


def test_threads_and_encrypted_messages_are_told() -> None:
    in_thread = {
        "rel_type": "m.thread",
        "event_id": "$root",
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": "$last"},
    }
    answers = {**in_thread, "is_falling_back": False}
    post, reply, answer, notice = told(
        {"type": "m.room.encrypted", "content": {"ciphertext": "x"}},
        {"type": "m.room.message", "content": {"body": "a", "m.relates_to": in_thread}},
        {"type": "m.room.message", "content": {"body": "a", "m.relates_to": answers}},
        {"type": "m.room.message", "content": {"body": "why?", "msgtype": "m.notice"}},
    )
    assert (post.kind, post.parent, post.root) == ("post", None, "$1")
    assert (reply.kind, reply.parent, reply.root) == ("reply", "$root", "$root")
    assert (answer.kind, answer.parent, answer.root) == ("reply", "$last", "$root")
    assert (notice.kind, notice.role) == ("post", "bot"), "and asks nothing"


def test_a_tick_to_an_answer_of_an_earlier_page_does_not_say_whose_it_was() -> None:
    relation = {"rel_type": "m.annotation", "event_id": "$a", "key": "✅"}
    accepted, reaction = told({"type": "m.reaction", "content": {"m.relates_to": relation}})
    assert (accepted.source_id, accepted.kind, accepted.actor) == ("$a", "answer_accepted", None)
    assert reaction.kind == "reaction"


def test_whoever_may_moderate_is_of_the_team() -> None:
    levels = {"users": {"@a:x": 100, "@b:x": 50, "@c:x": 0}}
    create = {"sender": "@d:x", "content": {"room_version": "12", "additional_creators": ["@e:x"]}}
    assert parse.moderators(levels, create) == {"@a:x", "@b:x", "@d:x", "@e:x"}
    create["content"]["room_version"] = "11"  # type: ignore[index]
    assert parse.moderators(levels, create) == {"@a:x", "@b:x"}


def test_only_the_main_room_tells_who_comes_and_goes(stage: Stage) -> None:
    kept = stage.pull_all()
    joins = [event for event in kept.events.values() if event.kind == "join"]
    assert {event.channel for event in joins} == {matrix.MAIN}
    assert len(joins) == 230


def test_a_plain_member_reads_all_but_who_was_seen(stage: Stage) -> None:
    stage.fake.is_admin = False
    assert len(stage.pull_all().of("post", "reply")) == 430
    kept = stage.pull("rooms", Pulled())
    assert [one.value for one in kept.samples.values()] == [230]
    with pytest.raises(PlatformError) as refused:
        stage.pull("users", Pulled())
    assert refused.value.trouble == "permission"


def test_who_was_seen_is_counted_over_all_pages(stage: Stage) -> None:
    kept = stage.pull("users", Pulled())
    assert {one.method for one in kept.samples.values()} == {"estimated"}
    last = {act.by: act.at for act in stage.story.acts if act.at <= stage.now}
    for (metric, _, dims, _), sample in kept.samples.items():
        days = {"dau": 1, "wau": 7, "mau": 30}[metric]
        since = stage.now - timedelta(days=days)
        assert sample.value == sum(at > since for at in last.values())
        assert dims == (("basis", "seen"),)


def test_a_room_that_was_left_is_left_out_and_the_main_one_is_missed(stage: Stage) -> None:
    stage.fake.closed = {matrix.room_id("random")}
    kept = stage.pull_all()
    assert matrix.room_id("random") not in {event.channel for event in kept.events.values()}
    assert len(kept.of("post", "reply")) == sum(
        a.channel != "random" for a in stage.story.written()
    )
    stage.fake.closed = {matrix.MAIN}
    with pytest.raises(PlatformError) as refused:
        stage.pull_all()
    assert refused.value.trouble == "permission"


def test_an_empty_page_that_goes_on_is_not_the_end(stage: Stage) -> None:
    stage.played.play(scripts.empty_on(6))
    kept = stage.pull_all()
    joins = [event.at for event in kept.events.values() if event.kind == "join"]
    assert 130 < len(joins) < 230
    assert max(joins) == max(one.joined_at for one in stage.story.people.values())


def test_only_the_chosen_rooms_are_read(stage: Stage) -> None:
    config = {**RIG.config, "rooms": matrix.room_id("help")}
    stage.account = Account(stage.account.base_url, config, stage.account.secrets)
    kept = stage.pull_all()
    assert {e.channel for e in kept.events.values()} == {matrix.MAIN, matrix.room_id("help")}


def test_each_refusal_of_a_homeserver_has_its_meaning(stage: Stage) -> None:
    table = [
        (429, "M_LIMIT_EXCEEDED", "throttled"),
        (403, "M_FORBIDDEN", "permission"),
        (403, "M_USER_DEACTIVATED", "credential"),
        (401, "M_UNKNOWN_TOKEN", "credential"),
        (404, "M_UNRECOGNIZED", "permission"),
        (400, "M_INVALID_PARAM", "our_fault"),
        (500, "M_UNKNOWN", "transient"),
    ]
    for status, code, trouble in table:
        stage.played.play(_saying(status, code))
        with pytest.raises(PlatformError) as refused:
            stage.pull("users", Pulled())
        assert refused.value.trouble == trouble


def _saying(status: int, code: str) -> scripts.Script:
    body = {"errcode": code, "error": "x", "retry_after_ms": 2500}
    return lambda _played, _asked: Told(status, body)
