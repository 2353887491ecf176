"""What lies under a task: steps, comments, addresses, evidence, and who watches it."""

from typing import Any

import pytest

from tests.api.launches import (
    a_small_launch,
    brings_the_small_launch,
    by_name,
    sets_the_gate,
    sets_the_project,
)
from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.personas import Persona, answer

Tasks = dict[str, dict[str, Any]]


@pytest.fixture
def project(mona: Persona, bob: Persona) -> dict[str, Any]:
    """A small launch whose tasks are Bob's."""
    brings_the_small_launch(mona)
    return a_small_launch(mona, people={"content": bob.email})


@pytest.fixture
def tasks(mona: Persona, project: dict[str, Any]) -> Tasks:
    return by_name(mona, project)


def path_of(task: dict[str, Any], more: str = "") -> str:
    return f"/tasks/{task['id']}{more}"


def told_last() -> dict[str, Any]:
    return dict(everything()["activities"][-1])


def refused(persona: Persona, asked: tuple[str, str, Any], code: int, kind: str) -> dict[str, Any]:
    """A call that is refused in both languages, and changes nothing."""
    before = everything()
    english = problem(persona.call(*asked), code, kind)
    french = problem(persona.call(*asked, headers=FRENCH), code, kind)
    assert english["detail"] != french["detail"]
    assert everything() == before
    return english


# Steps.


def test_steps_are_ticked_one_by_one(bob: Persona, tasks: Tasks) -> None:
    path = path_of(tasks["first"], "/steps/look")
    ticked = bob.patch(path, {"done": True})
    assert answer(ticked)["done_at"]
    assert ticked.headers["ETag"].startswith('"2-')
    assert told_last()["changes"] == {"steps.look": [False, True]}
    shown = answer(bob.get(path_of(tasks["first"])))
    assert shown["steps"] == [answer(ticked)]
    assert (shown["status"], shown["version"]) == ("todo", 2)
    again = answer(bob.patch(path, {"done": True}))
    assert again == answer(ticked)
    assert answer(bob.patch(path, {"done": False, "title": "Look twice"}))["done_at"] is None
    assert answer(bob.get(path_of(tasks["first"])))["version"] == 3
    fields = [row["payload"] for row in everything()["outbox_messages"]][-1]["fields"]
    assert fields == ["steps.look.title", "steps.look"]


def test_steps_are_added_at_the_end_and_removed(mona: Persona, tasks: Tasks) -> None:
    path = path_of(tasks["first"], "/steps")
    added = answer(mona.post(path, {"title": "Ask"}), 201)
    titles = [step["title"] for step in answer(mona.get(path_of(tasks["first"])))["steps"]]
    assert titles == ["Look", "Ask"]
    assert mona.delete(f"{path}/look").status_code == 204
    assert answer(mona.get(path_of(tasks["first"])))["steps"] == [added]
    refused(mona, ("DELETE", f"{path}/look", None), 404, "not-found")
    refused(mona, ("PATCH", f"{path}/look", {"done": True}), 404, "not-found")


def test_nothing_is_ticked_behind_a_closed_gate(
    mona: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    path = path_of(tasks["open"], "/steps/doors")
    refused(mona, ("PATCH", path, {"done": True}), 409, "closed-gate")
    answer(mona.patch(path, {"title": "Gates"}))
    sets_the_gate(project, "passed")
    answer(mona.patch(path, {"done": True}))
    sets_the_gate(project, "held")
    refused(mona, ("PATCH", path, {"done": False}), 409, "closed-gate")


# Comments.


def test_comments_are_read_in_their_order_and_call_members(
    vera: Persona, bob: Persona, mona: Persona, tasks: Tasks
) -> None:
    path = path_of(tasks["open"], "/comments")
    body = f"Ask @{mona.email.upper()}, (@{bob.email}). Not x@{bob.email}"
    made = mona.post(path, {"body": body, "mentions": [vera.member_id, bob.email]})
    first = answer(made, 201)
    assert first["mentions"] == sorted([mona.member_id, bob.member_id, vera.member_id])
    second = answer(bob.post(path, {"body": "Done.\nNext?"}), 201)
    page = answer(vera.get(f"{path}?limit=1"))
    assert page["items"] == [first]
    rest = answer(vera.get(f"{path}?limit=1&cursor={page['next']}"))
    assert (rest["items"], rest["next"]) == ([second], None)
    read = vera.get(made.headers["Location"])
    assert (answer(read), read.headers["ETag"]) == (first, made.headers["ETag"])
    assert answer(vera.get(path_of(tasks["open"])))["counts"]["comments"] == 2
    announced = [row for row in everything()["outbox_messages"] if row["topic"] == "task.commented"]
    assert announced[0]["payload"]["mentions"] == first["mentions"]
    assert body not in str(everything()["activities"])
    problem(vera.post(path, {"body": "I look only"}), 403, "forbidden")


def test_a_comment_is_its_authors_to_change_and_a_managers_to_delete(
    alice: Persona, mona: Persona, bob: Persona, tasks: Tasks
) -> None:
    comments = path_of(tasks["first"], "/comments")
    made = mona.post(comments, {"body": f"Hello @{bob.email}"})
    path = made.headers["Location"]
    refused(bob, ("PATCH", path, {"body": "Mine"}), 403, "forbidden")
    refused(alice, ("PATCH", path, {"body": "Mine"}), 403, "forbidden")
    refused(bob, ("DELETE", path, None), 403, "forbidden")
    changed = mona.patch(path, {"body": "Hello"}, headers={"If-Match": made.headers["ETag"]})
    assert (answer(changed)["mentions"], answer(changed)["version"]) == ([], 2)
    assert answer(changed)["edited_at"]
    stale = mona.patch(path, {"body": "Hi"}, headers={"If-Match": made.headers["ETag"]})
    problem(stale, 412, "stale")
    assert mona.patch(path, {"body": "Hello"}).headers["ETag"] == changed.headers["ETag"]
    assert alice.delete(path).status_code == 204
    refused(mona, ("GET", path, None), 404, "not-found")
    assert answer(mona.get(comments))["items"] == []
    elsewhere = path.replace(tasks["first"]["id"], tasks["second"]["id"])
    refused(mona, ("GET", elsewhere, None), 404, "not-found")


WRONG_COMMENTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "body"),
    ({"body": ""}, "body"),
    ({"body": "a\x07"}, "body"),
    ({"body": "x" * 10_001}, "body"),
    ({"body": "Ask @nobody@example.org"}, "body"),
    ({"body": "Ask @charlie@example.org"}, "body"),
    ({"body": "Ask", "mentions": ["nobody@example.org"]}, "mentions"),
    ({"body": "Ask", "mentions": ["x"] * 51}, "mentions"),
    ({"body": "Ask", "author_id": "x"}, "author_id"),
)


