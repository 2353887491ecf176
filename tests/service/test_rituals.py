"""Occurrences of rituals: each made once, in time, and closed as missed when the next one comes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Row, select, update

from tests.api.test_statements import counted
from tests.personas import Persona, next_monday
from tracker.kernel.activity import Activity
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.outbox import OutboxMessage
from tracker.projects.models import Assignee, Gate, Project, Step, Task
from tracker.projects.rituals import make_due

LAUNCH = next_monday(30)
WEEKLY = "launch.rituals.push_animation"
MONTHLY = "recruit.rituals.figures_review"


def noon(days: int) -> datetime:
    """Midday in UTC, so many days after launch day."""
    return datetime.combine(LAUNCH + timedelta(days=days), time(12), UTC)


def change(model: type[Any], project: dict[str, Any], *where: Any, **values: Any) -> None:
    key = model.id if model is Project else model.project_id
    with unit_of_work() as session:
        session.execute(update(model).where(key == UUID(project["id"]), *where).values(values))


def launches(mona: Persona, **parameters: Any) -> dict[str, Any]:
    """A project of which every gate has been passed."""
    project = mona.creates_a_project(launch_on=LAUNCH.isoformat(), **parameters)
    change(Gate, project, state="passed")
    return project


def beats(now: datetime) -> None:
    looked_at = 1
    while looked_at:
        with unit_of_work() as session:
            looked_at = make_due(session, now=now)


def ritual(project: dict[str, Any], key: str = WEEKLY) -> Row[Any]:
    mine = (Task.project_id == UUID(project["id"]), Task.key == key)
    with reading() as session:
        return session.execute(select(Task.__table__).where(*mine)).one()


def held(project: dict[str, Any], key: str = WEEKLY) -> dict[date, tuple[str, bool]]:
    """Status of each occurrence that has been made, and whether it was missed."""
    mine = Task.ritual_id == ritual(project, key).id
    wanted = select(Task.__table__).where(mine).order_by(Task.occurrence_on)
    with reading() as session:
        rows = session.execute(wanted).all()
    assert [row.key for row in rows] == [f"{key}@{row.occurrence_on}" for row in rows]
    return {row.occurrence_on: (row.status, row.is_missed) for row in rows}


OPEN, MISSED = ("todo", False), ("not_applicable", True)


def days(*weeks: int) -> list[date]:
    return [LAUNCH + timedelta(weeks=week) for week in weeks]


def test_a_new_project_knows_the_next_day_of_each_ritual(mona: Persona) -> None:
    project = launches(mona)
    assert ritual(project).next_on == LAUNCH
    assert ritual(project, "launch.rituals.contributor_spotlight").next_on == days(1)[0]
    assert ritual(project, "prepare.strategy.purpose").next_on is None


def test_an_occurrence_is_made_on_its_day_with_what_its_ritual_has(mona: Persona) -> None:
    project = launches(mona, people={"community_manager": mona.email})
    beats(noon(-1))
    assert held(project) == {}
    beats(noon(0))
    assert held(project) == {LAUNCH: OPEN}
    row = ritual(project)
    assert row.next_on == days(1)[0]
    made = ritual(project, f"{WEEKLY}@{LAUNCH}")
    assert (made.start_on, made.due_on, made.origin) == (LAUNCH, LAUNCH, "ritual")
    assert (made.title, made.role, made.phase) == (row.title, row.role, row.phase)
    with reading() as session:
        for model in (Step, Assignee):
            counts = [
                len(session.execute(select(model.__table__).where(model.task_id == key)).all())
                for key in (row.id, made.id)
            ]
            assert counts[0] == counts[1]
            assert counts[0] or model is Step
        topics = session.scalars(select(OutboxMessage.topic)).all()
        told = session.execute(
            select(Activity.action, Activity.door).where(Activity.subject_id == made.id)
        ).all()
    assert "ritual.occurrence_made" in topics
    assert told == [("created", "rule")]


def test_the_next_one_is_made_whether_or_not_the_last_was_done(mona: Persona) -> None:
    project = launches(mona)
    beats(noon(0))
    change(Task, project, Task.occurrence_on == LAUNCH, status="done")
    beats(noon(7))
    beats(noon(14))
    assert held(project) == dict(zip(days(0, 1, 2), [("done", False), MISSED, OPEN], strict=True))


def test_downtime_is_caught_up_once_and_leaves_only_the_newest_open(mona: Persona) -> None:
    project = launches(mona)
    beats(noon(0))
    beats(noon(7 * 5 + 3))
    beats(noon(7 * 5 + 3))
    assert held(project) == dict(zip(days(*range(6)), [*[MISSED] * 5, OPEN], strict=True))
    assert ritual(project).next_on == days(6)[0]


def test_a_ritual_is_over_after_its_last_day(mona: Persona) -> None:
    project = launches(mona)
    beats(noon(2000))
    until = date.fromisoformat(ritual(project).recurring["until"])
    assert ritual(project).next_on is None
    assert max(held(project)) <= until
    assert len(held(project)) == (until - LAUNCH).days // 7 + 1
    assert list(held(project).values()).count(OPEN) == 1


def test_behind_a_closed_gate_days_pass_without_being_counted(mona: Persona) -> None:
    project = launches(mona)
    change(Gate, project, Gate.before_phase == "launch", state="pending")
    beats(noon(15))
    assert held(project) == {}
    assert ritual(project).next_on == days(3)[0]
    change(Gate, project, state="passed")
    beats(noon(21))
    assert held(project) == {days(3)[0]: OPEN}


def test_a_waiver_that_has_ended_closes_the_phase_again(mona: Persona) -> None:
    project = launches(mona)
    ends = {"state": "waived", "waived_until": noon(3)}
    change(Gate, project, Gate.before_phase == "launch", **ends)
    beats(noon(0))
    beats(noon(7))
    assert held(project) == {LAUNCH: OPEN}


@pytest.mark.parametrize("state", ["paused", "cancelled", "archived"])
def test_a_project_that_is_not_active_makes_nothing(state: str, mona: Persona) -> None:
    project = launches(mona)
    change(Project, project, state=state)
    beats(noon(8))
    assert held(project) == {}
    change(Project, project, state="active")
    beats(noon(14))
    assert list(held(project)) == (days(2) if state == "paused" else [])


def test_a_ritual_that_was_stopped_makes_nothing_until_it_is_taken_up_again(
    mona: Persona,
) -> None:
    project = launches(mona)
    change(Task, project, Task.key == WEEKLY, status="not_applicable", reason="Enough")
    beats(noon(15))
    assert held(project) == {}
    change(Task, project, Task.key == WEEKLY, status="todo", reason=None)
    beats(noon(21))
    assert held(project) == {days(3)[0]: OPEN}


def test_a_day_begins_where_the_project_is(mona: Persona) -> None:
    east = launches(mona, timezone="Pacific/Kiritimati")  # 14 hours before UTC
    west = launches(mona, timezone="Pacific/Pago_Pago")  # 11 hours behind it
    eve = datetime.combine(LAUNCH - timedelta(days=1), time(10), UTC)
    beats(eve)
    assert (list(held(east)), list(held(west))) == ([LAUNCH], [])
    beats(eve + timedelta(hours=24))
    assert list(held(west)) == []
    beats(eve + timedelta(hours=25))
    assert list(held(west)) == [LAUNCH]


def test_a_holiday_moves_an_occurrence_and_not_those_after_it(mona: Persona) -> None:
    closed = days(1)[0]
    project = launches(mona, closures=[closed.isoformat()])
    beats(noon(15))
    assert list(held(project)) == [LAUNCH, closed + timedelta(days=1), days(2)[0]]


def test_a_missed_occurrence_says_why_in_the_projects_language(mona: Persona) -> None:
    project = launches(mona, language="fr")
    beats(noon(0))
    beats(noon(7))
    missed = ritual(project, f"{WEEKLY}@{LAUNCH}")
    assert missed.reason.startswith("Non tenue")
    assert missed.version == 2


def test_five_jobs_at_once_make_each_occurrence_once(mona: Persona) -> None:
    projects = [launches(mona) for _ in range(4)]
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(beats, [noon(15)] * 5))
    for project in projects:
        assert held(project) == dict(zip(days(0, 1, 2), [MISSED, MISSED, OPEN], strict=True))
        assert len(held(project, "launch.rituals.figures_review")) == 2
    with reading() as session:
        keys = session.execute(select(Task.project_id, Task.key)).all()
    assert len(keys) == len(set(keys))


def statements_for(now: datetime, limit: int) -> int:
    with counted() as statements, unit_of_work() as session:
        make_due(session, now=now, limit=limit)
    return len(statements)


def test_a_look_costs_the_same_for_few_rituals_and_for_many(mona: Persona) -> None:
    for _ in range(3):
        launches(mona, people={"community_manager": mona.email, "data": mona.email})
    assert statements_for(noon(-3), 50) == 1
    beats(noon(7))
    assert statements_for(noon(14), 2) == statements_for(noon(14), 50) <= 16
