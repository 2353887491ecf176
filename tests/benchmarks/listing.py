"""Row 3: the 150 tasks of a project, over HTTP, against a bare Flask view."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from tests.benchmarks.client import Client
from tests.benchmarks.measuring import compare, spread_of_inverse
from tests.benchmarks.report import Line, counted, spread
from tests.benchmarks.sites import Site
from tests.benchmarks.statements import count_statements, somebody
from tests.benchmarks.stock import TASKS
from tests.personas import API

TIMES: Final = 15
BUDGET: Final = 0.5
STATEMENTS: Final = 6


def lines(small: Site, large: Site) -> Iterator[Line]:
    """Requests a second against the yardstick's, at both sizes, and the statements."""
    for site in (small, large):
        yield _line(site)
        with somebody(site.world) as caller:
            path = f"/projects/{site.sample.project_id}/tasks?limit=150"
            caller.get(path)  # notes the token's use, once a minute
            yield counted(
                f"list {TASKS} tasks, SQL, {site.stored} stored",
                count_statements(caller, "GET", path),
                STATEMENTS,
                "a constant number",
            )


def _line(site: Site) -> Line:
    project = site.sample.project_id
    ours = partial(
        _list, site.tracker.client(site.world.token), f"{API}/projects/{project}/tasks?limit=150"
    )
    workspace = site.world.workspace_id
    theirs = partial(_list, site.bare.client(), f"/projects/{project}/tasks?workspace={workspace}")
    found = compare(ours, theirs, times=TIMES)
    pace = spread_of_inverse(found.ratio)
    return Line(
        work=f"list {TASKS} tasks, {site.stored} stored",
        ours=f"{1 / found.ours.median:.0f} req/s",
        theirs=f"{1 / found.theirs.median:.0f} req/s",
        value=spread(pace),
        budget=f">= {BUDGET} x",
        is_met=pace.median >= BUDGET,
        against="a bare Flask view on waitress: the same rows and columns through SQLAlchemy Core, "
        "orjson; no token, no assignees",
    )


def _list(client: Client, path: str) -> None:
    assert client.get(path).status == 200
