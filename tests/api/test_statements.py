"""How many SQL statements a request costs: constant, whatever the size, and within the budget."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from tests.api.playbooks import a_source
from tests.personas import Persona, a_wish
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
    assert mona.post("/playbooks", {"source": a_source()}).status_code == 201
    sizes = []
    for wish in (a_wish(), {**a_wish(), "playbook": "mine"}):
        mona.post("/projects", wish)  # warms what is looked up once
        with counted() as statements:
            assert mona.post("/projects", wish).status_code == 201
        sizes.append(len(statements))
    assert max(sizes) <= 15


def test_a_list_of_tasks_costs_the_same_for_one_and_for_all(mona: Persona) -> None:
    project = mona.creates_a_project()
    found = []
    for limit in (1, 500):
        with counted() as statements:
            assert mona.get(f"/projects/{project['id']}/tasks?limit={limit}").status_code == 200
        found.append(len(statements))
    assert found[0] == found[1] <= 6


def test_a_timeline_costs_a_constant_number(mona: Persona) -> None:
    project = mona.creates_a_project()
    with counted() as statements:
        assert mona.get(f"/projects/{project['id']}/timeline").status_code == 200
    assert len(statements) <= 9


def test_changing_a_task_stays_within_its_budget(mona: Persona, bob: Persona) -> None:
    task = mona.tasks_of(mona.creates_a_project())[0]
    for changes, budget in (
        ({"title": "Another"}, 8),
        ({"notes": "Another"}, 8),
        ({"assignees": [bob.email, mona.email]}, 12),
        ({"assignees": [bob.email]}, 12),
    ):
        with counted() as statements:
            assert mona.patch(f"/tasks/{task['id']}", changes).status_code == 200
        assert len(statements) <= budget, statements
