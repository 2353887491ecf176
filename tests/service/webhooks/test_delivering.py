"""What is owed arrives, is tried again by the schedule, and keeps nobody else waiting."""

import socket
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from threading import Event
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select, text
from standardwebhooks.webhooks import Webhook as Verifier

from tests.api.test_statements import counted
from tests.fakes.receiver import Receiver, a_receiver, answering
from tests.fakes.zoo import late, reset, truncated
from tests.personas import Persona, World
from tests.service.webhooks.conftest import open_to
from tests.service.webhooks.owed import (
    Owes,
    an_endpoint,
    endpoint_row,
    events,
    kept,
    owed,
    set_delivery,
    set_endpoint,
    states,
)
from tracker.kernel.clock import utcnow
from tracker.kernel.db import core, reading, unit_of_work
from tracker.kernel.hearing import Heard
from tracker.kernel.outbox import OutboxMessage
from tracker.people.models import Member
from tracker.webhooks.backlog import is_due
from tracker.webhooks.delivering import deliver_due
from tracker.webhooks.disabling import disable_webhooks_of
from tracker.webhooks.forgetting import forget_some
from tracker.webhooks.pacing import JITTER, PAUSES
from workers.upkeep import forget_old_deliveries

BAD = answering(500, b"not today")


def heard(request: bytes) -> tuple[dict[str, str], bytes]:
    """Headers, their names in small letters, and the body of what came."""
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
    return {name.lower(): value for name, _, value in lines}, body


def ids_of(requests: Sequence[bytes]) -> list[str]:
    return [heard(request)[0]["webhook-id"] for request in requests]


def after(moment: datetime | None) -> datetime:
    assert moment is not None
    return moment + timedelta(seconds=1)


def test_what_arrives_is_signed_and_says_what_happened(
    world: World, workspace_id: UUID, receiver: Receiver
) -> None:
    url = f"http://good.example:{receiver.port}/hook?key=secret"
    mine = {"X-Mine": "of the customer", "User-Agent": "theirs"}
    endpoint = an_endpoint(workspace_id, UUID(world.alice.member_id), url, headers=mine)
    (event,) = events(workspace_id, previous={"title": "Find a venue"})
    (delivery,) = owed(endpoint, [event])
    assert deliver_due(now=utcnow()) == 1
    headers, body = heard(receiver.requests[0])
    told = Verifier(endpoint.secret).verify(body, headers)
    assert told == orjson.loads(body)
    assert set(told) == {"id", "type", "timestamp", "sequence", "data"}
    assert (told["id"], told["type"]) == (f"evt_{event}", "task.changed")
    assert told["data"]["previous"] == {"title": "Find a venue"}
    assert headers["webhook-id"] == f"evt_{event}"
    assert (headers["x-mine"], headers["user-agent"]) == ("of the customer", "theirs")
    assert headers["content-type"] == "application/json"
    one = kept(delivery)
    assert (one.state, one.row.ready_at, one.outcomes) == ("sent", None, ["delivered"])
    (attempt,) = one.attempts
    assert (attempt.status, attempt.answer) == (200, "ok")
    assert endpoint_row(endpoint).delivered_at is not None
    assert deliver_due(now=utcnow()) == 0


def test_what_fails_is_tried_for_three_days_under_one_id_and_then_given_up(
    workspace_id: UUID, endpoint: Owes, receiver: Receiver
) -> None:
    receiver.script = BAD
    (delivery,) = owed(endpoint, events(workspace_id))
    began = now = utcnow()
    waits = []
    while kept(delivery).state == "owed":
        set_endpoint(endpoint, blocked_until=None)  # this is about one delivery
        assert deliver_due(now=now) == 1
        one = kept(delivery)
        if one.row.ready_at:
            waits.append(one.row.ready_at - now)
            now = after(one.row.ready_at)
    assert len(waits) == len(PAUSES)
    for wait, planned in zip(waits, PAUSES, strict=True):
        assert planned <= wait <= planned * (1 + JITTER) + timedelta(seconds=2)
    assert now - began > timedelta(hours=72)
    one = kept(delivery)
    assert (one.state, one.row.reason, one.row.attempts) == ("failed", "refused", 10)
    assert {attempt.answer for attempt in one.attempts} == {"not today"}
    assert len(set(ids_of(receiver.requests))) == 1
    stamps = {heard(request)[0]["webhook-timestamp"] for request in receiver.requests}
    assert len(stamps) == 10


def test_whoever_wants_peace_has_it(workspace_id: UUID, endpoint: Owes, receiver: Receiver) -> None:
    receiver.script = answering(429, Retry_After="1800")
    first, second = owed(endpoint, events(workspace_id, 2))
    now = utcnow()
    deliver_due(now=now)
    tried = [one for one in (first, second) if kept(one).row.attempts]
    ready = kept(tried[0]).row.ready_at
    assert timedelta(minutes=29) < ready - now < timedelta(minutes=31)
    until = endpoint_row(endpoint).blocked_until
    assert timedelta(minutes=29) < until - now < timedelta(minutes=31)
    receiver.script = answering(204)
    assert deliver_due(now=now + timedelta(minutes=5)) == 0
    deliver_due(now=now + timedelta(minutes=35))
    assert states(endpoint) == {"sent": 2}


