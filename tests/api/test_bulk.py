"""Many tasks changed at once: all of them, or none."""

from typing import Any

import pytest

from tests.api.document import NOBODYS
from tests.api.launches import (
    a_small_launch,
    brings_the_small_launch,
    by_name,
    sets_the_project,
)
from tests.api.playbooks import has_a_project_of
from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.api.test_statements import counted
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


def path_of(project: dict[str, Any]) -> str:
    return f"/projects/{project['id']}/tasks/bulk"


def changes_of(tasks: Tasks, **changes: dict[str, Any]) -> dict[str, Any]:
    return {"changes": [{"id": tasks[name]["id"], **change} for name, change in changes.items()]}


def refused(
    persona: Persona, project: dict[str, Any], body: Any, *, kind: str
) -> list[dict[str, Any]]:
    """What is said of each change that cannot be; nothing was changed."""
    before, code = everything(), {"bulk-refused": 409, "bulk-invalid": 422}[kind]
    english = problem(persona.post(path_of(project), body), code, kind)
    french = problem(persona.post(path_of(project), body, headers=FRENCH), code, kind)
    assert english["detail"] != french["detail"]
    for said, dit in zip(english["items"], french["items"], strict=True):
        assert said["detail"] != dit["detail"]
    assert everything() == before
    items: list[dict[str, Any]] = english["items"]
    return items


DONE = {"status": "done"}


def test_tasks_change_together_in_any_order(
    mona: Persona, bob: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    body = changes_of(
        tasks,
        ready=DONE,
        second={**DONE, "title": "Second to none"},
        first=DONE,
        spare={"assignees": [mona.email], "labels": ["later"], "due_on": tasks["ready"]["due_on"]},
        beside={"title": "Beside"},
    )
    before = everything()
    report = answer(bob.post(path_of(project), body))["items"]
    assert [row["id"] for row in report] == [change["id"] for change in body["changes"]]
    assert [row["version"] for row in report] == [2, 2, 2, 2, 1]
    assert report[1]["changed"] == ["title", "status", "started_on", "finished_on"]
    assert report[4]["changed"] == []
    after = by_name(mona, project)
    assert {name for name in after if after[name]["status"] == "done"} == {
        "ready",
        "second",
        "first",
    }
    assert after["spare"]["assignees"] == [mona.member_id]
    assert (after["spare"]["labels"], after["spare"]["priority"]) == (["later"], "normal")
    assert after["second"]["title"] == "Second to none"
    rows = everything()
    assert len(rows["activities"]) - len(before["activities"]) == 4
    told = [row["topic"] for row in rows["outbox_messages"][len(before["outbox_messages"]) :]]
    assert sorted(told) == sorted(["task.changed"] * 4 + ["task.done"] * 3)


def test_one_that_cannot_be_leaves_all_as_they_were(
    mona: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    body = changes_of(tasks, second=DONE, open=DONE, proven=DONE, spare=DONE, weekly=DONE)
    items = refused(mona, project, body, kind="bulk-refused")
    assert [(row["id"], row["type"]) for row in items] == [
        (tasks["second"]["id"], "open-predecessors"),
        (tasks["open"]["id"], "closed-gate"),
        (tasks["proven"]["id"], "evidence-missing"),
        (tasks["weekly"]["id"], "ritual"),
    ]
    assert items[0]["predecessors"][0]["title"] == "First"
    assert items[1]["gate"]["key"] == "ready_to_launch"


def test_values_that_cannot_be_meant_are_named_task_by_task(
    mona: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    body = changes_of(
        tasks,
        first={"due_on": "2001-01-01"},
        second={"assignees": ["nobody@example.org"]},
        spare={"status": "blocked"},
        open=DONE,
    )
    items = refused(mona, project, body, kind="bulk-invalid")
    assert [set(row.get("errors", ())) for row in items] == [
        {"due_on"},
        {"assignees"},
        {"reason"},
        set(),
    ]


def test_tasks_of_others_are_unknown_and_none_is_named_twice(
    mona: Persona, charlie: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    brings_the_small_launch(charlie)
    theirs = by_name(charlie, a_small_launch(charlie))["first"]["id"]
    elsewhere = by_name(mona, a_small_launch(mona))["first"]["id"]
    ids = [str(NOBODYS), theirs, elsewhere]
    body = {"changes": [{"id": task_id, "title": "Mine"} for task_id in ids]}
    items = refused(mona, project, body, kind="bulk-invalid")
    assert [row["id"] for row in items] == ids
    assert {(row["type"], row["detail"]) for row in items} == {("not-found", items[0]["detail"])}
    twice = {"changes": changes_of(tasks, first=DONE)["changes"] * 2}
    (item,) = refused(mona, project, twice, kind="bulk-invalid")
    assert "id" in item["errors"]
    problem(charlie.post(path_of(project), twice), 404, "not-found")


def test_a_contributor_changes_own_tasks_only(
    mona: Persona, bob: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    answer(mona.patch(f"/tasks/{tasks['spare']['id']}", {"assignees": []}))
    body = changes_of(tasks, first=DONE, spare=DONE)
    (item,) = refused(bob, project, body, kind="bulk-refused")
    assert (item["id"], item["type"]) == (tasks["spare"]["id"], "forbidden")


def test_a_wrong_body_changes_nothing(mona: Persona, project: dict[str, Any], tasks: Tasks) -> None:
    before, first = everything(), tasks["first"]["id"]
    bodies: tuple[Any, ...] = (
        {},
        {"changes": []},
        {"changes": [{"title": "x"}]},
        {"changes": [{"id": first, "state": "done"}]},
        {"changes": [{"id": first, "status": "finished"}, {"id": first, "title": ""}]},
        {"changes": [{"id": first}] * 501},
        {"changes": {"id": first}},
    )
    for body in bodies:
        assert problem(mona.post(path_of(project), body), 422, "invalid-values")["errors"]
    sets_the_project(project, "cancelled")
    body = changes_of(tasks, first={"title": "New"})
    problem(mona.post(path_of(project), body), 409, "project-closed")
    sets_the_project(project, "active")
    assert everything() == before


def test_moved_neighbours_are_looked_at_where_they_will_be(
    mona: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    second, first = tasks["second"], tasks["first"]
    late = {"start_on": second["start_on"], "due_on": second["due_on"]}
    alone = answer(mona.post(path_of(project), changes_of(tasks, first=late)))["items"]
    assert any("Second" in said for said in alone[0]["warnings"])
    back = {"start_on": first["start_on"], "due_on": first["due_on"]}
    ready = {"due_on": tasks["ready"]["due_on"]}
    both = changes_of(tasks, first=back, ready=ready)
    assert all(row["warnings"] == [] for row in answer(mona.post(path_of(project), both))["items"])


def test_500_tasks_cost_as_many_statements_as_two(mona: Persona, bob: Persona) -> None:
    found = []
    for size in (2, 500):
        project = has_a_project_of(mona, size)
        change = {**DONE, "assignees": [bob.email], "title": "All"}
        body = {"changes": [{"id": task["id"], **change} for task in mona.tasks_of(project)]}
        with counted() as statements:
            report = answer(mona.post(path_of(project), body))["items"]
        assert len(report) == size
        found.append(len(statements))
        assert all(task["status"] == "done" for task in mona.tasks_of(project))
    assert found[0] == found[1] <= 16
