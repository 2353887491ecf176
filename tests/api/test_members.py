"""Members: who is in, in which role, and what becomes of their work when they leave."""

from typing import Any

import pytest

from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.personas import Persona, a_wish, answer


def takes_in(alice: Persona, email: str = "new@example.org", **wanted: Any) -> dict[str, Any]:
    return answer(alice.post("/members", {"email": email, "role": "viewer", **wanted}), 201)


def test_a_new_member_is_known_by_name_and_address(alice: Persona) -> None:
    made = takes_in(alice, "New.Person@Example.org", timezone="Europe/Paris", language="fr")
    assert made["email"] == "new.person@example.org"
    assert made["name"] == "new.person"
    read = answer(alice.get(f"/members/{made['id']}"))
    assert read == made
    assert read["timezone"] == "Europe/Paris"


def test_an_address_is_a_member_once_however_it_is_spelt(alice: Persona) -> None:
    before = everything()
    for language in ({}, FRENCH):
        body = {"email": "MONA@example.org", "role": "viewer"}
        problem(alice.post("/members", body, headers=language), 409, "conflict")
    assert everything() == before


def test_the_same_address_may_be_a_member_elsewhere(alice: Persona, charlie: Persona) -> None:
    takes_in(alice, charlie.email)
    takes_in(charlie, alice.email)


WRONG: tuple[tuple[str, Any], ...] = (
    ("email", "nobody"),
    ("email", "two@example.org, three@example.org"),
    ("email", "a\n@example.org"),
    ("email", "x" * 300 + "@example.org"),
    ("email", None),
    ("role", "king"),
    ("role", None),
    ("name", ""),
    ("name", "x" * 300),
    ("language", "de"),
    ("timezone", "Mars/Olympus"),
    ("timezone", ""),
    ("workspace_id", "mine"),
)


def test_a_wrong_member_is_not_taken_in(alice: Persona, subtests: pytest.Subtests) -> None:
    before = everything()
    for field, value in WRONG:
        with subtests.test(f"{field}={value!r:.40}"):
            body = {"email": "new@example.org", "role": "viewer", field: value}
            english = problem(alice.post("/members", body), 422, "invalid-values")["errors"][field]
            french = problem(alice.post("/members", body, headers=FRENCH), 422, "invalid-values")
            assert english != french["errors"][field]
            assert everything() == before


def test_the_last_owner_stays_an_owner(alice: Persona) -> None:
    path, before = f"/members/{alice.member_id}", everything()
    for language in ({}, FRENCH):
        problem(alice.patch(path, {"role": "manager"}, headers=language), 409, "conflict")
        problem(alice.delete(path, headers=language), 409, "conflict")
    assert everything() == before


def test_an_owner_may_go_where_another_stays(alice: Persona, mona: Persona) -> None:
    answer(alice.patch(f"/members/{mona.member_id}", {"role": "owner"}))
    assert alice.delete(f"/members/{alice.member_id}").status_code == 204
    problem(alice.get("/workspaces/me"), 401, "unauthenticated")
    assert {member["email"] for member in answer(mona.get("/members"))["items"]} == {
        "mona@example.org",
        "bob@example.org",
        "vera@example.org",
    }


def test_who_has_open_tasks_leaves_only_with_a_successor(
    alice: Persona, mona: Persona, bob: Persona
) -> None:
    project = mona.creates_a_project(people={"content": bob.email})
    mine = [task for task in mona.tasks_of(project) if bob.member_id in task["assignees"]]
    assert mine
    before = everything()
    refused = problem(alice.delete(f"/members/{bob.member_id}"), 409, "needs-successor")
    told = {task["id"]: task for task in refused["open_tasks"]}
    assert set(told) == {task["id"] for task in mine}
    assert all(
        told[task["id"]]["title"] == task["title"]
        and told[task["id"]]["due_on"] == task["due_on"]
        and told[task["id"]]["project_id"] == project["id"]
        for task in mine
    )
    french = problem(
        alice.delete(f"/members/{bob.member_id}", headers=FRENCH), 409, "needs-successor"
    )
    assert french["detail"] != refused["detail"]
    assert everything() == before


