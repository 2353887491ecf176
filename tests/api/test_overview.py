"""A project seen from above: timeline, picture, calendar."""

from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

from icalendar import Calendar
from sqlalchemy import select, update

from tests.api.baselines import a_baseline
from tests.api.playbooks import has_a_project_of
from tests.api.problems import FRENCH
from tests.api.test_statements import counted
from tests.personas import Persona, answer
from tracker.kernel.db import unit_of_work
from tracker.projects.models import Gate, Task


def timeline(who: Persona, project: dict[str, Any], query: str = "") -> dict[str, Any]:
    return answer(who.get(f"/projects/{project['id']}/timeline{query}"))


def test_a_timeline_tells_how_far_each_phase_is(mona: Persona, vera: Persona) -> None:
    project = mona.creates_a_project()
    with unit_of_work() as session:
        session.execute(
            update(Task)
            .where(Task.phase == "prepare", Task.checklist == "strategy")
            .values(status="done")
        )
        session.execute(update(Gate).where(Gate.position == 0).values(state="passed"))
    shown = timeline(vera, project)
    phases = {phase["key"]: phase["progress"] for phase in shown["phases"]}
    strategy = [task for task in shown["tasks"] if task["checklist"] == "strategy"]
    assert phases["prepare"]["done"] == len(strategy) > 0
    assert phases["prepare"]["total"] > len(strategy)
    assert phases["launch"]["done"] == phases["launch"]["overdue"] == 0
    assert all(task["status"] == "done" for task in strategy)
    assert [gate["state"] for gate in shown["gates"]][:2] == ["passed", "pending"]
    assert [gate["is_open"] for gate in shown["gates"]][:2] == [True, False]
    assert shown["project"]["state"] == "active"


def test_a_task_may_wait_until_its_float_is_used_up(mona: Persona) -> None:
    for task in timeline(mona, mona.creates_a_project())["tasks"]:
        if task["recurring"]:
            assert task["late_on"] is None
        elif task["float_days"] == 0:
            assert task["late_on"] == task["due_on"]
        else:
            assert task["late_on"] > task["due_on"]


def keeps_a_baseline(who: Persona, project: dict[str, Any]) -> str:
    tasks = timeline(who, project)["tasks"]
    with unit_of_work() as session:
        workspace_id = session.scalars(
            select(Task.workspace_id).where(Task.project_id == UUID(project["id"])).limit(1)
        ).one()
        kept = a_baseline(project, workspace_id, who.member_id, tasks=tasks[1:])
        session.add(kept)
    return str(kept.id)


def test_a_baseline_stands_beside_the_dates_in_force(mona: Persona) -> None:
    project = mona.creates_a_project()
    kept = keeps_a_baseline(mona, project)
    shown = timeline(mona, project, f"?baseline={kept}")
    assert shown["project"]["baseline"]["name"] == "Start"
    first, second = shown["tasks"][:2]
    assert first["baseline"] is None
    assert second["baseline"]["due_on"] == second["due_on"]
    assert "baseline" not in timeline(mona, project)["tasks"][1]
    picture = mona.get(f"/projects/{project['id']}/gantt.svg?baseline={kept}")
    assert "baseline" in picture.text
    elsewhere = mona.creates_a_project()
    for path in ("timeline", "gantt.svg"):
        answer(mona.get(f"/projects/{elsewhere['id']}/{path}?baseline={kept}"), 404)


def test_the_picture_speaks_the_readers_language(mona: Persona) -> None:
    path = f"/projects/{mona.creates_a_project(name='A <b> & c')['id']}/gantt.svg"
    response = mona.get(path)
    assert response.content_type == "image/svg+xml; charset=utf-8"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "A <b> & c" in "".join(ET.fromstring(response.data).itertext())
    assert "Launch day" in response.text
    assert "Lancement" in mona.get(path, headers=FRENCH).text
    again = mona.get(path, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_calendar_holds_every_task_and_gate_under_ids_that_stay(mona: Persona) -> None:
    project = mona.creates_a_project(name="Ours; BEGIN:VALARM")
    shown = timeline(mona, project)
    path = f"/projects/{project['id']}/calendar.ics"
    response = mona.get(path)
    assert response.content_type == "text/calendar; charset=utf-8"
    assert mona.get(path).data == response.data, "nothing of it depends on the moment"
    events = {str(event["UID"]): event for event in Calendar.from_ical(response.data).events}
    assert events.keys() == {
        *(f"task.{task['id']}@community-tracker" for task in shown["tasks"]),
        *(f"gate.{gate['id']}@community-tracker" for gate in shown["gates"]),
    }
    task = shown["tasks"][0]
    uid = f"task.{task['id']}@community-tracker"
    assert events[uid]["SEQUENCE"] == 0
    assert str(events[uid]["URL"]) == f"http://127.0.0.1:8000/api/v1/tasks/{task['id']}"
    answer(mona.patch(f"/tasks/{task['id']}", {"title": "C:\\New, x; y"}))
    changed = mona.get(
        path, headers={"Host": "evil.example", "If-None-Match": response.headers["ETag"]}
    )
    assert changed.status_code == 200
    assert "evil" not in changed.text
    event = next(e for e in Calendar.from_ical(changed.data).events if str(e["UID"]) == uid)
    assert (event["SEQUENCE"], str(event["SUMMARY"])) == (1, "C:\\New, x; y")


def test_looking_from_above_costs_the_same_for_one_task_and_for_600(mona: Persona) -> None:
    found = []
    for tasks in (1, 600):
        project = has_a_project_of(mona, tasks)
        sizes = []
        for name in ("timeline", "gantt.svg", "calendar.ics"):
            with counted() as statements:
                assert mona.get(f"/projects/{project['id']}/{name}").status_code == 200
            sizes.append(len(statements))
        found.append(sizes)
    assert found[0] == found[1]
    assert max(found[0]) <= 8
