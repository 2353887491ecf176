"""A Trello board, from its export, as a project or as a playbook: looked at first, then whole."""

import copy
from typing import Any

import pytest

from tests.api.playbooks import a_source, brings
from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.api.test_statements import counted
from tests.fakes.exported import (
    Raw,
    a_card,
    a_checklist,
    a_label,
    a_list,
    a_member,
    an_export,
    an_id,
    at,
)
from tests.personas import Persona, World, answer, next_monday

TODO, DOING, DONE = a_list(1, "To do"), a_list(2, "Doing"), a_list(3, "Done")
SITE, OLD = a_list(4, "Site"), a_list(5, "Old", closed=True)
LAUNCH = next_monday(12)
SOON = next_monday(2)


@pytest.fixture(scope="module")
def world(shared_world: World) -> World:
    return shared_world


@pytest.fixture(scope="module")
def mona(world: World) -> Persona:
    return world.mona


def an_exported_board() -> Raw:
    """Something of everything."""
    cards = [
        a_card(1, "Choose the platform", DONE, due=at("2026-03-02"), dueComplete=True),
        a_card(
            2,
            "Write the charter",
            DOING,
            desc="=1+1\nIn two pages.",
            due=at(SOON),
            start=at(next_monday(1), "09:00:00.000"),
            idMembers=[an_id("m", 1), an_id("m", 2)],
            labels=[a_label("Content")],
            attachments=[{"name": "Model", "url": "https://example.org/model"}],
        ),
        a_card(3, "Invite the seeds", TODO),
        a_card(4, "Go live", TODO, due=at(LAUNCH)),
        a_card(5, "Put it online", SITE, due=at(next_monday(3)), labels=[a_label("Milestone")]),
        a_card(6, "Forget it", OLD),
        a_card(7, "A template", TODO, isTemplate=True),
    ]
    return an_export(
        [TODO, DOING, DONE, SITE, OLD],
        cards,
        checklists=[a_checklist(1, cards[1], {"Draft": True, "Review": False})],
        members=[
            a_member(1, "Ada Example", "ada"),
            a_member(2, "Bob Example", "bob", email="BOB@example.org"),
        ],
        actions=[{"type": "commentCard"}],
    )


def a_wish(into: str = "project", **more: Any) -> dict[str, Any]:
    """Another name makes it another board, for whom a board twice is a conflict."""
    return {"source": "trello_export", "into": into, "export": an_exported_board(), **more}


def looked(who: Persona, wish: dict[str, Any], **more: Any) -> dict[str, Any]:
    return answer(who.post("/imports", {**wish, "dry_run": True}, **more))


def brought(who: Persona, wish: dict[str, Any]) -> dict[str, Any]:
    return answer(who.post("/imports", {"again": True, **wish}), 201)


def test_a_board_becomes_a_project_with_all_that_its_cards_hold(mona: Persona) -> None:
    made = brought(mona, a_wish(members={"Ada Example": mona.email}))
    project = answer(mona.get(f"/projects/{made['project_id']}"))
    assert (project["name"], project["playbook"]) == ("Our community", "empty-plan")
    assert (project["launch_on"], project["start_on"]) == (LAUNCH.isoformat(), "2026-03-02")
    tasks = {task["title"]: task for task in mona.tasks_of(project)}
    assert set(tasks) == {
        *("Choose the platform", "Write the charter", "Invite the seeds", "Go live"),
        *("Put it online", "Forget it"),
    }
    assert {title: task["status"] for title, task in tasks.items()} == {
        "Choose the platform": "done",
        "Write the charter": "in_progress",
        "Invite the seeds": "todo",
        "Go live": "todo",
        "Put it online": "todo",
        "Forget it": "not_applicable",
    }
    assert tasks["Forget it"]["reason"] == "Archived on the board."
    assert tasks["Choose the platform"]["finished_on"] == "2026-11-02"
    assert tasks["Put it online"]["milestone"]
    assert tasks["Put it online"]["labels"] == ["Milestone", "Site"]
    assert {tasks[title]["phase"] for title in ("Write the charter", "Go live")} == {
        "prepare",
        "launch",
    }
    charter = answer(mona.get(f"/tasks/{tasks['Write the charter']['id']}"))
    assert charter["notes"] == "=1+1\nIn two pages."
    assert (charter["start_on"], charter["due_on"]) == (
        next_monday(1).isoformat(),
        SOON.isoformat(),
    )
    assert [(step["title"], bool(step["done_at"])) for step in charter["steps"]] == [
        ("Draft", True),
        ("Review", False),
    ]
    assert len(charter["assignees"]) == 2
    assert mona.member_id in charter["assignees"]
    assert charter["why"].startswith("As it lay on the board")
    links = answer(mona.get(f"/tasks/{charter['id']}/links"))["items"]
    assert [link["title"] for link in links] == ["Trello", "Model"]


