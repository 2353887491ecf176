"""Webhooks over the API: who may have one, what is shown of it, and what becomes of events."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from socket import socket
from threading import Event
from typing import Any

import orjson
import pytest
from sqlalchemy import update
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from tests.api.problems import FRENCH, problem
from tests.api.tables import dump, everything
from tests.fakes.receiver import Receiver, Script, a_receiver, answering
from tests.jobs.patience import eventually
from tests.jobs.relaying import put_into_the_log, told_to_all
from tests.personas import Persona, World, answer
from tests.service.webhooks.conftest import open_to
from tests.unit.kernel.test_egress_rules import INNER, UNREADABLE
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.kernel.egress import make_door, use_door
from tracker.webhooks.delivering import deliver_due
from tracker.webhooks.models import Webhook
from tracker.webhooks.testing import AT_ONCE


@pytest.fixture
def receiver(world: World) -> Iterator[Receiver]:
    with a_receiver() as made:
        open_to(made)
        yield made


def a_hook(receiver: Receiver, **given: Any) -> dict[str, Any]:
    url = f"http://good.example:{receiver.port}/hook?token=s3cr3t-t0ken"
    return {"name": "Ours", "url": url, **given}


def goes_out() -> None:
    """What happened is numbered, owed and delivered."""
    put_into_the_log()
    deliver_due(now=utcnow())


def bodies(receiver: Receiver) -> list[dict[str, Any]]:
    return [orjson.loads(request.partition(b"\r\n\r\n")[2]) for request in receiver.requests]


def headers(request: bytes) -> dict[str, str]:
    lines = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


def verifies(secret: str, request: bytes) -> bool:
    try:
        Verifier(secret).verify(request.partition(b"\r\n\r\n")[2], headers(request))
    except WebhookVerificationError:
        return False
    return True


def test_a_change_is_told_to_whoever_asked_for_it(alice: Persona, receiver: Receiver) -> None:
    made = answer(alice.post("/webhooks", a_hook(receiver, types=["task.*"])), 201)
    project = alice.creates_a_project()
    task = alice.tasks_of(project)[0]
    answer(alice.patch(f"/tasks/{task['id']}", {"title": "Say why we do it"}))
    goes_out()
    (told,) = [one for one in bodies(receiver) if one["type"] == "task.changed"]
    assert told["data"]["task_id"] == task["id"]
    assert told["data"]["previous"]["title"] == task["title"]
    assert {one["type"].split(".")[0] for one in bodies(receiver)} == {"task"}
    assert all(verifies(made["secret"], request) for request in receiver.requests)
    page = answer(alice.get(f"/webhooks/{made['id']}/deliveries?limit=1"))
    (first,) = page["items"]
    assert (first["state"], first["message_id"]) == ("sent", bodies(receiver)[-1]["id"])
    with_attempts = answer(alice.get(f"/deliveries/{first['id']}"))
    (attempt,) = with_attempts["tried"]
    assert (attempt["outcome"], attempt["status"], attempt["answer"]) == ("delivered", 200, "ok")


def test_address_headers_and_secrets_are_shown_once_or_never(
    alice: Persona, receiver: Receiver
) -> None:
    hook = a_hook(receiver, headers={"Authorization": "Bearer of-theirs"})
    made = answer(alice.post("/webhooks", hook), 201)
    assert made["secret"].startswith("whsec_")
    path = f"/webhooks/{made['id']}"
    shown = [answer(alice.get(path)), answer(alice.patch(path, {"name": "Other"}))]
    shown += answer(alice.get("/webhooks"))["items"]
    for one in shown:
        assert (one["host"], one["header_names"]) == ("good.example", ["Authorization"])
        assert "secret" not in one
        assert "s3cr3t-t0ken" not in str(one)
        assert "of-theirs" not in str(one)
    everywhere = dump()
    for secret in (made["secret"], "s3cr3t-t0ken", "of-theirs"):
        assert secret.encode() not in everywhere


def test_headers_are_not_sent_to_another_server_unless_given_again(
    alice: Persona, receiver: Receiver
) -> None:
    hook = a_hook(receiver, headers={"Authorization": "Bearer of-theirs"})
    path = f"/webhooks/{answer(alice.post('/webhooks', hook), 201)['id']}"
    elsewhere, before = f"http://other.example:{receiver.port}/hook", everything()
    for other in (elsewhere, hook["url"].replace("http:", "https:")):
        refused = problem(alice.patch(path, {"url": other}), 422, "invalid-values")
        french = problem(alice.patch(path, {"url": other}, headers=FRENCH), 422, "invalid-values")
        assert "again" in refused["errors"]["headers"][0]
        assert "autre serveur" in french["errors"]["headers"][0]
    assert everything() == before
    answer(alice.patch(path, {"url": hook["url"] + "&more=1"}))
    moved = answer(alice.patch(path, {"url": elsewhere, "headers": {}}))
    assert (moved["host"], moved["header_names"]) == ("other.example", [])


def test_a_new_secret_and_the_one_before_are_both_good_for_a_day(
    alice: Persona, receiver: Receiver
) -> None:
    made = answer(alice.post("/webhooks", a_hook(receiver)), 201)
    path = f"/webhooks/{made['id']}"
    anew = answer(alice.post(f"{path}/rotate", {}))
    assert anew["old_secret_until"]
    goes_out()
    request = receiver.requests[-1]
    assert len(headers(request)["webhook-signature"].split(" ")) == 2
    assert verifies(made["secret"], request)
    assert verifies(anew["secret"], request)
    with unit_of_work() as session:
        session.execute(update(Webhook).values(old_until=utcnow(), version=Webhook.version + 1))
    answer(alice.patch(path, {"name": "Later"}))
    goes_out()
    request = receiver.requests[-1]
    assert verifies(anew["secret"], request)
    assert not verifies(made["secret"], request)


def test_what_happens_during_a_pause_is_kept_and_sent_afterwards(
    alice: Persona, receiver: Receiver
) -> None:
    made = answer(alice.post("/webhooks", a_hook(receiver, types=["project.*"])), 201)
    path = f"/webhooks/{made['id']}"
    assert answer(alice.post(f"{path}/pause", {}))["state"] == "paused"
    assert answer(alice.post(f"{path}/pause", {}))["state"] == "paused"
    alice.creates_a_project()
    goes_out()
    held = answer(alice.get(path))["held"]
    assert held >= 1
    assert receiver.requests == []
    problem(alice.post(f"{path}/replay", {"failed": True}), 409, "conflict")
    once = {"Idempotency-Key": "resume", "If-Match": alice.get(path).headers["ETag"]}
    resumed, again = (answer(alice.post(f"{path}/resume", {}, headers=once)) for _ in range(2))
    assert resumed == again
    assert (resumed["state"], resumed["owed"], resumed["held"]) == ("active", held, 0)
    goes_out()
    assert len(receiver.requests) == held


def test_one_a_time_and_all_that_failed_are_sent_again_under_their_ids(
    alice: Persona, receiver: Receiver
) -> None:
    began = utcnow()
    receiver.script = answering(410)
    made = answer(alice.post("/webhooks", a_hook(receiver, types=["webhook.*"])), 201)
    path = f"/webhooks/{made['id']}"
    goes_out()
    disabled = answer(alice.get(path, headers=FRENCH))
    assert (disabled["state"], disabled["reason"]) == ("disabled", "gone")
    assert "410" in disabled["sentence"]
    receiver.script = answering(200)
    answer(alice.post(f"{path}/resume", {}))
    goes_out()
    items = answer(alice.get(f"{path}/deliveries?state=sent"))["items"]
    ids = {one["message_id"] for one in items}
    assert len(ids) >= 2
    before = len(receiver.requests)
    for wish, expected in (
        ({"delivery": items[0]["id"]}, 1),
        ({"failed": True}, 0),
        ({"since": began.isoformat()}, len(ids)),
        ({"since": began.isoformat(), "until": began.isoformat()}, 0),
    ):
        told = answer(alice.post(f"{path}/replay", wish), 202)
        assert told["deliveries"] == expected
        assert ("nothing to send" in told["sentence"]) == (expected == 0)
        deliver_due(now=utcnow())
    assert answer(alice.post(f"/deliveries/{items[0]['id']}/replay", {}), 202)["deliveries"] == 1
    deliver_due(now=utcnow())
    assert len(receiver.requests) == before + len(ids) + 2
    assert {one["id"] for one in bodies(receiver)[before:]} == ids
    receiver.script = answering(500)
    again = [answer(alice.post(f"/deliveries/{items[0]['id']}/replay", {}), 202) for _ in range(2)]
    assert [one["deliveries"] for one in again] == [1, 0]
    assert "still owed" in again[1]["sentence"]
    first = answer(alice.get(f"/deliveries/{items[0]['id']}"))
    assert [attempt["number"] for attempt in first["tried"]] == [*range(1, first["attempts"] + 1)]


def test_the_test_button_tells_what_came_of_it(
    alice: Persona, receiver: Receiver, subtests: pytest.Subtests
) -> None:
    hook = a_hook(receiver, types=["gate.decided"], paused=True)
    made = answer(alice.post("/webhooks", hook), 201)
    path = f"/webhooks/{made['id']}/test"
    told = answer(alice.post(path, {}))
    assert (told["ok"], told["status"], told["answer"]) == (True, 200, "ok")
    assert verifies(made["secret"], receiver.requests[0])
    (body,) = bodies(receiver)
    assert (body["type"], body["data"]["webhook_id"]) == ("webhook.test", made["id"])
    is_over = Event()
    with ThreadPoolExecutor() as people:
        receiver.script = silent_until(is_over)
        waiting = [people.submit(alice.post, path, {}) for _ in range(AT_ONCE)]
        eventually(lambda: len(receiver.requests) == 1 + AT_ONCE)
        busy = alice.post(path, {}, headers=FRENCH)
        assert problem(busy, 503, "tests-full")["detail"].startswith("2 essais sont déjà en cours")
        assert busy.headers["Retry-After"] == "10"
        is_over.set()
        assert {answer(one.result())["outcome"] for one in waiting} == {"no_answer"}
    receiver.script = answering(302, Location="http://127.0.0.1/")
    told = answer(alice.post(path, {}, headers=FRENCH))
    assert (told["ok"], told["outcome"], told["status"]) == (False, "refused", 302)
    assert "302" in told["sentence"]


def silent_until(is_over: Event) -> Script:
    """Hang up without a word, and not before ``is_over``."""

    def answer_nothing(client: socket, _over: Event) -> None:
        is_over.wait(20)
        client.close()

    return answer_nothing


WRONG: dict[str, list[Any]] = {
    "url": [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://metadata.google.internal/",
        "http://127.0.0.1:8000/api/v1/projects",
        "http://good.example:22/",
        "ftp://good.example/",
        "http://user:pass@good.example/",
        "not an address",
        "",
        7,
        None,
    ],
    "types": [["task.exploded"], ["task"], ["*"], ["task.**"], "task.*", [None], [7], None],
    "headers": [
        {"Host": "evil.example"},
        {"content-length": "7"},
        {"Webhook-Id": "mine"},
        {"webhook-signature": "v1,x"},
        {"Transfer-Encoding": "chunked"},
        {"Proxy-Authorization": "x"},
        {"X-A": "a\r\nHost: evil.example"},
        {"X-A": " a"},
        {"X-A": "é"},
        {"X A": "a"},
        {"": "a"},
        {"X-A": "a", "x-a": "b"},
        {"X-A": 7},
        {f"X-{n}": "a" for n in range(21)},
        "X-A: b",
    ],
    "name": ["", "a\nb", 7, None, "x" * 201],
    "paused": ["yes", 1, None],
    "project_id": ["01a20ad5", 7],
    "secret": ["whsec_mine"],
    "state": ["active"],
}


def test_what_cannot_be_meant_changes_nothing_and_is_told(
    alice: Persona, receiver: Receiver, subtests: pytest.Subtests
) -> None:
    made = answer(alice.post("/webhooks", a_hook(receiver)), 201)
    before = everything()
    for field, values in WRONG.items():
        for value in values:
            with subtests.test(f"{field} {value!a}"):
                hook = {**a_hook(receiver), field: value}
                english = problem(alice.post("/webhooks", hook), 422, "invalid-values")
                french = problem(
                    alice.post("/webhooks", hook, headers=FRENCH), 422, "invalid-values"
                )
                assert field in english["errors"]
                assert english["errors"] != french["errors"] or field in ("secret", "state")
                if field in ("types", "headers", "name"):
                    inner = {**hook, "url": "http://127.0.0.1/"}
                    told = problem(alice.post("/webhooks", inner), 422, "invalid-values")
                    assert told["errors"].keys() == {field, "url"}
                if field not in ("paused", "project_id"):
                    change = {field: value}
                    problem(alice.patch(f"/webhooks/{made['id']}", change), 422, "invalid-values")
    for wish in (
        {},
        {"failed": False},
        {"failed": True, "since": "2027-01-04T00:00:00Z"},
        {"until": "2027-01-04T00:00:00Z"},
        {"since": "yesterday"},
        {"since": "2027-01-05T00:00:00Z", "until": "2027-01-04T00:00:00Z"},
        {"all": True},
    ):
        with subtests.test(f"replay {wish}"):
            problem(alice.post(f"/webhooks/{made['id']}/replay", wish), 422, "invalid-values")
    assert everything() == before


def test_a_lower_role_does_not_get_at_what_a_higher_one_may_know(
    alice: Persona, mona: Persona, bob: Persona, receiver: Receiver
) -> None:
    made = answer(alice.post("/webhooks", a_hook(receiver)), 201)
    path = f"/webhooks/{made['id']}"
    problem(mona.patch(path, {"url": a_hook(receiver)["url"]}), 403, "forbidden")
    problem(mona.post(f"{path}/rotate", {}), 403, "forbidden")
    problem(mona.post(f"{path}/test", {}), 403, "forbidden")
    own = answer(mona.patch(path, {"owner_id": mona.member_id, "name": "Mine now"}))
    assert (own["owner_id"], own["name"]) == (mona.member_id, "Mine now")
    problem(mona.patch(path, {"owner_id": alice.member_id}), 403, "forbidden")
    problem(alice.patch(path, {"owner_id": bob.member_id}), 422, "invalid-values")
    answer(alice.patch(path, {"owner_id": alice.member_id}))


def test_an_owner_who_leaves_stops_it_and_whoever_resumes_it_takes_over(
    alice: Persona, mona: Persona, receiver: Receiver
) -> None:
    made = answer(mona.post("/webhooks", a_hook(receiver)), 201)
    path = f"/webhooks/{made['id']}"
    assert alice.delete(f"/members/{mona.member_id}").status_code == 204
    told_to_all()
    stopped = answer(alice.get(path))
    assert (stopped["state"], stopped["reason"]) == ("disabled", "owner_left")
    resumed = answer(alice.post(f"{path}/resume", {}))
    assert (resumed["state"], resumed["owner_id"]) == ("active", alice.member_id)
    goes_out()
    assert "member.removed" in {one["type"] for one in bodies(receiver)}


def test_one_of_a_project_is_told_of_that_alone_and_that_it_is_gone(
    alice: Persona, receiver: Receiver
) -> None:
    project, other = alice.creates_a_project(), alice.creates_a_project()
    put_into_the_log()
    answer(alice.post("/webhooks", a_hook(receiver, project_id=project["id"])), 201)
    for one in (project, other):
        answer(alice.post(f"/projects/{one['id']}/pause", {}))
        assert alice.delete(f"/projects/{one['id']}").status_code == 204
    goes_out()
    types = sorted(one["type"] for one in bodies(receiver))
    assert types == ["project.deleted", "project.state_changed"]
    assert {one["data"]["project_id"] for one in bodies(receiver)} == {project["id"]}


def test_it_is_removed_with_all_that_it_was_owed(alice: Persona, receiver: Receiver) -> None:
    made = answer(alice.post("/webhooks", a_hook(receiver)), 201)
    alice.creates_a_project()
    put_into_the_log()
    path = f"/webhooks/{made['id']}"
    answer(alice.get(path))
    assert alice.delete(path, headers={"If-Match": '"7"'}).status_code == 412
    assert alice.delete(path).status_code == 204
    assert deliver_due(now=utcnow() + timedelta(days=1)) == 0
    assert receiver.requests == []
    problem(alice.get(path), 404, "not-found")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_trick_of_the_corpus_makes_a_webhook(alice: Persona, subtests: pytest.Subtests) -> None:
    """Nor a connection or a channel: all ask the one door."""
    project = alice.creates_a_project()
    with a_receiver() as four, a_receiver("::1") as six:
        use_door(make_door((), "https://tracker.example"))
        ours = "https://tracker.example/api/v1/projects"
        tricks = [one for one in UNREADABLE if one.isprintable() and one.strip()]
        tricks += [f"http://[{one}]/" if ":" in one else f"http://{one}/" for one in INNER]
        tricks += [f"http://127.0.0.1:{four.port}/", f"http://[::1]:{six.port}/", ours]
        for url in tricks:
            with subtests.test(ascii(url)):
                hook = {"name": "Sly", "url": url}
                assert alice.post("/webhooks", hook).status_code == 422
        for url in tricks[-4:]:
            connection = {"kind": "discourse", "base_url": url, "credentials": {}}
            path = f"/projects/{project['id']}/connections"
            assert alice.post(path, connection).status_code == 422
            channel = {"kind": "hook", "address": url}
            assert alice.post("/me/channels", channel).status_code == 422
        assert (four.connections, six.connections) == (0, 0)
    assert answer(alice.get("/webhooks"))["items"] == []
