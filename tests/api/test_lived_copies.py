"""A launch that has lived through everything that the API offers, copied: the same launch."""

from datetime import date, timedelta
from typing import Any

from tests.api.test_checklists import a_module
from tests.api.test_copies import export, imports, without_ids
from tests.personas import Persona, answer
from tracker.kernel.clock import utcnow

ANY = {"If-Match": "*"}


def a_lived_project(alice: Persona, mona: Persona, bob: Persona) -> dict[str, Any]:
    """Decided, waived, moved, talked about and half done, all over HTTP."""
    project = mona.creates_a_project(
        country="FR", people={"sponsor": bob.email, "project_manager": mona.email}
    )
    tasks = {task["key"].rpartition(".")[2]: task for task in mona.tasks_of(project)}
    first, second, *_ = answer(mona.get(f"/projects/{project['id']}/gates"))["items"]
    _decides(mona, bob, first, tasks["decision_to_prepare"])
    _works(mona, bob, tasks)
    soon = (utcnow() + timedelta(days=30)).isoformat()
    answer(alice.post(f"/gates/{second['id']}/waiver", {"reason": "Soon", "expires_at": soon}))
    answer(mona.patch(f"/tasks/{tasks['opening']['id']}", {"status": "in_progress"}))
    ritual = {
        "title": "Coffee",
        "role": "content",
        "phase": "launch",
        "rrule": "FREQ=WEEKLY;BYDAY=MO",
        "start_on": project["launch_on"],
        "until": project["end_on"],
    }
    answer(mona.post(f"/projects/{project['id']}/rituals", ritual), 201)
    answer(mona.post(f"/projects/{project['id']}/checklists", a_module()), 201)
    seed = {"name": "Sam", "role": "seed", "strategic": True, "consent": "given", "stage": "agreed"}
    answer(mona.post(f"/projects/{project['id']}/roster", {**seed, "owner": bob.email}), 201)
    later = date.fromisoformat(project["launch_on"]) + timedelta(weeks=3)
    path = f"/projects/{project['id']}/replan"
    answer(mona.post(path, {"launch_on": later.isoformat()}, headers=ANY))
    return project


def _decides(mona: Persona, bob: Persona, gate: dict[str, Any], milestone: dict[str, Any]) -> None:
    _proves(mona, milestone)
    answer(mona.patch(f"/tasks/{milestone['id']}", {"status": "done"}))
    asked = next(c for c in gate["verdict"]["criteria"] if c["kind"] == "approval")["key"]
    path = f"/gates/{gate['id']}"
    answer(mona.post(f"{path}/approvals", {"action": "request", "criterion": asked}), 201)
    answer(bob.post(f"{path}/approvals", {"action": "approve", "criterion": asked}), 201)
    passed = {
        "decision": "conditional",
        "reason": "Nearly",
        "conditions": [{"title": "Name the budget", "assignee": bob.email}],
    }
    answer(mona.post(f"{path}/decision", passed, headers=ANY))


def _proves(who: Persona, task: dict[str, Any]) -> None:
    """Show what the playbook asks for, or a note where it asks for nothing."""
    proofs: dict[str, dict[str, Any]] = {
        "link": {"url": "https://example.org/proof"},
        "note": {"note": "Signed"},
        "figure": {"figure": 4.5},
    }
    kind = task["evidence"] or "note"
    answer(who.post(f"/tasks/{task['id']}/evidence", {"kind": kind, **proofs[kind]}), 201)


def _works(mona: Persona, bob: Persona, tasks: dict[str, dict[str, Any]]) -> None:
    purpose = f"/tasks/{tasks['purpose']['id']}"
    for step in answer(mona.get(purpose))["steps"]:
        answer(mona.patch(f"{purpose}/steps/{step['key']}", {"done": True}))
    answer(mona.post(f"{purpose}/steps", {"title": "One more"}), 201)
    _proves(mona, tasks["purpose"])
    answer(mona.post(f"{purpose}/links", {"url": "https://example.org/a", "title": "A"}), 201)
    said = {"body": f"Look, @{bob.email}", "mentions": [bob.email]}
    answer(mona.post(f"{purpose}/comments", said), 201)
    mona.call("PUT", f"{purpose}/watchers/{bob.member_id}")
    answer(mona.patch(purpose, {"status": "done", "labels": ["why"], "priority": "high"}))
    blocked = {"status": "blocked", "reason": "Waits", "assignees": [bob.email]}
    answer(mona.patch(f"/tasks/{tasks['audience_analysis']['id']}", blocked))
    absent = {"status": "not_applicable", "reason": "None of ours"}
    answer(mona.patch(f"/tasks/{tasks['objectives']['id']}", absent))
    moved = tasks["platform"]
    due_on = (date.fromisoformat(moved["due_on"]) + timedelta(days=7)).isoformat()
    answer(mona.patch(f"/tasks/{moved['id']}", {"due_on": due_on, "pinned": True}))


def test_a_lived_launch_comes_back_as_it_was(alice: Persona, mona: Persona, bob: Persona) -> None:
    project = a_lived_project(alice, mona, bob)
    document = export(alice, project)
    for name in (
        "comments",
        "evidence",
        "links",
        "approvals",
        "decisions",
        "waivers",
        "roster",
        "checklists",
    ):
        assert document[name] != [], name
    restored = imports(alice, document)
    assert (restored["decisions_restored"], restored["unknown_members"]) == (True, [])
    again = export(alice, restored)
    again["activity"].pop()
    assert without_ids(again) == without_ids(document)
    for what in ("timeline", "gates", "roster", "tasks?limit=500"):
        answer(alice.get(f"/projects/{restored['id']}/{what}"))
    assert gates_of(alice, restored) == gates_of(alice, project)
    assert moved(alice, restored) == moved(alice, project)


def gates_of(who: Persona, project: dict[str, Any]) -> list[Any]:
    """How the gates stand, their verdicts with them."""
    rows = answer(who.get(f"/projects/{project['id']}/gates"))["items"]
    return [
        (
            *(row["key"], row["state"], row["verdict"]["is_met"]),
            *((c["key"], c["state"], c["value"]) for c in row["verdict"]["criteria"]),
        )
        for row in rows
    ]


def moved(who: Persona, project: dict[str, Any]) -> list[Any]:
    """What a later launch day would move, by the keys of tasks."""
    launch_on = answer(who.get(f"/projects/{project['id']}"))["launch_on"]
    later = (date.fromisoformat(launch_on) + timedelta(weeks=2)).isoformat()
    body = {"launch_on": later, "dry_run": True}
    shown = answer(who.post(f"/projects/{project['id']}/replan", body))
    return sorted((task["key"], task["start_on"], task["due_on"]) for task in shown["tasks"])


def test_an_untrusted_copy_of_a_lived_launch_has_nothing_behind_a_gate(
    alice: Persona, mona: Persona, bob: Persona
) -> None:
    document = export(mona, a_lived_project(alice, mona, bob))
    restored = imports(mona, document)
    assert {state for _key, state, *_rest in gates_of(mona, restored)} <= {"pending", "ready"}
    assert restored["phase"] is None
    opening = next(t for t in mona.tasks_of(restored) if t["key"].endswith(".opening"))
    assert opening["status"] == "todo"
    refused = mona.patch(f"/tasks/{opening['id']}", {"status": "in_progress"})
    assert answer(refused, 409)["type"].endswith("closed-gate")
