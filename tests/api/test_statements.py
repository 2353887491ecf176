"""How many SQL statements a request costs: constant, whatever the size, and within the budget."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from sqlalchemy import event

from tests.api.launches import a_small_launch, brings_the_small_launch
from tests.api.playbooks import a_source, brings, has_a_project_of
from tests.personas import Persona, a_wish, answer
from tracker.kernel.db import current_database


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent meanwhile; BEGIN and COMMIT are the transaction's, not ours."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement not in ("BEGIN IMMEDIATE", "BEGIN", "COMMIT"):
            statements.append(statement)

    engine = current_database().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_creating_costs_the_same_for_few_and_for_many_tasks(mona: Persona) -> None:
    for slug, tasks in (("small", 2), ("large", 500)):
        brings(mona, a_source(slug, tasks=tasks))
    people = {"content": mona.email}
    sizes = {}
    for slug in ("small", "large", "community-launch"):
        for key in ({}, {"Idempotency-Key": slug}):
            with counted() as statements:
                wish = {**a_wish(people=people), "playbook": slug}
                answer(mona.post("/projects", wish, headers=key), 201)
            sizes[slug, len(key)] = len(statements)
    assert sizes["small", 0] == sizes["large", 0] <= 12
    assert sizes["small", 1] == sizes["large", 1] <= 16
    # Only the product's own playbook waits for others: dependencies and gates are two more tables,
    # but nobody has to look it up.
    assert sizes["community-launch", 0] <= 14


def test_lists_and_timelines_cost_the_same_for_one_task_and_for_600(mona: Persona) -> None:
    found = []
    for tasks in (1, 600):
        project = has_a_project_of(mona, tasks)
        sizes = []
        for path in (
            f"/projects/{project['id']}/tasks?limit=500",
            f"/projects/{project['id']}/tasks?limit=1&assignee={mona.member_id}&sort=-title",
            f"/projects/{project['id']}/timeline",
            f"/projects/{project['id']}",
        ):
            with counted() as statements:
                answer(mona.get(path))
            sizes.append(len(statements))
        found.append(sizes)
    assert found[0] == found[1]
    tasks_of, filtered, timeline, project_alone = found[0]
    assert max(tasks_of, filtered) <= 4
    assert timeline <= 8
    assert project_alone <= 2


def test_other_lists_cost_the_same_for_one_row_and_for_many(alice: Persona) -> None:
    found = []
    for _ in range(2):
        for number in range(5):
            answer(alice.post("/assessments", {"answers": "AABBCCDDAA"}), 201)
            answer(alice.post("/tokens", {"name": f"token {number}"}), 201)
            answer(alice.post("/projects", a_wish()), 201)
        sizes = []
        for path in ("/assessments", "/tokens", "/projects", "/members"):
            with counted() as statements:
                answer(alice.get(path))
            sizes.append(len(statements))
        found.append(sizes)
    assert found[0] == found[1] == [2, 2, 2, 2]


def test_changing_a_task_stays_within_its_budget_in_any_project(
    mona: Persona, bob: Persona
) -> None:
    for project in (has_a_project_of(mona, 1), mona.creates_a_project()):
        path = f"/tasks/{mona.tasks_of(project)[-1]['id']}"
        for changes, budget in (
            ({"title": "Another"}, 6),
            ({"notes": "Another"}, 6),
            ({"title": "Both", "notes": "Both"}, 6),
            ({"assignees": [bob.email, mona.email]}, 8),
            ({"assignees": [bob.email]}, 7),
            ({"title": "All", "notes": "All", "assignees": [mona.member_id]}, 7),
        ):
            with counted() as statements:
                answer(mona.patch(path, changes))
            assert len(statements) <= budget, statements


def test_a_status_and_a_date_stay_within_their_budget_in_any_project(
    mona: Persona, bob: Persona
) -> None:
    brings_the_small_launch(mona)
    found = []
    for project in (a_small_launch(mona), has_a_project_of(mona, 600)):
        task = mona.tasks_of(project)[0]
        later = (date.fromisoformat(task["due_on"]) + timedelta(weeks=2)).isoformat()
        whole = {"assignees": [mona.email], "status": "done", "title": "All", "labels": ["x"]}
        sizes = []
        for changes in (
            {"due_on": later},
            {"status": "in_progress"},
            {"status": "blocked", "reason": "Waiting"},
            {"status": "todo", "due_on": task["due_on"], "assignees": [bob.email]},
            {"pinned": True, "priority": "high"},
            whole,
        ):
            with counted() as statements:
                answer(mona.patch(f"/tasks/{task['id']}", changes))
            sizes.append(len(statements))
        with counted() as statements:
            answer(mona.get(f"/tasks/{task['id']}"))
        found.append((*sizes, len(statements)))
    assert found[0] == found[1]
    # One more where a task is handed over, one where followers may begin.
    assert found[0] == (6, 6, 6, 7, 6, 8, 3)


def test_the_first_call_of_a_token_keeps_the_budget_too(alice: Persona, mona: Persona) -> None:
    task = mona.tasks_of(mona.creates_a_project())[0]
    token = answer(alice.post("/tokens", {"name": "fresh"}), 201)["token"]
    fresh = Persona(alice.app, alice.email, alice.member_id, token)
    with counted() as statements:
        answer(fresh.patch(f"/tasks/{task['id']}", {"title": "Another"}))
    assert len(statements) <= 8, statements
