"""Across projects: a person's week, and the portfolio."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from tests.api.document import NOBODYS
from tests.api.playbooks import has_a_project_of
from tests.api.problems import FRENCH, problem
from tests.api.test_statements import counted
from tests.personas import Persona, a_wish, answer, next_monday
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.people.models import Member
from tracker.projects.models import Gate, Project, Task


def today() -> date:
    return utcnow().date()


def puts(task: dict[str, Any], **values: Any) -> None:
    """Write straight into a task: dates that a plan would not give today."""
    with unit_of_work() as session:
        session.execute(update(Task).where(Task.id == UUID(task["id"])).values(**values))


@pytest.fixture
def tasks(mona: Persona, bob: Persona) -> list[dict[str, Any]]:
    """Five tasks of Bob's in one project: late, due, beginning, under way, done."""
    found = [task for task in mona.tasks_of(mona.creates_a_project()) if not task["recurring"]][:5]
    week = today() - timedelta(days=today().weekday())
    after, before = week + timedelta(days=9), week - timedelta(days=5)
    values: tuple[dict[str, Any], ...] = (
        {"start_on": before, "due_on": today() - timedelta(days=1)},
        {"start_on": before, "due_on": week + timedelta(days=6)},
        {"start_on": week + timedelta(days=6), "due_on": after},
        {"start_on": before, "due_on": after, "status": "in_progress"},
        {"status": "done", "finished_on": today()},
    )
    for task, written in zip(found, values, strict=True):
        answer(mona.patch(f"/tasks/{task['id']}", {"assignees": [bob.email]}))
        puts(task, **written)
    return found


GROUPS = ("overdue", "due", "starting", "under_way", "done")


def week_of(who: Persona, query: str = "") -> dict[str, Any]:
    return answer(who.get(f"/me/week{query}"))


def test_a_week_shows_what_asks_for_attention(
    bob: Persona, mona: Persona, tasks: list[dict[str, Any]]
) -> None:
    shown = week_of(bob)
    assert [[task["id"] for task in shown[name]] for name in GROUPS] == [
        [task["id"]] for task in tasks
    ]
    late = shown["overdue"][0]
    assert late["project"] == "Our community"
    assert late["waits_for"] is None or late["waits_for"]["key"] == "go_for_preparation"
    assert all(week_of(mona)[name] == [] for name in GROUPS)
    assert week_of(mona, f"?member={bob.member_id}")["overdue"] == shown["overdue"]


def test_a_closed_gate_before_a_task_is_named_until_it_opens(
    mona: Persona, bob: Persona, tasks: list[dict[str, Any]]
) -> None:
    task = next(task for task in tasks if not task["early"])
    puts(task, status="todo", due_on=today())

    def waits_for() -> Any:
        shown = week_of(bob)
        return next(row["waits_for"] for row in shown["due"] if row["id"] == task["id"])

    assert waits_for()["key"] == "go_for_preparation"
    with unit_of_work() as session:
        session.execute(update(Gate).where(Gate.position == 0).values(state="passed"))
    assert waits_for() is None


def test_paused_and_closed_projects_leave_the_week_alone(
    bob: Persona, tasks: list[dict[str, Any]]
) -> None:
    for state in ("paused", "cancelled", "archived"):
        with unit_of_work() as session:
            session.execute(update(Project).values(state=state))
        assert all(week_of(bob)[name] == [] for name in GROUPS)


def test_the_week_is_that_of_the_place_where_one_is(bob: Persona) -> None:
    days = {}
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):
        with unit_of_work() as session:
            session.execute(update(Member).values(timezone=zone))
        days[zone] = week_of(bob)["today"]
    assert days["Pacific/Kiritimati"] > days["Pacific/Niue"]


def test_another_week_can_be_asked_for(bob: Persona, tasks: list[dict[str, Any]]) -> None:
    following = today() + timedelta(days=7)
    year, number, _day = following.isocalendar()
    shown = week_of(bob, f"?week={year:04}-W{number:02}")
    assert [task["id"] for task in shown["overdue"]] == [tasks[0]["id"]]
    assert {task["id"] for task in shown["due"]} == {tasks[2]["id"], tasks[3]["id"]}
    for language in ({}, FRENCH):
        body = problem(bob.get("/me/week?week=2027-W54", headers=language), 422, "invalid-values")
        assert "2027-W36" in body["errors"]["week"][0]


def test_only_managers_look_at_the_weeks_of_others(
    mona: Persona, bob: Persona, vera: Persona, charlie: Persona
) -> None:
    problem(bob.get(f"/me/week?member={vera.member_id}"), 403, "forbidden")
    for member_id in (charlie.member_id, NOBODYS):
        problem(mona.get(f"/me/week?member={member_id}"), 404, "not-found")


# The portfolio.


def portfolio(who: Persona, query: str = "") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = answer(who.get(f"/portfolio{query}"))["items"]
    return rows


