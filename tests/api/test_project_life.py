"""A project's life: paused, resumed, cancelled, archived; renamed, and put into other hands."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.personas import Persona, World, answer
from tracker.kernel.activity import Activity
from tracker.kernel.db import core, reading
from tracker.kernel.outbox import OutboxMessage
from tracker.projects.life_rules import TURNS, possible_acts
from tracker.projects.rules import STATES

WAYS = {
    "active": (),
    "paused": ("pause",),
    "cancelled": ("cancel",),
    "archived": ("pause", "archive"),
}


def path_of(project: dict[str, Any], act: str = "") -> str:
    return f"/projects/{project['id']}" + (f"/{act}" if act else "")


def history(project: dict[str, Any], *subjects: str) -> list[tuple[str, str, str, Any]]:
    """Door, subject, action and changes of all that has happened to it, in order."""
    table = Activity.__table__
    with reading() as session:
        rows = core(session).execute(select(table).order_by(table.c.id)).all()
    return [
        (row.door, row.subject, row.action, row.changes)
        for row in rows
        if str(row.project_id) == project["id"] and row.subject in (subjects or {"project"})
    ]


def events(topic: str) -> list[dict[str, Any]]:
    table = OutboxMessage.__table__
    with reading() as session:
        wanted = select(table.c.payload).where(table.c.topic == topic).order_by(table.c.id)
        return list(core(session).execute(wanted).scalars())


def test_a_project_is_paused_resumed_cancelled_and_archived(mona: Persona) -> None:
    project = mona.creates_a_project()
    dates = {name: project[name] for name in ("launch_on", "start_on", "end_on")}
    paused = answer(mona.post(path_of(project, "pause"), {"reason": "Summer."}))
    assert (paused["state"], paused["paused_at"] is None) == ("paused", False)
    assert {name: paused[name] for name in dates} == dates
    resumed = answer(mona.post(path_of(project, "resume"), {}))
    assert (resumed["state"], resumed["paused_at"]) == ("active", None)
    assert "proposal" in resumed
    assert answer(mona.post(path_of(project, "cancel"), None))["state"] == "cancelled"
    assert answer(mona.post(path_of(project, "archive"), {}))["state"] == "archived"
    assert history(project)[1:] == [
        ("api", "project", "paused", {"state": ["active", "paused"], "reason": [None, "Summer."]}),
        ("api", "project", "resumed", {"state": ["paused", "active"]}),
        ("api", "project", "cancelled", {"state": ["active", "cancelled"]}),
        ("api", "project", "archived", {"state": ["cancelled", "archived"]}),
    ]
    told = [
        (event["previous"]["state"], event["state"]) for event in events("project.state_changed")
    ]
    assert told[1:3] == [("paused", "active"), ("active", "cancelled")]


def test_what_a_state_does_not_allow_is_refused_with_what_it_does(
    mona: Persona, subtests: pytest.Subtests
) -> None:
    for state, way in WAYS.items():
        project = mona.creates_a_project()
        for act in way:
            answer(mona.post(path_of(project, act), {}))
        before = everything()
        for act in set(TURNS) - set(possible_acts(state)):
            with subtests.test(state, act=act):
                refused = problem(mona.post(path_of(project, act), {}), 409, "wrong-state")
                assert refused["state"] == state
                assert refused["possible"] == possible_acts(state)
                french = mona.post(path_of(project, act), {}, headers=FRENCH)
                assert problem(french, 409, "wrong-state")["detail"] != refused["detail"]
        assert everything() == before


def test_every_state_is_told_what_it_allows() -> None:
    assert {state: possible_acts(state) for state in STATES} == {
        "active": ["pause", "cancel", "archive"],
        "paused": ["resume", "cancel", "archive"],
        "cancelled": ["archive"],
        "archived": [],
        "done": ["archive"],
    }


def test_a_turn_heeds_if_match_and_may_be_repeated_under_its_key(mona: Persona) -> None:
    project = mona.creates_a_project()
    tag = mona.get(path_of(project)).headers["ETag"]
    keyed = {"If-Match": tag, "Idempotency-Key": "pause-1"}
    paused = mona.post(path_of(project, "pause"), {}, headers=keyed)
    assert mona.post(path_of(project, "pause"), {}, headers=keyed).data == paused.data
    before = everything()
    stale = mona.post(path_of(project, "resume"), {}, headers={"If-Match": tag})
    problem(stale, 412, "stale")
    assert everything() == before
    tag = paused.headers["ETag"]
    answer(mona.post(path_of(project, "resume"), {}, headers={"If-Match": tag}))


def test_wrong_reasons_change_nothing(mona: Persona, subtests: pytest.Subtests) -> None:
    project = mona.creates_a_project()
    before = everything()
    for body in ({"reason": 7}, {"reason": "x" * 2001}, {"reason": "\x00"}, {"why": "x"}):
        with subtests.test(body=body):
            problem(mona.post(path_of(project, "pause"), body), 422, "invalid-values")
    assert everything() == before


def test_what_is_closed_keeps_its_name_and_its_people(mona: Persona, bob: Persona) -> None:
    for act in ("cancel", "archive"):
        project = mona.creates_a_project()
        answer(mona.post(path_of(project, act), {}))
        before = everything()
        for change in ({"name": "Other"}, {"people": {"content": bob.email}}):
            refused = problem(mona.patch(path_of(project), change), 409, "project-closed")
            assert refused["state"] in ("cancelled", "archived")
        assert everything() == before
        assert mona.delete(path_of(project)).status_code == 204


def test_what_is_renamed_is_told_field_by_field(mona: Persona) -> None:
    project = mona.creates_a_project(name="Our fans")
    answer(mona.patch(path_of(project), {"name": "Our friends"}))
    answer(mona.patch(path_of(project), {"name": "Our friends"}))
    (created, renamed) = history(project)
    assert created[2:] == (
        "created",
        {"name": [None, "Our fans"], "launch_on": [None, project["launch_on"]]},
    )
    assert renamed[2:] == ("changed", {"name": ["Our fans", "Our friends"]})


def holders(persona: Persona, project: dict[str, Any], role: str) -> set[tuple[str, ...]]:
    tasks = persona.tasks_of(project)
    return {tuple(task["assignees"]) for task in tasks if task["role"] == role}


def test_open_tasks_go_with_their_role(world: World) -> None:
    mona, bob, vera, alice = world.mona, world.bob, world.vera, world.alice
    project = mona.creates_a_project(people={"content": bob.email, "it": alice.email})
    assert holders(mona, project, "content") == {(bob.member_id,)}
    mine, shared, other = [t for t in mona.tasks_of(project) if t["role"] == "content"][:3]
    answer(mona.patch(f"/tasks/{shared['id']}", {"assignees": [bob.email, alice.email]}))
    answer(mona.patch(f"/tasks/{other['id']}", {"assignees": [alice.email]}))
    people = {"content": vera.member_id, "expert": bob.email, "it": None}
    changed = answer(mona.patch(path_of(project), {"people": people}))
    assert changed["parameters"]["people"] == {"content": vera.member_id, "expert": bob.email}
    found = {task["id"]: task for task in mona.tasks_of(project)}
    assert found[mine["id"]]["assignees"] == [vera.member_id]
    assert found[mine["id"]]["version"] == mine["version"] + 1
    assert set(found[shared["id"]]["assignees"]) == {vera.member_id, alice.member_id}
    assert found[other["id"]]["assignees"] == [alice.member_id]
    assert holders(mona, project, "expert") == {(bob.member_id,)}  # they were nobody's
    assert holders(mona, project, "it") == {(alice.member_id,)}  # the name is gone, the work is not
    told = [entry for entry in history(project, "task") if "assignees" in entry[3]]
    assert ("api", "task", "changed", {"assignees": [[bob.member_id], [vera.member_id]]}) in told
    assert mine["id"] in [event["task_id"] for event in events("task.changed")]


def test_the_same_person_by_another_word_moves_nothing(mona: Persona, bob: Persona) -> None:
    project = mona.creates_a_project(people={"content": bob.email})
    before = mona.tasks_of(project)
    answer(mona.patch(path_of(project), {"people": {"content": bob.member_id}}))
    assert mona.tasks_of(project) == before


def test_wrong_people_change_nothing(mona: Persona, charlie: Persona) -> None:
    project = mona.creates_a_project()
    before = everything()
    for people in (
        {"boss": mona.email},
        {"content": "nobody@example.org"},
        {"content": charlie.member_id},
        {"content": charlie.email},
        {"content": 7},
    ):
        body = {"name": "Other", "people": people}
        errors = problem(mona.patch(path_of(project), body), 422, "invalid-values")["errors"]
        assert list(errors) == ["people"]
    assert everything() == before
