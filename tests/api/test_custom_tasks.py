"""Tasks of the team's own, and the history that tells of every task."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.document import NOBODYS
from tests.api.launches import (
    a_small_launch,
    brings_the_small_launch,
    by_name,
    sets_the_gate,
    sets_the_project,
)
from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.personas import Persona, answer, next_monday
from tracker.kernel.clock import utcnow

MONDAY = next_monday(8).isoformat()
FRIDAY = (next_monday(8) + timedelta(days=4)).isoformat()


@pytest.fixture
def project(mona: Persona, bob: Persona) -> dict[str, Any]:
    """A small launch whose tasks are Bob's."""
    brings_the_small_launch(mona)
    return a_small_launch(mona, people={"content": bob.email})


def path_of(project: dict[str, Any]) -> str:
    return f"/projects/{project['id']}/tasks"


def test_a_task_of_ones_own_is_a_task_like_any_other(
    mona: Persona, bob: Persona, project: dict[str, Any]
) -> None:
    first = by_name(mona, project)["first"]
    wish = {
        "title": "Order the cake",
        "phase": "launch",
        "role": "content",
        "start_on": MONDAY,
        "due_on": FRIDAY,
        "labels": ["party"],
        "priority": "high",
        "evidence": "note",
        "proof": "The receipt",
        "predecessors": [{"predecessor": first["id"], "lag_days": 1}],
    }
    made = mona.post(path_of(project), wish)
    task = answer(made, 201)
    assert {name: task[name] for name in wish if name != "predecessors"} == {
        name: wish[name] for name in wish if name != "predecessors"
    }
    assert (task["origin"], task["duration_days"], task["assignees"]) == (
        "custom",
        5,
        [bob.member_id],
    )
    assert task["after"][0]["task_id"] == first["id"]
    assert task["key"].startswith("launch.custom.")
    assert answer(mona.get(made.headers["Location"])) == {**task, "warnings": []}
    assert mona.tasks_of(project, label="party")[0]["id"] == task["id"]
    path = f"/tasks/{task['id']}"
    problem(bob.patch(path, {"status": "done"}), 409, "closed-gate")
    sets_the_gate(project, "passed")
    problem(bob.patch(path, {"status": "done"}), 409, "evidence-missing")
    answer(bob.post(f"{path}/evidence", {"kind": "note", "note": "Paid"}), 201)
    problem(bob.patch(path, {"status": "done"}), 409, "open-predecessors")
    answer(bob.patch(f"/tasks/{first['id']}", {"status": "done"}))
    answer(bob.patch(path, {"status": "done"}))


def test_the_least_that_a_task_needs_is_a_title_and_a_phase(
    mona: Persona, project: dict[str, Any]
) -> None:
    task = answer(mona.post(path_of(project), {"title": "Call", "phase": "prepare"}), 201)
    assert task["start_on"] == task["due_on"] >= utcnow().date().isoformat()
    assert (task["duration_days"], task["role"], task["assignees"]) == (1, "project_manager", [])
    assert task["float_days"] > 0
    dated = {"title": "Call", "phase": "prepare", "due_on": FRIDAY, "milestone": True}
    stone = answer(mona.post(path_of(project), dated), 201)
    assert (stone["start_on"], stone["due_on"], stone["duration_days"]) == (FRIDAY, FRIDAY, 0)
    assert stone["float_days"] < task["float_days"]
    saturday = (next_monday(8) + timedelta(days=5)).isoformat()
    closed = {"title": "Call", "phase": "launch", "start_on": saturday}
    moved = answer(mona.post(path_of(project), closed), 201)
    assert moved["start_on"] == (next_monday(9)).isoformat()
    assert len(moved["warnings"]) == 2


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"title": None}, "title"),
    ({"phase": "growth"}, "phase"),
    ({"phase": "recruit"}, "phase"),
    ({"role": "king"}, "role"),
    ({"start_on": FRIDAY, "due_on": MONDAY}, "due_on"),
    ({"due_on": "2001-01-01"}, "due_on"),
    ({"pinned": True, "due_on": (next_monday(8) - timedelta(days=1)).isoformat()}, "due_on"),
    ({"assignees": ["nobody@example.org"]}, "assignees"),
    ({"evidence": "photo"}, "evidence"),
    ({"predecessors": ["x"]}, "predecessors"),
    ({"predecessors": [{"predecessor": "x"}]}, "predecessors"),
    ({"key": "prepare.work.mine"}, "key"),
    ({"status": "done"}, "status"),
    ({"is_early": True}, "is_early"),
)


