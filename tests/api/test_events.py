"""The log of events, page by page and as it grows."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.api.problems import problem
from tests.api.served import served
from tests.api.test_statements import counted
from tests.jobs.patience import eventually
from tests.personas import Persona, World, answer
from tracker.kernel.clock import utcnow
from tracker.kernel.db import new_id, unit_of_work
from tracker.kernel.event_log import KEPT, forget_old, number_new
from tracker.kernel.outbox import OutboxMessage, publish
from tracker.people.models import Token
from tracker.projects.events import TaskChanged
from tracker.reminders.events import ReminderSent
from tracker.web.streams import EACH, PLACES, end_streams
from tracker.webhooks.speaking import MOST_BYTES


def numbered() -> None:
    """What the relay does each second."""
    with unit_of_work() as session:
        number_new(session)


def log(reader: Persona, **query: object) -> dict[str, Any]:
    words = "&".join(f"{name}={value}" for name, value in {"limit": 500, **query}.items())
    return answer(reader.get(f"/events?{words}"))


def types(reader: Persona, **query: object) -> list[str]:
    return [event["type"] for event in log(reader, **query)["items"]]


def frames(text: str) -> list[dict[str, str]]:
    """What a stream has said, comments aside."""
    told = []
    for block in text.split("\n\n"):
        lines = [line.partition(": ") for line in block.splitlines() if line[:1] != ":"]
        found = {name: value for name, _, value in lines if name != "retry"}
        told += [found] if found else []
    return told


def followed(reader: Persona, after: str = "", **headers: str) -> list[dict[str, str]]:
    """What is told from ``after`` on: the streams of the tests end when all is said."""
    response = reader.get(f"/events/stream{after and '?after='}{after}", headers=headers)
    assert response.status_code == 200, response.text
    assert response.content_type == "text/event-stream; charset=utf-8"
    return frames(response.text)


@pytest.fixture
def project(mona: Persona) -> dict[str, Any]:
    made = mona.creates_a_project()
    numbered()
    return made


def test_a_change_is_told_with_what_was_there_before(
    mona: Persona, vera: Persona, project: dict[str, Any]
) -> None:
    task = mona.tasks_of(project)[0]
    answer(mona.patch(f"/tasks/{task['id']}", {"title": "Say why", "assignees": [vera.email]}))
    answer(mona.patch(f"/tasks/{task['id']}", {"priority": "high"}))
    numbered()
    of_task = log(vera, object=task["id"])["items"]
    assert [(one["type"], one["sequence"]) for one in of_task] == [
        ("task.changed", 1),
        ("task.changed", 2),
    ]
    first = of_task[0]
    assert first["id"].startswith("evt_")
    assert first["timestamp"].endswith("Z")
    assert sorted(first["data"].pop("fields")) == ["assignees", "title"]
    assert first["data"] == {
        "project_id": project["id"],
        "task_id": task["id"],
        "by": mona.member_id,
        "previous": {"title": task["title"], "assignees": task["assignees"]},
    }


def test_what_changes_state_tells_the_state_before(mona: Persona, project: dict[str, Any]) -> None:
    for act in ("pause", "resume"):
        answer(mona.post(f"/projects/{project['id']}/{act}", {}))
    answer(mona.patch(f"/projects/{project['id']}", {"name": "Ours"}))
    task = mona.tasks_of(project)[0]
    answer(mona.patch(f"/tasks/{task['id']}", {"status": "not_applicable", "reason": "No need"}))
    numbered()
    told = [
        (one["type"], one["data"]["previous"])
        for one in log(mona, project_id=project["id"])["items"]
        if "previous" in one["data"]
    ]
    assert told[:3] == [
        ("project.state_changed", {"state": "active"}),
        ("project.state_changed", {"state": "paused"}),
        ("project.changed", {"name": project["name"]}),
    ]
    kinds = [kind for kind, _ in told[3:]]
    assert kinds == ["task.changed", "task.given_up"]
    assert told[4][1] == {"status": "todo"}


def test_pages_go_both_ways_and_each_tells_where_to_go_on(
    mona: Persona, alice: Persona, project: dict[str, Any]
) -> None:
    whole = log(mona)
    ids = [event["id"] for event in whole["items"]]
    assert len(ids) >= 5
    for sort, expected in (("position", ids), ("-position", ids[::-1])):
        read = []
        page = log(mona, limit=2, sort=sort)
        while page["next"]:
            read += page["items"]
            page = log(mona, limit=2, sort=sort, cursor=page["next"])
        read = [event["id"] for event in (*read, *page["items"])]
        assert read == expected
        assert page["after"] == whole["after"]
    assert log(mona, cursor=whole["after"])["items"] == []
    answer(alice.patch("/workspaces/me", {"name": "Other"}))
    answer(mona.post(f"/projects/{project['id']}/pause", {}))
    numbered()
    assert types(mona, cursor=whole["after"]) == ["project.state_changed"]
    with counted() as statements:
        assert log(mona, limit=1)["next"] == log(mona, limit=1)["after"]
    assert len(statements) == 6  # who asks, how far the log goes, the events


def test_the_log_is_narrowed_down_by_type_project_and_object(
    mona: Persona, project: dict[str, Any]
) -> None:
    other = mona.creates_a_project()
    answer(mona.post(f"/projects/{other['id']}/pause", {}))
    numbered()
    both = ["project.created", "project.created", "project.state_changed"]
    assert types(mona, type="project.*") == both
    assert types(mona, type="project.created, member.added").count("member.added") == 4
    assert types(mona, type="project.*", project_id=project["id"]) == ["project.created"]
    assert types(mona, object=other["id"]) == both[1:]
    assert types(mona, object=new_id()) == []
    for wrong in ("project", "task.nothing", "none.*", "project.created,", "*"):
        refused = problem(mona.get(f"/events?type={wrong}"), 422, "invalid-values")
        assert "docs/events.md" in refused["errors"]["type"][0]
    for wrong in ("x", "W251bGws", cursor_of(2**70)):
        problem(mona.get(f"/events?cursor={wrong}"), 422, "invalid-values")
        told = problem(mona.get(f"/events/stream?after={wrong}"), 422, "invalid-values")
        assert "GET /events" in told["errors"]["after"][0]


def cursor_of(place: int) -> str:
    from_python = json.dumps([None, [place]]).encode()
    return urlsafe_b64encode(from_python).decode()


def test_what_is_told_to_one_member_is_told_to_no_other(
    mona: Persona, bob: Persona, vera: Persona, project: dict[str, Any]
) -> None:
    scope = workspace_of(mona)
    start = log(mona)["after"]
    with unit_of_work() as session:
        for reader in (bob, vera):
            sent = ReminderSent(
                workspace_id=scope,
                at=utcnow(),
                member_id=UUID(reader.member_id),
                reminder_id=new_id(),
                rule="due",
            )
            publish(session, sent)
    numbered()
    for reader, whose in ((mona, [bob, vera]), (bob, [bob]), (vera, [vera])):
        expected = [one.member_id for one in whose]
        seen = log(reader, type="reminder.*", cursor=start)["items"]
        assert [one["data"]["member_id"] for one in seen] == expected
        streamed = [json.loads(one["data"]) for one in followed(reader, start)]
        assert [one["data"]["member_id"] for one in streamed] == expected
    assert log(bob, cursor=start)["after"] == log(mona, cursor=start)["after"]


def workspace_of(reader: Persona) -> UUID:
    return UUID(answer(reader.get("/workspaces/me"))["id"])


def test_what_is_too_long_is_cut_and_named(mona: Persona) -> None:
    scope, task = workspace_of(mona), new_id()
    before = {"notes": "é" * 9_000, "title": "Short", "labels": ["x" * 900] * 3}
    with unit_of_work() as session:
        changed = TaskChanged(
            workspace_id=scope,
            at=utcnow(),
            project_id=new_id(),
            task_id=task,
            fields=list(before),
            previous=before,
            by=None,
        )
        publish(session, changed)
    numbered()
    (event,) = log(mona, object=task)["items"]
    assert event["cut"] == ["previous.notes"]
    assert event["data"]["previous"] == {"title": "Short", "labels": before["labels"]}
    assert len(json.dumps(event, ensure_ascii=False).encode()) <= MOST_BYTES


def test_what_is_not_kept_any_more_is_told_as_such(mona: Persona, project: dict[str, Any]) -> None:
    start = cursor_of(0)
    with unit_of_work() as session:
        session.execute(update(OutboxMessage).values(relayed_at=utcnow() - KEPT))
        unheard = select(OutboxMessage.id).where(OutboxMessage.topic == "project.created")
        kept = OutboxMessage.id.in_(unheard)
        session.execute(update(OutboxMessage).where(kept).values(relayed_at=None))
        forget_old(session, utcnow() + timedelta(seconds=1))
    assert types(mona) == ["project.created"]
    gone = problem(mona.get(f"/events?cursor={start}"), 410, "events-forgotten")
    assert "30 days" in gone["detail"]
    assert types(mona, cursor=gone["after"]) == ["project.created"]
    told = followed(mona, start)
    assert [one["event"] for one in told] == ["gone", "project.created"]
    assert json.loads(told[0]["data"])["after"] == told[0]["id"] == gone["after"]
    assert problem(mona.get(f"/events?cursor={cursor_of(10**6)}"), 410, "events-forgotten")


def test_a_stream_goes_on_after_what_was_read_last(mona: Persona, project: dict[str, Any]) -> None:
    assert followed(mona) == []
    whole = followed(mona, cursor_of(0))
    assert [one["event"] for one in whole] == types(mona)
    assert [json.loads(one["data"]) for one in whole] == log(mona)["items"]
    for place, one in enumerate(whole):
        assert followed(mona, **{"Last-Event-ID": one["id"]}) == whole[place + 1 :]
    later = whole[-2]["id"]
    assert followed(mona, cursor_of(0), **{"Last-Event-ID": later}) == whole[-1:]


# Over the wire.


FEW = "?type=project.*"


@contextmanager
def streaming(address: str, reader: Persona, query: str = "") -> Iterator[HTTPResponse]:
    """A stream that is being read."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=30)
    try:
        headers = {"Authorization": f"Bearer {reader.token}"}
        connection.request("GET", f"/api/v1/events/stream{query}", headers=headers)
        with connection.getresponse() as stream:  # it holds the connection, too
            yield stream
    finally:
        connection.close()