def test_an_endpoint_that_fails_is_left_alone_longer_each_time_and_probed_once(
    workspace_id: UUID, endpoint: Owes, receiver: Receiver
) -> None:
    receiver.script = BAD
    owed(endpoint, events(workspace_id, 30))
    now = utcnow()
    deliver_due(now=now)
    assert len(receiver.requests) <= 6, "one of two lanes may have been under way"
    blocks = []
    for _ in range(9):
        until = endpoint_row(endpoint).blocked_until
        blocks.append((until - now).total_seconds())
        before = len(receiver.requests)
        assert deliver_due(now=until - timedelta(seconds=2)) == 0
        now = after(until)
        deliver_due(now=now)
        assert len(receiver.requests) == before + 1
    assert blocks[0] < 35
    assert max(blocks) < 3605
    assert blocks[-1] > 3500
    receiver.script = answering(200)
    deliver_due(now=after(endpoint_row(endpoint).blocked_until))
    row = endpoint_row(endpoint)
    assert (row.failures, row.failing_since, row.blocked_until) == (0, None, None)
    deliver_due(now=now + timedelta(days=1))
    assert states(endpoint) == {"sent": 30}


def test_one_that_answers_410_is_sent_nothing_more_and_told_about(
    alice: Persona, workspace_id: UUID, endpoint: Owes, receiver: Receiver
) -> None:
    receiver.script = answering(410)
    owed(endpoint, events(workspace_id, 5))
    deliver_due(now=utcnow())
    row = endpoint_row(endpoint)
    assert (row.state, row.reason) == ("disabled", "gone")
    assert states(endpoint) == {"held": 5}
    assert len(receiver.requests) <= 2
    assert [event.payload["reason"] for event in announced("webhook.disabled")] == ["gone"]
    assert deliver_due(now=utcnow() + timedelta(days=1)) == 0


def test_one_that_fails_for_five_days_is_disabled(
    workspace_id: UUID, endpoint: Owes, receiver: Receiver
) -> None:
    receiver.script = BAD
    owed(endpoint, events(workspace_id, 2))
    now = utcnow()
    deliver_due(now=now)
    set_endpoint(endpoint, blocked_until=None)
    later = now + timedelta(days=5, seconds=1)
    owed(endpoint, events(workspace_id), now=later)
    deliver_due(now=later)
    row = endpoint_row(endpoint)
    assert (row.state, row.reason) == ("disabled", "failing")
    assert states(endpoint) == {"held": 3}
    assert len(announced("webhook.disabled")) == 1


def announced(topic: str) -> list[Any]:
    with unit_of_work() as session:
        return list(session.scalars(select(OutboxMessage).where(OutboxMessage.topic == topic)))


def test_nothing_goes_out_by_the_rights_of_one_who_has_left(
    mona: Persona, workspace_id: UUID, receiver: Receiver
) -> None:
    mine = (workspace_id, UUID(mona.member_id))
    heard_of, missed = (
        an_endpoint(*mine, f"http://good.example:{receiver.port}/{n}") for n in (1, 2)
    )
    for endpoint in (heard_of, missed):
        owed(endpoint, events(workspace_id))
    with unit_of_work() as session:
        member = session.get_one(Member, mine)
        member.removed_at = utcnow()
    told = Heard(workspace_id, "member.removed", {"member_id": mona.member_id}, utcnow())
    with unit_of_work() as session:
        disable_webhooks_of(session, told, now=utcnow())
    set_endpoint(missed, state="active")  # as if nobody had heard it yet
    owed(missed, events(workspace_id))
    deliver_due(now=utcnow())
    assert receiver.requests == []
    for endpoint in (heard_of, missed):
        row = endpoint_row(endpoint)
        assert (row.state, row.reason) == ("disabled", "owner_left")
        assert set(states(endpoint)) == {"held"}


def test_payloads_are_made_by_the_rights_that_the_owner_has_now(
    bob: Persona, workspace_id: UUID, receiver: Receiver
) -> None:
    endpoint = an_endpoint(
        workspace_id, UUID(bob.member_id), f"http://good.example:{receiver.port}/"
    )
    anyones, others, own = (
        events(workspace_id),
        events(workspace_id, topic="reminder.sent", member_id=str(workspace_id)),
        events(workspace_id, topic="reminder.sent", member_id=bob.member_id),
    )
    first, second, third = owed(endpoint, [*anyones, *others, *own])
    deliver_due(now=utcnow())
    assert [kept(one).state for one in (first, second, third)] == ["sent", "dropped", "sent"]
    dropped = kept(second)
    assert (dropped.row.reason, dropped.row.attempts, dropped.attempts) == ("not_allowed", 0, [])
    assert len(receiver.requests) == 2