def test_a_wrong_task_is_not_made(
    mona: Persona, project: dict[str, Any], subtests: pytest.Subtests
) -> None:
    before = everything()
    for wrong, field in WRONG:
        with subtests.test(f"{wrong}"):
            wish = {"title": "Call", "phase": "prepare", **wrong}
            english = problem(mona.post(path_of(project), wish), 422, "invalid-values")["errors"]
            french = problem(
                mona.post(path_of(project), wish, headers=FRENCH), 422, "invalid-values"
            )
            assert english[field] != french["errors"][field]
    assert everything() == before


def test_what_it_would_wait_for_is_a_task_of_the_project(
    mona: Persona, project: dict[str, Any]
) -> None:
    tasks, elsewhere = by_name(mona, project), by_name(mona, a_small_launch(mona))["first"]["id"]
    before = everything()
    for predecessor in (str(NOBODYS), elsewhere):
        wish = {
            "title": "Call",
            "phase": "prepare",
            "predecessors": [{"predecessor": predecessor}],
        }
        problem(mona.post(path_of(project), wish), 404, "not-found")
    wish["predecessors"] = [{"predecessor": tasks["weekly"]["id"]}]
    problem(mona.post(path_of(project), wish), 409, "ritual")
    sets_the_project(project, "archived")
    problem(mona.post(path_of(project), {**wish, "predecessors": []}), 409, "project-closed")
    sets_the_project(project, "active")
    assert everything() == before


def test_only_ones_own_tasks_are_deleted(
    mona: Persona, bob: Persona, project: dict[str, Any]
) -> None:
    first = by_name(mona, project)["first"]
    english = problem(mona.delete(f"/tasks/{first['id']}"), 409, "not-custom")
    french = problem(mona.delete(f"/tasks/{first['id']}", headers=FRENCH), 409, "not-custom")
    assert english["detail"] != french["detail"]
    wish = {"title": "Call", "phase": "prepare", "predecessors": [{"predecessor": first["id"]}]}
    made = mona.post(path_of(project), wish)
    path = made.headers["Location"]
    answer(mona.post(f"{path}/comments", {"body": "x"}), 201)
    problem(bob.delete(path), 403, "forbidden")
    problem(mona.delete(path, headers={"If-Match": '"9-0"'}), 412, "stale")
    assert mona.delete(path, headers={"If-Match": made.headers["ETag"]}).status_code == 204
    problem(mona.get(path), 404, "not-found")
    assert everything()["comments"] == []
    topics = [row["topic"] for row in everything()["outbox_messages"]]
    assert topics[-1] == "task.deleted"


def test_the_history_of_a_project_is_read_and_searched(
    mona: Persona, bob: Persona, vera: Persona, project: dict[str, Any]
) -> None:
    tasks = by_name(mona, project)
    made = answer(mona.post(path_of(project), {"title": "Call", "phase": "prepare"}), 201)
    for status in ("in_progress", "done"):
        answer(bob.patch(f"/tasks/{tasks['first']['id']}", {"status": status}))
    answer(mona.patch(f"/tasks/{tasks['spare']['id']}", {"title": "New"}))

    def found(query: str, path: str = f"/projects/{project['id']}") -> list[tuple[str, str]]:
        items = answer(vera.get(f"{path}/activity?{query}"))["items"]
        return [(row["action"], row["subject_id"]) for row in items]

    first, spare = (("changed", tasks[name]["id"]) for name in ("first", "spare"))
    whole = found("")
    assert whole[:4] == [spare, first, first, ("created", made["id"])]
    assert whole[-1] == ("created", project["id"])
    assert found(f"member={bob.member_id}") == found(f"task={first[1]}") == [first, first]
    assert found("subject=project") == [whole[-1]]
    assert found("door=cli") == []
    assert found("", f"/tasks/{first[1]}") == [first, first]
    page = answer(vera.get(f"/projects/{project['id']}/activity?limit=2"))
    assert page["items"][1]["changes"]["status"] == ["in_progress", "done"]
    rest = found(f"cursor={page['next']}")
    assert [*whole[:2], *rest] == whole


def test_a_handed_over_task_tells_of_it(
    alice: Persona, mona: Persona, bob: Persona, project: dict[str, Any]
) -> None:
    before = len(everything()["activities"])
    mine = [task for task in mona.tasks_of(project) if bob.member_id in task["assignees"]]
    answer_code = alice.delete(f"/members/{bob.member_id}?successor={mona.email}").status_code
    assert answer_code == 204
    rows = everything()["activities"][before:]
    assert {str(row["subject_id"]) for row in rows} == {task["id"] for task in mine}
    assert {(row["member_id"], row["door"]) for row in rows} == {(None, "rule")}
    assert rows[0]["changes"] == {"assignees": [[bob.member_id], [mona.member_id]]}
