"""POST /projects/{id}/replan: shown first, then done, or refused."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.api.launches import a_small_launch, brings_the_small_launch
from tests.api.playbooks import has_a_project_of
from tests.api.problems import problem
from tests.api.tables import everything
from tests.api.test_statements import counted
from tests.personas import Persona, answer

ANY = {"If-Match": "*"}
LOOP = "dependency-loop"


def replanned(who: Persona, project: dict[str, Any], **body: Any) -> dict[str, Any]:
    """Applied, whatever the version."""
    return answer(who.post(f"/projects/{project['id']}/replan", body, headers=ANY))


def tried(who: Persona, project: dict[str, Any], **body: Any) -> dict[str, Any]:
    return answer(who.post(f"/projects/{project['id']}/replan", {**body, "dry_run": True}))


def dates_of(who: Persona, project: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {task["key"]: (task["start_on"], task["due_on"]) for task in who.tasks_of(project)}


def later(day: str, weeks: int) -> str:
    return (date.fromisoformat(day) + timedelta(weeks=weeks)).isoformat()


def test_a_dry_run_shows_what_the_real_one_does_and_changes_nothing(mona: Persona) -> None:
    project = mona.creates_a_project(country="FR")
    body = {"launch_on": later(project["launch_on"], 3)}
    before = everything()
    shown = tried(mona, project, **body)
    assert everything() == before
    done = replanned(mona, project, **body)
    token = shown.pop("token")
    assert token
    for name in ("dry_run", "token"):
        shown.pop(name, None)
        done.pop(name)
    assert shown == done
    found = dates_of(mona, project)
    assert {task["key"]: (task["start_on"], task["due_on"]) for task in done["tasks"]} == {
        key: found[key] for key in found if key in {task["key"] for task in done["tasks"]}
    }
    assert answer(mona.get(f"/projects/{project['id']}"))["launch_on"] == body["launch_on"]


def test_launch_day_there_and_back_restores_the_whole_project(mona: Persona) -> None:
    project = mona.creates_a_project(country="FR")
    before, timeline = dates_of(mona, project), answer(mona.get(f"/projects/{project['id']}"))
    gates = answer(mona.get(f"/projects/{project['id']}/timeline"))["gates"]
    replanned(mona, project, launch_on=later(project["launch_on"], 3))
    assert dates_of(mona, project) != before
    replanned(mona, project, launch_on=project["launch_on"])
    assert dates_of(mona, project) == before
    after = answer(mona.get(f"/projects/{project['id']}"))
    for name in ("launch_on", "start_on", "end_on", "parameters"):
        assert after[name] == timeline[name], name
    again = answer(mona.get(f"/projects/{project['id']}/timeline"))["gates"]
    assert [gate["on"] for gate in again] == [gate["on"] for gate in gates]


def test_a_token_applies_what_was_shown_until_the_plan_changes(mona: Persona) -> None:
    project = mona.creates_a_project()
    path = f"/projects/{project['id']}/replan"
    shown = tried(mona, project, launch_on=later(project["launch_on"], 1))
    done = answer(mona.post(path, {"token": shown["token"]}, headers=ANY))
    assert done["tasks"] == shown["tasks"]
    before = everything()
    problem(mona.post(path, {"token": shown["token"]}, headers=ANY), 412, "plan-has-changed")
    forged = f"{shown['token'][:-1]}{'0' if shown['token'][-1] != '0' else '1'}"
    problem(mona.post(path, {"token": forged}, headers=ANY), 422, "invalid-values")
    assert everything() == before


def test_applying_needs_the_etag_of_the_project(mona: Persona) -> None:
    project = mona.creates_a_project()
    path, body = f"/projects/{project['id']}/replan", {"prepare_months": 4}
    before = everything()
    problem(mona.post(path, body), 428, "precondition-required")
    problem(mona.post(path, body, headers={"If-Match": '"99"'}), 412, "stale")
    assert everything() == before
    etag = mona.get(f"/projects/{project['id']}").headers["ETag"]
    response = mona.post(path, body, headers={"If-Match": etag})
    answer(response)
    assert response.headers["ETag"].startswith('"2-')


def test_a_task_takes_its_followers_along_and_history_tells_it(mona: Persona) -> None:
    brings_the_small_launch(mona)
    project = a_small_launch(mona)
    tasks = {task["key"]: task for task in mona.tasks_of(project)}
    first = tasks["prepare.work.first"]
    day = later(first["start_on"], 1)
    done = replanned(mona, project, tasks=[{"task": first["id"], "start_on": day}])
    moved = {task["key"]: task for task in done["tasks"]}
    assert moved["prepare.work.first"]["start_on"] == day
    assert moved["prepare.work.second"]["why"].startswith("Follows “First”")
    shown = answer(mona.get(f"/tasks/{tasks['prepare.work.second']['id']}"))
    assert shown["why"].startswith("Follows “First”")
    assert shown["version"] == tasks["prepare.work.second"]["version"] + 1
    told = [row for row in everything()["activities"] if row["action"] == "replanned"]
    assert {row["subject"] for row in told} == {"project", "task"}
    topics = [row["topic"] for row in everything()["outbox_messages"]]
    assert topics.count("project.replanned") == 1


def test_a_dependency_comes_goes_and_must_not_close_a_loop(mona: Persona) -> None:
    brings_the_small_launch(mona)
    project = a_small_launch(mona)
    link = {"task": "prepare.work.spare", "after": "prepare.work.second", "lag_days": 1}
    replanned(mona, project, dependencies={"add": [link]})
    spare = next(t for t in mona.tasks_of(project) if t["key"] == link["task"])
    (waits,) = answer(mona.get(f"/tasks/{spare['id']}"))["after"]
    assert (waits["task"], waits["type"], waits["lag_days"]) == (link["after"], "FS", 1)
    loop = {"add": [{"task": "prepare.work.first", "after": "prepare.work.spare"}]}
    before = everything()
    path = f"/projects/{project['id']}/replan"
    refused = problem(mona.post(path, {"dependencies": loop}, headers=ANY), 422, LOOP)
    assert refused["path"][0] == refused["path"][-1] == "prepare.work.first"
    assert everything() == before
    replanned(mona, project, dependencies={"cut": [{"task": link["task"], "after": link["after"]}]})
    assert answer(mona.get(f"/tasks/{spare['id']}"))["after"] == []


def test_what_another_project_or_workspace_has_is_unknown(mona: Persona, charlie: Persona) -> None:
    brings_the_small_launch(mona)
    project, other = a_small_launch(mona), a_small_launch(mona)
    strange = mona.tasks_of(other)[0]["id"]
    path = f"/projects/{project['id']}/replan"
    before = everything()
    link = {"task": "prepare.work.first", "after": strange}
    problem(mona.post(path, {"dependencies": {"add": [link]}}, headers=ANY), 404, "not-found")
    problem(
        mona.post(path, {"tasks": [{"task": strange, "pinned": True}]}, headers=ANY),
        404,
        "not-found",
    )
    problem(charlie.post(path, {"dry_run": True}), 404, "not-found")
    assert everything() == before


def test_another_audience_adds_and_retires_tasks_and_comes_back(mona: Persona) -> None:
    project = mona.creates_a_project(audience="existing", people={"content": mona.email})
    before = {task["key"] for task in mona.tasks_of(project)}
    shown = tried(mona, project, audience="from_scratch")
    assert shown["added"]
    assert shown["retired"]
    replanned(mona, project, audience="from_scratch")
    tasks = {task["key"]: task for task in mona.tasks_of(project)}
    assert set(tasks) == before | {task["key"] for task in shown["added"]}
    for task in shown["retired"]:
        assert tasks[task["key"]]["status"] == "not_applicable"
        assert tasks[task["key"]]["reason"].startswith("Only for")
    replanned(mona, project, audience="existing")
    found = {task["key"]: task["status"] for task in mona.tasks_of(project)}
    assert all(found[key] == "todo" for key in before)
    assert all(found[task["key"]] == "not_applicable" for task in shown["added"])


def test_wrong_values_are_refused_and_change_nothing(
    mona: Persona, subtests: pytest.Subtests
) -> None:
    project = mona.creates_a_project()
    path = f"/projects/{project['id']}/replan"
    key = mona.tasks_of(project)[3]["key"]
    before = everything()
    for body, field in (
        ({"launch_on": "2001-01-01"}, "launch_on"),
        ({"prepare_months": 9}, "prepare_months"),
        ({"country": "XX"}, "country"),
        ({"member_regions": ["FR-XX"]}, "member_regions"),
        ({"blackouts": [{"start_on": "2030-02-02", "end_on": "2030-02-01"}]}, "blackouts"),
        ({"audience": "everybody"}, "audience"),
        ({"strategy": "magic"}, "strategy"),
        ({"tasks": [{"task": key, "start_on": "2020-01-01"}]}, "tasks"),
        ({"tasks": [{"task": key, "color": "red"}]}, "tasks"),
        ({"token": "nonsense"}, "token"),
        ({"name": "Other"}, "name"),
    ):
        with subtests.test(field=field):
            refused = problem(mona.post(path, body, headers=ANY), 422, "invalid-values")
            assert field in refused["errors"]
    assert everything() == before


def test_a_closed_project_is_not_replanned(mona: Persona) -> None:
    project = mona.creates_a_project()
    answer(mona.post(f"/projects/{project['id']}/cancel", {}))
    refused = mona.post(f"/projects/{project['id']}/replan", {}, headers=ANY)
    problem(refused, 409, "project-closed")


def test_replanning_costs_the_same_for_few_and_for_many_tasks(mona: Persona) -> None:
    found = []
    for tasks in (2, 300):
        project = has_a_project_of(mona, tasks)
        body = {"launch_on": later(project["launch_on"], 2)}
        sizes = []
        for more, headers in (({"dry_run": True}, {}), ({}, ANY)):
            with counted() as statements:
                answer(
                    mona.post(
                        f"/projects/{project['id']}/replan", {**body, **more}, headers=headers
                    )
                )
            sizes.append(len(statements))
        found.append(sizes)
    assert found[0] == found[1]
    assert found[0][0] <= 10
    assert found[0][1] <= 18


def test_resuming_offers_a_replan(mona: Persona) -> None:
    project = mona.creates_a_project()
    answer(mona.post(f"/projects/{project['id']}/pause", {}))
    resumed = answer(mona.post(f"/projects/{project['id']}/resume", {}))
    assert resumed["proposal"]["project"]["launch_on"] == project["launch_on"]
