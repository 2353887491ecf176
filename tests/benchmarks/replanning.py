"""Re-planning and forecasting in memory; re-planning over HTTP, beside listing and creating."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import cycle
from typing import Any, Final

import yaml

from tests.benchmarks.client import Client
from tests.benchmarks.measuring import PAIRS, Spread, compare, seconds
from tests.benchmarks.report import Line, at_most, counted, shown
from tests.benchmarks.scheduling import LAUNCH, SIZES, TODAY, a_large_playbook
from tests.benchmarks.sites import Site
from tests.benchmarks.statements import count_statements, somebody
from tests.benchmarks.stock import OWNER, TASKS, a_playbook_of
from tests.personas import API, a_wish
from tests.unit.projects.running import state_of
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.model import Link
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.plan import make_plan
from tracker.projects.forecast.simulation import forecast
from tracker.projects.forecast.values import RUNS, Uncertain, Work
from tracker.projects.replanning.replan import replan
from tracker.projects.replanning.values import Changes, Move, Replan, State, Strategy

BUDGET_SECONDS: Final = 1.0
UNCERTAIN: Final = 60
LONG: Final = 200
TIMES: Final = 3


def lines() -> Iterator[Line]:
    """Ten thousand tasks, with what moves; and a simulation, on one core."""
    for what, work in _replans():
        yield _seconds(f"re-plan {SIZES[-1]} tasks, {what}", work)
    yield _seconds(
        f"forecast, {RUNS} runs of {UNCERTAIN} tasks", partial(forecast, _uncertain(), seed=1)
    )


def _seconds(what: str, work: Callable[[], object]) -> Line:
    work()
    taken = Spread.of([seconds(work) for _ in range(PAIRS)])
    return Line(
        work=what,
        ours=shown(taken.median),
        theirs="",
        value=f"{shown(taken.low)} to {shown(taken.high)}",
        budget=f"<= {BUDGET_SECONDS:.0f} s",
        is_met=taken.median <= BUDGET_SECONDS,
        against="the clock: plain Python on one core",
    )


def _replans() -> Iterator[tuple[str, partial[Replan]]]:
    parameters = Parameters(launch_on=LAUNCH, prepare_months=2, country="FR")
    state = state_of(make_plan(a_large_playbook(SIZES[-1]), parameters, TODAY))
    later = {"launch_on": LAUNCH + timedelta(weeks=2)}
    task = state.tasks[SIZES[-1] // 100]
    move = {task.key: Move(start_on=task.start_on + timedelta(weeks=1))}
    for what, changes in (
        ("launch moved", Changes(parameters=later)),
        ("task moved, keep_gap", Changes(moves=move)),
        ("task moved, close_gap", Changes(moves=move, strategy=Strategy.CLOSE_GAP)),
    ):
        yield what, partial(_replan, state, changes)


def _replan(state: State, changes: Changes) -> Replan:
    """With a playbook that nobody has laid out before: no cache helps."""
    return replan(replace(state, playbook=replace(state.playbook)), changes, TODAY)


def _uncertain() -> Work:
    tasks = tuple(
        Uncertain(
            key=f"t{n}",
            title=f"t{n}",
            optimistic=3,
            likely=5,
            pessimistic=12,
            after=tuple(Link(f"t{n - back}") for back in (3, 7) if back <= n),
        )
        for n in range(UNCERTAIN)
    )
    return Work(tasks=tasks, calendar=WorkCalendar("FR"), today=TODAY, promised_on=LAUNCH)


def served(small: Site, large: Site) -> Iterator[Line]:
    """A dry run beside a list, a real one beside the creation, and the statements of both."""
    for site in (small, large):
        project = _project(site, LONG)
        yield at_most(
            f"re-plan {LONG} tasks, dry run, {site.stored} stored",
            compare(_trying(site, project), _listing(site, project), times=TIMES),
            3,
            f"listing the same {LONG} tasks through the API",
        )
        project = _project(site, TASKS)
        yield at_most(
            f"re-plan {TASKS} dependent tasks, {site.stored} stored",
            compare(_replanning(site, project), _creating(site, TASKS), times=TIMES),
            1,
            "creating the same project through the API",
        )
        yield _statements(site, project)


def _project(site: Site, size: int) -> dict[str, Any]:
    client = site.tracker.client(site.world.token)
    source = yaml.safe_dump({**a_playbook_of(size), "playbook": f"bench-{size}"})
    client.post(f"{API}/playbooks", {"source": source}).json(201)
    project: dict[str, Any] = client.post(f"{API}/projects", _wish(size)).json(201)
    return project


def _wish(size: int) -> dict[str, Any]:
    return {**a_wish(people={"community_manager": OWNER}), "playbook": f"bench-{size}"}


def _days(project: dict[str, Any]) -> tuple[str, str]:
    launch_on = date.fromisoformat(project["launch_on"])
    return (launch_on + timedelta(weeks=2)).isoformat(), project["launch_on"]


def _trying(site: Site, project: dict[str, Any]) -> partial[None]:
    body = {"launch_on": _days(project)[0], "dry_run": True}
    path = f"{API}/projects/{project['id']}/replan"
    return partial(_post, site.tracker.client(site.world.token), path, body)


def _post(client: Client, path: str, body: dict[str, Any]) -> None:
    assert client.post(path, body).status in (200, 201)


def _listing(site: Site, project: dict[str, Any]) -> partial[None]:
    path = f"{API}/projects/{project['id']}/tasks?limit=500"
    return partial(_get, site.tracker.client(site.world.token), path)


def _get(client: Client, path: str) -> None:
    assert client.get(path).status == 200


def _replanning(site: Site, project: dict[str, Any]) -> partial[None]:
    client = site.tracker.client(site.world.token)
    path = f"{API}/projects/{project['id']}/replan"
    return partial(_move, client, path, cycle(_days(project)))


def _move(client: Client, path: str, days: Iterator[str]) -> None:
    assert client.post(path, {"launch_on": next(days)}, "If-Match: *").status == 200


def _creating(site: Site, size: int) -> partial[None]:
    client = site.tracker.client(site.world.token)
    return partial(_post, client, f"{API}/projects", _wish(size))


def _statements(site: Site, project: dict[str, Any]) -> Line:
    body = {"launch_on": _days(project)[0], "dry_run": True}
    path = f"/projects/{project['id']}/replan"
    with somebody(site.world) as caller:
        caller.post(path, body)
        statements = count_statements(caller, "POST", path, body)
    return counted(f"re-plan, dry run, SQL, {site.stored} stored", statements, 10, "a constant")
