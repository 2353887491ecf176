# ruff: noqa: INP001, T201 - a script to read and to run beside the pages, not a package
"""Drive a launch from its first task to the gate “ready to launch”, over HTTP alone.

With `make demo` running in one terminal, in another, with the token that it printed:

    .venv/bin/python docs/drive_a_launch.py tracker_…

It plans a launch of its own in the workspace “demo”, so that it can be run as often as wanted.
"""

import sys
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Final

import requests

ADDRESS: Final = "http://127.0.0.1:8000"
WEEKS_TO_LAUNCH: Final = 18
THREE_WEEKS: Final = timedelta(weeks=3)
PEOPLE: Final = {
    "sponsor": "sponsor@demo.invalid",
    "project_manager": "project.manager@demo.invalid",
    "community_manager": "community.manager@demo.invalid",
}
Row = dict[str, Any]


class Caller:
    """Somebody with a token. What is refused is answered, too."""

    def __init__(self, address: str, token: str) -> None:
        self._root = f"{address}/api/v1"
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> Row:
        """Read."""
        return self._ask("GET", path)

    def post(self, path: str, body: Row, *, tag: str | None = None) -> Row:
        """Create or act; ``tag`` is the ETag that was read before."""
        return self._ask("POST", path, body, tag)

    def patch(self, path: str, body: Row) -> Row:
        """Change."""
        return self._ask("PATCH", path, body)

    def read(self, path: str) -> str:
        """Read a text."""
        return self._session.get(self._root + path, timeout=30).text

    def tag_of(self, path: str) -> str:
        """The ETag of what can be read there."""
        return self._session.get(self._root + path, timeout=30).headers["ETag"]

    def _ask(self, method: str, path: str, body: Row | None = None, tag: str | None = None) -> Row:
        headers = {"If-Match": tag} if tag else {}
        response = self._session.request(
            method, self._root + path, json=body, headers=headers, timeout=60
        )
        answered: Row = response.json()
        if not response.ok:
            print(f"    {response.status_code} {method} {path}\n    {answered['detail']}")
        return answered


def main() -> None:
    """Tell the story, chapter by chapter."""
    token, *more = sys.argv[1:] or sys.exit(__doc__)
    address = more[0] if more else ADDRESS
    sponsor = Caller(address, token)
    manager = Caller(address, _token_of(sponsor, "project_manager"))
    project = _plan(manager)
    gates = {gate["key"]: gate for gate in manager.get(f"{_of(project)}/gates")["items"]}
    _forecast(manager, project, "Before anything has been done")
    _enter_preparation(manager, sponsor, project, gates["go_for_preparation"])
    _work(manager, project, gates["ready_to_launch"])
    _move_launch(manager, project)
    _finish(manager, project)
    _open_launch(manager, sponsor, project, gates["ready_to_launch"])


def _chapter(title: str) -> None:
    print(f"\n── {title} {'─' * (90 - len(title))}")


def _of(project: Row) -> str:
    return f"/projects/{project['id']}"


def _token_of(sponsor: Caller, role: str) -> str:
    members = sponsor.get("/members?limit=500")["items"]
    member = next(one for one in members if one["email"] == PEOPLE[role])
    made = sponsor.post("/tokens", {"name": "driving a launch", "member_id": member["id"]})
    return str(made["token"])


def _plan(manager: Caller) -> Row:
    _chapter("Plan")
    today = date.today()  # noqa: DTZ011 - the reader's own day will do for a demonstration
    launch_on = today + timedelta(days=7 - today.weekday(), weeks=WEEKS_TO_LAUNCH)
    wish = {"launch_on": launch_on.isoformat(), "community_type": "advocacy", "people": PEOPLE}
    project = manager.post("/projects", {"name": "Driven by a script", "parameters": wish})
    print(f"    From {project['start_on']}, launch day {project['launch_on']}.")
    return project


def _forecast(manager: Caller, project: Row, when: str) -> None:
    _chapter(f"Forecast: {when.lower()}")
    found = manager.get(f"{_of(project)}/forecast?seed=1")
    print(f"    {found['sentence']}")
    print(f"    P50 {found['p50']} · P80 {found['p80']} · P95 {found['p95']}")
    for task in found["tasks"][:3]:
        print(
            f"    drives the launch day in {task['criticality']:.0%} of the runs: {task['title']}"
        )


def _enter_preparation(manager: Caller, sponsor: Caller, project: Row, gate: Row) -> None:
    _chapter(gate["title"])
    first = next(task for task in _tasks(manager, project) if task["phase"] == "prepare")
    print("    A task behind a closed gate cannot be started:")
    manager.patch(f"/tasks/{_later(manager, project)['id']}", {"status": "in_progress"})
    print("    And the gate does not open by itself:")
    _decide(manager, gate, "pass")
    _do(manager, [first])
    _approve(manager, sponsor, gate)
    _decide(manager, gate, "pass")
    print(f"    The phase is {manager.get(_of(project))['phase']} now.")


