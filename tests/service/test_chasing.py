"""Chasing: what is due is looked at, by whoever looks, once; and nothing is ever skipped."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from tests.api.launches import a_small_launch, brings_the_small_launch
from tests.api.playbooks import a_source, brings
from tests.api.test_statements import counted
from tests.personas import Persona, answer
from tracker.kernel.clock import utcnow
from tracker.kernel.db import core, reading, unit_of_work
from tracker.playbooks.calendar import WorkCalendar
from tracker.projects.models import Project, Task
from tracker.reminders.chasing import BATCH, chase_due, is_due
from tracker.reminders.models import Reminder
from tracker.reminders.timing import planned_at

R, T, P = Reminder.__table__, Task.__table__, Project.__table__
CALENDAR: Final = WorkCalendar()
A_DAY: Final = timedelta(days=1)


def chased(now: datetime) -> int:
    """Look until there is nothing left; how many things that were."""
    count = 0
    while True:
        with reading() as session:
            if not is_due(session, now=now):
                return count
        with unit_of_work() as session:
            count += chase_due(session, now=now)


def owed(*states: str) -> set[tuple[str, str, str]]:
    """Rule, step and e-mail's first word of what is there in these states, of tasks."""
    with reading() as session:
        wanted = select(R.c.rule, R.c.step, R.c.state).where(R.c.subject == "task")
        rows = core(session).execute(wanted).all()
    return {(row.rule, row.step, row.state) for row in rows if row.state in (states or ("owed",))}


def workday(number: int) -> date:
    """A working day, that many after today."""
    return CALENDAR.day(CALENDAR.index(utcnow().date()) + number)


def at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def at_nine(day: date) -> datetime:
    """Tomorrow has not begun anywhere yet, whatever day of the week it is."""
    return datetime.combine(day, time(9), UTC)


def of_task(task_id: str) -> Mapping[str, Any]:
    with reading() as session:
        return dict(
            core(session).execute(select(T).where(T.c.id == UUID(task_id))).mappings().one()
        )


def a_project_of(mona: Persona, bob: Persona, *, tasks: int) -> dict[str, Any]:
    """Tasks of Bob's, with a launch three weeks of work from now."""
    slug = f"plan-of-{tasks}"
    brings(mona, a_source(slug, tasks=tasks))
    people = {"content": bob.email, "project_manager": mona.email}
    parameters = {"people": people, "launch_on": workday(15).isoformat()}
    wish = {"name": "Ours", "playbook": slug, "parameters": parameters}
    return answer(mona.post("/projects", wish), 201)


@pytest.fixture
def task(mona: Persona, bob: Persona) -> dict[str, Any]:
    """One task of Bob's, a fortnight of work from now; everything has been looked at."""
    (task,) = mona.tasks_of(a_project_of(mona, bob, tasks=1))
    day = workday(10).isoformat()
    changed = answer(mona.patch(f"/tasks/{task['id']}", {"start_on": day, "due_on": day}))
    chased(utcnow())
    return changed


def test_a_look_at_a_moment_writes_it_down_once_whoever_looks(task: dict[str, Any]) -> None:
    assert owed() == set()
    assert of_task(task["id"])["chase_at"] == planned_at(workday(3))
    before = of_task(task["id"])
    assert chased(planned_at(workday(3)) - timedelta(seconds=1)) == 0
    for _ in range(3):
        now = planned_at(workday(3))
        chased(now)
        with unit_of_work() as session:  # somebody looks again, as after a crash
            core(session).execute(update(T).values(chase_at=now))
    chased(planned_at(workday(3)))
    assert owed() == {("before_due", "7", "owed")}
    after = of_task(task["id"])
    assert (after["version"], after["updated_at"]) == (before["version"], before["updated_at"])
    assert after["chase_at"] == planned_at(workday(8))
    with reading() as session:
        row = core(session).execute(select(R)).one()
    assert row.due_at == row.ready_at == datetime.combine(workday(3), time(9), UTC)
    assert (row.way, row.occurrence) == ("single", task["due_on"])


@pytest.mark.parametrize("down", [timedelta(minutes=1), timedelta(hours=1), timedelta(hours=26)])
def test_a_short_downtime_is_caught_up(task: dict[str, Any], down: timedelta) -> None:
    chased(planned_at(workday(3)) + down)
    assert owed("owed", "expired") == {("before_due", "7", "owed")}
    assert of_task(task["id"])["chase_at"] == planned_at(workday(8))


@pytest.mark.usefixtures("task")
def test_after_eight_days_the_latest_is_told_and_all_others_are_expired() -> None:
    chased(at_nine(workday(7)))
    back = at_nine(workday(13))
    assert back - at_nine(workday(7)) >= timedelta(days=8)
    chased(back)
    assert {one[:2] for one in owed("expired")} == {
        ("before_start", "0"),
        ("before_due", "2"),
        ("before_due", "0"),
        ("overdue", "+1"),
    }
    told = {one[:2] for one in owed()} - {("before_due", "7")}
    assert told == {("overdue", "+3"), ("escalation", "community_manager+2")}
    with reading() as session:
        late = core(session).execute(select(R).where(R.c.state == "expired")).all()
        now = core(session).execute(select(R).where(R.c.state == "owed", R.c.rule == "overdue"))
        due = [row.due_at for row in now]
    assert {(row.reason, row.ready_at) for row in late} == {("late", None)}
    assert all(at >= back for at in due)


