"""A task moved by hand through the API, and what is said of it."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.api.launches import a_small_launch, brings_the_small_launch, by_name
from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.personas import Persona, answer
from tracker.kernel.clock import utcnow

Tasks = dict[str, dict[str, Any]]
DATES = ("start_on", "due_on")


@pytest.fixture
def project(mona: Persona) -> dict[str, Any]:
    brings_the_small_launch(mona)
    return a_small_launch(mona)


@pytest.fixture
def tasks(mona: Persona, project: dict[str, Any]) -> Tasks:
    return by_name(mona, project)


def moves(persona: Persona, task: dict[str, Any], **change: Any) -> dict[str, Any]:
    return answer(persona.patch(f"/tasks/{task['id']}", change))


def later(task: dict[str, Any], weeks: int = 1, name: str = "due_on") -> str:
    return (date.fromisoformat(task[name]) + timedelta(weeks=weeks)).isoformat()


def saturday_after(day: str) -> date:
    start = date.fromisoformat(day)
    return start + timedelta(days=(5 - start.weekday()) % 7 or 7)


def test_a_task_moves_alone_and_its_followers_are_told_of(
    mona: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    first = tasks["first"]
    moved = moves(mona, first, due_on=later(first))
    assert moved["due_on"] == later(first)
    assert moved["duration_days"] == first["duration_days"] + 5
    assert moved["float_days"] == first["float_days"] - 5
    assert moved["why"].startswith("Set by hand")
    assert any("Second" in said for said in moved["warnings"])
    now = by_name(mona, project)
    assert {name for name in now if now[name] != tasks[name]} == {"first"}
    assert moves(mona, first, due_on=first["due_on"])["warnings"] == []


def test_a_task_moved_before_what_it_waits_for_says_so(mona: Persona, tasks: Tasks) -> None:
    moved = moves(mona, tasks["second"], start_on=tasks["first"]["start_on"])
    (said,) = moved["warnings"]
    assert "First" in said
    assert "FS" in said


def test_a_closed_day_is_moved_on_or_refused_when_pinned(mona: Persona, tasks: Tasks) -> None:
    first = tasks["first"]
    saturday = saturday_after(first["due_on"])
    monday = (saturday + timedelta(days=2)).isoformat()
    moved = moves(mona, first, due_on=saturday.isoformat())
    assert moved["due_on"] == monday
    assert any(monday in said for said in moved["warnings"])
    before, path = everything(), f"/tasks/{first['id']}"
    change = {"due_on": saturday.isoformat(), "pinned": True}
    english = problem(mona.patch(path, change), 422, "invalid-values")["errors"]["due_on"]
    french = problem(mona.patch(path, change, headers=FRENCH), 422, "invalid-values")
    assert english != french["errors"]["due_on"]
    assert monday in english[0]
    assert everything() == before
    assert moves(mona, first, due_on=monday, pinned=True)["pinned"] is True


def test_what_cannot_be_is_refused(mona: Persona, tasks: Tasks) -> None:
    first, before = tasks["first"], everything()
    yesterday = (utcnow().date() - timedelta(days=1)).isoformat()
    for change, field in (
        ({"due_on": yesterday}, "due_on"),
        ({"start_on": later(first)}, "start_on"),
        ({"start_on": first["due_on"], "due_on": first["start_on"]}, "due_on"),
        ({"due_on": "2101-01-03"}, "due_on"),
    ):
        path = f"/tasks/{first['id']}"
        english = problem(mona.patch(path, change), 422, "invalid-values")["errors"][field]
        french = problem(mona.patch(path, change, headers=FRENCH), 422, "invalid-values")
        assert english != french["errors"][field]
    stone = {"start_on": later(tasks["ready"]), "due_on": later(tasks["ready"], 2)}
    problem(mona.patch(f"/tasks/{tasks['ready']['id']}", stone), 422, "invalid-values")
    assert everything() == before


def test_a_milestone_moves_with_either_date(mona: Persona, tasks: Tasks) -> None:
    for name in DATES:
        moved = moves(mona, tasks["ready"], **{name: later(tasks["ready"])})
        assert moved["start_on"] == moved["due_on"] == later(tasks["ready"])
        assert moved["duration_days"] == 0
        moves(mona, tasks["ready"], due_on=tasks["ready"]["due_on"])


def test_what_is_done_stays_until_it_is_reopened(mona: Persona, tasks: Tasks) -> None:
    first = tasks["first"]
    path, change = f"/tasks/{first['id']}", {"due_on": later(first)}
    problem(mona.patch(path, {**change, "status": "done"}), 409, "task-closed")
    answer(mona.patch(path, {"status": "done"}))
    english = problem(mona.patch(path, change), 409, "task-closed")["detail"]
    assert (
        problem(mona.patch(path, change, headers=FRENCH), 409, "task-closed")["detail"] != english
    )
    answer(mona.patch(path, {"due_on": first["due_on"], "notes": "As it was."}))
    assert moves(mona, first, **change, status="todo")["due_on"] == later(first)


def test_a_move_is_kept_with_its_old_and_new_days(mona: Persona, tasks: Tasks) -> None:
    before, first = len(everything()["activities"]), tasks["first"]
    moved = moves(mona, first, due_on=later(first), pinned=True)
    (row,) = everything()["activities"][before:]
    assert row["changes"] == {
        "pinned": [False, True],
        "due_on": [first["due_on"], moved["due_on"]],
        "duration_days": [first["duration_days"], moved["duration_days"]],
        "float_days": [first["float_days"], moved["float_days"]],
    }
