"""Alerts: opened once, with what corrects them, followed, and ended by figures or by hand."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.api.gates.traces import history, topics
from tests.api.problems import problem
from tests.api.test_statements import counted
from tests.personas import Persona, answer
from tracker.connectors.figures import Method, Sample
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.metrics.placing import Origin
from tracker.metrics.storing import keep_samples
from tracker.metrics.watching import watch_project
from tracker.projects.models import Project, Task


@pytest.fixture
def project(mona: Persona) -> dict[str, Any]:
    """A community that was opened some weeks ago, on our own playbook."""
    made = answer(
        mona.post(
            "/projects",
            {
                "name": "Launch",
                "playbook": "community-launch",
                "parameters": {
                    "launch_on": (utcnow() - timedelta(days=60)).date().isoformat(),
                    "already_launched": True,
                },
            },
        ),
        201,
    )
    with unit_of_work() as session:
        mine = Project.id == UUID(made["id"])
        session.execute(update(Project).where(mine).values(phase="recruit"))
    return made


def reads(
    project: dict[str, Any],
    metric: str,
    values: Sequence[float],
    *,
    now: datetime | None = None,
    method: Method = "native",
    **more: Any,
) -> None:
    """One reading a day, the last one of yesterday."""
    now = now or utcnow()
    with unit_of_work() as session:
        workspace_id = session.scalars(
            select(Project.workspace_id).where(Project.id == UUID(project["id"]))
        ).one()
        origin = Origin(workspace_id, UUID(project["id"]), "project", "the forum", "UTC")
        first = now.date() - timedelta(days=len(values))
        samples = [
            Sample(metric, first + timedelta(days=n), value, method, **more)
            for n, value in enumerate(values)
        ]
        keep_samples(session, origin, samples, now=now)


def looks(project: dict[str, Any], now: datetime | None = None) -> None:
    with unit_of_work() as session:
        mine = session.scalars(select(Project).where(Project.id == UUID(project["id"]))).one()
        watch_project(session, mine, now=now or utcnow())


def alerts_of(persona: Persona, project: dict[str, Any], **query: str) -> list[dict[str, Any]]:
    path = f"/projects/{project['id']}/alerts?{urlencode(query)}"
    found: list[dict[str, Any]] = answer(persona.get(path))["items"]
    return found


def added_to(project: dict[str, Any], key: str) -> list[str]:
    with unit_of_work() as session:
        mine = (Task.project_id == UUID(project["id"]), Task.key.like(f"%.{key}.%"))
        return list(session.scalars(select(Task.key).where(*mine).order_by(Task.key)))


def test_an_alert_opens_once_and_brings_its_checklist_once(mona: Persona, project: Any) -> None:
    reads(project, "activation_rate_7_days", [12.0] * 20)
    for _ in range(2):
        looks(project)
    (alert,) = alerts_of(mona, project)
    assert (alert["rule"], alert["state"]) == ("newcomers_stay_silent", "open")
    assert "12" in alert["sentence"]
    assert alert["figures"]["value"] == 12
    assert len(added_to(project, "welcome")) == 3
    assert alert["task_id"]
    assert topics().count("alert.opened") == 1
    assert history().count(("alert", "opened")) == 1
    french = mona.get(f"/alerts/{alert['id']}", headers={"Accept-Language": "fr"})
    assert answer(french)["title"] == "Les nouveaux restent silencieux"


def test_an_alert_follows_its_figures_and_ends_when_they_are_good(
    mona: Persona, project: Any
) -> None:
    reads(project, "activation_rate_7_days", [12.0] * 20)
    looks(project)
    reads(project, "activation_rate_7_days", [22.0])
    looks(project)
    (alert,) = alerts_of(mona, project)
    assert (alert["state"], alert["figures"]["value"], alert["latest"]["value"]) == ("open", 12, 22)
    reads(project, "activation_rate_7_days", [31.0])
    looks(project)
    (alert,) = alerts_of(mona, project, state="resolved")
    assert (alert["resolved_by"], alert["latest"]["value"]) == (None, 31)
    assert topics().count("alert.resolved") == 1


def test_a_rule_stays_silent_for_its_cool_down(mona: Persona, project: Any) -> None:
    reads(project, "activation_rate_7_days", [12.0] * 20)
    looks(project)
    (alert,) = alerts_of(mona, project)
    answer(mona.post(f"/alerts/{alert['id']}/resolve", {"note": "A bad month."}))
    looks(project)
    assert len(alerts_of(mona, project)) == 1
    looks(project, now=utcnow() + timedelta(days=14, minutes=1))
    again, _ = (one for one in alerts_of(mona, project) if one["rule"] == alert["rule"])
    assert again["state"] == "open"
    answer(mona.post(f"/alerts/{again['id']}/resolve", {}))
    reads(project, "activation_rate_7_days", [12.0] * 20, now=utcnow() + timedelta(days=29))
    looks(project, now=utcnow() + timedelta(days=29))
    third, *_ = (one for one in alerts_of(mona, project) if one["rule"] == alert["rule"])
    assert (third["state"], third["checklist_id"]) == ("open", alert["checklist_id"])
    assert len(added_to(project, "welcome")) == 3, "what it added the first time is still open"


def test_an_empty_community_is_rescued_once(mona: Persona, project: Any) -> None:
    reads(project, "interactions", [2.0] * 20)
    looks(project)
    (alert,) = alerts_of(mona, project)
    assert alert["rule"] == "ghost_town"
    assert len(added_to(project, "rescue")) == 6
    tasks = answer(mona.get(f"/projects/{project['id']}/tasks?limit=500"))
    for task in tasks["items"]:
        if ".rescue." in task["key"]:
            answer(
                mona.patch(f"/tasks/{task['id']}", {"status": "not_applicable", "reason": "Over."})
            )
    for days in (15, 30):
        answer(mona.post(f"/alerts/{alert['id']}/resolve", {}))
        later = utcnow() + timedelta(days=days)
        reads(project, "interactions", [2.0] * 20, now=later)
        looks(project, now=later)
        alert, *_ = alerts_of(mona, project, state="open")
        assert alert["rule"] == "ghost_town"
        assert len(added_to(project, "rescue")) == 6


def test_an_alert_of_a_phase_that_is_over_ends(mona: Persona, project: Any) -> None:
    reads(project, "interactions", [2.0] * 20)
    looks(project)
    with unit_of_work() as session:
        mine = Project.id == UUID(project["id"])
        session.execute(update(Project).where(mine).values(phase="develop"))
    looks(project)
    by_rule = {one["rule"]: one["state"] for one in alerts_of(mona, project)}
    assert by_rule["ghost_town"] == "resolved"


def test_no_figures_at_all_raise_nothing(mona: Persona, project: Any) -> None:
    looks(project)
    assert alerts_of(mona, project) == []


def test_what_is_computed_is_no_sign_of_life(mona: Persona, project: Any) -> None:
    reads(project, "members_total", [50.0])
    later = utcnow() + timedelta(days=8)
    reads(project, "mau", [1.0], now=later, method="derived")
    reads(project, "leaves", [1.0], now=later, method="snapshot_diff")
    looks(project, now=later)
    (alert,) = alerts_of(mona, project)
    assert (alert["rule"], alert["figures"]["silent"]) == ("no_figures", 8)


def test_an_alert_is_answered_by_who_manages(mona: Persona, bob: Persona, project: Any) -> None:
    reads(project, "interactions", [2.0] * 20)
    looks(project)
    (alert,) = alerts_of(mona, project)
    path = f"/alerts/{alert['id']}"
    problem(bob.post(f"{path}/acknowledge", {}), 403, "forbidden")
    seen = answer(mona.post(f"{path}/acknowledge", {"note": "We call the seeds."}))
    assert (seen["state"], seen["note"]) == ("acknowledged", "We call the seeds.")
    looks(project)
    (alert,) = alerts_of(mona, project)
    assert alert["state"] == "acknowledged", "whoever takes care of it is not asked again"
    stale = mona.patch(path, {"note": "x"}, headers={"If-Match": '"1-0"'})
    problem(stale, 412, "stale")
    answer(mona.post(f"{path}/resolve", {}))
    problem(mona.post(f"{path}/acknowledge", {}), 409, "alert-resolved")


def test_a_look_that_finds_nothing_new_takes_few_statements(project: Any) -> None:
    reads(project, "interactions", [50.0] * 60)
    with counted() as statements:
        looks(project)
    assert len(statements) <= 5, statements


def test_the_funnel_proposes_the_next_wave(mona: Persona, project: Any) -> None:
    path = f"/projects/{project['id']}"
    funnel = answer(mona.get(f"{path}/funnel"))
    assert (funnel["target"], funnel["shortfall"], funnel["to_invite"]) == (100, 100, 334)
    answer(mona.post(f"{path}/checklists", funnel["next_wave"]), 201)
    reads(project, "members_total", [120.0])
    funnel = answer(mona.get(f"{path}/funnel"))
    assert (funnel["shortfall"], funnel["next_wave"]) == (0, None)
    assert funnel["truly_active"]["now"] == {"members": 120, "at_least": 0, "at_most": 1}


def test_a_team_that_carries_too_much_is_warned(mona: Persona, project: Any) -> None:
    path = f"/projects/{project['id']}/capacity"
    assert answer(mona.get(path))["warnings"] == []
    reads(project, "members_total", [1200.0])
    reads(project, "animators_fte", [1.5])
    reads(project, "animation_hours_planned", [4.0] * 28)
    reads(project, "animation_hours_spent", [6.0] * 29)
    tomorrow = utcnow() + timedelta(days=1)  # today is not over
    reads(project, "animation_hours_spent", [7.0], now=tomorrow)
    found = answer(mona.get(path))
    assert found["members_per_animator"] == 800
    assert (found["hours_planned"], found["hours_spent"]) == (112, 168)
    assert len(found["warnings"]) == 2
