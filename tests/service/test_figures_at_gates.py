"""Gates that ask for figures: they read the one series that speaks, and are looked at again."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.api.gates.acts import decides, gates_of
from tests.api.gates.traces import topics
from tests.api.test_statements import counted
from tests.personas import Persona, answer
from tracker.connectors.figures import Sample
from tracker.kernel.clock import set_offset, utcnow
from tracker.kernel.db import unit_of_work
from tracker.metrics.placing import Origin
from tracker.metrics.storing import keep_samples
from tracker.projects.models import Gate, Project
from workers.gates import watch_gates

ASKED = {
    "key": "activated",
    "kind": "figure",
    "title": "Newcomers are active",
    "blocks": True,
    "metric": "activation_rate_7_days",
    "op": ">=",
    "value": 30,
    "sustained_days": 14,
    "max_age_hours": 48,
}


@pytest.fixture
def clock() -> Iterator[None]:
    """A clock that a test may move."""
    yield
    set_offset(timedelta())


@pytest.fixture
def project(mona: Persona) -> dict[str, Any]:
    """A project whose first gate asks for nothing but a figure."""
    made = mona.creates_a_project()
    with unit_of_work() as session:
        mine = (Gate.project_id == UUID(made["id"]), Gate.position == 0)
        session.execute(update(Gate).where(*mine).values(criteria=[ASKED]))
    return made


def keeps(project: dict[str, Any], values: dict[int, float], method: Any = "native") -> None:
    """Readings of some days ago."""
    now = utcnow()
    with unit_of_work() as session:
        wanted = select(Project.workspace_id).where(Project.id == UUID(project["id"]))
        workspace_id = session.scalars(wanted).one()
        origin = Origin(workspace_id, UUID(project["id"]), method, f"the {method} forum", "UTC")
        samples = [
            Sample("activation_rate_7_days", day_ago(now, days), value, method)
            for days, value in values.items()
        ]
        keep_samples(session, origin, samples, now=now)


def day_ago(now: datetime, days: int) -> date:
    return now.date() - timedelta(days=days)


def found(who: Persona, project: dict[str, Any]) -> dict[str, Any]:
    gate = gates_of(who, project)["go_for_preparation"]
    return dict(gate["verdict"]["criteria"][0])


def test_a_gate_reads_the_series_that_speaks_and_never_mixes(
    mona: Persona, project: dict[str, Any]
) -> None:
    assert found(mona, project)["state"] == "unknown"
    keeps(project, dict.fromkeys(range(1, 40), 12.0), "manual")
    assert (found(mona, project)["state"], found(mona, project)["value"]) == ("unmet", 12)
    keeps(project, dict.fromkeys(range(1, 10), 35.0))
    young = found(mona, project)
    assert (young["state"], young["source"]) == ("unknown", "the native forum")
    keeps(project, dict.fromkeys(range(10, 30), 34.0))
    good = found(mona, project)
    assert (good["state"], good["value"], good["source"]) == ("met", 35, "the native forum")
    midnight = datetime.combine(utcnow(), datetime.min.time())
    assert good["as_of"] == f"{midnight.isoformat()}Z"


def test_a_stale_figure_is_unknown_and_so_the_gate_closed(
    mona: Persona, project: dict[str, Any], clock: None
) -> None:
    keeps(project, dict.fromkeys(range(1, 30), 35.0))
    assert found(mona, project)["state"] == "met"
    set_offset(timedelta(hours=49))
    assert found(mona, project)["state"] == "unknown"
    gate = gates_of(mona, project)["go_for_preparation"]
    assert decides(mona, gate).status_code == 409


def test_a_decision_keeps_the_figure_it_stood_on(mona: Persona, project: dict[str, Any]) -> None:
    keeps(project, dict.fromkeys(range(1, 30), 35.0))
    gate = answer(decides(mona, gates_of(mona, project)["go_for_preparation"]))
    assert gate["state"] == "passed"
    keeps(project, dict.fromkeys(range(1, 30), 10.0))
    dossier = answer(mona.get(f"/gates/{gate['id']}/dossier"))
    (frozen,) = dossier["decisions"][0]["criteria"]
    assert (frozen["value"], frozen["source"], frozen["state"]) == (35, "the native forum", "met")


def test_new_figures_have_the_gate_looked_at_again(mona: Persona, project: dict[str, Any]) -> None:
    for _ in range(2):
        watch_gates()
    assert "gate.ready" not in topics()
    keeps(project, dict.fromkeys(range(1, 30), 35.0))
    for _ in range(2):
        watch_gates()
    assert topics().count("gate.ready") == 1


def test_judging_figures_costs_the_same_for_few_readings_and_many(
    mona: Persona, project: dict[str, Any]
) -> None:
    costs = []
    for days in (2, 200):
        keeps(project, dict.fromkeys(range(1, days), 35.0))
        with counted() as statements:
            gates_of(mona, project)
        costs.append(len(statements))
    assert costs[0] == costs[1]