def test_a_look_tells_the_same_and_changes_nothing(mona: Persona) -> None:
    before = everything()
    seen = looked(mona, a_wish())
    assert everything() == before
    made = brought(mona, a_wish())
    told = ("dry_run", "project_id", "imported_before")
    same = {name: value for name, value in made.items() if name not in told}
    assert {name: value for name, value in seen.items() if name not in told} == same
    assert seen["counts"]["tasks"] == 6
    assert "Launch day is" in seen["warnings"][0]
    left = {(one["what"], one["title"]) for one in seen["left_out"]}
    assert left == {("card", "A template"), ("comments", ""), ("member", "Ada Example")}
    (seeds,) = [task for task in seen["tasks"] if task["title"] == "Invite the seeds"]
    assert "It has no date; by its place in the list" in seeds["notes"][0]
    lists = {one["title"]: (one["phase"], one["status"], one["cards"]) for one in seen["lists"]}
    assert lists["Doing"] == (None, "in_progress", 1)
    french = looked(mona, a_wish(), headers=FRENCH)
    assert "Le jour du lancement est le" in french["warnings"][0]


def test_the_very_same_board_twice_is_told(mona: Persona) -> None:
    wish = a_wish(export={**an_exported_board(), "name": "Once"})
    made = answer(mona.post("/imports", wish), 201)
    before = everything()
    reordered = copy.deepcopy(wish)
    reordered["export"] = dict(reversed(wish["export"].items()))
    told = problem(mona.post("/imports", reordered), 409, "already-imported")
    assert [one["project_id"] for one in told["imported"]] == [made["project_id"]]
    assert "“Once”" in told["detail"]
    assert everything() == before
    assert len(looked(mona, wish)["imported_before"]) == 1
    answer(mona.post("/imports", {**wish, "into": "playbook"}), 201)
    wish["export"]["cards"][0]["name"] = "Another"
    answer(mona.post("/imports", wish), 201)


def test_once_its_project_is_deleted_a_board_may_come_again(mona: Persona) -> None:
    wish = a_wish(export={**an_exported_board(), "name": "Gone"})
    made = answer(mona.post("/imports", wish), 201)
    assert mona.delete(f"/projects/{made['project_id']}").status_code == 204
    answer(mona.post("/imports", wish), 201)


def test_a_board_becomes_a_playbook_of_the_workspace(mona: Persona, world: World) -> None:
    wish = a_wish("playbook", name="Notre méthode")
    seen = looked(mona, wish)
    response = mona.post("/imports", wish)
    made = answer(response, 201)
    assert made["playbook"] == seen["playbook"]
    assert (made["playbook"]["slug"], made["playbook"]["version"]) == ("notre-methode", 1)
    whole = answer(mona.get(response.headers["Location"]))
    assert {task["key"] for task in whole["tasks"]} == {task["key"] for task in made["tasks"]}
    assert "Forget it" in {one["title"] for one in made["left_out"]}
    assert made["project_id"] is None
    again = brought(mona, wish)
    assert again["playbook"]["version"] == 2
    parameters = {"launch_on": next_monday(30).isoformat()}
    preview = {"playbook": "notre-methode", "parameters": parameters}
    assert len(answer(mona.post("/playbooks/preview", preview))["tasks"]) == 5
    problem(world.charlie.get("/playbooks/notre-methode"), 404, "not-found")


def test_no_import_gets_past_a_closed_gate(mona: Persona) -> None:
    brings(mona, a_source("gated", tasks=2, gated=True))
    gated = brought(mona, a_wish(playbook="gated", parameters={"launch_on": LAUNCH.isoformat()}))
    project = answer(mona.get(f"/projects/{gated['project_id']}"))
    tasks = mona.tasks_of(project)
    assert len(tasks) == 2 + 6
    gates = answer(mona.get(f"/projects/{project['id']}/gates"))["items"]
    begun = {task["phase"] for task in tasks if task["status"] in ("in_progress", "done")}
    assert begun.isdisjoint({gate["before_phase"] for gate in gates})
    whole = brought(mona, a_wish(playbook="community-launch", parameters=far()))
    notes = [note for task in whole["tasks"] for note in task["notes"]]
    assert "a gate before its phase is closed" in " ".join(notes)
    assert {task["status"] for task in whole["tasks"]} == {"todo", "not_applicable"}


