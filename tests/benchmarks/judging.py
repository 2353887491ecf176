"""The verdict of a gate over HTTP: its SQL statements, and its time beside a bare list."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final

from tests.benchmarks.client import Client
from tests.benchmarks.measuring import compare
from tests.benchmarks.report import Line, counted, shown, spread
from tests.benchmarks.sites import Site
from tests.benchmarks.statements import count_statements, somebody
from tests.benchmarks.stock import OWNER
from tests.personas import API, a_wish

TIMES: Final = 15
STATEMENTS: Final = 6
GATE: Final = "ready_to_launch"


def lines(small: Site, large: Site) -> Iterator[Line]:
    """One gate with seven criteria, and all gates of its project, the token's look-up included."""
    for site in (small, large):
        gate, project = _launch(site)
        for what, path in (
            (f"verdict of a gate, {site.stored} stored", f"/gates/{gate['id']}"),
            (f"verdicts of five gates, {site.stored} stored", f"/projects/{project}/gates"),
        ):
            yield _line(site, what, path)


def _launch(site: Site) -> tuple[dict[str, Any], str]:
    client = site.tracker.client(site.world.token)
    wish = a_wish(people={"sponsor": OWNER}, community_type="advocacy")
    project = client.post(f"{API}/projects", wish).json(201)
    gates = client.get(f"{API}/projects/{project['id']}/gates").json()["items"]
    return next(gate for gate in gates if gate["key"] == GATE), project["id"]


def _line(site: Site, what: str, path: str) -> Line:
    with somebody(site.world) as caller:
        caller.call("GET", path)
        statements = count_statements(caller, "GET", path)
    bare = f"/projects/{site.sample.project_id}/tasks?workspace={site.world.workspace_id}"
    found = compare(
        partial(_get, site.tracker.client(site.world.token), f"{API}{path}"),
        partial(_get, site.bare.client(), bare),
        times=TIMES,
    )
    against = "for the time, which has no budget: a bare Flask view that lists 150 tasks"
    line = counted(what, statements, STATEMENTS, against)
    return replace(
        line,
        ours=f"{line.ours}, {shown(found.ours.median)}",
        theirs=shown(found.theirs.median),
        value=spread(found.ratio),
    )


def _get(client: Client, path: str) -> None:
    assert client.get(path).status == 200
