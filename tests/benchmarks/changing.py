"""Row 4: one task changed over HTTP, with its event, against a bare Flask update of one row."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any, Final

from tests.benchmarks.client import Client
from tests.benchmarks.measuring import compare
from tests.benchmarks.report import Line, at_most, counted
from tests.benchmarks.sites import Site
from tests.benchmarks.statements import count_statements, somebody
from tests.benchmarks.stock import HELPER, OWNER
from tests.personas import API, next_monday

TIMES: Final = 15
BUDGET: Final = 3
FLAT: Final = 1.3
Body = Callable[[int], dict[str, Any]]
WITHIN: Final = {"title": 8, "title and assignees": 12, "status": 12, "dates": 12}


def lines(small: Site, large: Site) -> Iterator[Line]:
    """The ratio to the bare update at both sizes, the growth between them, the statements."""
    bodies = (
        ("title", _title),
        ("title and assignees", _both),
        ("status", _status),
        ("dates", _dates),
    )
    for what, body in bodies:
        for site in (small, large):
            yield at_most(
                f"change a task's {what}, {site.stored} stored",
                compare(_changing(site, body), _bare(site), times=TIMES),
                BUDGET,
                "a bare Flask view on waitress: one UPDATE of one row, committed; no token, no "
                "event, no version, answers two fields",
            )
        yield at_most(
            f"change a task's {what}, growth",
            compare(_changing(large, body), _changing(small, body), times=TIMES),
            FLAT,
            f"the same with {small.stored} tasks stored instead of {large.stored}",
        )
        yield _statements(large, what, body)


def _statements(site: Site, what: str, body: Body) -> Line:
    path = f"/tasks/{site.sample.task_id}"
    with somebody(site.world) as caller:
        caller.call("PATCH", path, body(1))
        statements = max(count_statements(caller, "PATCH", path, body(n)) for n in (2, 3))
    return counted(f"change a task's {what}, SQL", statements, WITHIN[what], "a constant number")


def _title(n: int) -> dict[str, Any]:
    return {"title": f"Another title {n}"}


def _both(n: int) -> dict[str, Any]:
    return {**_title(n), "assignees": [(OWNER, HELPER)[n % 2]]}


def _status(n: int) -> dict[str, Any]:
    return {"status": ("in_progress", "todo")[n % 2]}


def _dates(n: int) -> dict[str, Any]:
    monday = next_monday(20 + n % 2)
    return {
        "start_on": monday.isoformat(),
        "due_on": (monday + timedelta(days=2)).isoformat(),
    }


def _changing(site: Site, body: Body) -> partial[None]:
    path = f"{API}/tasks/{site.sample.task_id}"
    return partial(_change, site.tracker.client(site.world.token), path, body, count())


def _bare(site: Site) -> partial[None]:
    path = f"/tasks/{site.sample.task_id}?workspace={site.world.workspace_id}"
    return partial(_change, site.bare.client(), path, _title, count())


def _change(client: Client, path: str, body: Body, numbers: Iterator[int]) -> None:
    assert client.patch(path, body(next(numbers))).status == 200