def far() -> dict[str, Any]:
    return {"launch_on": next_monday(30).isoformat(), "people": {}}


def test_an_imported_project_is_replanned_like_any(mona: Persona) -> None:
    made = brought(mona, a_wish())
    later = {"launch_on": next_monday(14).isoformat(), "dry_run": True}
    moved = answer(mona.post(f"/projects/{made['project_id']}/replan", later))
    changed = {task["title"]: task for task in moved["tasks"]}
    assert changed["Put it online"]["due_on"] == next_monday(5).isoformat()
    assert "Choose the platform" not in changed
    history = answer(mona.get(f"/projects/{made['project_id']}/activity"))["items"]
    assert {entry["action"] for entry in history} == {"created", "imported"}


def test_what_cannot_be_meant_is_refused_and_changes_nothing(
    mona: Persona, subtests: pytest.Subtests
) -> None:
    silent = an_export([TODO], [a_card(1, "Card", TODO)])
    many = an_export([TODO], [a_card(n, f"Card {n}", TODO) for n in range(2001)])
    twins = an_export([TODO, a_list(9, "to do")], [a_card(1, "Card", TODO)])
    told = {"parameters": {"launch_on": LAUNCH.isoformat()}}
    table: list[tuple[dict[str, Any], str]] = [
        ({"export": None}, "export"),
        ({"export": {"lists": [], "cards": {}}}, "export"),
        ({"export": [1]}, "export"),
        ({"source": "asana"}, "source"),
        ({"source": ["trello"]}, "source"),
        ({"into": "void"}, "into"),
        ({"source": "trello"}, "credentials"),
        ({"credentials": {"token": "x"}}, "credentials"),
        ({"base_url": "https://example.org"}, "base_url"),
        ({"lists": {"Nowhere": {"phase": "launch"}}}, "lists"),
        ({"lists": {"To do": {"phase": "party"}}}, "lists"),
        ({"lists": {"To do": {"colour": "red"}}}, "lists"),
        ({"export": twins, "lists": {"TO DO": {"status": "done"}}, **told}, "lists"),
        ({"lists": dict.fromkeys(("To do", "Doing", "Done", "Site", "Old"), OUT)}, "parameters"),
        ({**told, "lists": dict.fromkeys(("To do", "Doing", "Done", "Site", "Old"), OUT)}, "lists"),
        ({"export": many, **told}, "lists"),
        ({"members": {"Nobody": "bob@example.org"}}, "members"),
        ({"members": {"ada": "charlie@example.org"}}, "members"),
        ({"export": silent}, "parameters"),
        ({"parameters": {"start_on": LAUNCH.isoformat()}}, "parameters"),
        ({"parameters": {"launch_on": "2026-01-05"}}, "parameters"),
        ({"parameters": {"timezone": "Mars/Base"}}, "parameters"),
        ({"parameters": {"people": {"sponsor": "nobody@example.org"}}}, "parameters"),
        ({"name": "a\nb"}, "name"),
        ({"colour": "red"}, "colour"),
    ]
    before = everything()
    for change, field in table:
        with subtests.test(change=str(change)[:80]):
            wish = {**a_wish(), **change}
            body = problem(mona.post("/imports", wish), 422, "invalid-values")
            assert field in body["errors"]
            french = problem(mona.post("/imports", wish, headers=FRENCH), 422, "invalid-values")
            assert french["errors"] != body["errors"]
    problem(mona.post("/imports", a_wish(playbook="nope")), 404, "not-found")
    assert everything() == before


OUT = {"leave_out": True}


def test_a_file_that_is_too_large_or_too_deep_is_refused(mona: Persona) -> None:
    deep = (
        '{"source": "trello_export", "into": "project", "export": '
        + '{"a":' * 100
        + "1"
        + "}" * 101
    )
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {mona.token}"}
    client = mona.app.test_client()
    nested = client.post("/api/v1/imports", data=deep, headers=headers)
    problem(nested, 400, "unreadable-body")
    large = b'{"source": "' + b"x" * (17 * 1024 * 1024) + b'"}'
    answer(client.post("/api/v1/imports", data=large, headers=headers), 413)


def test_two_thousand_cards_come_in_as_many_statements_as_two(mona: Persona) -> None:
    def statements(count: int) -> int:
        cards = [a_card(n, f"Card {n}", TODO, labels=[a_label("L")]) for n in range(count)]
        wish = a_wish(export=an_export([TODO], cards), parameters=far())
        with counted() as asked:
            brought(mona, wish)
        return len(asked)

    assert statements(2) == statements(2000)