def test_the_portfolio_tells_how_every_project_stands(mona: Persona, vera: Persona) -> None:
    project = mona.creates_a_project(name="Ours")
    work = [task for task in mona.tasks_of(project) if not task["recurring"]]
    done, late, blocked, absent = work[:4]
    puts(done, status="done")
    puts(late, due_on=today() - timedelta(days=1), float_days=-3)
    puts(blocked, status="blocked")
    puts(absent, status="not_applicable")
    (row,) = portfolio(vera)
    assert row["name"] == "Ours"
    assert (row["done"], row["total"]) == (1, len(work) - 1)
    assert (row["overdue"], row["blocked"], row["float_days"]) == (1, 1, -3)
    assert row["next_gate"]["key"] == "go_for_preparation"
    assert row["days_to_launch"] == (date.fromisoformat(project["launch_on"]) - today()).days
    with unit_of_work() as session:
        session.execute(update(Gate).where(Gate.position == 0).values(state="passed"))
    assert portfolio(vera)[0]["next_gate"]["key"] == "ready_to_launch"


def test_after_launch_day_the_float_is_that_to_the_end(mona: Persona) -> None:
    project = mona.creates_a_project()
    for task in mona.tasks_of(project):
        puts(task, float_days=2 if task["phase"] == "develop" else 1)
    assert portfolio(mona)[0]["float_days"] == 1
    with unit_of_work() as session:
        session.execute(update(Project).values(launch_on=today() - timedelta(days=30)))
        session.execute(update(Task).where(Task.phase != "develop").values(status="done"))
    assert portfolio(mona)[0]["float_days"] == 2
    with unit_of_work() as session:
        session.execute(update(Task).values(status="done"))
    assert portfolio(mona)[0]["float_days"] is None


def paged(who: Persona, path: str) -> Iterator[str]:
    """Names on page after page."""
    more = ""
    for _ in range(10):
        body = answer(who.get(f"{path}{more}"))
        yield from (row["name"] for row in body["items"])
        if body["next"] is None:
            return
        more = f"&cursor={body['next']}"


def test_the_portfolio_is_sorted_paged_and_narrowed(mona: Persona) -> None:
    for weeks, name in ((31, "b"), (30, "c"), (30, "a")):
        answer(mona.post("/projects", a_wish(name=name, launch_on=str(next_monday(weeks)))), 201)
    for sort, names in (
        ("launch_on", ["c", "a", "b"]),
        ("-launch_on", ["b", "a", "c"]),
        ("name", ["a", "b", "c"]),
        ("-name", ["c", "b", "a"]),
    ):
        assert [row["name"] for row in portfolio(mona, f"?sort={sort}")] == names
        assert list(paged(mona, f"/portfolio?sort={sort}&limit=1")) == names
    assert portfolio(mona, "?state=archived") == []


def test_looking_across_costs_the_same_for_few_projects_and_for_many(mona: Persona) -> None:
    found = []
    for sizes_of_projects in ((1, 2), (300, 301, 302)):
        for tasks in sizes_of_projects:
            project = has_a_project_of(mona, tasks)
            for task in mona.tasks_of(project)[:3]:
                answer(mona.patch(f"/tasks/{task['id']}", {"assignees": [mona.email]}))
        sizes = []
        for path in ("/me/week", "/portfolio"):
            with counted() as statements:
                answer(mona.get(path))
            sizes.append(len(statements))
        found.append(sizes)
    assert found[0] == found[1]
    week, all_projects = found[0]
    assert week <= 11
    assert all_projects <= 9


# What waits for somebody's word.


def waiting(who: Persona) -> list[tuple[str, bool]]:
    rows = week_of(who)["waiting"]
    return [(row["criterion"], row["requested"]) for row in rows]


def test_approvals_wait_for_who_is_named_and_for_owners_once_asked(
    alice: Persona, mona: Persona, bob: Persona
) -> None:
    project = mona.creates_a_project(people={"sponsor": bob.email})
    gate = answer(mona.get(f"/projects/{project['id']}/gates"))["items"][0]
    approval = next(c for c in gate["verdict"]["criteria"] if c["kind"] == "approval")
    assert waiting(bob) == [(approval["key"], False)]
    assert waiting(alice) == waiting(mona) == []
    asked = {"action": "request", "criterion": approval["key"]}
    answer(mona.post(f"/gates/{gate['id']}/approvals", asked), 201)
    assert waiting(bob) == [(approval["key"], True)]
    given = {"action": "approve", "criterion": approval["key"]}
    answer(bob.post(f"/gates/{gate['id']}/approvals", given), 201)
    assert waiting(bob) == []


def test_owners_are_asked_where_nobody_is_named(alice: Persona, mona: Persona) -> None:
    project = mona.creates_a_project()
    gate = answer(mona.get(f"/projects/{project['id']}/gates"))["items"][0]
    approval = next(c for c in gate["verdict"]["criteria"] if c["kind"] == "approval")
    asked = {"action": "request", "criterion": approval["key"]}
    answer(mona.post(f"/gates/{gate['id']}/approvals", asked), 201)
    assert waiting(alice) == [(approval["key"], True)]
    assert waiting(mona) == []
    (row,) = portfolio(mona)
    assert row["next_gate"]["is_met"] is False
