"""The forecast and the burn-up over HTTP."""

from datetime import date, timedelta
from typing import Any

from tests.api.launches import a_small_launch, brings_the_small_launch, by_name, sets_the_gate
from tests.api.playbooks import has_a_project_of
from tests.api.problems import FRENCH, problem
from tests.api.test_replan import replanned
from tests.api.test_statements import counted
from tests.personas import Persona, answer


def forecast(who: Persona, project: dict[str, Any], query: str = "runs=200") -> dict[str, Any]:
    return answer(who.get(f"/projects/{project['id']}/forecast?{query}"))


def burn_up(who: Persona, project: dict[str, Any]) -> dict[str, Any]:
    return answer(who.get(f"/projects/{project['id']}/burn-up"))


def test_a_forecast_tells_days_chances_and_what_matters(mona: Persona, vera: Persona) -> None:
    project = mona.creates_a_project()
    found = forecast(vera, project, "")
    assert (found["runs"], found["seed"], found["goal"]) == (2000, 1, "launch")
    assert found["promised_on"] == project["launch_on"]
    assert found["p50"] <= found["p80"] <= found["p95"]
    assert 0 <= found["probability"] <= 1
    assert sum(bar["runs"] for bar in found["histogram"]) == found["runs"]
    assert found["histogram"][0]["from_on"] <= found["mean_on"] <= found["histogram"][-1]["to_on"]
    shares = [task["criticality"] for task in found["tasks"]]
    assert shares == sorted(shares, reverse=True)
    stored = {task["id"]: task for task in mona.tasks_of(project)}
    for task in found["tasks"]:
        known = stored[task["id"]]
        assert {name: task[name] for name in ("key", "title", "phase", "status", "milestone")} == {
            name: known[name] for name in ("key", "title", "phase", "status", "milestone")
        }
    before_launch = {i for i, task in stored.items() if task["phase"] == "prepare" or task["early"]}
    assert {task["id"] for task in found["tasks"]} == {
        i for i in before_launch if not stored[i]["recurring"]
    }
    assert found["p80"] in found["sentence"]
    assert project["launch_on"] in found["sentence"]
    french = answer(vera.get(f"/projects/{project['id']}/forecast", headers=FRENCH))
    assert "au plus tard" in french["sentence"]
    assert {**french, "sentence": found["sentence"]} == found


def test_a_seed_repeats_a_forecast_and_another_gives_another(mona: Persona) -> None:
    project = mona.creates_a_project()
    path = f"/projects/{project['id']}/forecast?runs=200&seed=5"
    first = mona.get(path)
    assert answer(first) == forecast(mona, project, "runs=200&seed=5")
    again = mona.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert forecast(mona, project, "runs=200&seed=6") != answer(first)


def test_wrong_numbers_are_refused_in_both_languages(mona: Persona) -> None:
    path = f"/projects/{mona.creates_a_project()['id']}/forecast"
    for query in ("runs=99", "runs=10001", "runs=x", "seed=-1", "seed=x", "run=200"):
        english = problem(mona.get(f"{path}?{query}"), 422, "invalid-values")
        french = problem(mona.get(f"{path}?{query}", headers=FRENCH), 422, "invalid-values")
        assert list(english["errors"]) == list(french["errors"]) == [query.split("=")[0]]
        assert english["errors"] != french["errors"]


def test_progress_makes_the_promise_more_likely(mona: Persona) -> None:
    brings_the_small_launch(mona)
    project = a_small_launch(mona)
    sets_the_gate(project, "passed")
    tasks, before = by_name(mona, project), forecast(mona, project)
    for name in ("first", "beside", "ending", "second", "spare", "ready"):
        answer(mona.patch(f"/tasks/{tasks[name]['id']}", {"status": "done"}))
        after = forecast(mona, project)
        assert after["p80"] <= before["p80"]
        assert after["probability"] >= before["probability"]
        assert tasks[name]["id"] not in [task["id"] for task in after["tasks"]]
        before = after
    for name in ("proven", "seeds"):
        gone = {"status": "not_applicable", "reason": "No use."}
        answer(mona.patch(f"/tasks/{tasks[name]['id']}", gone))
    nothing = forecast(mona, project)
    assert (nothing["tasks"], nothing["probability"]) == ([], 1.0)
    assert "Nothing is left" in nothing["sentence"]


def test_a_later_launch_day_is_more_likely_to_be_kept(mona: Persona) -> None:
    project = mona.creates_a_project()
    before = forecast(mona, project, "runs=300")
    later = date.fromisoformat(project["launch_on"]) + timedelta(weeks=3)
    replanned(mona, project, launch_on=later.isoformat(), strategy="none")
    after = forecast(mona, project, "runs=300")
    assert after["probability"] > before["probability"]


def test_a_burn_up_tells_baseline_planned_and_done_by_week(mona: Persona) -> None:
    brings_the_small_launch(mona)
    project = a_small_launch(mona)
    found = burn_up(mona, project)
    work = [task for task in mona.tasks_of(project) if not task["recurring"]]
    assert found["whole"]["scope"] == len(work)
    assert [phase["key"] for phase in found["phases"]] == ["prepare", "launch"]
    assert sum(phase["scope"] for phase in found["phases"]) == len(work)
    last = found["whole"]["weeks"][-1]
    assert (last["baseline"], last["planned"], last["done"]) == (len(work), len(work), None)
    for phase in (found["whole"], *found["phases"]):
        for name in ("baseline", "planned"):
            counts = [week[name] for week in phase["weeks"]]
            assert counts == sorted(counts)
        assert all(date.fromisoformat(week["week_on"]).weekday() == 0 for week in phase["weeks"])
    first = by_name(mona, project)["first"]
    answer(mona.patch(f"/tasks/{first['id']}", {"status": "done"}))
    spare = by_name(mona, project)["spare"]
    gone = {"status": "not_applicable", "reason": "No use."}
    answer(mona.patch(f"/tasks/{spare['id']}", gone))
    whole = burn_up(mona, project)["whole"]
    assert (whole["scope"], whole["weeks"][0]["done"]) == (len(work) - 1, 1)


def test_what_moves_stays_where_it_was_in_the_baseline(mona: Persona) -> None:
    project = mona.creates_a_project()
    before = burn_up(mona, project)["whole"]["weeks"]
    later = date.fromisoformat(project["launch_on"]) + timedelta(weeks=3)
    replanned(mona, project, launch_on=later.isoformat())
    after = burn_up(mona, project)["whole"]["weeks"]
    known = {week["week_on"]: week for week in after}
    for week in before:
        if week["week_on"] in known:
            assert known[week["week_on"]]["baseline"] == week["baseline"]
            assert known[week["week_on"]]["planned"] <= week["planned"]


def test_looking_ahead_costs_the_same_for_one_task_and_for_600(mona: Persona) -> None:
    found = []
    for tasks in (1, 600):
        project = has_a_project_of(mona, tasks)
        sizes = []
        for path in ("forecast?runs=100", "burn-up"):
            with counted() as statements:
                answer(mona.get(f"/projects/{project['id']}/{path}"))
            sizes.append(len(statements))
        found.append(sizes)
    assert found[0] == found[1]
    assert found[0][0] <= 9
    assert found[0][1] <= 4
