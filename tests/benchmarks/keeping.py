"""Row 9: a thousand readings stored, in this process and over HTTP, against a bare executemany."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Engine, insert, select

from tests.benchmarks.bare import bare_engine
from tests.benchmarks.client import Client
from tests.benchmarks.measuring import PAIRS, compare, spread_of_inverse
from tests.benchmarks.report import Line, counted, shown, spread
from tests.benchmarks.sites import Site
from tests.benchmarks.statements import count_statements, somebody
from tests.personas import API
from tracker.connectors.figures import Sample
from tracker.kernel.clock import utcnow
from tracker.kernel.db import Database
from tracker.metrics.placing import Origin
from tracker.metrics.reading_models import Reading, Series
from tracker.metrics.storing import Kept, keep_samples

METRICS: Final = ("joins", "leaves", "dau", "mau", "posts", "replies", "reactions", "messages")
DAYS: Final = 125
ROWS: Final = len(METRICS) * DAYS
BUDGET: Final = 0.3
STATEMENTS: Final = 12
AGAINST: Final = (
    f"SQLAlchemy Core executemany of the same {ROWS} rows into the same table, made beforehand, in "
    "one transaction: no look at what is known, no series, nobody told"
)


def lines(small: Site, large: Site) -> Iterator[Line]:
    """New readings by both ways in, the same again, and the statements."""
    for site in (small, large):
        place = _Place(site)
        client = site.tracker.client(site.world.token)
        for work, ours in (
            ("store", place.stores()),
            ("store known ones:", place.stores_again()),
            ("POST", place.posts(client)),
        ):
            yield _line(f"{work} {ROWS} readings, {site.stored} tasks", ours, place.inserts())
        place.close()
    with somebody(small.world) as caller:
        path = f"/projects/{small.sample.project_id}/readings"
        body = {"readings": [_row(one) for one in _samples(-1)]}
        statements = count_statements(caller, "POST", path, body)
    yield counted(f"POST {ROWS} readings, SQL", statements, STATEMENTS, "a constant number")


def _line(work: str, ours: Callable[[], None], theirs: Callable[[], None]) -> Line:
    found = compare(ours, theirs)
    pace = spread_of_inverse(found.ratio)
    return Line(
        work=work,
        ours=shown(found.ours.median),
        theirs=shown(found.theirs.median),
        value=spread(pace),
        budget=f">= {BUDGET} x",
        is_met=pace.median >= BUDGET,
        against=AGAINST,
    )


def _samples(step: int) -> list[Sample]:
    """A thousand readings of days that no other step has, all of them over."""
    last: date = utcnow().date() - timedelta(days=DAYS + 9 + step * DAYS)
    days = [last - timedelta(days=n) for n in range(DAYS)]
    return [Sample(one, day, float(day.day), "native") for day in days for one in METRICS]


def _row(sample: Sample) -> dict[str, Any]:
    return {"metric": sample.metric, "day": sample.day.isoformat(), "value": sample.value}


class _Place:
    """Where both write: a project of the site, each time for days that are new to it."""

    def __init__(self, site: Site) -> None:
        self._world, self._project_id = site.world, site.sample.project_id
        self._steps = 0
        self._database = Database(site.world.url)
        self._engine: Engine = bare_engine(site.world.url)
        self._known = self._next()
        self._keep(self._known)
        self._series = self._series_of_metrics()

    def close(self) -> None:
        """Let go of both databases."""
        self._engine.dispose()
        self._database.close()

    def stores(self) -> Callable[[], None]:
        """New readings, by the service."""
        batches = [self._next() for _ in range(PAIRS + 1)]

        def work() -> None:
            assert self._keep(batches.pop()).new == ROWS

        return work

    def stores_again(self) -> Callable[[], None]:
        """Readings that are known, by the service."""

        def work() -> None:
            assert self._keep(self._known).same == ROWS

        return work

    def posts(self, client: Client) -> Callable[[], None]:
        """New readings, over HTTP, each entered by hand."""
        bodies = [{"readings": [_row(one) for one in _samples(n)]} for n in range(PAIRS + 1)]
        path = f"{API}/projects/{self._project_id}/readings"

        def work() -> None:
            assert client.post(path, bodies.pop()).json()["accepted"] == ROWS

        return work

    def inserts(self) -> Callable[[], None]:
        """New readings, by a bare executemany."""
        batches = [[self._bare_row(one) for one in self._next()] for _ in range(PAIRS + 1)]

        def work() -> None:
            with self._engine.begin() as connection:
                connection.execute(insert(Reading.__table__), batches.pop())

        return work

    def _next(self) -> list[Sample]:
        self._steps += 1
        return _samples(self._steps)

    def _bare_row(self, sample: Sample) -> dict[str, Any]:
        now = utcnow()
        return {
            "workspace_id": self._world.workspace_id,
            "series_id": self._series[sample.metric],
            "day": sample.day,
            "revision": 1,
            "value": sample.value,
            "count": None,
            "at": now,
            "is_final": True,
            "note": None,
            "recorded_at": now,
            "recorded_by": None,
            "superseded_at": None,
        }

    def _keep(self, samples: Sequence[Sample]) -> Kept:
        origin = Origin(self._world.workspace_id, self._project_id, "a forum", "Forum", "UTC")
        with self._database.writer() as session:
            return keep_samples(session, origin, samples, now=utcnow())

    def _series_of_metrics(self) -> dict[str, UUID]:
        table = Series.__table__
        wanted = select(table.c.metric, table.c.id).where(
            table.c.project_id == self._project_id, table.c.origin == "a forum"
        )
        with self._database.reader() as session:
            return {row.metric: row.id for row in session.execute(wanted)}
