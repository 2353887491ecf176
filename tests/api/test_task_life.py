"""The life of a task: what its status becomes, what that demands, and what it leaves behind."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.launches import (
    a_small_launch,
    brings_the_small_launch,
    by_name,
    sets_the_gate,
    sets_the_project,
)
from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.personas import Persona, answer
from tracker.kernel.clock import local_today, utcnow

Tasks = dict[str, dict[str, Any]]


@pytest.fixture
def project(mona: Persona, bob: Persona) -> dict[str, Any]:
    """A small launch whose tasks are Bob's."""
    brings_the_small_launch(mona)
    return a_small_launch(mona, people={"content": bob.email}, timezone="Pacific/Kiritimati")


@pytest.fixture
def tasks(mona: Persona, project: dict[str, Any]) -> Tasks:
    return by_name(mona, project)


def sets(persona: Persona, task: dict[str, Any], status: str, **more: Any) -> dict[str, Any]:
    return answer(persona.patch(f"/tasks/{task['id']}", {"status": status, **more}))


def refuses(
    persona: Persona, task: dict[str, Any], kind: str, code: int = 409, **change: Any
) -> dict[str, Any]:
    """A change that is refused in both languages, and changes nothing."""
    before, path = everything(), f"/tasks/{task['id']}"
    english = problem(persona.patch(path, change), code, kind)
    french = problem(persona.patch(path, change, headers=FRENCH), code, kind)
    told = ("errors",) if code == 422 else ("detail",)
    assert all(english[name] != french[name] for name in told)
    assert everything() == before
    return english


def test_a_task_is_started_blocked_done_and_begun_again(bob: Persona, tasks: Tasks) -> None:
    today = local_today("Pacific/Kiritimati", utcnow()).isoformat()
    first = tasks["first"]
    assert (first["status"], first["started_on"]) == ("todo", None)
    started = sets(bob, first, "in_progress")
    assert (started["started_on"], started["finished_on"]) == (today, None)
    blocked = sets(bob, first, "blocked", reason="No budget yet")
    assert blocked["reason"] == "No budget yet"
    assert sets(bob, first, "in_progress")["reason"] is None
    done = sets(bob, first, "done")
    assert (done["started_on"], done["finished_on"]) == (today, today)
    again = sets(bob, first, "todo", reason="The figures were wrong")
    assert (again["started_on"], again["finished_on"]) == (today, None)
    assert again["reason"] == "The figures were wrong"
    assert again["version"] == 6


def test_a_task_done_at_once_began_on_that_day(bob: Persona, tasks: Tasks) -> None:
    done = sets(bob, tasks["spare"], "done")
    assert done["started_on"] == done["finished_on"] is not None


def test_blocked_and_not_applicable_say_why(bob: Persona, tasks: Tasks) -> None:
    spare = tasks["spare"]
    for status in ("blocked", "not_applicable"):
        for more in ({}, {"reason": None}):
            body = refuses(bob, spare, "invalid-values", 422, status=status, **more)
            assert status in body["errors"]["reason"][0]
    sets(bob, spare, "not_applicable", reason="Nobody asks for it")
    refuses(bob, spare, "invalid-values", 422, reason=None)
    changed = answer(bob.patch(f"/tasks/{spare['id']}", {"reason": "Too dear"}))
    assert changed["reason"] == "Too dear"


def test_a_status_does_not_skip_what_comes_between(bob: Persona, tasks: Tasks) -> None:
    sets(bob, tasks["spare"], "blocked", reason="Waiting")
    body = refuses(bob, tasks["spare"], "wrong-status", status="done")
    assert body["allowed"] == ["todo", "in_progress", "not_applicable"]


def test_what_must_be_finished_first_is_named(mona: Persona, tasks: Tasks) -> None:
    for name in ("second", "ending"):
        body = refuses(mona, tasks[name], "open-predecessors", status="done")
        assert "First" in body["detail"]
        assert [row["task_id"] for row in body["predecessors"]] == [tasks["first"]["id"]]
        waits_on = answer(mona.get(f"/tasks/{tasks[name]['id']}"))["waits_on"]
        assert [row["task_id"] for row in waits_on["tasks"]] == [tasks["first"]["id"]]
        sets(mona, tasks[name], "in_progress")
    sets(mona, tasks["beside"], "done")
    sets(mona, tasks["first"], "not_applicable", reason="Done elsewhere")
    for name in ("second", "ending", "ready"):
        done = sets(mona, tasks[name], "done")
        assert done["waits_on"]["tasks"] == done["warnings"] == []


