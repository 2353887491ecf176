"""What other programs push: signed, taken once, row by row."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from standardwebhooks import Webhook
from werkzeug.test import TestResponse

from tests.api.problems import problem
from tests.api.tables import everything
from tests.personas import Persona, answer
from tracker.kernel.clock import utcnow
from tracker.kernel.db import current_database, reading, unit_of_work
from tracker.metrics.bringing import forget_pushes
from tracker.metrics.community_models import CommunityEvent
from tracker.metrics.connection_models import Connection
from tracker.metrics.ingest_service import pushed_to

SAMPLE = {"metric": "signups", "day": "2026-09-01", "value": 12}
EVENT = {
    "source_id": "m1",
    "kind": "post",
    "at": "2026-09-01T10:00:00Z",
    "actor": "zaza@example.org",
    "channel": "general",
}


class Pusher:
    """A program that knows the secret."""

    def __init__(self, app: Flask, connection_id: str, secret: str) -> None:
        self.app, self.path, self.secret = app, f"/ingest/{connection_id}", secret

    def push(
        self,
        body: Any,
        message: str = "msg_1",
        *,
        at: datetime | None = None,
        secret: str | None = None,
        **headers: str,
    ) -> TestResponse:
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        at = at or utcnow()
        signature = Webhook(secret or self.secret).sign(message, at, data.decode(errors="replace"))
        sent = {
            "webhook-id": message,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
            "Content-Type": "application/json",
            **headers,
        }
        return self.app.test_client().post(self.path, data=data, headers=sent)


@pytest.fixture
def project(mona: Persona) -> dict[str, Any]:
    return mona.creates_a_project()


@pytest.fixture
def connection(mona: Persona, project: dict[str, Any]) -> dict[str, Any]:
    return answer(mona.post(f"/projects/{project['id']}/connections", {"kind": "push"}), 201)


@pytest.fixture
def pusher(mona: Persona, connection: dict[str, Any]) -> Pusher:
    found = answer(mona.post(f"/connections/{connection['id']}/secret", {}))
    assert found["url"].endswith(f"/ingest/{connection['id']}")
    return Pusher(mona.app, connection["id"], found["secret"])


def events() -> list[CommunityEvent]:
    with reading() as session:
        return list(session.scalars(select(CommunityEvent)))


def test_samples_and_events_are_taken_and_nobody_is_kept_by_name(pusher: Pusher) -> None:
    told = answer(pusher.push({"samples": [SAMPLE], "events": [EVENT]}), 202)
    assert told == {"accepted": 2, "duplicate": False, "rejected": []}
    (event,) = events()
    assert (event.source_id, event.kind, event.channel) == ("m1", "post", "general")
    assert "zaza" not in str(everything())


def test_the_same_message_is_taken_once(pusher: Pusher) -> None:
    answer(pusher.push({"samples": [SAMPLE]}), 202)
    before = everything()
    told = answer(pusher.push({"samples": [{**SAMPLE, "value": 99}]}))
    assert (told["accepted"], told["duplicate"]) == (0, True)
    assert everything() == before


def test_rows_that_are_wrong_are_told_and_the_others_taken(pusher: Pusher) -> None:
    body = {
        "samples": [SAMPLE, {**SAMPLE, "metric": "fame"}, 7],
        "events": [EVENT, {**EVENT, "kind": "shout"}, {**EVENT, "at": "2999-01-01T00:00:00Z"}],
    }
    told = answer(pusher.push(body), 202)
    assert told["accepted"] == 2
    rejected = [(one["list"], one["index"]) for one in told["rejected"]]
    assert rejected == [("samples", 1), ("samples", 2), ("events", 1), ("events", 2)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"secret": "whsec_" + "b3RoZXIgc2VjcmV0IG9mIHNvbWVib2R5IGVsc2U="},
        {"webhook-signature": "v1,bm9uc2Vuc2U="},
        {"webhook-signature": "é"},
        {"webhook-signature": ""},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "9" * 30},
        {"webhook-id": ""},
        {"webhook-id": "another"},
        {"webhook-id": "x" * 300},
    ],
)
@pytest.mark.long_on("postgresql")
def test_what_is_not_signed_now_and_by_who_may_is_refused(
    pusher: Pusher, wrong: dict[str, Any]
) -> None:
    before = everything()
    problem(pusher.push({"samples": [SAMPLE]}, **wrong), 401, "bad-signature")
    assert everything() == before


def test_a_message_that_was_changed_on_the_way_is_refused(pusher: Pusher) -> None:
    at, data = utcnow(), orjson.dumps({"samples": [SAMPLE]})
    signature = Webhook(pusher.secret).sign("msg_1", at, data.decode())
    other = orjson.dumps({"samples": [{**SAMPLE, "value": 13}]})
    forged: dict[str, Any] = {"webhook-signature": signature}
    told = pusher.push(other, **forged)
    problem(told, 401, "bad-signature")


def test_the_clock_may_be_wrong_by_some_minutes(pusher: Pusher) -> None:
    for n, minutes in enumerate((-4, 4)):
        at = utcnow() + timedelta(minutes=minutes)
        answer(pusher.push({"samples": [SAMPLE]}, f"msg_{n}", at=at), 202)


def test_a_new_secret_ends_the_old_one(pusher: Pusher, mona: Persona, connection: Any) -> None:
    fresh = answer(mona.post(f"/connections/{connection['id']}/secret", {}))["secret"]
    problem(pusher.push({"samples": [SAMPLE]}), 401, "bad-signature")
    answer(pusher.push({"samples": [SAMPLE]}, secret=fresh), 202)
    shown = mona.get(f"/connections/{connection['id']}").get_data(as_text=True)
    assert fresh not in shown


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"no json", 400, "unreadable-body"),
        (b'{"samples": [], "samples": []}', 400, "unreadable-body"),
        (b"[" * 5000, 400, "unreadable-body"),
        ([], 422, "invalid-values"),
        ({"rows": []}, 422, "invalid-values"),
        ({"samples": {}}, 422, "invalid-values"),
        ({"samples": [SAMPLE] * 501, "events": [EVENT] * 500}, 422, "invalid-values"),
        (b" " * 1_100_000, 413, "request-entity-too-large"),
    ],
)
@pytest.mark.long_on("postgresql")
def test_a_body_that_cannot_be_meant_is_refused(
    pusher: Pusher, body: Any, status: int, kind: str
) -> None:
    before = everything()
    problem(pusher.push(body), status, kind)
    assert everything() == before


def test_nothing_is_pushed_where_nobody_waits_for_it(
    mona: Persona, project: Any, pusher: Pusher
) -> None:
    other = answer(mona.post(f"/projects/{project['id']}/connections", {"kind": "csv"}), 201)
    for path in (other["id"], project["id"]):
        lost = Pusher(mona.app, path, pusher.secret)
        problem(lost.push({"samples": [SAMPLE]}), 404, "not-found")
    problem(mona.post(f"/connections/{other['id']}/secret", {}), 409, "not-for-pushes")


def test_a_closed_project_takes_nothing(mona: Persona, project: Any, pusher: Pusher) -> None:
    answer(mona.post(f"/projects/{project['id']}/cancel", {"reason": "No"}))
    problem(pusher.push({"samples": [SAMPLE], "events": [EVENT]}), 409, "project-closed")
    assert events() == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nobody_removes_a_connection_while_something_is_pushed_to_it(pusher: Pusher) -> None:
    """What is kept after it was removed would be there for ever."""
    connection_id = UUID(pusher.path.rpartition("/")[2])
    to_remove = select(Connection.id).with_for_update(nowait=True)
    with unit_of_work() as session, current_database().engine.connect() as other:
        pushed_to(session, connection_id, to_change=True)
        with pytest.raises(OperationalError):
            other.execute(to_remove)


def test_messages_are_remembered_for_three_days(pusher: Pusher) -> None:
    answer(pusher.push({"samples": [SAMPLE]}), 202)
    for hours, left in ((71, 1), (73, 0)):
        with unit_of_work() as session:
            assert not forget_pushes(session, now=utcnow() + timedelta(hours=hours))
        assert len(everything()["pulls"]) == left


def test_a_paused_connection_takes_nothing_and_says_so(
    mona: Persona, connection: Any, pusher: Pusher
) -> None:
    answer(mona.patch(f"/connections/{connection['id']}", {"paused": True}))
    problem(pusher.push({"samples": [SAMPLE]}), 409, "connection-paused")
    answer(mona.delete(f"/connections/{connection['id']}"), 204)
    problem(pusher.push({"samples": [SAMPLE]}), 404, "not-found")
