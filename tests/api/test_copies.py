"""A project as a file, and back: the same project, and never a way around a gate."""

import copy
import csv
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.api.full_projects import a_full_project
from tests.api.playbooks import has_a_project_of
from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.api.test_statements import counted
from tests.personas import Persona, World, answer
from tracker.kernel import keys
from tracker.kernel.audit import verify
from tracker.kernel.db import Base, current_database, unit_of_work
from tracker.kernel.errors import Invalid
from tracker.kernel.seals import seal_next
from tracker.overview.copies.layout import PROJECT, SECTIONS
from tracker.overview.copies.meaning import check
from tracker.overview.copies.shape import read

Document = dict[str, Any]
TIMES = {"exported_at", "seal"}
ROADS = {"project_id", "task_id", "gate_id", "successor_id", "series_id", "connection_id"}


@pytest.fixture(scope="module")
def app(shared_world: World) -> Flask:
    return shared_world.alice.app


@pytest.fixture(scope="module")
def alice(shared_world: World) -> Persona:
    return shared_world.alice


@pytest.fixture(scope="module")
def mona(shared_world: World) -> Persona:
    return shared_world.mona


@pytest.fixture(scope="module")
def project(shared_world: World) -> dict[str, Any]:
    return a_full_project(shared_world.alice, shared_world.mona)


@pytest.fixture(scope="module")
def exported(alice: Persona, project: dict[str, Any]) -> Document:
    return export(alice, project)


@pytest.fixture
def document(exported: Document) -> Document:
    """A copy that a test may write into."""
    return copy.deepcopy(exported)


def export(who: Persona, project: dict[str, Any]) -> Document:
    return answer(who.get(f"/projects/{project['id']}/export"))


def imports(who: Persona, document: Document) -> dict[str, Any]:
    return answer(who.post("/projects/import", document), 201)


