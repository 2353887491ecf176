"""Gates looked at from time to time: told once, flagged and cleared, never closed silently."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.api.gates.acts import (
    DECISION,
    decides,
    gates_of,
    says,
    sets_tasks,
    shows_evidence,
    waives,
)
from tests.api.gates.traces import history, topics
from tests.api.test_statements import counted
from tests.personas import Persona, answer
from tracker.gates.watching import due, look
from tracker.kernel.clock import set_offset, utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.projects.models import Project
from workers.gates import watch_gates


@pytest.fixture
def clock() -> Iterator[None]:
    """A clock that a test may move."""
    yield
    set_offset(timedelta())


@pytest.fixture
def project(mona: Persona, bob: Persona) -> dict[str, Any]:
    """A launch whose sponsor is Bob."""
    return mona.creates_a_project(people={"sponsor": bob.email})


def looked_at(limit: int = 100, now: datetime | None = None) -> list[UUID]:
    with reading() as session:
        return [found for _, found in due(session, now=now or utcnow(), limit=limit)]


def first_of(persona: Persona, project: dict[str, Any]) -> dict[str, Any]:
    return gates_of(persona, project)["go_for_preparation"]


def passes_the_first(mona: Persona, bob: Persona, project: dict[str, Any]) -> dict[str, Any]:
    sets_tasks(project, key=DECISION)
    answer(says(bob, first_of(mona, project)), 201)
    gate: dict[str, Any] = answer(decides(mona, first_of(mona, project)))
    return gate


def test_what_becomes_ready_is_told_once(mona: Persona, bob: Persona, project: Any) -> None:
    watch_gates()
    assert "gate.ready" not in topics()
    sets_tasks(project, key=DECISION)
    answer(says(bob, first_of(mona, project)), 201)
    for _ in range(2):
        watch_gates()
    assert topics().count("gate.ready") == 1
    assert history().count(("gate", "ready")) == 1
    assert first_of(mona, project)["version"] == 1, "whoever decides need not read again"
    answer(says(bob, first_of(mona, project), "decline"), 201)
    watch_gates()
    answer(says(bob, first_of(mona, project)), 201)
    watch_gates()
    assert topics().count("gate.ready") == 2, "ready again, told again"


def test_a_later_gate_is_not_called_ready_before_its_turn(mona: Persona, project: Any) -> None:
    sets_tasks(project)
    watch_gates()
    assert "gate.ready" not in topics()


def test_what_slips_back_is_flagged_and_the_gate_stays_open(
    mona: Persona, bob: Persona, project: Any
) -> None:
    gate = passes_the_first(mona, bob, project)
    watch_gates()
    assert first_of(mona, project)["flags"] == []
    milestone = next(task for task in mona.tasks_of(project) if task["key"] == DECISION)
    answer(mona.patch(f"/tasks/{milestone['id']}", {"status": "todo"}))
    for _ in range(2):
        watch_gates()
    flagged = first_of(mona, project)
    assert (flagged["state"], flagged["is_open"]) == ("passed", True)
    assert flagged["flags"] == ["decision"]
    assert flagged["flagged_at"]
    assert flagged["version"] == gate["version"] + 1
    answer(says(bob, flagged, "decline"), 201)
    watch_gates()
    assert first_of(mona, project)["flags"] == ["decision", "sponsor_agrees"]
    assert first_of(mona, project)["flagged_at"] == flagged["flagged_at"]
    shows_evidence(project, DECISION, mona)
    answer(mona.patch(f"/tasks/{milestone['id']}", {"status": "done"}))
    answer(says(bob, flagged), 201)
    watch_gates()
    cleared = first_of(mona, project)
    assert (cleared["flags"], cleared["flagged_at"]) == ([], None)
    told = [topic for topic in topics() if topic in ("gate.flagged", "gate.cleared")]
    assert told == ["gate.flagged", "gate.flagged", "gate.cleared"]


def test_a_waiver_that_runs_out_is_told_once_and_closes_the_gate(
    alice: Persona, mona: Persona, project: Any, clock: None
) -> None:
    answer(waives(alice, first_of(mona, project), days=10))
    watch_gates()
    assert "gate.waiver_expired" not in topics()
    set_offset(timedelta(days=10, minutes=1))
    assert first_of(mona, project)["state"] == "pending"
    for _ in range(2):
        watch_gates()
    gate = first_of(mona, project)
    assert (gate["state"], gate["is_open"]) == ("pending", False)
    assert topics().count("gate.waiver_expired") == 1
    assert history().count(("gate", "waiver expired")) == 1


def test_a_project_is_looked_at_after_a_change_and_on_a_new_day(mona: Persona, clock: None) -> None:
    paris = mona.creates_a_project(timezone="Europe/Paris")
    tokyo = mona.creates_a_project(timezone="Asia/Tokyo")
    both = {UUID(paris["id"]), UUID(tokyo["id"])}
    assert set(looked_at()) == both
    started = utcnow()
    noon = datetime.combine(started.date() + timedelta(days=3), datetime.min.time(), UTC)
    noon += timedelta(hours=12)
    set_offset(noon - started)
    for _ in range(2):
        watch_gates()
    assert looked_at() == []
    assert looked_at(now=noon + timedelta(hours=4)) == [UUID(tokyo["id"])], "midnight in Tokyo"
    assert set(looked_at(now=noon + timedelta(hours=12))) == both
    set_offset(noon + timedelta(hours=1) - started)
    task = mona.tasks_of(paris)[0]
    answer(mona.patch(f"/tasks/{task['id']}", {"notes": "Changed."}))
    assert looked_at() == [UUID(paris["id"])]


def test_only_active_projects_are_looked_at(mona: Persona, project: Any) -> None:
    answer(mona.post(f"/projects/{project['id']}/pause", {}))
    assert looked_at() == []


def test_a_look_costs_the_same_whatever_the_size_of_the_project(mona: Persona) -> None:
    costs = []
    for types in (None, "advocacy"):
        project = mona.creates_a_project(community_type=types)
        with reading() as session:
            workspace_id = session.scalars(select(Project.workspace_id)).first()
        assert workspace_id is not None
        with counted() as statements, unit_of_work() as session:
            assert look(session, workspace_id, UUID(project["id"]), now=utcnow())
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 8


def test_what_is_gone_is_passed_over(mona: Persona, project: Any) -> None:
    with reading() as session:
        ((workspace_id, project_id),) = due(session, now=utcnow(), limit=1)
    assert mona.delete(f"/projects/{project['id']}").status_code in {200, 204}
    with unit_of_work() as session:
        assert not look(session, workspace_id, project_id, now=utcnow())
