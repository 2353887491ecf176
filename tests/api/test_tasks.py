"""Tasks: found, read and changed."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.personas import Persona, answer, next_monday
from tracker.kernel.clock import utcnow


@pytest.fixture
def project(mona: Persona, bob: Persona) -> dict[str, Any]:
    """A launch whose contents are Bob's."""
    return mona.creates_a_project(people={"content": bob.email})


def found(persona: Persona, project: dict[str, Any], query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = answer(
        persona.get(f"/projects/{project['id']}/tasks?limit=500&{query}")
    )["items"]
    return items


def test_tasks_are_found_by_phase_status_assignee_and_day(
    vera: Persona, bob: Persona, project: dict[str, Any]
) -> None:
    whole = vera.tasks_of(project)
    for query, wanted in (
        ("phase=prepare", lambda task: task["phase"] == "prepare"),
        ("status=todo", lambda task: task["status"] == "todo"),
        ("status=done", lambda task: task["status"] == "done"),
        (f"assignee={bob.member_id}", lambda task: bob.member_id in task["assignees"]),
        (f"due_before={project['launch_on']}", lambda t: t["due_on"] < project["launch_on"]),
        ("overdue=false", lambda task: task["due_on"] >= project["start_on"]),
        ("overdue=true", lambda task: task["due_on"] < project["start_on"]),
    ):
        assert found(vera, project, query) == [task for task in whole if wanted(task)], query
    both = found(vera, project, f"phase=prepare&assignee={bob.member_id}")
    assert {task["phase"] for task in both} == {"prepare"}
    assert {tuple(task["assignees"]) for task in both} == {(bob.member_id,)}


WRONG_FILTERS = (
    "phase=growth",
    "status=open",
    "assignee=bob",
    "assignee=bob@example.org",
    "due_before=tomorrow",
    "due_before=2027-02-29",
    "overdue=perhaps",
    "sort=due",
    "sort=id",
    "sort=",
    "order=asc",
    "phase=prepare%00",
)


def test_a_wrong_filter_is_named(
    vera: Persona, project: dict[str, Any], subtests: pytest.Subtests
) -> None:
    for query in WRONG_FILTERS:
        with subtests.test(query):
            name, path = query.partition("=")[0], f"/projects/{project['id']}/tasks?{query}"
            english = problem(vera.get(path), 422, "invalid-values")["errors"][name]
            french = problem(vera.get(path, headers=FRENCH), 422, "invalid-values")["errors"][name]
            assert english != french


def test_a_task_says_what_it_is_made_of(vera: Persona, project: dict[str, Any]) -> None:
    for listed in vera.tasks_of(project)[::15]:
        task = answer(vera.get(f"/tasks/{listed['id']}"))
        assert {name: task[name] for name in listed} == listed
        assert task["why"]
        assert all(step["title"] for step in task["steps"])
        assert all(link["title"] for link in task["after"])


def test_title_notes_and_assignees_change_and_nothing_else_does(
    mona: Persona, bob: Persona, vera: Persona, project: dict[str, Any]
) -> None:
    task = mona.tasks_of(project)[0]
    path = f"/tasks/{task['id']}"
    before = answer(mona.get(path))
    changes = {
        "title": "Another title",
        "notes": "Two\nlines.",
        "assignees": [vera.member_id, bob.email],
    }
    after = answer(mona.patch(path, changes))
    assert after == answer(mona.get(path))
    assert after["assignees"] == sorted([bob.member_id, vera.member_id])
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"title", "notes", "assignees", "version", "updated_at"}
    assert answer(mona.patch(path, {"notes": None, "assignees": []}))["notes"] is None
    assert answer(mona.get(path))["assignees"] == []


def test_what_changed_is_announced_once(mona: Persona, project: dict[str, Any]) -> None:
    path = f"/tasks/{mona.tasks_of(project)[0]['id']}"
    for change in ({"title": "New", "assignees": [mona.email]}, {"title": "New"}, {}):
        answer(mona.patch(path, change))
    rows = [row for row in everything()["outbox_messages"] if row["topic"] == "task.changed"]
    assert [row["payload"]["fields"] for row in rows] == [["title", "assignees"]]
    assert rows[0]["payload"]["by"] == mona.member_id


WRONG_CHANGES: tuple[tuple[str, Any], ...] = (
    ("title", ""),
    ("title", None),
    ("title", "x" * 300),
    ("title", "a\x00b"),
    ("title", 5),
    ("notes", "x" * 10_001),
    ("notes", "a\x07"),
    ("notes", 5),
    ("assignees", None),
    ("assignees", "bob@example.org"),
    ("assignees", ["nobody@example.org"]),
    ("assignees", ["charlie@example.org"]),
    ("assignees", [""]),
    ("assignees", [5]),
    ("assignees", ["x"] * 51),
    ("due_day", "2027-01-01"),
    ("id", "x"),
)


def test_a_wrong_change_changes_nothing(
    mona: Persona, project: dict[str, Any], subtests: pytest.Subtests
) -> None:
    path, before = f"/tasks/{mona.tasks_of(project)[0]['id']}", everything()
    for field, value in WRONG_CHANGES:
        with subtests.test(f"{field}={value!r:.40}"):
            change = {"title": "Half a change", field: value}
            english = problem(mona.patch(path, change), 422, "invalid-values")["errors"][field]
            french = problem(mona.patch(path, change, headers=FRENCH), 422, "invalid-values")
            assert english != french["errors"][field]
            assert everything() == before


def test_a_member_named_twice_is_to_do_it_once(
    mona: Persona, bob: Persona, project: dict[str, Any]
) -> None:
    path = f"/tasks/{mona.tasks_of(project)[0]['id']}"
    twice = [bob.email, bob.member_id, bob.email.upper()]
    assert answer(mona.patch(path, {"assignees": twice}))["assignees"] == [bob.member_id]


def test_a_task_whose_day_has_passed_is_overdue_in_its_own_zone(mona: Persona) -> None:
    today = utcnow().date()
    running = mona.creates_a_project(
        launch_on=(today - timedelta(days=200)).isoformat(), already_launched=True
    )
    assert found(mona, running, "overdue=true") == []
    later = mona.creates_a_project(
        launch_on=next_monday(30).isoformat(), timezone="Pacific/Kiritimati"
    )
    assert found(mona, later, "overdue=false") == mona.tasks_of(later)
