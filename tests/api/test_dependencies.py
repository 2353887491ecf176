"""What a task waits for: added without a loop, cut, and never across projects."""

from typing import Any

import pytest

from tests.api.document import NOBODYS
from tests.api.launches import a_small_launch, brings_the_small_launch, by_name
from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.personas import Persona, answer

Tasks = dict[str, dict[str, Any]]


@pytest.fixture
def project(mona: Persona) -> dict[str, Any]:
    brings_the_small_launch(mona)
    return a_small_launch(mona)


@pytest.fixture
def tasks(mona: Persona, project: dict[str, Any]) -> Tasks:
    return by_name(mona, project)


def path_of(task: dict[str, Any]) -> str:
    return f"/tasks/{task['id']}/dependencies"


def adds(persona: Persona, task: dict[str, Any], earlier: dict[str, Any], **more: Any) -> Any:
    return persona.post(path_of(task), {"predecessor": earlier["id"], **more})


def test_a_link_is_added_seen_and_cut_and_no_date_moves(
    mona: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    spare, second = tasks["spare"], tasks["second"]
    added = answer(adds(mona, spare, second, type="SS", lag_days=2), 201)
    (said,) = added.pop("warnings")
    assert "Second" in said
    assert (added["task_id"], added["type"], added["lag_days"]) == (second["id"], "SS", 2)
    assert answer(mona.get(path_of(spare)))["items"] == [added]
    assert answer(mona.get(f"/tasks/{spare['id']}"))["after"][0]["lag_days"] == 2
    told = everything()["activities"][-1]["changes"]
    assert told == {"dependencies": [None, "prepare.work.second SS+2"]}
    answer(adds(mona, spare, second, type="FF"), 201)
    assert mona.delete(f"{path_of(spare)}/{second['id']}?type=SS").status_code == 204
    assert [row["type"] for row in answer(mona.get(path_of(spare)))["items"]] == ["FF"]
    answer(adds(mona, spare, second, type="SS"), 201)
    assert mona.delete(f"{path_of(spare)}/{second['id']}").status_code == 204
    assert answer(mona.get(path_of(spare)))["items"] == []
    problem(mona.delete(f"{path_of(spare)}/{second['id']}"), 404, "not-found")
    after = by_name(mona, project)
    assert after.pop("spare")["version"] == 6
    assert all(after[name] == tasks[name] for name in after)


def test_a_new_predecessor_is_waited_for(mona: Persona, tasks: Tasks) -> None:
    answer(adds(mona, tasks["spare"], tasks["first"]), 201)
    path = f"/tasks/{tasks['spare']['id']}"
    problem(mona.patch(path, {"status": "done"}), 409, "open-predecessors")


def test_a_loop_is_refused_by_its_path(mona: Persona, tasks: Tasks) -> None:
    before = everything()
    for later, earlier, path in (
        ("first", "ready", ["first", "second", "ready", "first"]),
        ("first", "first", ["first", "first"]),
        ("first", "second", ["first", "second", "first"]),
    ):
        english = problem(adds(mona, tasks[later], tasks[earlier]), 422, "dependency-loop")
        assert english["path"] == [f"prepare.work.{name}" for name in path]
        assert all(name.title() in english["detail"] for name in path)
        body = {"predecessor": tasks[earlier]["id"]}
        french = mona.post(path_of(tasks[later]), body, headers=FRENCH)
        assert problem(french, 422, "dependency-loop")["detail"] != english["detail"]
    assert everything() == before


def test_tasks_of_others_do_not_exist(mona: Persona, charlie: Persona, tasks: Tasks) -> None:
    elsewhere = by_name(mona, a_small_launch(mona))["first"]
    brings_the_small_launch(charlie)
    theirs = by_name(charlie, a_small_launch(charlie))["first"]
    before = everything()
    unknown = problem(adds(mona, tasks["spare"], {"id": str(NOBODYS)}), 404, "not-found")
    for task in (elsewhere, theirs):
        assert problem(adds(mona, tasks["spare"], task), 404, "not-found") == unknown
    assert everything() == before


def test_what_cannot_be_waited_for_is_refused(mona: Persona, tasks: Tasks) -> None:
    before = everything()
    problem(adds(mona, tasks["second"], tasks["first"]), 409, "dependency-exists")
    problem(adds(mona, tasks["second"], tasks["weekly"]), 409, "ritual")
    problem(adds(mona, tasks["weekly"], tasks["first"]), 409, "ritual")
    for field, value in (("type", "XX"), ("lag_days", 2001), ("lag_days", 1.5), ("lag", 1)):
        errors = problem(
            adds(mona, tasks["spare"], tasks["first"], **{field: value}), 422, "invalid-values"
        )["errors"]
        assert field in errors
    problem(mona.post(path_of(tasks["spare"]), {}), 422, "invalid-values")
    assert everything() == before