def test_a_wrong_comment_is_named(mona: Persona, tasks: Tasks, subtests: pytest.Subtests) -> None:
    path = path_of(tasks["first"], "/comments")
    for body, field in WRONG_COMMENTS:
        with subtests.test(f"{body!r:.60}"):
            asked = ("POST", path, body)
            assert field in refused(mona, asked, 422, "invalid-values")["errors"]


# Addresses and evidence.

GOOD_ADDRESSES = (
    "https://example.org",
    "http://localhost:8080/a?b=c#d",
    "https://[2001:db8::1]/x",
    "HTTPS://exämple.org/é",
)
BAD_ADDRESSES = (
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://example.org",
    "//example.org/x",
    "https://",
    "https:///x",
    "https://user:word@example.org",
    "https://example.org:port/",
    "https://[::1/",
    "https://example.org/a b",
    'https://example.org/"><script>',
    "example.org",
    "https://example.org/" + "x" * 2000,
    "",
)


def test_only_web_addresses_are_links(
    bob: Persona, tasks: Tasks, subtests: pytest.Subtests
) -> None:
    path = path_of(tasks["first"], "/links")
    for url in BAD_ADDRESSES:
        with subtests.test(url[:40]):
            asked = ("POST", path, {"url": url})
            assert "url" in refused(bob, asked, 422, "invalid-values")["errors"]
    made = [answer(bob.post(path, {"url": url, "title": "X"}), 201) for url in GOOD_ADDRESSES]
    assert answer(bob.get(path))["items"] == made
    assert told_last()["changes"] == {"links": [None, GOOD_ADDRESSES[-1]]}
    assert bob.delete(f"{path}/{made[0]['id']}").status_code == 204
    assert answer(bob.get(path))["items"] == made[1:]
    assert answer(bob.get(path_of(tasks["first"])))["counts"]["links"] == 3
    refused(bob, ("DELETE", f"{path}/{made[0]['id']}", None), 404, "not-found")


def test_evidence_lets_a_task_be_done_and_stays_with_it(bob: Persona, tasks: Tasks) -> None:
    task = tasks["proven"]
    path = path_of(task, "/evidence")
    note = answer(bob.post(path, {"kind": "note", "note": "I have seen it"}), 201)
    problem(bob.patch(path_of(task), {"status": "done"}), 409, "evidence-missing")
    link = answer(bob.post(path, {"kind": "link", "url": "https://example.org/signed"}), 201)
    answer(bob.post(path, {"kind": "figure", "figure": 12.5, "note": "members"}), 201)
    assert bob.delete(f"{path}/{note['id']}").status_code == 204
    done = answer(bob.patch(path_of(task), {"status": "done"}))
    assert [row["kind"] for row in done["evidences"]] == ["link", "figure"]
    assert done["counts"]["evidence"] == 2
    assert answer(bob.get(path))["items"] == done["evidences"]
    refused(bob, ("DELETE", f"{path}/{link['id']}", None), 409, "evidence-stays")
    answer(bob.patch(path_of(task), {"status": "todo"}))
    assert bob.delete(f"{path}/{link['id']}").status_code == 204
    problem(bob.patch(path_of(task), {"status": "done"}), 409, "evidence-missing")