def test_a_change_in_a_downtime_hides_nothing(task: dict[str, Any], bob: Persona) -> None:
    """The look that is overdue stays so, and covers the days before the change."""
    with unit_of_work() as session:
        core(session).execute(update(T).values(chase_at=utcnow() - timedelta(days=5)))
    answer(bob.patch(f"/tasks/{task['id']}", {"status": "in_progress"}))
    assert of_task(task["id"])["chase_at"] < utcnow() - timedelta(days=4)


CHANGES: Final[list[tuple[dict[str, Any], str | None]]] = [
    ({"status": "done"}, "done"),
    ({"status": "not_applicable", "reason": "Not needed"}, "not_applicable"),
    ({"assignees": []}, "reassigned"),
    ({"start_on": 12, "due_on": 12}, "moved"),
    ({"status": "blocked", "reason": "Waiting"}, "changed"),
    ({"title": "Another"}, None),
    ({"notes": "Another", "priority": "high"}, None),
]


@pytest.mark.parametrize("in_bulk", [False, True])
def test_a_change_takes_back_what_is_owed_in_its_own_transaction(
    mona: Persona, bob: Persona, subtests: pytest.Subtests, *, in_bulk: bool
) -> None:
    project = a_project_of(mona, bob, tasks=len(CHANGES))
    wishes = {}
    for task, (change, _) in zip(mona.tasks_of(project), CHANGES, strict=True):
        days = {
            name: workday(day).isoformat() for name, day in change.items() if name.endswith("_on")
        }
        wishes[task["id"]] = {**change, **days}
    chased(utcnow())
    now = planned_at(workday(7))
    chased(now)
    if in_bulk:
        sent = [{"id": task_id, **change} for task_id, change in wishes.items()]
        answer(mona.post(f"/projects/{project['id']}/tasks/bulk", {"changes": sent}))
    else:
        for task_id, change in wishes.items():
            answer(mona.patch(f"/tasks/{task_id}", change))
    for task_id, (change, reason) in zip(wishes, CHANGES, strict=True):
        with subtests.test(change=change):
            with reading() as session:
                wanted = select(R).where(R.c.subject_id == UUID(task_id), R.c.state != "expired")
                row = core(session).execute(wanted).one()
            is_taken = reason is not None
            assert (row.state, row.reason) == ("cancelled" if is_taken else "owed", reason)
            assert (row.ready_at is None) == is_taken
            assert (of_task(task_id)["chase_at"] <= utcnow()) == is_taken


def test_what_was_taken_back_is_owed_anew_where_it_still_holds(
    task: dict[str, Any], mona: Persona, bob: Persona
) -> None:
    now = planned_at(workday(3))
    chased(now)
    answer(mona.patch(f"/tasks/{task['id']}", {"assignees": [bob.email, mona.email]}))
    chased(now)
    assert owed("owed", "cancelled") >= {
        ("before_due", "7", "cancelled"),
        ("before_due", "7", "owed"),
    }
    later = workday(12).isoformat()
    answer(mona.patch(f"/tasks/{task['id']}", {"start_on": later, "due_on": later}))
    chased(now)
    assert owed() == set()
    chased(planned_at(workday(5)))
    with reading() as session:
        live = core(session).execute(select(R).where(R.c.state == "owed")).all()
    assert {row.occurrence for row in live} == {later}
    assert {str(row.member_id) for row in live} == {bob.member_id, mona.member_id}


def test_a_project_at_rest_reminds_of_nothing_until_it_goes_on(
    task: dict[str, Any], mona: Persona
) -> None:
    path = f"/projects/{task['project_id']}"
    answer(mona.post(f"{path}/pause", {}))
    chased(planned_at(workday(30)))
    assert owed() == set()
    assert of_task(task["id"])["chase_at"] is None
    with unit_of_work() as session:  # as the listener does that hears of it
        core(session).execute(update(P).values(state="active"))
        core(session).execute(update(T).values(chase_at=planned_at(workday(30))))
    chased(planned_at(workday(30)))
    assert {one[0] for one in owed()} == set()  # nothing on that very day
    assert of_task(task["id"])["chase_at"] is not None


def test_a_task_behind_a_gate_waits_and_is_looked_at_again(mona: Persona, bob: Persona) -> None:
    brings_the_small_launch(mona)
    project = a_small_launch(mona, people={"content": bob.email})
    behind = next(one for one in mona.tasks_of(project) if one["key"] == "launch.day.open")
    due = at_noon(date.fromisoformat(behind["due_on"]))
    chased(due)
    chased(due + A_DAY)
    with reading() as session:
        told = set(core(session).execute(select(R.c.subject_id)).scalars())
    assert UUID(behind["id"]) not in told
    assert due < of_task(behind["id"])["chase_at"] < due + 2 * A_DAY


def test_a_look_costs_the_same_for_one_and_for_many(mona: Persona, bob: Persona) -> None:
    sizes = []
    for tasks in (1, BATCH):
        a_project_of(mona, bob, tasks=tasks)
        now = at_noon(workday(14))
        with counted() as statements, unit_of_work() as session:
            assert chase_due(session, now=now) >= tasks
        sizes.append(len(statements))
        chased(now)
    assert sizes[0] == sizes[1] <= 30, sizes
    with counted() as statements, reading() as session:
        assert not is_due(session, now=at_noon(workday(14)))
    assert len(statements) == 1


def test_a_batch_is_bounded_and_the_rest_is_next(mona: Persona, bob: Persona) -> None:
    a_project_of(mona, bob, tasks=BATCH + 50)
    with unit_of_work() as session:
        chase_due(session, now=utcnow())
    with reading() as session:
        waiting = select(func.count()).select_from(T).where(T.c.chase_at <= utcnow())
        assert core(session).execute(waiting).scalar() == 50
