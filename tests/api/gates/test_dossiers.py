"""Dossiers, and the lists of what was said and decided."""

from typing import Any

from tests.api.gates.acts import (
    DECISION,
    decides,
    says,
    sets_tasks,
    tag_of,
    waives,
)
from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.personas import Persona, World, answer


def test_a_dossier_stays_as_it_was_whatever_happens_afterwards(
    world: World, project: Any, first: Any
) -> None:
    alice, mona, bob = world.alice, world.mona, world.bob
    path = f"/gates/{first['id']}/dossier"
    assert answer(mona.get(path))["decisions"] == []
    assert "No decision" in mona.get(f"{path}?format=md").text
    answer(decides(mona, first, "hold", reason="Wait | *for* <Monday>."))
    answer(waives(alice, first))
    sets_tasks(project, key=DECISION)
    answer(says(bob, first, comment="Fine."), 201)
    answer(decides(mona, first))
    frozen = answer(mona.get(path))["decisions"]
    texts = [
        mona.get(f"{path}?format=md", headers={"Accept-Language": tag}).text for tag in ["en", "fr"]
    ]
    assert [one["decision"]["decision"] for one in frozen] == ["hold", "waive", "pass"]
    assert [one["decision"]["number"] for one in frozen] == [1, 2, 3]
    sets_tasks(project, "todo")
    for task in mona.tasks_of(project)[:3]:
        answer(mona.patch(f"/tasks/{task['id']}", {"title": "Renamed"}))
    answer(mona.patch(f"/projects/{project['id']}", {"name": "Renamed"}))
    answer(alice.patch(f"/members/{mona.member_id}", {"name": "Renamed"}))
    alice.delete(f"/members/{bob.member_id}?successor={mona.email}")
    assert answer(mona.get(path))["decisions"] == frozen
    assert answer(mona.get(f"{path}?number=2"))["decisions"] == frozen[1:2]
    for tag, text in zip(("en", "fr"), texts, strict=True):
        read = mona.get(f"{path}?format=md", headers={"Accept-Language": tag})
        assert read.text == text
        assert read.content_type == "text/markdown; charset=utf-8"
    problem(mona.get(f"{path}?number=4"), 404, "not-found")


def test_a_dossier_tells_everything_in_both_languages(
    alice: Persona, mona: Persona, bob: Persona, first: Any
) -> None:
    answer(decides(mona, first, "hold", reason="Wait | *for* <Monday>."))
    answer(says(mona, first, "request"), 201)
    answer(says(bob, first, "decline", comment="Too dear."), 201)
    answer(waives(alice, first))
    held, waived = answer(mona.get(f"/gates/{first['id']}/dossier"))["decisions"]
    assert held["format"] == 1
    assert held["decision"]["by"]["email"] == mona.email
    for one in (held, waived):
        for row in one["criteria"]:
            assert row.keys() >= {"key", "state", "value", "target", "source", "as_of", "waived"}
            assert row["sentence"]["en"] != row["sentence"]["fr"]
    assert [(one["kind"], one["comment"]) for one in waived["approvals"]] == [
        ("request", None),
        ("decline", "Too dear."),
    ]
    assert waived["waivers"][0]["criteria"] == ["decision", "sponsor_agrees"]
    english = mona.get(f"/gates/{first['id']}/dossier?format=md").text
    assert r"Wait \| \*for\* \<Monday\>." in english
    assert "## Waivers" in english
    french = mona.get(f"/gates/{first['id']}/dossier?format=md", headers=FRENCH).text
    assert "**Dérogation** par alice" in french


def test_decisions_and_approvals_are_paged(
    alice: Persona, mona: Persona, bob: Persona, first: Any
) -> None:
    for n in range(3):
        answer(decides(mona, first, "hold", reason=f"Not yet, {n}."))
        answer(says(bob, first, "approve" if n % 2 else "decline"), 201)
    for path, name in (("decisions", "number"), ("approvals", "id")):
        whole = answer(mona.get(f"/gates/{first['id']}/{path}"))["items"]
        start = f"/gates/{first['id']}/{path}?limit=2"
        page = answer(mona.get(start))
        rest = answer(mona.get(f"{start}&cursor={page['next']}"))
        assert rest["next"] is None
        assert [row[name] for row in page["items"] + rest["items"]] == [r[name] for r in whole]
        assert len(whole) == 3


def test_a_decision_can_be_repeated_safely(mona: Persona, ready: dict[str, Any]) -> None:
    headers = {**tag_of(mona, ready), "Idempotency-Key": "pass it once"}
    path, body = f"/gates/{ready['id']}/decision", {"decision": "pass"}
    first = mona.post(path, body, headers=headers)
    again = mona.post(path, body, headers=headers)
    assert answer(first) == answer(again)
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_closed_project_takes_no_decision(
    alice: Persona, mona: Persona, project: Any, ready: dict[str, Any]
) -> None:
    answer(mona.post(f"/projects/{project['id']}/cancel", {}))
    before = everything()
    for refused in (decides(mona, ready), says(mona, ready, "request"), waives(alice, ready)):
        problem(refused, 409, "project-closed")
    assert everything() == before