WRONG_EVIDENCE: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "kind"),
    ({"kind": "photo"}, "kind"),
    ({"kind": "link"}, "url"),
    ({"kind": "link", "url": "javascript:x"}, "url"),
    ({"kind": "link", "url": "https://example.org", "figure": 3}, "figure"),
    ({"kind": "note"}, "note"),
    ({"kind": "note", "note": ""}, "note"),
    ({"kind": "note", "note": "x", "url": "https://example.org"}, "url"),
    ({"kind": "figure"}, "figure"),
    ({"kind": "figure", "figure": "3"}, "figure"),
    ({"kind": "figure", "figure": True}, "figure"),
    ({"kind": "figure", "figure": 1e300}, "figure"),
)


def test_wrong_evidence_is_named(bob: Persona, tasks: Tasks, subtests: pytest.Subtests) -> None:
    path = path_of(tasks["proven"], "/evidence")
    for body, field in WRONG_EVIDENCE:
        with subtests.test(f"{body}"):
            errors = problem(bob.post(path, body), 422, "invalid-values")["errors"]
            french = problem(bob.post(path, body, headers=FRENCH), 422, "invalid-values")["errors"]
            assert errors[field] != french[field]
    assert everything()["evidences"] == []


# Who watches.


def test_members_watch_for_themselves_and_managers_for_others(
    mona: Persona, bob: Persona, vera: Persona, tasks: Tasks
) -> None:
    path = path_of(tasks["first"], "/watchers/")
    for caller, member in ((vera, vera), (vera, vera), (mona, bob)):
        assert caller.call("PUT", path + member.member_id).status_code == 204
    shown = mona.get(path_of(tasks["first"]))
    assert answer(shown)["watchers"] == sorted([vera.member_id, bob.member_id])
    assert answer(shown)["version"] == 1
    assert told_last()["changes"] == {"watchers": [None, bob.member_id]}
    refused(bob, ("PUT", path + mona.member_id, None), 403, "forbidden")
    refused(bob, ("DELETE", path + vera.member_id, None), 403, "forbidden")
    assert bob.delete(path + bob.member_id).status_code == 204
    assert mona.delete(path + vera.member_id).status_code == 204
    assert answer(mona.get(path_of(tasks["first"])))["watchers"] == []
    refused(mona, ("DELETE", path + vera.member_id, None), 404, "not-found")


# All of them.


def test_who_may_not_change_a_task_adds_nothing_to_it(
    mona: Persona, bob: Persona, tasks: Tasks
) -> None:
    answer(mona.patch(path_of(tasks["first"]), {"assignees": []}))
    for asked in (
        ("POST", "/steps", {"title": "Ask"}),
        ("PATCH", "/steps/look", {"done": True}),
        ("DELETE", "/steps/look", None),
        ("POST", "/links", {"url": "https://example.org"}),
        ("POST", "/evidence", {"kind": "note", "note": "Seen"}),
    ):
        method, more, body = asked
        refused(bob, (method, path_of(tasks["first"], more), body), 403, "forbidden")


def test_a_project_that_takes_no_changes_takes_none_under_its_tasks(
    mona: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    first = tasks["first"]
    comment = mona.post(path_of(first, "/comments"), {"body": "x"}).headers["Location"]
    link = answer(mona.post(path_of(first, "/links"), {"url": "https://example.org"}), 201)
    proof = answer(mona.post(path_of(first, "/evidence"), {"kind": "note", "note": "x"}), 201)
    assert mona.call("PUT", path_of(first, f"/watchers/{mona.member_id}")).status_code == 204
    sets_the_project(project, "cancelled")
    for method, path, body in (
        ("POST", path_of(first, "/steps"), {"title": "Ask"}),
        ("PATCH", path_of(first, "/steps/look"), {"done": True}),
        ("DELETE", path_of(first, "/steps/look"), None),
        ("POST", path_of(first, "/comments"), {"body": "x"}),
        ("PATCH", comment, {"body": "y"}),
        ("DELETE", comment, None),
        ("POST", path_of(first, "/links"), {"url": "https://example.org"}),
        ("DELETE", path_of(first, f"/links/{link['id']}"), None),
        ("POST", path_of(first, "/evidence"), {"kind": "note", "note": "x"}),
        ("DELETE", path_of(first, f"/evidence/{proof['id']}"), None),
        ("PUT", path_of(first, f"/watchers/{mona.member_id}"), None),
        ("DELETE", path_of(first, f"/watchers/{mona.member_id}"), None),
        ("POST", path_of(first, "/dependencies"), {"predecessor": tasks["beside"]["id"]}),
        ("DELETE", path_of(tasks["second"], f"/dependencies/{first['id']}"), None),
    ):
        refused(mona, (method, path, body), 409, "project-closed")
