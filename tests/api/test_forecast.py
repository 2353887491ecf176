"""The forecast and the burn-up over HTTP."""

from datetime import date, timedelta

from tests.api.problems import problem
from tests.api.test_replan import replanned
from tests.api.test_statements import counted
from tests.personas import Persona, answer


def test_a_forecast_is_the_same_for_the_same_seed_and_costs_few_statements(mona: Persona) -> None:
    project = mona.creates_a_project()
    path = f"/projects/{project['id']}/forecast"
    with counted() as statements:
        found = answer(mona.get(f"{path}?runs=200&seed=5"))
    assert len(statements) <= 8
    assert found == answer(mona.get(f"{path}?runs=200&seed=5"))
    assert found["goal"] == "launch"
    assert found["promised_on"] == project["launch_on"]
    assert found["p50"] <= found["p80"] <= found["p95"]
    assert 0 <= found["probability"] <= 1
    shares = [row["share"] for row in found["criticality"]]
    assert shares == sorted(shares, reverse=True)
    problem(mona.get(f"{path}?runs=1"), 422, "invalid-values")
    problem(mona.get(f"{path}?seed=-1"), 422, "invalid-values")


def test_a_later_launch_day_is_more_likely_to_be_kept(mona: Persona) -> None:
    project = mona.creates_a_project()
    before = answer(mona.get(f"/projects/{project['id']}/forecast?runs=300"))
    later = date.fromisoformat(project["launch_on"]) + timedelta(weeks=3)
    replanned(mona, project, launch_on=later.isoformat(), strategy="none")
    after = answer(mona.get(f"/projects/{project['id']}/forecast?runs=300"))
    assert after["probability"] >= before["probability"]


def test_a_burn_up_tells_planned_and_done_by_week(mona: Persona) -> None:
    project = mona.creates_a_project()
    found = answer(mona.get(f"/projects/{project['id']}/burn-up"))
    assert {phase["key"] for phase in found["phases"]} == {
        "prepare",
        "launch",
        "recruit",
        "develop",
    }
    for phase in found["phases"]:
        planned = [week["planned"] for week in phase["weeks"]]
        assert planned == sorted(planned)
        assert planned[-1] > 0