def test_an_event_that_is_not_kept_any_more_is_dropped(
    workspace_id: UUID, endpoint: Owes, receiver: Receiver
) -> None:
    (delivery,) = owed(endpoint, [workspace_id])
    deliver_due(now=utcnow())
    assert (kept(delivery).state, kept(delivery).row.reason) == ("dropped", "forgotten")
    assert receiver.requests == []


def test_a_dead_endpoint_keeps_nobody_waiting(
    world: World, workspace_id: UUID, receiver: Receiver
) -> None:
    """Its backlog is the longest due, and it never answers."""
    owner = UUID(world.alice.member_id)
    with a_receiver() as dead:
        dead.script = late(5)
        open_to(receiver, dead)
        hopeless = an_endpoint(workspace_id, owner, f"http://dead.example:{dead.port}/")
        ids = events(workspace_id, 120)
        owed(hopeless, ids, now=utcnow() - timedelta(hours=1))
        well = [
            an_endpoint(workspace_id, owner, f"http://good.example:{receiver.port}/{n}")
            for n in range(10)
        ]
        done = [one for endpoint in well for one in owed(endpoint, ids[:4])]
        deliver_due(now=utcnow(), seconds=1.0)
        assert {kept(one).state for one in done} == {"sent"}
        ends = [kept(one).row.ended_at for one in done]
        first = min(kept(one).attempts[0].began_at for one in done)
        assert (max(ends) - first).total_seconds() < 1.0
        assert len(dead.requests) <= 7
        assert states(hopeless) == {"owed": 120}


def test_any_number_of_dead_endpoints_costs_a_look_no_more_than_one(
    world: World, workspace_id: UUID, receiver: Receiver
) -> None:
    ids = events(workspace_id, 60)
    until = utcnow() + timedelta(hours=1)
    found = []
    for count in (1, 3):
        for _ in range(count):
            owner = UUID(world.alice.member_id)
            dead = an_endpoint(workspace_id, owner, "http://dead.example/", blocked_until=until)
            owed(dead, ids)
        with counted() as statements:
            assert deliver_due(now=utcnow()) == 0
        found.append(len(statements))
        with reading() as session:
            assert not is_due(session, utcnow())
            assert is_due(session, until)
    assert found == [1, 1]


def test_what_brings_everybody_down_goes_alone_and_is_given_up(
    workspace_id: UUID, endpoint: Owes, receiver: Receiver
) -> None:
    poison, harmless = owed(endpoint, events(workspace_id, 2))
    set_delivery(poison, crashes=3)
    deliver_due(now=utcnow())
    assert kept(poison).outcomes == ["delivered"]
    assert kept(harmless).state == "sent"
    (hopeless,) = owed(endpoint, events(workspace_id))
    set_delivery(hopeless, crashes=6)
    deliver_due(now=utcnow())
    assert (kept(hopeless).state, kept(hopeless).row.reason) == ("failed", "crashed")


def test_deliveries_are_kept_for_thirty_days(
    workspace_id: UUID, endpoint: Owes, receiver: Receiver
) -> None:
    owed(endpoint, events(workspace_id))
    deliver_due(now=utcnow())
    for days, left in ((29, {"sent": 1}), (31, {})):
        with unit_of_work() as session:
            forget_some(session, workspace_id, now=utcnow() + timedelta(days=days))
        assert states(endpoint) == left


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_however_many_are_old_all_are_forgotten(workspace_id: UUID, endpoint: Owes) -> None:
    owed(endpoint, events(workspace_id, 1), now=utcnow())
    (old,) = owed(endpoint, [workspace_id], created_at=utcnow() - timedelta(days=31))
    copied = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20001) "
        "INSERT INTO deliveries (workspace_id, id, webhook_id, event_id, type, state, attempts, "
        "created_at) SELECT workspace_id, printf('%032x', i), webhook_id, printf('%032x', i), "
        "type, state, attempts, created_at FROM deliveries, n WHERE id = :old"
    )
    with unit_of_work() as session:
        core(session).execute(text(copied), {"old": old.hex})
    forget_old_deliveries()
    assert states(endpoint) == {"owed": 1}


def test_through_every_fault_all_arrive_or_are_told_as_failed(
    world: World, workspace_id: UUID, endpoint: Owes, receiver: Receiver
) -> None:
    """Three in ten go wrong, each in another way; whatever arrives twice has the same id."""
    answers = [answering(500), answering(429, Retry_After="7"), reset, answering(302), truncated]
    chances = Random(6)

    def fickle(client: socket.socket, over: Event) -> None:
        good = answering(200)
        (chances.choice(answers) if chances.random() < 0.3 else good)(client, over)

    receiver.script = fickle
    ids = events(workspace_id, 150)
    owed(endpoint, ids)
    now = utcnow()
    for _ in range(60):
        deliver_due(now=now, seconds=2)
        if set(states(endpoint)) <= {"sent", "failed"}:
            break
        now += timedelta(hours=2)
        set_endpoint(endpoint, failing_since=None)
    assert states(endpoint) == {"sent": 150}
    assert set(ids_of(receiver.requests)) == {f"evt_{one}" for one in ids}