def test_a_workspace_may_be_warned_instead(alice: Persona, mona: Persona, tasks: Tasks) -> None:
    assert answer(alice.get("/workspaces/me"))["open_predecessors"] == "never"
    problem(alice.patch("/workspaces/me", {"open_predecessors": "x"}), 422, "invalid-values")
    answer(alice.patch("/workspaces/me", {"open_predecessors": "warn"}))
    path = f"/tasks/{tasks['second']['id']}"
    done = answer(mona.patch(path, {"status": "done"}, headers=FRENCH))
    assert done["status"] == "done"
    assert done["warnings"] == [
        "Terminée alors que d'autres tâches devaient être finies d'abord : « First »."
    ]
    answer(alice.patch("/workspaces/me", {"open_predecessors": "never"}))
    assert answer(mona.get(path))["status"] == "done"


def test_nothing_begins_or_ends_behind_a_closed_gate(
    mona: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    opening = tasks["open"]
    for state in ("pending", "ready", "held", "rejected"):
        sets_the_gate(project, state)
        for status in ("in_progress", "done"):
            body = refuses(mona, opening, "closed-gate", status=status)
            assert body["gate"]["key"] == "ready_to_launch"
            assert "Ready to launch" in body["detail"]
    shown = answer(mona.get(f"/tasks/{opening['id']}"))["waits_on"]["gate"]
    assert shown["key"] == "ready_to_launch"
    answer(mona.patch(f"/tasks/{opening['id']}", {"title": "Doors", "assignees": [mona.email]}))
    sets(mona, opening, "blocked", reason="The hall is not ours")
    sets(mona, opening, "todo")
    sets(mona, opening, "not_applicable", reason="No hall")
    sets(mona, opening, "todo")
    sets(mona, tasks["seeds"], "done")


def test_an_open_gate_lets_through_and_a_waiver_for_its_time_only(
    mona: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    now, hour = utcnow(), timedelta(hours=1)
    sets_the_gate(project, "waived", waived_until=now + hour)
    sets(mona, tasks["open"], "in_progress")
    sets_the_gate(project, "waived", waived_until=now - hour)
    refuses(mona, tasks["open"], "closed-gate", status="done")
    for state in ("passed", "conditional"):
        sets_the_gate(project, state)
        assert sets(mona, tasks["open"], "done")["waits_on"]["gate"] is None
        sets(mona, tasks["open"], "todo")


def test_only_a_manager_gives_up_a_required_task(mona: Persona, bob: Persona, tasks: Tasks) -> None:
    reason = {"status": "not_applicable", "reason": "No need"}
    refuses(bob, tasks["first"], "forbidden", 403, **reason)
    sets(bob, tasks["spare"], **reason)
    sets(mona, tasks["first"], **reason)


def test_a_ritual_is_never_done_itself(
    mona: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    sets_the_gate(project, "passed")
    for status in ("in_progress", "done"):
        refuses(mona, tasks["weekly"], "ritual", status=status)
    refuses(mona, tasks["weekly"], "ritual", due_on=project["end_on"])


def test_what_the_playbook_asks_to_see_is_asked_for(mona: Persona, tasks: Tasks) -> None:
    body = refuses(mona, tasks["proven"], "evidence-missing", status="done")
    assert body["evidence"] == {"kind": "link", "proof": "The signed page"}
    assert "The signed page" in body["detail"]
    sets(mona, tasks["proven"], "in_progress")


def test_priority_and_labels_change_and_lists_find_them(
    mona: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    first, second = tasks["first"], tasks["second"]
    assert (first["priority"], first["labels"], first["pinned"]) == ("normal", [], False)
    labels = ["Été", 'with "quotes"', "100%"]
    changed = answer(mona.patch(f"/tasks/{first['id']}", {"priority": "urgent", "labels": labels}))
    assert (changed["priority"], changed["labels"]) == ("urgent", labels)
    answer(mona.patch(f"/tasks/{second['id']}", {"priority": "low", "labels": ["100"]}))

    def found(query: str) -> list[str]:
        rows = answer(mona.get(f"/projects/{project['id']}/tasks?limit=500&{query}"))["items"]
        return [row["id"] for row in rows]

    assert found("priority=urgent") == found("label=100%25") == [first["id"]]
    assert found("label=WITH%20%22quotes%22") == [first["id"]]
    assert found("label=100") == [second["id"]]
    assert found("label=10_") == found("label=1") == []
    assert found("sort=-priority")[0] == found("sort=priority")[-1] == first["id"]
    assert found("sort=priority")[0] == second["id"]
    path = f"/projects/{project['id']}/tasks?limit=6&sort=-priority"
    page = answer(mona.get(path))
    rest = answer(mona.get(f"{path}&cursor={page['next']}"))
    assert rest["next"] is None
    pages = [row["id"] for row in (*page["items"], *rest["items"])]
    assert pages == found("sort=-priority")


def test_each_change_is_kept_field_by_field_and_announced(bob: Persona, tasks: Tasks) -> None:
    before = everything()
    change = {"status": "done", "title": "Last", "priority": "high", "assignees": []}
    answer(bob.patch(f"/tasks/{tasks['first']['id']}", change))
    after = everything()
    (row,) = after["activities"][len(before["activities"]) :]
    assert (row["subject"], row["action"], row["door"]) == ("task", "changed", "api")
    assert str(row["subject_id"]) == tasks["first"]["id"]
    assert str(row["member_id"]) == bob.member_id
    today = answer(bob.get(f"/tasks/{tasks['first']['id']}"))["finished_on"]
    assert row["changes"] == {
        "title": ["First", "Last"],
        "priority": ["normal", "high"],
        "status": ["todo", "done"],
        "started_on": [None, today],
        "finished_on": [None, today],
        "assignees": [[bob.member_id], []],
    }
    told = after["outbox_messages"][len(before["outbox_messages"]) :]
    assert [message["topic"] for message in told] == ["task.changed", "task.done"]
    assert told[0]["payload"]["fields"] == list(row["changes"])


TOPICS = (
    ("in_progress", "task.started"),
    ("blocked", "task.blocked"),
    ("in_progress", None),
    ("done", "task.done"),
    ("todo", "task.reopened"),
    ("not_applicable", "task.given_up"),
    ("in_progress", "task.reopened"),
)


def test_each_status_has_its_announcement(mona: Persona, tasks: Tasks) -> None:
    for status, topic in TOPICS:
        before = len(everything()["outbox_messages"])
        more = {"reason": "So"} if status in ("blocked", "not_applicable") else {}
        sets(mona, tasks["first"], status, **more)
        told = [row["topic"] for row in everything()["outbox_messages"][before:]]
        assert told == ["task.changed", *([topic] if topic else [])]


WRONG: tuple[tuple[str, Any], ...] = (
    ("status", "finished"),
    ("status", None),
    ("reason", "x" * 2001),
    ("reason", "two\nlines"),
    ("reason", 5),
    ("priority", "highest"),
    ("priority", None),
    ("labels", None),
    ("labels", ["x"] * 21),
    ("labels", [""]),
    ("labels", ["x" * 61]),
    ("labels", "x"),
    ("start_on", None),
    ("start_on", "2027-02-30"),
    ("due_on", "tomorrow"),
    ("due_on", "9999-12-31"),
    ("due_on", "0001-01-01"),
    ("pinned", None),
    ("pinned", "yes"),
    ("is_pinned", True),
    ("started_on", "2027-01-01"),
    ("duration_days", 3),
)


def test_a_wrong_value_changes_nothing(
    mona: Persona, tasks: Tasks, subtests: pytest.Subtests
) -> None:
    for field, value in WRONG:
        with subtests.test(f"{field}={value!r:.40}"):
            change = {"title": "Half a change", field: value}
            body = refuses(mona, tasks["first"], "invalid-values", 422, **change)
            assert field in body["errors"]


def test_a_project_that_takes_no_changes_takes_none_here(
    mona: Persona, project: dict[str, Any], tasks: Tasks
) -> None:
    sets_the_project(project, "archived")
    changes: tuple[dict[str, Any], ...] = (
        {"title": "New"},
        {"status": "done"},
        {"assignees": []},
    )
    for change in changes:
        refuses(mona, tasks["first"], "project-closed", **change)
