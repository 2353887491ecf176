"""Reminding somebody now, and seeing who will be reminded."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import select, update

from tests.api.launches import a_small_launch, brings_the_small_launch, by_name, sets_the_project
from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.personas import Persona, answer
from tests.service.test_chasing import a_project_of, chased, workday
from tracker.gates.watching import look
from tracker.kernel.clock import utcnow
from tracker.kernel.db import core, reading, unit_of_work
from tracker.projects.models import Gate
from tracker.reminders.models import Reminder
from tracker.reminders.timing import planned_at

R: Final = Reminder.__table__
SATURDAY: Final = 5


def rows(rule: str) -> list[Any]:
    with reading() as session:
        return list(core(session).execute(select(R).where(R.c.rule == rule)).all())


@pytest.fixture
def task(mona: Persona, bob: Persona) -> dict[str, Any]:
    (task,) = mona.tasks_of(a_project_of(mona, bob, tasks=1))
    day = workday(10).isoformat()
    return answer(mona.patch(f"/tasks/{task['id']}", {"start_on": day, "due_on": day}))


def test_whoever_has_a_task_is_reminded_now_and_once_an_hour(
    task: dict[str, Any], mona: Persona, bob: Persona
) -> None:
    path = f"/tasks/{task['id']}/remind"
    (made,) = answer(mona.post(path, {"note": "The printer waits."}))["items"]
    (row,) = rows("asked")
    assert made["member_id"] == str(row.member_id) == bob.member_id
    assert row.facts == {"by": mona.member_id, "note": "The printer waits."}
    assert (row.state, row.way, row.ready_at) == ("owed", "single", row.due_at)
    before = everything()
    for persona in (mona, bob):
        english = persona.post(path, {})
        french = persona.post(path, {}, headers=FRENCH)
        assert 3500 < int(english.headers["Retry-After"]) <= 3601
        said = [problem(one, 429, "too-many-requests")["detail"] for one in (english, french)]
        assert said[0] != said[1]
    assert everything() == before
    with unit_of_work() as session:
        core(session).execute(update(R).values(created_at=utcnow() - timedelta(hours=1)))
    answer(bob.post(path, {}))
    assert len(rows("asked")) == 2


def test_a_contributor_reminds_of_tasks_of_their_own(
    task: dict[str, Any], mona: Persona, bob: Persona, vera: Persona
) -> None:
    path = f"/tasks/{task['id']}"
    answer(mona.patch(path, {"assignees": [mona.email]}))
    problem(bob.post(f"{path}/remind", {}), 403, "forbidden")
    problem(vera.post(f"{path}/remind", {}), 403, "forbidden")


def test_where_there_is_nothing_to_remind_of_nobody_is(
    mona: Persona, bob: Persona, subtests: pytest.Subtests
) -> None:
    brings_the_small_launch(mona)
    project = a_small_launch(mona, people={"content": bob.email})
    first, behind, ritual, proven = (
        by_name(mona, project)[key]["id"] for key in ("first", "open", "weekly", "proven")
    )
    answer(mona.patch(f"/tasks/{first}", {"assignees": []}))
    answer(mona.patch(f"/tasks/{proven}", {"status": "not_applicable", "reason": "No"}))
    before = everything()
    for task_id, type_ in (
        (first, "nobody-to-remind"),
        (behind, "closed-gate"),
        (ritual, "ritual"),
        (proven, "nothing-to-remind-of"),
    ):
        with subtests.test(type_):
            english = problem(mona.post(f"/tasks/{task_id}/remind", {}), 409, type_)
            french = mona.post(f"/tasks/{task_id}/remind", {}, headers=FRENCH)
            assert english["detail"] != problem(french, 409, type_)["detail"]
    for note in ("", "x" * 501, "a\nb", 7):
        problem(mona.post(f"/tasks/{first}/remind", {"note": note}), 422, "invalid-values")
    assert everything() == before
    sets_the_project(project, "paused")
    problem(mona.post(f"/tasks/{first}/remind", {}), 409, "nothing-to-remind-of")
    sets_the_project(project, "cancelled")
    problem(mona.post(f"/tasks/{first}/remind", {}), 409, "project-closed")


@pytest.fixture
def gated(mona: Persona, bob: Persona) -> dict[str, Any]:
    """A project whose first gate asks for the word of its sponsor, Bob."""
    return mona.creates_a_project(people={"sponsor": bob.email, "project_manager": mona.email})


def first_gate(mona: Persona, project: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = answer(mona.get(f"/projects/{project['id']}/gates"))["items"][0]
    return found


def watched(project: Mapping[str, Any], now: datetime) -> None:
    with unit_of_work() as session:
        (row,) = core(session).execute(
            select(Gate.workspace_id, Gate.project_id).where(Gate.position == 0)
        )
        assert str(row.project_id) == project["id"]
        look(session, row.workspace_id, row.project_id, now=now)


def on_a_working_day() -> datetime:
    """Now, or at this hour of the Monday to come: gates are not chased on weekends."""
    now = utcnow()
    return now if now.weekday() < SATURDAY else now + timedelta(days=7 - now.weekday())


def meets_all_but_approvals(mona: Persona, gate: Mapping[str, Any]) -> None:
    """Ask the gate for the approval alone."""
    with unit_of_work() as session:
        mine = Gate.__table__.c.key == gate["key"]
        stored = core(session).execute(select(Gate.__table__.c.criteria).where(mine)).scalar_one()
        approval = next(
            (one for one in stored if one["kind"] == "approval"),
            {
                "key": "word",
                "kind": "approval",
                "title": "A word",
                "role": "sponsor",
                "count": 1,
            },
        )
        core(session).execute(update(Gate.__table__).where(mine).values(criteria=[approval]))
    assert answer(mona.get(f"/gates/{gate['id']}"))["state"] == "pending"


def test_a_gate_chases_approvers_then_whoever_decides(
    gated: dict[str, Any], mona: Persona, bob: Persona, alice: Persona
) -> None:
    gate = first_gate(mona, gated)
    problem(mona.post(f"/gates/{gate['id']}/remind", {}), 409, "gate-not-ready")
    problem(bob.post(f"/gates/{gate['id']}/remind", {}), 403, "forbidden")
    meets_all_but_approvals(mona, gate)
    watched(gated, on_a_working_day())
    chased(on_a_working_day())
    (row,) = rows("gate_ready")
    assert (str(row.member_id), row.step, row.subject) == (bob.member_id, "+0", "gate")
    asked = {"action": "request"}
    approval = answer(mona.post(f"/gates/{gate['id']}/approvals", asked), 201)
    chased(on_a_working_day())
    (row,) = rows("approval_waiting")
    assert (str(row.member_id), row.occurrence) == (bob.member_id, approval["id"])
    (made,) = answer(mona.post(f"/gates/{gate['id']}/remind", {}))["items"]
    assert made["member_id"] == bob.member_id
    problem(mona.post(f"/gates/{gate['id']}/remind", {}), 429, "too-many-requests")
    answer(bob.post(f"/gates/{gate['id']}/approvals", {"action": "approve"}), 201)
    watched(gated, on_a_working_day())
    chased(on_a_working_day())
    deciders = {str(one.member_id) for one in rows("gate_ready") if one.subject == "gate"}
    assert deciders == {bob.member_id, mona.member_id}
    decided = {"decision": "pass"}
    answer(mona.post(f"/gates/{gate['id']}/decision", decided, headers={"If-Match": "*"}))
    assert {one.state for one in rows("gate_ready")} == {"cancelled"}
    problem(alice.post(f"/gates/{gate['id']}/remind", {}), 409, "gate-decided")


def foreseen(persona: Persona, query: str = "") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = answer(persona.get(f"/reminders/preview?limit=500{query}"))[
        "items"
    ]
    return items


def test_the_preview_tells_what_the_chaser_will_do_and_leaves_no_trace(
    task: dict[str, Any], mona: Persona, bob: Persona
) -> None:
    before = everything()
    found = [one for one in foreseen(mona, "&days=40") if one["subject"] == "task"]
    assert everything() == before
    start = utcnow()
    chased(start)
    for number in range(1, 41):  # before anybody's hour, whatever hour it is where this runs
        chased(start.replace(hour=0, minute=30) + timedelta(days=number))
    with reading() as session:
        written = core(session).execute(select(R).where(R.c.subject == "task")).all()
    until = start + timedelta(days=40)
    assert {(one["rule"], one["step"], one["member_id"], one["due_at"][:16]) for one in found} == {
        (row.rule, row.step, str(row.member_id), row.due_at.isoformat()[:16])
        for row in written
        if row.due_at < until
    }
    assert {one["rule"] for one in found} >= {"before_due", "overdue", "escalation"}
    assert task["id"] in {one["subject_id"] for one in found}
    assert not any(one["is_owed"] for one in found)
    his = foreseen(bob, "&days=40")
    assert {one["member_id"] for one in his} == {bob.member_id}


def test_the_preview_shows_what_is_owed_once_in_the_readers_language(
    task: dict[str, Any], mona: Persona, bob: Persona, charlie: Persona
) -> None:
    chased(utcnow())
    chased(planned_at(workday(3)))
    query = f"&days=20&project={task['project_id']}"
    found = foreseen(mona, query)
    owed = [one for one in found if one["is_owed"]]
    assert [(one["rule"], one["step"], one["member_id"]) for one in owed] == [
        ("before_due", "7", bob.member_id)
    ]
    effects = [(one["subject_id"], one["rule"], one["step"], one["member_id"]) for one in found]
    assert len(effects) == len(set(effects))
    french = answer(mona.get(f"/reminders/preview?limit=500{query}", headers=FRENCH))["items"]
    assert [one["why"] for one in french] != [one["why"] for one in found]
    first = answer(mona.get(f"/reminders/preview?limit=2{query}"))
    rest = answer(mona.get(f"/reminders/preview?limit=500{query}&cursor={first['next']}"))
    assert [*first["items"], *rest["items"]] == found
    assert foreseen(charlie, "&days=20") == []
    problem(charlie.get(f"/reminders/preview?project={task['project_id']}"), 404, "not-found")
    problem(mona.get("/reminders/preview?days=61"), 422, "invalid-values")


def test_what_waits_behind_a_gate_is_told_to_wait(mona: Persona, bob: Persona) -> None:
    brings_the_small_launch(mona)
    launch_on = workday(20).isoformat()
    project = a_small_launch(mona, people={"content": bob.email}, launch_on=launch_on)
    found = foreseen(mona, f"&days=60&project={project['id']}")
    behind = {one["id"] for one in mona.tasks_of(project) if one["key"] == "launch.day.open"}
    assert {one["waits"] for one in found if one["subject_id"] in behind} == {True}
    others = [one for one in found if one["subject_id"] not in behind]
    assert [one for one in others if one["waits"] and not one["waits_for"]] == []
    waiting = {one["title"]: (one["rule"], one["waits_for"]) for one in others if one["waits"]}
    assert waiting == {"Second": ("before_start", ["First"])}
