"""Lists in pages: whole, in order, each thing once, whatever is added meanwhile."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import orjson

from tests.api.playbooks import a_source, brings, has_a_project_of
from tests.api.problems import FRENCH, problem
from tests.personas import Persona, World, a_wish, answer
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.people import queries, service
from tracker.people.rules import Role

Page = dict[str, Any]


def pages(persona: Persona, path: str) -> Iterator[Page]:
    """The pages of a list, one after the other, each asked for when it is wanted."""
    cursor = None
    while True:
        sep = "&" if "?" in path else "?"
        page = answer(persona.get(path + (f"{sep}cursor={quote(cursor)}" if cursor else "")))
        yield page
        cursor = page["next"]
        if cursor is None:
            return


def items(persona: Persona, path: str) -> list[dict[str, Any]]:
    return [item for page in pages(persona, path) for item in page["items"]]


def many_members(world: World, names: range) -> None:
    with unit_of_work() as session:
        owner = queries.member_by_email(session, _workspace(world), "alice@example.org")
        assert owner is not None
        for number in names:
            email = f"m{number:04}@example.org"
            service.add_member(session, owner.workspace_id, email, role=Role.VIEWER, now=utcnow())


def _workspace(world: World) -> Any:
    return service.load_actor(world.alice.token).workspace_id


def test_more_than_500_come_in_pages_of_50_unless_told_otherwise(world: World) -> None:
    many_members(world, range(520))
    sizes = [len(page["items"]) for page in pages(world.vera, "/members")]
    assert sizes == [50] * 10 + [24]
    assert [len(page["items"]) for page in pages(world.vera, "/members?limit=500")] == [500, 24]
    emails = [member["email"] for member in items(world.vera, "/members?limit=7")]
    assert emails == sorted(set(emails))
    assert len(emails) == 524


def test_what_is_added_meanwhile_neither_hides_nor_repeats_anything(world: World) -> None:
    many_members(world, range(0, 60, 2))
    before = [member["email"] for member in items(world.vera, "/members?limit=500")]
    seen: list[str] = []
    for number, page in enumerate(pages(world.vera, "/members?limit=4")):
        seen += [member["email"] for member in page["items"]]
        many_members(world, range(1 + 2 * number, 2 + 2 * number))
    assert len(seen) == len(set(seen))
    assert set(before) <= set(seen)


def test_what_is_removed_meanwhile_hides_nothing_else(world: World) -> None:
    many_members(world, range(20))
    before = items(world.vera, "/members?limit=500")
    seen: list[str] = []
    for page in pages(world.vera, "/members?limit=3"):
        seen += [member["email"] for member in page["items"]]
        last = page["items"][-1]
        if last["email"].startswith("m0"):
            world.alice.delete(f"/members/{last['id']}")
    assert seen == [member["email"] for member in before]


def test_projects_made_meanwhile_come_first_and_move_nothing(mona: Persona) -> None:
    brings(mona, a_source(tasks=1))
    wish = {**a_wish(), "playbook": "mine"}
    made = [answer(mona.post("/projects", wish), 201)["id"] for _ in range(5)]
    walk = pages(mona, "/projects?limit=2")
    seen = [project["id"] for project in next(walk)["items"]]
    newest = answer(mona.post("/projects", wish), 201)["id"]
    seen += [project["id"] for page in walk for project in page["items"]]
    assert seen == made[::-1]
    assert items(mona, "/projects?limit=1")[0]["id"] == newest


def test_tasks_come_in_the_wanted_order_each_once(mona: Persona) -> None:
    project = has_a_project_of(mona, 60)
    for sort in ("due_on", "-due_on", "start_on", "title", "-title", "-status"):
        path = f"/projects/{project['id']}/tasks?sort={sort}"
        whole = items(mona, f"{path}&limit=500")
        assert items(mona, f"{path}&limit=7") == whole
        assert len({task["id"] for task in whole}) == 60
        dated = [task[sort.removeprefix("-")] for task in whole]
        if sort.endswith("_on"):
            assert dated == sorted(dated, reverse=sort.startswith("-"))


def test_600_tasks_of_one_day_are_told_apart(mona: Persona) -> None:
    project = has_a_project_of(mona, 600)
    sizes = [
        len(page["items"]) for page in pages(mona, f"/projects/{project['id']}/tasks?limit=500")
    ]
    assert sizes == [500, 100]
    assert len({task["id"] for task in items(mona, f"/projects/{project['id']}/tasks")}) == 600


def test_a_renamed_task_moves_nothing_else(mona: Persona) -> None:
    project = has_a_project_of(mona, 20)
    path = f"/projects/{project['id']}/tasks?sort=title&limit=4"
    walk = pages(mona, path)
    first = next(walk)["items"]
    mona.patch(f"/tasks/{first[-1]['id']}", {"title": "A first one"})
    rest = [task["id"] for page in walk for task in page["items"]]
    assert len({task["id"] for task in first} | set(rest)) == 20


def test_the_other_lists_page_as_well(alice: Persona) -> None:
    for number in range(1, 6):
        brings(alice, a_source(version=number))
        answer(alice.post("/assessments", {"answers": "AABBCCDDAA"}), 201)
        answer(alice.post("/tokens", {"name": f"token {number}"}), 201)
    for path in ("/playbooks", "/assessments", "/tokens"):
        whole = items(alice, path)
        assert len(whole) >= 5
        assert items(alice, f"{path}?limit=2") == whole


def test_an_exact_last_page_has_no_next(alice: Persona) -> None:
    assert [len(page["items"]) for page in pages(alice, "/members?limit=2")] == [2, 2]
    assert [len(page["items"]) for page in pages(alice, "/members?limit=4")] == [4]
    assert answer(alice.get("/assessments")) == {"items": [], "next": None}


def forged(value: Any) -> str:
    return urlsafe_b64encode(orjson.dumps(value)).decode()


FORGED = {
    "no base64": "%%%",
    "no JSON": urlsafe_b64encode(b"[").decode(),
    "not ASCII": "é",
    "a number": forged(5),
    "an object": forged({"a": 1, "b": [2]}),
    "empty": forged([]),
    "another shape": forged([None, [1, 2, 3]]),
    "null": forged([None, [None]]),
    "nested": forged([None, [["a"]]]),
    "NUL": forged([None, ["\x00"]]),
    "two NULs": forged(["due_on", ["\x00", "\x00"]]),
    "no id": forged([None, ["not-an-id"]]),
    "no date": forged(["due_on", ["soon", "01a20ad5-3f2f-7b0a-8f4f-000000000000"]]),
    "a version beyond reason": forged([None, ["a", 1e300]]),
    "another order": forged(["title", ["a", "01a20ad5-3f2f-7b0a-8f4f-000000000000"]]),
}


def test_a_forged_cursor_is_refused_in_both_languages(alice: Persona) -> None:
    tasks = f"/projects/{has_a_project_of(alice, 1)['id']}/tasks"
    for path in ("/projects", "/playbooks", "/assessments", "/tokens", tasks):
        for name, cursor in FORGED.items():
            wanted = f"{path}?cursor={quote(cursor)}"
            english = problem(alice.get(wanted), 422, "invalid-values")["errors"]["cursor"]
            french = problem(alice.get(wanted, headers=FRENCH), 422, "invalid-values")
            assert english != french["errors"]["cursor"], name


def test_a_cursor_of_another_order_is_refused(mona: Persona) -> None:
    path = f"/projects/{has_a_project_of(mona, 4)['id']}/tasks?limit=2"
    by_day = answer(mona.get(f"{path}&sort=due_on"))["next"]
    for sort in ("-due_on", "start_on", "title", "status"):
        problem(mona.get(f"{path}&sort={sort}&cursor={by_day}"), 422, "invalid-values")
    assert len(answer(mona.get(f"{path}&sort=due_on&cursor={by_day}"))["items"]) == 2