@pytest.mark.parametrize("named_by", ["email", "id"])
def test_a_successor_takes_the_open_tasks_over(
    alice: Persona, mona: Persona, bob: Persona, *, named_by: str
) -> None:
    project = mona.creates_a_project(people={"content": bob.email, "moderation": mona.email})
    tasks = mona.tasks_of(project)
    his = [task["id"] for task in tasks if task["assignees"] == [bob.member_id]]
    shared = next(task["id"] for task in tasks if task["assignees"] == [mona.member_id])
    answer(mona.patch(f"/tasks/{shared}", {"assignees": [mona.email, bob.member_id]}))
    tag = mona.get(f"/tasks/{his[0]}").headers["ETag"]
    successor = mona.email if named_by == "email" else mona.member_id
    path = f"/members/{bob.member_id}?successor={successor}"
    assert alice.delete(path).status_code == 204
    after = {task["id"]: task["assignees"] for task in mona.tasks_of(project)}
    assert all(after[task_id] == [mona.member_id] for task_id in [*his, shared])
    stale = mona.patch(f"/tasks/{his[0]}", {"title": "x"}, headers={"If-Match": tag})
    problem(stale, 412, "stale")


def test_a_successor_is_another_member_of_the_workspace(
    alice: Persona, mona: Persona, bob: Persona, charlie: Persona
) -> None:
    mona.creates_a_project(people={"content": bob.email})
    before = everything()
    for name in (bob.email, bob.member_id, charlie.email, charlie.member_id, "nobody", "removed:x"):
        response = alice.delete(f"/members/{bob.member_id}?successor={name}")
        assert "successor" in problem(response, 422, "invalid-values")["errors"]
    assert everything() == before


def test_who_has_left_is_unknown_and_may_come_back(
    alice: Persona, mona: Persona, vera: Persona
) -> None:
    project = mona.creates_a_project()
    task = mona.tasks_of(project)[0]
    assert alice.delete(f"/members/{vera.member_id}").status_code == 204
    problem(vera.get("/projects"), 401, "unauthenticated")
    path = f"/members/{vera.member_id}"
    problem(alice.get(path), 404, "not-found")
    problem(alice.patch(path, {"name": "Vera"}), 404, "not-found")
    problem(alice.delete(path), 404, "not-found")
    problem(alice.post("/tokens", {"name": "x", "member_id": vera.member_id}), 404, "not-found")
    for name in (vera.email, vera.member_id):
        response = mona.patch(f"/tasks/{task['id']}", {"assignees": [name]})
        assert "assignees" in problem(response, 422, "invalid-values")["errors"]
        problem(mona.post("/projects", a_wish(people={"expert": name})), 422, "invalid-values")
    assert takes_in(alice, vera.email)["id"] != vera.member_id
    problem(vera.get("/projects"), 401, "unauthenticated")


def test_a_token_of_who_has_left_shows_that_it_is_dead(alice: Persona, vera: Persona) -> None:
    alice.delete(f"/members/{vera.member_id}")
    rows = answer(alice.get("/tokens"))["items"]
    dead = [row["revoked_at"] for row in rows if row["member_id"] == vera.member_id]
    assert dead
    assert all(dead)


def test_the_workspace_is_renamed_by_its_owner(alice: Persona, vera: Persona) -> None:
    answer(alice.patch("/workspaces/me", {"name": "New name", "language": "fr"}))
    seen = answer(vera.get("/workspaces/me"))
    assert (seen["name"], seen["language"], seen["slug"]) == ("New name", "fr", "alice-and-co")
    problem(alice.patch("/workspaces/me", {"slug": "other"}), 422, "invalid-values")
    problem(alice.patch("/workspaces/me", {"language": "xx"}), 422, "invalid-values")