def _later(manager: Caller, project: Row) -> Row:
    """A task that waits for the gate."""
    return next(
        task
        for task in _tasks(manager, project)
        if task["phase"] == "prepare" and not task["early"]
    )


def _tasks(manager: Caller, project: Row) -> list[Row]:
    items: list[Row] = manager.get(f"{_of(project)}/tasks?limit=500")["items"]
    return items


def _to_do(manager: Caller, project: Row) -> list[Row]:
    """What is still to be done before launch day, in an order in which it can be done."""
    waiting = {
        task["id"]: task
        for task in manager.get(f"{_of(project)}/timeline")["tasks"]
        if (task["phase"] == "prepare" or task["early"])
        and task["status"] in ("todo", "in_progress")
    }
    return list(_in_order(waiting))


def _in_order(waiting: dict[str, Row]) -> Iterator[Row]:
    while waiting:
        free = [
            task
            for task in waiting.values()
            if not any(link["task_id"] in waiting for link in task["after"])
        ]
        yield from free
        for task in free:
            del waiting[task["id"]]


def _do(manager: Caller, tasks: Iterable[Row]) -> None:
    """Tick the steps of each, show what shows it, and finish it."""
    for task in tasks:
        whole = manager.get(f"/tasks/{task['id']}")
        for step in whole["steps"]:
            manager.patch(f"/tasks/{task['id']}/steps/{step['key']}", {"done": True})
        if whole["evidence"]:
            manager.post(f"/tasks/{task['id']}/evidence", _proof(whole["evidence"]))
        if manager.patch(f"/tasks/{task['id']}", {"status": "done"})["status"] == "done":
            print(f"    done: {task['title']}")


def _proof(kind: str) -> Row:
    shown = {"link": {"url": "https://example.org/proof"}, "note": {"note": "Seen by the team."}}
    return {"kind": kind, **shown.get(kind, {"figure": 42})}


def _approve(manager: Caller, sponsor: Caller, gate: Row) -> None:
    """Asked for by one, given by another: nobody approves their own request."""
    path = f"/gates/{gate['id']}/approvals"
    manager.post(path, {"action": "request", "comment": "Shall we?"})
    print("    The project manager cannot approve in the sponsor's place:")
    manager.post(path, {"action": "approve"})
    sponsor.post(path, {"action": "approve", "comment": "Go."})
    print("    The sponsor has approved.")


def _decide(manager: Caller, gate: Row, decision: str) -> None:
    path = f"/gates/{gate['id']}"
    body = {"decision": decision, "reason": "Decided by a script."}
    found = manager.post(f"{path}/decision", body, tag=manager.tag_of(path))
    for criterion in found.get("criteria", ()) if found.get("status") == 409 else ():  # noqa: PLR2004
        print(f"      {criterion['state']:<8} {criterion['title']}: {criterion['sentence']}")


def _work(manager: Caller, project: Row, gate: Row) -> None:
    _chapter("Work")
    tasks = _to_do(manager, project)
    _do(manager, tasks[:4])
    print("    A task is not done before those that must be finished first:")
    manager.patch(f"/tasks/{tasks[-1]['id']}", {"status": "done"})
    print("    Far from ready to launch:")
    _decide(manager, gate, "pass")


def _move_launch(manager: Caller, project: Row) -> None:
    _chapter("Move launch day by three weeks: first to see, then for good")
    _forecast(manager, project, "before the move")
    launch_on = date.fromisoformat(project["launch_on"]) + THREE_WEEKS
    wish = {"launch_on": launch_on.isoformat(), "dry_run": True}
    seen = manager.post(f"{_of(project)}/replan", wish)
    print(f"    {len(seen['tasks'])} tasks would move, {len(seen['conflicts'])} conflicts.")
    for task in seen["tasks"][:3]:
        print(f"      {task['old']['due_on']} → {task['due_on']}  {task['title']}: {task['why']}")
    lasts = seen["preparation"]
    print(f"    The preparation would last {lasts['months']} months.")
    tag = manager.tag_of(_of(project))
    manager.post(f"{_of(project)}/replan", {"token": seen["token"]}, tag=tag)
    print(f"    Launch day is {manager.get(_of(project))['launch_on']} now.")
    _forecast(manager, project, "after the move")


def _finish(manager: Caller, project: Row) -> None:
    _chapter("The rest of the preparation")
    _do(manager, _to_do(manager, project))


def _open_launch(manager: Caller, sponsor: Caller, project: Row, gate: Row) -> None:
    _chapter(gate["title"])
    print("    All is done, and nobody has approved the return yet:")
    _decide(manager, gate, "pass")
    _approve(manager, sponsor, gate)
    _decide(manager, gate, "pass")
    print(f"    The phase is {manager.get(_of(project))['phase']} now. The dossier begins:\n")
    dossier = manager.read(f"/gates/{gate['id']}/dossier?format=md")
    print("\n".join(f"    {line}" for line in dossier.splitlines()[:24]))


if __name__ == "__main__":
    main()
