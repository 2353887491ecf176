"""Projects: from a launch day to a stored plan."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.api.problems import problem
from tests.api.tables import counts, everything
from tests.personas import Persona, a_wish, answer, next_monday
from tracker.kernel.clock import utcnow


def timeline(persona: Persona, project: dict[str, Any], language: str | None = None) -> Any:
    headers = {"Accept-Language": language} if language else None
    return answer(persona.get(f"/projects/{project['id']}/timeline", headers=headers))


def preview(persona: Persona, **parameters: Any) -> dict[str, Any]:
    return answer(persona.post("/playbooks/preview", {"parameters": parameters}))


def test_a_manager_gets_the_whole_launch_as_dated_tasks(mona: Persona) -> None:
    project = mona.creates_a_project(community_type="advocacy", country="FR", language="fr")
    tasks = mona.tasks_of(project)
    assert project["phase"] is None
    assert len(tasks) > 60
    assert [task["due_on"] for task in tasks] == sorted(task["due_on"] for task in tasks)
    assert all(project["start_on"] <= task["start_on"] <= task["due_on"] for task in tasks)


@pytest.mark.parametrize(
    "parameters",
    [
        {"audience": "existing", "country": "FR"},
        {"language": "fr", "community_type": "advocacy", "prepare_months": 2},
        {"scope": "internal", "develop_months": 6, "country": "DE", "subdivision": "BY"},
        {"public": True, "audience": "from_scratch", "prepare_months": 6},
    ],
)
def test_a_stored_timeline_is_the_preview(mona: Persona, parameters: dict[str, Any]) -> None:
    project = mona.creates_a_project(**parameters)
    stored = timeline(mona, project)
    planned = preview(mona, launch_on=project["launch_on"], **parameters)
    for section in ("warnings", "left_out"):
        assert stored[section] == planned[section]
    for mine, theirs in zip(stored["phases"], planned["phases"], strict=True):
        assert {name: mine[name] for name in theirs} == theirs
    for mine, theirs in zip(stored["tasks"], planned["tasks"], strict=True):
        steps, after = mine.pop("steps"), mine.pop("after")
        assert [(step["key"], step["title"]) for step in steps] == [
            (step["key"], step["title"]) for step in theirs.pop("steps")
        ]
        assert {(link["task"], link["type"], link["lag_days"]) for link in after} == {
            (link["task"], link["type"], link["lag_days"]) for link in theirs.pop("after")
        }
        assert {name: mine[name] for name in theirs} == theirs
    for mine, theirs in zip(stored["gates"], planned["gates"], strict=True):
        assert {name: mine[name] for name in theirs} == theirs
    for name, value in planned["project"].items():
        assert stored["project"][name] == value


def test_the_list_and_the_task_itself_tell_the_same_as_the_timeline(mona: Persona) -> None:
    project = mona.creates_a_project(people={"content": mona.email})
    by_id = {task["id"]: task for task in timeline(mona, project)["tasks"]}
    listed = mona.tasks_of(project)
    assert {task["id"] for task in listed} == set(by_id)
    for task in listed:
        assert task == {name: by_id[task["id"]][name] for name in task}
    for task_id in list(by_id)[::20]:
        alone, shown = answer(mona.get(f"/tasks/{task_id}")), by_id[task_id]
        both = alone.keys() & shown.keys()
        assert {"why", "steps", "after", *listed[0]} <= both
        assert {name: alone[name] for name in both} == {name: shown[name] for name in both}


def test_a_french_plan_speaks_french_unless_its_reader_asks_otherwise(mona: Persona) -> None:
    project = mona.creates_a_project(language="fr", develop_months=6)
    unasked, french = timeline(mona, project), timeline(mona, project, "fr")
    english = timeline(mona, project, "en")
    assert unasked == french
    assert [task["title"] for task in english["tasks"]] == [
        task["title"] for task in french["tasks"]
    ]
    assert english["warnings"] != french["warnings"]
    assert english["left_out"][0]["reason"] != french["left_out"][0]["reason"]
    assert all(
        one["why"] != other["why"]
        for one, other in zip(english["tasks"], french["tasks"], strict=True)
    )


def test_the_answer_to_creation_holds_what_is_in_force(mona: Persona) -> None:
    launch_on = next_monday(40).isoformat()
    project = mona.creates_a_project(name="Ours", launch_on=launch_on, sector="Toys")
    assert project["name"] == "Ours"
    assert project["state"] == "active"
    assert (project["playbook"], project["version"]) == ("community-launch", 4)
    assert project["launch_on"] == launch_on
    in_force = project["parameters"]
    assert in_force["launch_on"] == launch_on
    assert in_force["sector"] == "Toys"
    assert (in_force["prepare_months"], in_force["develop_months"]) == (3, 12)
    assert (in_force["scope"], in_force["audience"], in_force["public"]) == (
        "external",
        "both",
        False,
    )
    assert answer(mona.get(f"/projects/{project['id']}")) == project
    assert answer(mona.get("/projects"))["items"] == [project]


def test_a_start_day_leads_to_a_launch_day(mona: Persona) -> None:
    start_on = next_monday(2)
    project = mona.creates_a_project(start_on=start_on.isoformat(), prepare_months=2)
    launch_on = date.fromisoformat(project["launch_on"])
    assert project["start_on"] == start_on.isoformat()
    assert timedelta(days=50) < launch_on - start_on < timedelta(days=80)


def test_a_running_community_can_be_taken_over(mona: Persona) -> None:
    long_ago = (utcnow().date() - timedelta(days=100)).isoformat()
    project = mona.creates_a_project(launch_on=long_ago, already_launched=True)
    assert project["launch_on"] == long_ago
    today = (utcnow().date() - timedelta(days=1)).isoformat()
    assert all(
        task["start_on"] >= today for task in mona.tasks_of(project) if task["status"] == "todo"
    )


def test_a_short_development_is_accepted_with_a_warning(mona: Persona) -> None:
    assert mona.creates_a_project(develop_months=6)["warnings"]
    assert not mona.creates_a_project(develop_months=12)["warnings"]


def test_people_are_named_by_address_or_id(mona: Persona, bob: Persona) -> None:
    for spelt in (bob.email, bob.member_id, bob.email.upper()):
        project = mona.creates_a_project(people={"content": spelt, "sponsor": mona.email})
        by_role = {
            role: {tuple(t["assignees"]) for t in mona.tasks_of(project) if t["role"] == role}
            for role in ("content", "sponsor", "community_manager")
        }
        assert by_role == {
            "content": {(bob.member_id,)},
            "sponsor": {(mona.member_id,)},
            "community_manager": {()},
        }


def test_renaming_and_deleting_a_project(mona: Persona) -> None:
    empty = counts()
    project = mona.creates_a_project(people={"content": mona.email})
    path = f"/projects/{project['id']}"
    assert answer(mona.patch(path, {"name": "Other"}))["name"] == "Other"
    task = mona.tasks_of(project)[0]
    assert mona.delete(path).status_code == 204
    for gone in (path, f"{path}/timeline", f"{path}/tasks", f"/tasks/{task['id']}"):
        problem(mona.get(gone), 404, "not-found")
    problem(mona.delete(path), 404, "not-found")
    told = empty["outbox_messages"] + 3
    assert counts() == {**empty, "outbox_messages": told}


def test_what_happens_to_a_project_is_announced(mona: Persona) -> None:
    project = mona.creates_a_project()
    mona.patch(f"/projects/{project['id']}", {"name": "Other"})
    mona.patch(f"/projects/{project['id']}", {"name": "Other"})
    mona.delete(f"/projects/{project['id']}")
    rows = everything()["outbox_messages"]
    topics = [row["topic"] for row in rows if row["topic"].startswith("project.")]
    assert topics == ["project.created", "project.changed", "project.deleted"]


def test_a_wrong_change_changes_nothing(mona: Persona) -> None:
    project = mona.creates_a_project()
    before = everything()
    for change in ({"name": "x" * 300}, {"name": None}, {"launch_on": "2027-09-06"}):
        problem(mona.patch(f"/projects/{project['id']}", change), 422, "invalid-values")
    assert everything() == before


def test_projects_are_found_by_their_state(mona: Persona) -> None:
    project = mona.creates_a_project()
    assert answer(mona.get("/projects?state=active"))["items"] == [project]
    assert answer(mona.get("/projects?state=paused"))["items"] == []


def test_a_preview_stores_nothing(mona: Persona) -> None:
    before = everything()
    preview(mona, launch_on=next_monday(30).isoformat(), people={"expert": "nobody@example.org"})
    assert everything() == before


def test_a_preview_plans_from_any_day(mona: Persona) -> None:
    for today in ("2027-01-04", "2026-01-05"):
        body = {"parameters": {"launch_on": "2027-09-06", "country": "FR"}, "today": today}
        plan = answer(mona.post("/playbooks/preview", body))
        assert plan["project"]["launch_on"] == "2027-09-06"
        assert min(task["start_on"] for task in plan["tasks"]) >= today


def test_a_preview_from_a_far_day_is_a_plan_or_a_refusal(
    mona: Persona, subtests: pytest.Subtests
) -> None:
    for today in ("0001-01-01", "9999-12-31", "1600-02-29", "2100-12-31"):
        for launch_on in ("2000-01-01", "2027-09-06", "2100-12-31"):
            for running in (False, True):
                with subtests.test(f"{launch_on} on {today}, {running=}"):
                    parameters = {"launch_on": launch_on, "already_launched": running}
                    body = {"parameters": parameters, "today": today}
                    assert mona.post("/playbooks/preview", body).status_code in {200, 422}


def test_two_projects_of_one_playbook_share_nothing(mona: Persona) -> None:
    one, other = mona.creates_a_project(), mona.creates_a_project()
    mine, theirs = ({task["id"] for task in mona.tasks_of(p)} for p in (one, other))
    assert not mine & theirs
    assert mona.patch(f"/tasks/{next(iter(mine))}", a_wish()).status_code == 422