def next_frame(stream: HTTPResponse) -> Mapping[str, str]:
    """The next event, past comments; nothing where the stream has ended."""
    block = b""
    while line := stream.readline():
        block += line
        if line == b"\n":
            if told := frames(block.decode()):
                return told[0]
            block = b""
    return {}


@pytest.fixture
def going_on() -> Iterator[None]:
    """Streams go on, as they do outside of the tests."""
    end_streams(really=False)
    yield
    end_streams()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_streams_tell_at_once_end_with_their_token_and_leave_room_for_others(
    world: World, going_on: None
) -> None:
    mona, vera = world.mona, world.vera
    numbered()
    with (
        served(mona.app) as address,
        streaming(address, mona) as first,
        streaming(address, vera, FEW) as second,
    ):
        project = mona.creates_a_project()
        numbered()
        for stream in (first, second):
            assert next_frame(stream)["event"] == "project.created"
        with streaming(address, mona) as third, streaming(address, vera) as fourth:
            assert third.status == fourth.status == 200
            assert (PLACES, EACH) == (4, 2)
            with streaming(address, mona) as fifth:
                assert (fifth.status, fifth.headers["Retry-After"]) == (429, "15")
            with streaming(address, world.bob) as fifth:
                assert (fifth.status, fifth.headers["Retry-After"]) == (503, "15")
        eventually(lambda: is_let_in(address, mona))  # those who left are noticed
        with unit_of_work() as session:
            session.execute(
                update(Token)
                .where(Token.member_id == UUID(vera.member_id))
                .values(revoked_at=utcnow())
            )
        assert next_frame(second) == {}
        answer(mona.post(f"/projects/{project['id']}/pause", {}))
        numbered()
        assert next_frame(first)["event"] == "project.state_changed"
        end_streams()
        assert next_frame(first) == {}


def is_let_in(address: str, reader: Persona) -> bool:
    with streaming(address, reader) as stream:
        return stream.status == 200
