"""Baselines: kept, compared, locked."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.api.document import NOBODYS
from tests.api.launches import a_small_launch, brings_the_small_launch, by_name
from tests.api.playbooks import has_a_project_of
from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.api.test_project_life import events, history
from tests.api.test_statements import counted
from tests.personas import Persona, answer
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.projects import queries
from tracker.projects.baselines.service import freeze


def baselines_of(who: Persona, project: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = answer(who.get(f"/projects/{project['id']}/baselines"))["items"]
    return items


def keeps(who: Persona, project: dict[str, Any], name: str = "Before summer") -> dict[str, Any]:
    return answer(who.post(f"/projects/{project['id']}/baselines", {"name": name}), 201)


def compared(who: Persona, baseline: dict[str, Any], query: str = "") -> dict[str, Any]:
    return answer(who.get(f"/baselines/{baseline['id']}/comparison{query}"))


def a_launch(who: Persona, **parameters: Any) -> dict[str, Any]:
    brings_the_small_launch(who)
    return a_small_launch(who, **parameters)


def weeks_later(day: str, weeks: int) -> str:
    return (date.fromisoformat(day) + timedelta(weeks=weeks)).isoformat()


def test_a_project_starts_with_a_locked_baseline_of_its_plan(mona: Persona, vera: Persona) -> None:
    for language, name in (("en", "Start"), ("fr", "Départ")):
        project = mona.creates_a_project(language=language)
        (start,) = baselines_of(vera, project)
        assert (start["name"], start["source"], start["is_locked"]) == (name, "start", True)
        whole = answer(vera.get(f"/baselines/{start['id']}"))
        kept = ("id", "key", "title", "phase", "start_on", "due_on", "duration_days")
        assert sorted(whole["tasks"], key=lambda task: task["id"]) == sorted(
            ({name: task[name] for name in kept} for task in mona.tasks_of(project)),
            key=lambda task: task["id"],
        )
        assert {name: start[name] for name in ("launch_on", "end_on", "created_by")} == {
            **{name: project[name] for name in ("launch_on", "end_on")},
            "created_by": mona.member_id,
        }
        found = compared(vera, start)
        assert (found["added"], found["removed"], found["earlier"], found["later"]) == ([],) * 4
        assert found["unchanged"] == len(whole["tasks"])


def test_a_comparison_tells_what_came_went_and_moved(mona: Persona) -> None:
    project = a_launch(mona)
    (start,) = baselines_of(mona, project)
    tasks = by_name(mona, project)
    first, open_ = tasks["first"], tasks["open"]
    later = weeks_later(first["due_on"], 2)
    answer(mona.patch(f"/tasks/{first['id']}", {"due_on": later}))
    sooner = weeks_later(open_["start_on"], -1)
    answer(mona.patch(f"/tasks/{open_['id']}", {"start_on": sooner}))
    spare = tasks["spare"]
    answer(mona.patch(f"/tasks/{spare['id']}", {"status": "not_applicable", "reason": "No use."}))
    found = compared(mona, start)
    (moved,), (earlier,), (gone,) = found["later"], found["earlier"], found["removed"]
    assert moved == {
        **{name: first[name] for name in ("id", "key", "title", "phase", "start_on")},
        "due_on": later,
        "old_start_on": first["start_on"],
        "old_due_on": first["due_on"],
        "moved_days": 10,
        "start_moved_days": 0,
    }
    assert (earlier["key"], earlier["moved_days"], earlier["start_moved_days"]) == (
        open_["key"],
        0,
        -5,
    )
    assert gone["id"] == spare["id"]
    assert found["added"] == []
    assert found["unchanged"] == len(tasks) - 3
    assert found["launch"] == {
        "old_on": project["launch_on"],
        "new_on": project["launch_on"],
        "moved_days": 0,
    }
    answer(mona.patch(f"/tasks/{spare['id']}", {"status": "todo"}))
    assert compared(mona, start)["removed"] == []


def test_two_baselines_are_compared_in_either_direction(mona: Persona) -> None:
    project = a_launch(mona)
    (start,) = baselines_of(mona, project)
    first, spare = (by_name(mona, project)[name] for name in ("first", "spare"))
    answer(mona.patch(f"/tasks/{first['id']}", {"due_on": weeks_later(first["due_on"], 1)}))
    answer(mona.patch(f"/tasks/{spare['id']}", {"status": "not_applicable", "reason": "No use."}))
    kept = keeps(mona, project)
    answer(mona.patch(f"/tasks/{first['id']}", {"due_on": first["due_on"]}))
    there = compared(mona, start, f"?with={kept['id']}")
    back = compared(mona, kept, f"?with={start['id']}")
    assert [task["moved_days"] for task in there["later"]] == [5]
    assert [task["moved_days"] for task in back["earlier"]] == [-5]
    assert [task["id"] for task in there["removed"]] == [spare["id"]]
    assert [task["id"] for task in back["added"]] == [spare["id"]]
    assert there["compared_with"] == {name: kept[name] for name in start}
    assert compared(mona, start, "?with=current")["compared_with"] is None


def test_baselines_are_kept_renamed_locked_and_deleted(mona: Persona) -> None:
    project = a_launch(mona)
    kept = keeps(mona, project)
    assert (kept["source"], kept["is_locked"]) == ("manual", False)
    path = f"/baselines/{kept['id']}"
    renamed = answer(mona.patch(path, {"name": "After summer", "is_locked": True}))
    assert (renamed["name"], renamed["is_locked"]) == ("After summer", True)
    answer(mona.patch(path, {"name": "After summer", "is_locked": True}))  # nothing new
    before = everything()
    for refused in (mona.delete(path), mona.patch(path, {"name": "Other"})):
        assert "is_locked" in problem(refused, 409, "baseline-locked")["detail"]
    french = problem(mona.delete(path, headers=FRENCH), 409, "baseline-locked")
    assert "verrouillée" in french["detail"]
    assert everything() == before
    answer(mona.patch(path, {"name": "Autumn", "is_locked": False}))
    assert mona.delete(path).status_code == 204
    problem(mona.get(path), 404, "not-found")
    assert [action for *_, action, _changes in history(project, "baseline")] == [
        *("created", "changed", "changed", "deleted")
    ]
    assert history(project, "baseline")[1][3] == {
        "name": ["Before summer", "After summer"],
        "is_locked": [False, True],
    }
    assert [event["name"] for event in events("baseline.deleted")] == ["Autumn"]
    assert events("baseline.created")[0]["baseline_id"] == kept["id"]


def test_what_the_tracker_has_kept_stays_as_it_is(mona: Persona) -> None:
    project = a_launch(mona)
    (start,) = baselines_of(mona, project)
    path, before = f"/baselines/{start['id']}", everything()
    for body in ({"is_locked": False}, {"name": "Other"}, {"name": "Other", "is_locked": False}):
        problem(mona.patch(path, body), 409, "baseline-locked")
    english = problem(mona.delete(path), 409, "baseline-locked")
    french = problem(mona.delete(path, headers=FRENCH), 409, "baseline-locked")
    assert english["detail"] != french["detail"]
    assert everything() == before
    answer(mona.patch(path, {"name": start["name"], "is_locked": True}))
    assert everything() == before


def test_a_gate_keeps_a_locked_baseline_in_two_statements(mona: Persona) -> None:
    project = a_launch(mona)
    (start,) = baselines_of(mona, project)
    with unit_of_work() as session:
        workspace_id = answer(mona.get("/workspaces/me"))["id"]
        row = queries.project(session, UUID(workspace_id), UUID(project["id"]))
        with counted() as statements:
            made = freeze(
                session,
                row,
                name="Ready to launch",
                source="ready_to_launch",
                by=row.created_by,
                now=utcnow(),
            )
        assert len(statements) == 2
    kept = answer(mona.get(f"/baselines/{made.id}"))
    assert (kept["source"], kept["is_locked"]) == ("ready_to_launch", True)
    assert kept["tasks"] == answer(mona.get(f"/baselines/{start['id']}"))["tasks"]
    problem(mona.delete(f"/baselines/{made.id}"), 409, "baseline-locked")


def test_a_closed_project_keeps_its_baselines(mona: Persona) -> None:
    project = a_launch(mona)
    kept = keeps(mona, project)
    answer(mona.post(f"/projects/{project['id']}/cancel", {}))
    before = everything()
    for refused in (
        mona.post(f"/projects/{project['id']}/baselines", {"name": "Late"}),
        mona.patch(f"/baselines/{kept['id']}", {"name": "Late"}),
        mona.delete(f"/baselines/{kept['id']}"),
    ):
        problem(refused, 409, "project-closed")
    assert everything() == before
    compared(mona, kept)
    assert mona.delete(f"/projects/{project['id']}").status_code == 204
    assert everything()["baselines"] == []


def test_wrong_values_change_nothing(
    mona: Persona, charlie: Persona, subtests: pytest.Subtests
) -> None:
    project, other = a_launch(mona), mona.creates_a_project()
    theirs = charlie.creates_a_project()
    kept = keeps(mona, project)
    path, made = f"/baselines/{kept['id']}", f"/projects/{project['id']}/baselines"
    before = everything()
    for body in ({}, {"name": ""}, {"name": 7}, {"name": "x" * 201}, {"name": "x", "source": "y"}):
        with subtests.test(body=body):
            problem(mona.post(made, body), 422, "invalid-values")
    changes: tuple[dict[str, Any], ...] = (
        {"name": None},
        {"is_locked": "yes"},
        {"tasks": []},
        {"launch_on": "2027-01-01"},
    )
    for body in changes:
        with subtests.test(body=body):
            problem(mona.patch(path, body), 422, "invalid-values")
    for word in ("yesterday", "", "1"):
        with subtests.test(word=word):
            problem(mona.get(f"{path}/comparison?with={word}"), 422, "invalid-values")
    for foreign in (baselines_of(mona, other), baselines_of(charlie, theirs), [{"id": NOBODYS}]):
        with subtests.test(foreign=foreign):
            wanted = f"{path}/comparison?with={foreign[0]['id']}"
            problem(mona.get(wanted), 404, "not-found")
    assert everything() == before


def test_baselines_are_paged_the_oldest_first(mona: Persona) -> None:
    project = a_launch(mona)
    names = ["Start", *(keeps(mona, project, f"Number {n}")["name"] for n in range(3))]
    found, cursor = [], ""
    for _ in range(2):
        path = f"/projects/{project['id']}/baselines?limit=2{cursor}"
        listed = answer(mona.get(path))
        found += [item["name"] for item in listed["items"]]
        cursor = f"&cursor={listed['next']}"
    assert found == names
    assert listed["next"] is None


def test_baselines_cost_the_same_for_one_task_and_for_600(mona: Persona) -> None:
    found = []
    for tasks in (1, 600):
        project = has_a_project_of(mona, tasks)
        (start,) = baselines_of(mona, project)
        with counted() as statements:
            kept = keeps(mona, project)
        sizes = [len(statements)]
        for path in (
            f"/projects/{project['id']}/baselines",
            f"/baselines/{start['id']}",
            f"/baselines/{start['id']}/comparison",
            f"/baselines/{start['id']}/comparison?with={kept['id']}",
        ):
            with counted() as statements:
                answer(mona.get(path))
            sizes.append(len(statements))
        found.append(sizes)
    assert found[0] == found[1]
    assert max(found[0]) <= 6
