"""Row 2: a project from the full playbook, over HTTP, against the bare insert of its rows."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from sqlalchemy import Engine, Table, insert

from tests.benchmarks.bare import bare_engine
from tests.benchmarks.client import Client
from tests.benchmarks.measuring import PAIRS, compare
from tests.benchmarks.report import Line, at_most, counted
from tests.benchmarks.sites import Site
from tests.benchmarks.statements import count_statements, somebody
from tests.benchmarks.stock import World
from tests.personas import API, a_wish, next_monday
from tracker.kernel.clock import utcnow
from tracker.kernel.db import new_id
from tracker.kernel.outbox import OutboxMessage
from tracker.playbooks.catalog import our_playbook
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.plan import make_plan
from tracker.projects.models import (
    Assignee,
    Baseline,
    Dependency,
    Gate,
    Phase,
    Project,
    Step,
    Task,
)
from tracker.projects.rows import NewProject, rows_of

Batch = list[tuple[Table, list[dict[str, Any]]]]
TIMES: Final = 3
FULL: Final = {"community_type": "advocacy", "audience": "both", "public": True, "country": "FR"}
MODELS: Final = {
    "phases": Phase,
    "tasks": Task,
    "assignees": Assignee,
    "steps": Step,
    "dependencies": Dependency,
    "gates": Gate,
    "baselines": Baseline,
}
BUDGET: Final = 3
GROWTH: Final = 1.3


def lines(small: Site, large: Site) -> Iterator[Line]:
    """The ratio to the bare insert at both sizes, the growth between them, the statements."""
    for site in (small, large):
        batches = [_batch(site.world) for _ in range((PAIRS + 1) * TIMES)]
        rows = sum(len(rows) for _, rows in batches[0])
        engine = bare_engine(site.world.url)
        found = compare(_creating(site), partial(_insert, engine, batches), times=TIMES)
        engine.dispose()
        yield at_most(
            f"create a project, {site.stored} tasks stored",
            found,
            BUDGET,
            f"SQLAlchemy Core executemany of the same {rows} rows into the same tables, one "
            "transaction, no HTTP, no planning",
        )
    yield at_most(
        "create a project, growth with what is stored",
        compare(_creating(large), _creating(small), times=TIMES),
        GROWTH,
        f"the same with {small.stored} tasks stored instead of {large.stored}",
    )
    for site in (small, large):
        with somebody(site.world) as caller:
            caller.post("/projects", a_wish(**FULL))  # warms what is looked up once
            statements = count_statements(caller, "POST", "/projects", a_wish(**FULL))
        yield counted(
            f"create a project, SQL, {site.stored} tasks stored", statements, 15, "no more than 15"
        )


def _creating(site: Site) -> partial[None]:
    return partial(_create, site.tracker.client(site.world.token), a_wish(**FULL))


def _create(client: Client, wish: dict[str, Any]) -> None:
    assert client.post(f"{API}/projects", wish).status == 201


def _batch(world: World) -> Batch:
    """The rows of one project, under ids of its own."""
    now = utcnow()
    parameters = Parameters(launch_on=next_monday(30), **FULL)  # type: ignore[arg-type]  # known
    plan = make_plan(our_playbook("community-launch"), parameters, now.date())
    new = NewProject(world.workspace_id, new_id(), "Our community", world.owner_id, now)
    rows = rows_of(plan, new, {})
    event = {
        "id": new_id(),
        "workspace_id": world.workspace_id,
        "topic": "project.created",
        "payload": {"project_id": str(new.id), "name": new.name, "by": str(world.owner_id)},
        "occurred_at": now,
    }
    found: list[tuple[Any, list[dict[str, Any]]]] = [(Project.__table__, [rows.project])]
    found += [(model.__table__, getattr(rows, name)) for name, model in MODELS.items()]
    found.append((OutboxMessage.__table__, [event]))
    return [(table, list(inserted)) for table, inserted in found if inserted]


def _insert(engine: Engine, batches: list[Batch]) -> None:
    with engine.begin() as connection:
        for table, rows in batches.pop():
            connection.execute(insert(table), rows)