def without_ids(document: Document, known: dict[str, str] | None = None) -> Any:
    """The document with each id told by its place: equal for equal projects."""
    names = dict(_named_ids(document))
    names |= known or {}

    def told(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: told(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [told(inner) for inner in value]
        return names.get(value, value) if isinstance(value, str) else value

    rows = {name: value for name, value in document.items() if name not in TIMES}
    return {name: _sorted(told(value)) for name, value in rows.items()}


def _named_ids(document: Document) -> Iterator[tuple[str, str]]:
    """Tasks and gates have keys; of other rows each is told by what it says."""
    yield document["project"]["id"], "the project"
    for section in SECTIONS:
        for row in document.get(section.name, []):
            if "id" in row:
                bare = {
                    k: v
                    for k, v in row.items()
                    if not k.endswith(("id", "origin")) and not isinstance(v, dict | list)
                }
                yield row["id"], row.get("key") or json.dumps(bare, sort_keys=True)
    yield from ((row["origin"], row["method"]) for row in document.get("series", []))


def _sorted(value: Any) -> Any:
    return (
        sorted(value, key=lambda row: json.dumps(row, sort_keys=True))
        if isinstance(value, list)
        else value
    )


# There and back.


def test_every_table_of_a_project_is_in_its_copy() -> None:
    told = {section.table.name for section in (*SECTIONS, PROJECT)}
    mine = {
        table.name for table in Base.metadata.sorted_tables if ROADS & {c.name for c in table.c}
    }
    assert mine - told == {
        "feeds",  # each an address of its member's own
        "reminders",  # a copy owes nobody anything; who takes it up is chased anew
        "webhooks",  # targets of whoever has the original
        "outbox_messages",  # what was announced of it stays where that was
        "board_imports",  # of which board the original was made
        "boards",  # one project is kept in step with a board, and its token stays here
        "connections",  # their credentials stay here, so each is made anew
        "streams",  # how far a connection has come
        "pulls",  # what it has done
        "community_events",  # of members nothing travels, not even as a hash
        "community_members",
        "member_months",
    }


def test_the_full_project_has_a_row_in_every_section(exported: Document) -> None:
    assert [section.name for section in SECTIONS if not exported[section.name]] == []


def test_an_owner_restores_a_sealed_copy_identically(
    alice: Persona, exported: Document, project: dict[str, Any]
) -> None:
    restored = imports(alice, exported)
    assert (restored["sealed"], restored["decisions_restored"]) == (True, True)
    assert (restored["unknown_members"], restored["notes"]) == ([], [])
    assert restored["id"] != project["id"]
    again = export(alice, restored)
    assert again["activity"].pop()["action"] == "imported"
    assert without_ids(again) == without_ids(exported)
    assert ids_of(again).isdisjoint(ids_of(exported))
    third = imports(alice, export(alice, restored))
    assert third["restored"]["tasks"] == len(exported["tasks"])


def ids_of(document: Document) -> set[str]:
    found = {row["id"] for section in SECTIONS for row in document[section.name] if "id" in row}
    return found | {document["project"]["id"]}


def test_what_a_record_or_a_dossier_names_is_the_new_thing(
    alice: Persona, mona: Persona, exported: Document
) -> None:
    again = export(alice, imports(alice, exported))
    task = next(row for row in again["tasks"] if row["key"] == exported["tasks"][0]["key"])
    dossier = again["decisions"][0]["dossier"]
    assert dossier["criteria"][0]["task"] == task["id"]
    assert dossier["by"] == alice.member_id
    assert again["comments"][0]["mentions"] == [alice.member_id]
    assert {row["id"] for row in again["baselines"][0]["tasks"]} <= {
        r["id"] for r in again["tasks"]
    }
    assert {row["subject_id"] for row in again["activity"]} <= ids_of(again)


def test_the_restored_project_can_be_worked_on(alice: Persona, exported: Document) -> None:
    restored = imports(alice, exported)
    path = f"/projects/{restored['id']}"
    for place in ("", "/timeline", "/gantt.svg", "/calendar.ics", "/tasks", "/export"):
        assert alice.get(f"{path}{place}").status_code == 200, place
    task = alice.tasks_of(restored)[0]
    answer(alice.patch(f"/tasks/{task['id']}", {"title": "Another"}))


# Who may be believed.


def gates_of(document: Document) -> set[str]:
    return {row["state"] for row in document["gates"]}


def is_closed(document: Document) -> bool:
    """Whether every gate is pending, and nothing behind one has begun."""
    behind = {row["before_phase"] for row in document["gates"]}
    begun = [
        row["key"]
        for row in document["tasks"]
        if row["phase"] in behind
        and not row["is_early"]
        and row["status"] in ("done", "in_progress")
    ]
    nothing = all(document[name] == [] for name in ("approvals", "decisions", "waivers"))
    return gates_of(document) == {"pending"} and begun == [] and nothing


def test_a_manager_restores_no_decision(mona: Persona, exported: Document) -> None:
    restored = imports(mona, exported)
    assert (restored["sealed"], restored["decisions_restored"]) == (True, False)
    assert restored["phase"] is None
    assert "owner" in restored["notes"][0]
    again = export(mona, restored)
    assert is_closed(again)
    assert len(again["comments"]) == len(exported["comments"])
    assert again["activity"][:-1] != []


@pytest.mark.parametrize(
    "written",
    [
        ("project", "name", "Another"),
        ("gates", "state", "passed"),
        ("tasks", "status", "done"),
        ("decisions", "reason", "Another"),
    ],
)
def test_a_copy_that_was_written_into_restores_no_decision_even_for_an_owner(
    alice: Persona, document: Document, written: tuple[str, str, str]
) -> None:
    section, field, value = written
    rows = [document[section]] if section == "project" else document[section]
    for row in rows:
        row[field] = value
    restored = imports(alice, document)
    assert (restored["sealed"], restored["decisions_restored"]) == (False, False)
    again = export(alice, restored)
    assert is_closed(again)
    assert [row["action"] for row in again["activity"]] == ["imported"]
    assert (
        "scell" in answer(alice.post("/projects/import", document, headers=FRENCH), 201)["notes"][0]
    )


@pytest.fixture
def elsewhere() -> Iterator[None]:
    """Another installation, with a secret of its own."""
    ours = keys._secret
    assert ours is not None
    keys.use_secret(lambda: "the secret of another installation")
    yield
    keys.use_secret(ours)


@pytest.mark.usefixtures("elsewhere")
def test_another_installations_seal_is_none(alice: Persona, document: Document) -> None:
    restored = imports(alice, document)
    assert restored["sealed"] is False
    assert is_closed(export(alice, restored))


def test_an_unsealed_copy_leaves_no_gate_out_and_asks_no_less(
    alice: Persona, document: Document, exported: Document
) -> None:
    for gate in document["gates"]:
        gate |= {"criteria": [], "before_phase": None, "after_phase": None}
    for task in document["tasks"]:
        task |= {"is_early": True, "status": "done", "is_optional": True}
    again = export(alice, imports(alice, document))
    assert is_closed(again)
    for now, was in zip(again["gates"], exported["gates"], strict=True):
        assert (now["criteria"], now["before_phase"]) == (was["criteria"], was["before_phase"])
    early = {row["key"] for row in again["tasks"] if row["is_early"]}
    assert early <= {row["key"] for row in exported["tasks"] if row["is_early"]}
    del document["gates"][1]
    document |= {"approvals": [], "decisions": [], "waivers": []}
    body = problem(alice.post("/projects/import", document), 422, "invalid-values")
    assert "ready_to_launch" in body["errors"]["gates"][0]


def test_figures_of_an_unsealed_copy_count_as_entered_by_hand(
    alice: Persona, document: Document
) -> None:
    document["project"]["name"] = "Another"
    again = export(alice, imports(alice, document))
    assert {row["method"] for row in again["series"]} == {"manual"}
    assert [row["value"] for row in again["readings"]] == [4.5, 5.25]
    assert {row["recorded_by"] for row in again["readings"]} == {None}
    assert again["alerts"] == []


def test_nobody_is_made_to_say_what_they_did_not(
    alice: Persona, mona: Persona, document: Document
) -> None:
    document["comments"][0] |= {"author": mona.email, "body": "I resign."}
    document["evidence"][0]["created_by"] = mona.email
    again = export(alice, imports(alice, document))
    comment = again["comments"][0]
    assert (comment["author"], comment["body"]) == (alice.email, f"{mona.email}: I resign.")
    assert again["evidence"][0]["created_by"] == alice.email


def test_people_who_are_not_here_are_told_and_assigned_nothing(
    shared_world: World, exported: Document
) -> None:
    charlie = shared_world.charlie
    restored = imports(charlie, exported)
    assert restored["decisions_restored"] is True, "he owns his workspace, on this installation"
    assert {row["email"] for row in restored["unknown_members"]} == {
        shared_world.alice.email,
        shared_world.mona.email,
    }
    assert "people" in restored["unknown_members"][0]["named_in"]
    again = export(charlie, restored)
    assert again["assignees"] == again["watchers"] == again["approvals"] == []
    assert again["roster"][0]["owner"] is None
    assert again["project"]["parameters"]["people"] == {}
    assert again["comments"][0]["author"] == charlie.email
    assert again["comments"][0]["body"].startswith(f"{shared_world.mona.email}: ")
    assert again["comments"][0]["mentions"] == []
    shown = json.dumps({**again, "comments": [], "members": []})
    assert shared_world.mona.member_id not in shown


def test_what_a_file_does_not_have_is_as_usual(alice: Persona, document: Document) -> None:
    kept = document["project"]["parameters"]
    document["project"]["parameters"] = {"launch_on": kept["launch_on"]}
    for task in document["tasks"]:
        del task["priority"], task["origin"], task["labels"]
    restored = imports(alice, document)
    for place in ("/timeline", "/gantt.svg", "/gates", "/tasks"):
        assert alice.get(f"/projects/{restored['id']}{place}").status_code == 200
    again = export(alice, restored)
    assert again["project"]["parameters"].keys() == kept.keys()
    assert {task["priority"] for task in again["tasks"]} == {"normal"}


# What cannot be meant.


def faulty(who: Persona, document: Document) -> dict[str, Any]:
    """The errors of a copy that is refused in both languages, and leaves nothing behind."""
    before = everything()
    english = problem(who.post("/projects/import", document), 422, "invalid-values")["errors"]
    french = problem(who.post("/projects/import", document, headers=FRENCH), 422, "invalid-values")[
        "errors"
    ]
    assert english != french
    assert everything() == before
    return dict(english)


NOT_HERE = "01a20ad5-3f2f-7b0a-8f4f-5d2c7e9b1a60"
WRONG: dict[tuple[str, str], tuple[Any, ...]] = {
    ("project", "launch_on"): ("2027-02-30", "tomorrow", 5, None, "0001-01-01"),
    ("project", "timezone"): ("Mars/Olympus",),
    ("project", "state"): ("lost",),
    ("project", "phase"): ("later",),
    ("project", "name"): ("a\x00b", "x" * 1_001, ["x"]),
    ("project", "parameters"): ({"prepare_months": 99}, [], {"country": "XX"}),
    ("project", "left_out"): ([{"key": 5}], {}),
    ("project", "playbook_version"): (2**40, "1"),
    ("tasks", "id"): ("x", None),
    ("tasks", "status"): ("sleeping",),
    ("tasks", "title"): ("two\nlines", "x" * 1001),
    ("links", "url"): ("javascript:alert(1)", "ftp://example.org", ""),
    ("tasks", "role"): ("king",),
    ("tasks", "due_on"): ("1999-01-01",),
    ("tasks", "is_early"): (1, "true"),
    ("tasks", "position"): (2**31, 1.5, True),
    ("tasks", "why"): ({}, {"rule": "nothing"}, {"rule": "start", "from_on": 5}),
    ("tasks", "recurring"): ({"rrule": "FREQ=SECONDLY", "until": "2030-01-01"}, {"rrule": 5}),
    ("tasks", "ritual_id"): (NOT_HERE,),
    ("tasks", "checklist_id"): (NOT_HERE,),
    ("tasks", "colour"): ("red",),
    ("steps", "task_id"): (NOT_HERE,),
    ("dependencies", "predecessor_id"): (NOT_HERE,),
    ("dependencies", "type"): ("XX",),
    ("gates", "criteria"): ([1], {}),
    ("gates", "state"): ("ajar",),
    ("comments", "created_at"): ("2027-01-01", "2027-01-01T00:00:00"),
    ("evidence", "figure"): ("4", True),
    ("activity", "changes"): ({"title": "x"},),
    ("series", "method"): ("guessed",),
    ("series", "zone"): ("Mars/Olympus",),
    ("series", "dims"): ({"channel": 5}, []),
    ("series", "dims_key"): ("other",),
    ("readings", "series_id"): (NOT_HERE,),
    ("readings", "value"): (True, "5"),
    ("readings", "count"): (-1,),
    ("readings", "superseded_at"): (None,),
    ("metric_settings", "op"): ("<>",),
    ("metric_settings", "value"): (None,),
    ("metric_settings", "phase"): ("later",),
    ("alerts", "state"): ("asleep",),
    ("baselines", "tasks"): (
        [{"id": 1}],
        [dict.fromkeys(("id", "key", "title", "phase", "start_on", "due_on"), "x")],
    ),
}


def faults_of(document: Document) -> Any:
    """What is wrong with a copy, before anybody looks into a database."""
    with pytest.raises(Invalid) as refusal:
        check(read(document))
    return refusal.value.fields


def test_a_wrong_field_is_named(document: Document, subtests: pytest.Subtests) -> None:
    for (section, field), values in WRONG.items():
        row = document[section] if section == "project" else document[section][0]
        kept = dict(row)
        for value in values:
            with subtests.test(section=section, field=field, value=str(value)[:40]):
                row[field] = value
                found = faults_of(document)[section]
                assert field in (found if section == "project" else found["0"])
            row.clear()
            row.update(kept)


def test_a_day_has_one_reading_in_force_and_a_rule_one_alert(document: Document) -> None:
    old = copy.deepcopy(document)
    for row in old["readings"]:
        row["superseded_at"] = row["recorded_at"]
    assert {"0", "1"} <= faults_of(old)["readings"].keys()
    document["alerts"].append({**document["alerts"][0], "id": NOT_HERE, "state": "open"})
    assert {"0", "1"} <= faults_of(document)["alerts"].keys()


def test_a_row_twice_and_a_loop_are_refused(document: Document) -> None:
    twice = copy.deepcopy(document)
    twice["steps"].append(twice["steps"][0])
    assert "0" in faults_of(twice)["steps"]
    keys_twice = copy.deepcopy(document)
    keys_twice["tasks"][1]["key"] = keys_twice["tasks"][0]["key"]
    assert {"0", "1"} <= faults_of(keys_twice)["tasks"].keys()
    link = document["dependencies"][0]
    document["dependencies"].append(
        {
            **link,
            "successor_id": link["predecessor_id"],
            "predecessor_id": link["successor_id"],
        }
    )
    assert " → " in faults_of(document)["dependencies"][0].say("en")


def test_what_is_no_copy_is_refused_and_nothing_is_made(alice: Persona, document: Document) -> None:
    assert "version" in faults_of({**document, "version": 2})
    assert "format" in faults_of({**document, "format": "trello"})
    assert "colour" in faulty(alice, {**document, "colour": "red"})
    assert "project" in faulty(alice, {"format": document["format"], "version": 2})
    body = {**document, "project": {**document["project"], "playbook_version": 99}}
    assert "playbook" in faulty(alice, body)["project"]


def test_ids_of_another_workspace_lead_nowhere(
    alice: Persona, shared_world: World, document: Document
) -> None:
    theirs = shared_world.charlie.tasks_of(shared_world.charlie.creates_a_project())[0]["id"]
    document["steps"][0]["task_id"] = theirs
    assert "task_id" in faulty(alice, document)["steps"]["0"]
    document["steps"].pop(0)
    document["comments"][0]["mentions"] = [shared_world.charlie.member_id]
    assert export(alice, imports(alice, document))["comments"][0]["mentions"] == []


def test_a_copy_may_be_larger_than_other_bodies(alice: Persona, document: Document) -> None:
    document["tasks"][0]["notes"] = "x" * 15_000
    document["comments"] = [
        {**document["comments"][0], "id": f"01a20ad5-3f2f-7b0a-8f4f-{n:012}", "body": "y" * 15_000}
        for n in range(300)
    ]
    assert len(json.dumps(document)) > 4_000_000
    assert imports(alice, document)["restored"]["comments"] == 300


# Who may make one, and what it costs.


def test_the_roster_is_only_in_the_copies_of_those_who_may_see_it(
    shared_world: World, project: dict[str, Any]
) -> None:
    assert "roster" not in export(shared_world.vera, project)
    assert export(shared_world.mona, project)["roster"][0]["name"] == "Sam Seed"


def test_a_spreadsheet_gets_the_tasks_and_runs_nothing(
    alice: Persona, project: dict[str, Any]
) -> None:
    task = alice.tasks_of(project)[0]
    answer(alice.patch(f"/tasks/{task['id']}", {"title": "=cmd|' /C calc'!A0"}))
    response = alice.get(f"/projects/{project['id']}/export?format=csv")
    assert response.content_type == "text/csv; charset=utf-8"
    assert "attachment" in response.headers["Content-Disposition"]
    rows = list(csv.DictReader(StringIO(response.text)))
    assert len(rows) == len(alice.tasks_of(project))
    row = next(row for row in rows if row["key"] == task["key"])
    assert row["title"].startswith("'=cmd")
    assert "mona@example.org" in {name for row in rows for name in row["assignees"].split(", ")}


def test_copies_cost_the_same_for_few_tasks_and_for_many(mona: Persona) -> None:
    found = []
    for tasks in (3, 500):
        project = has_a_project_of(mona, tasks)
        with counted() as reading:
            document = export(mona, project)
        with counted() as writing:
            imports(mona, document)
        found.append((len(reading), len(writing)))
    assert found[0] == found[1]
    assert max(found[0]) <= 30


def test_the_seal_covers_every_value(alice: Persona, exported: Document) -> None:
    with current_database().reader() as session:
        assert session.scalars(select(PROJECT.table.c.id)).first() is not None
    assert len(exported["seal"]) == 64
    reordered = json.loads(json.dumps(exported, sort_keys=True, indent=2))
    assert imports(alice, reordered)["sealed"] is True


def test_the_restored_history_is_sealed_anew(
    alice: Persona, exported: Document, project: dict[str, Any]
) -> None:
    restored = UUID(imports(alice, exported)["id"])
    with unit_of_work() as session:
        workspace_id = session.scalars(
            select(PROJECT.table.c.workspace_id).where(PROJECT.table.c.id == restored)
        ).one()
        while seal_next(session, workspace_id, restored):
            pass
        verdict = verify(session, workspace_id, restored)
    assert (verdict.bad, verdict.unsealed) == (None, 0)
    assert verdict.sealed == len(exported["activity"]) + 1
