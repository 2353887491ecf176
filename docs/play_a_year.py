# ruff: noqa: INP001, T201 - a script to read and to run beside the pages, not a package
"""Play a year of figures: from a forum that is played on loopback to what is done about them.

From the root of the repository, and nothing else has to run:

    .venv/bin/python -m docs.play_a_year

It starts a forum and a tracker of its own, in a folder that it throws away, takes over a launch
that lies a year back, connects the forum, and shows what the figures come to.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Final

from docs.drive_a_launch import PEOPLE, Caller, Row
from tests.cli.processes import curl, started
from tests.fakes.discourse import KEY, FakeDiscourse
from tests.fakes.serving import a_server
from tests.fakes.year import DAYS, a_year
from tests.servers.home import free_port

PATIENCE: Final = 120
BEFORE: Final = ("go_for_preparation", "ready_to_launch", "launched")
ROSTER: Final = {"contacted": 8, "agreed": 4, "joined": 3, "active": 5}
SHOWN: Final = (
    *("signups", "interactions", "activation_rate_7_days", "animator_posts_per_week"),
    *("engagement_rate", "retention_3_months", "question_self_resolution_rate", "nps"),
)


def main() -> None:
    """Tell the story, chapter by chapter."""
    with _a_forum() as forum, _a_tracker(forum) as (address, token):
        owner = Caller(address, token)
        project = _take_over(owner)
        gate = _gate(owner, project, "ready_to_develop")
        _judge(owner, gate, "The figures of a gate, before there are any")
        _connect(owner, project, forum)
        _wait(lambda: all(one["state"] == "met" for one in _figures(owner, gate)))
        _show_metrics(owner, project)
        _show_funnel(owner, project)
        _show_alerts(owner, project)
        _judge(owner, gate, "The same gate, now that there are")


def _chapter(title: str) -> None:
    print(f"\n── {title} {'─' * (90 - len(title))}", flush=True)


def _of(project: Row) -> str:
    return f"/projects/{project['id']}"


@contextmanager
def _a_forum() -> Iterator[str]:
    """A forum with a year behind it, on a port of loopback."""
    now = datetime.now(UTC)  # the reader's own clock will do for a demonstration
    with a_server(FakeDiscourse(a_year(now), now)) as port:
        yield f"127.0.0.1:{port}"


@contextmanager
def _a_tracker(forum: str) -> Iterator[tuple[str, str]]:
    """Address and token of `tracker demo`, which may call the forum and nothing else inside."""
    port, allowed = free_port(), {"TRACKER_EGRESS_ALLOW": forum}
    with (
        TemporaryDirectory(prefix="tracker-year-") as folder,
        started(f"demo --up --port {port}", Path(folder), allowed) as process,
    ):
        _url, token = curl(process.wait_for("The tracker is up"))
        yield f"http://127.0.0.1:{port}", token


def _take_over(owner: Caller) -> Row:
    _chapter("A community that has been open for a year")
    launched_on = datetime.now(UTC).date() - timedelta(days=DAYS)
    wish = {
        "launch_on": launched_on.isoformat(),
        "already_launched": True,
        "community_type": "advocacy",
        "first_members_target": 150,
        "people": PEOPLE,
    }
    project = owner.post("/projects", {"name": "A year, played", "parameters": wish})
    for key in BEFORE:
        gate = _gate(owner, project, key)
        path = f"/gates/{gate['id']}"
        owner.post(f"{path}/decision", {"decision": "pass"}, tag=owner.tag_of(path))
    for stage, number in ROSTER.items():
        for n in range(number):
            person = {"name": f"Seed {stage} {n + 1}", "stage": stage, "consent": "given"}
            owner.post(f"{_of(project)}/roster", person)
    project = owner.get(_of(project))
    print(f"    Launched on {project['launch_on']}; its phase is {project['phase']}.")
    return project


def _gate(owner: Caller, project: Row, key: str) -> Row:
    gates = owner.get(f"{_of(project)}/gates")["items"]
    return next(gate for gate in gates if gate["key"] == key)


def _figures(owner: Caller, gate: Row) -> list[Row]:
    criteria = owner.get(f"/gates/{gate['id']}")["verdict"]["criteria"]
    return [one for one in criteria if one["kind"] == "figure"]


def _judge(owner: Caller, gate: Row, title: str) -> None:
    _chapter(title)
    for one in _figures(owner, gate):
        print(f"    {one['state']:<8} {one['title']}: {one['sentence']}")


def _connect(owner: Caller, project: Row, forum: str) -> None:
    _chapter("The forum, connected and read from its first day on")
    wish = {
        "kind": "discourse",
        "name": "Forum",
        "base_url": f"http://{forum}",
        "credentials": {"api_key": KEY},
        "most_calls": 5000,
    }
    made = owner.post(f"{_of(project)}/connections", wish)
    path = f"/connections/{made['id']}"
    print(f"    {owner.post(f'{path}/test', {})['sentence']}")
    owner.post(f"{path}/pull", {"backfill": True})
    _wait(lambda: all(pull["ended_at"] for pull in owner.get(f"{path}/pulls")["items"]))
    for pull in owner.get(f"{path}/pulls")["items"]:
        told = f"{pull['calls']} calls, {pull['pages']} pages, {pull['rows']} rows"
        print(f"    {pull['source']:<9} {pull['state']}: {told}")


def _wait(is_so: Callable[[], bool]) -> None:
    """Until jobs have done something: they look every second or two."""
    until = monotonic() + PATIENCE
    while not is_so():
        if monotonic() > until:
            sys.exit(f"Nothing came of it within {PATIENCE} seconds.")
        sleep(0.3)


def _show_metrics(owner: Caller, project: Row) -> None:
    _chapter("What the figures are")
    found = owner.get(f"{_of(project)}/metrics?limit=500")["items"]
    metrics = {one["key"]: one for one in found}
    for key in SHOWN:
        one = metrics[key]
        if one["value"] is None:
            print(f"    {'?':>7}  {one['title']}: {one['why_null']['sentence']}")
        else:
            goal = {True: ", on target", False: ", off target", None: ""}[one["on_target"]]
            print(f"    {one['value']:>7.1f}  {one['title']}{goal}")
    print(f"    {sum(one['value'] is not None for one in found)} of {len(found)} are known.")


def _show_funnel(owner: Caller, project: Row) -> None:
    _chapter("The funnel, and the wave that it proposes")
    funnel = owner.get(f"{_of(project)}/funnel")
    print(f"    {' → '.join(f'{stage} {count}' for stage, count in funnel['stages'].items())}")
    print(f"    {funnel['members']:.0f} members on the platform. {funnel['sentence']}")
    print(f"    POST {_of(project)}/checklists {json.dumps(funnel['next_wave'])}")
    wave = owner.post(f"{_of(project)}/checklists", funnel["next_wave"])
    for task in wave["tasks"][:3]:
        print(f"      {task['due_on']}  {task['title']}")


def _show_alerts(owner: Caller, project: Row) -> None:
    _chapter("What the figures warn of, what was added to the plan for it, and who is told")
    _wait(lambda: _are_told(_alerts(owner, project), _reminders(owner, project)))
    people = {one["id"]: one["email"] for one in owner.get("/members?limit=500")["items"]}
    tasks = owner.get(f"{_of(project)}/tasks?limit=500")["items"]
    for alert in _alerts(owner, project):
        print(f"    {alert['state']}: {alert['title']}. {alert['sentence']}")
        for task in tasks:
            if alert["checklist_id"] and task["checklist_id"] == alert["checklist_id"]:
                print(f"      {task['due_on']}  {task['title']}")
        for told in _reminders(owner, project):
            if told["occurrence"] == alert["id"]:
                print(f"      to {people[told['member_id']]}: {told['why']}")


def _alerts(owner: Caller, project: Row) -> list[Row]:
    found: list[Row] = owner.get(f"{_of(project)}/alerts")["items"]
    return found


def _reminders(owner: Caller, project: Row) -> list[Row]:
    path = f"/reminders?everyone=true&rule=alert&project={project['id']}"
    found: list[Row] = owner.get(path)["items"]
    return found


def _are_told(alerts: list[Row], reminders: list[Row]) -> bool:
    told = {one["occurrence"] for one in reminders}
    return bool(alerts) and told >= {one["id"] for one in alerts}


if __name__ == "__main__":
    main()
