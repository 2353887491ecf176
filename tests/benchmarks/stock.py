"""Databases of a known size: one project of 150 tasks made through the API, copied in SQL."""

from dataclasses import dataclass
from time import sleep
from typing import Any, Final
from uuid import UUID

import yaml
from sqlalchemy import Table, exists, select, text

from tests.benchmarks.client import Client
from tests.personas import API, a_wish
from tracker.kernel.clock import utcnow
from tracker.kernel.db import Database, unit_of_work, use_database
from tracker.kernel.migrations import upgrade
from tracker.metrics.deriving import LEASE
from tracker.people import service
from tracker.people.rules import Role
from tracker.projects.models import Assignee, Dependency, Gate, Phase, Project, Step, Task

TASKS: Final = 150
OWNER, HELPER = "owner@example.org", "helper@example.org"
# The tables of a project, parents first, and their columns that hold ids of its own.
COPIED: Final = (
    (Project, ("id",)),
    (Phase, ("project_id",)),
    (Task, ("id", "project_id")),
    (Assignee, ("task_id",)),
    (Step, ("task_id",)),
    (Dependency, ("successor_id", "predecessor_id")),
    (Gate, ("id", "project_id")),
)
NUMBERS: Final = """
WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < :copies)
"""


@dataclass(frozen=True, slots=True)
class World:
    """A workspace whose owner and helper are told, and who holds a token there."""

    url: str
    workspace_id: UUID
    owner_id: UUID
    helper_id: UUID
    token: str


@dataclass(frozen=True, slots=True)
class Sample:
    """The project that lists are taken of and whose first task is changed."""

    project_id: UUID
    task_id: UUID


def make_world(url: str) -> World:
    """Migrate an empty database, and put one workspace into it."""
    database = Database(url)
    upgrade(database)
    use_database(database)
    now = utcnow()
    with unit_of_work() as session:
        workspace = service.create_workspace(session, "bench", "Bench", now=now)
        owner = service.add_member(session, workspace.id, OWNER, role=Role.OWNER, now=now)
        helper = service.add_member(session, workspace.id, HELPER, role=Role.MANAGER, now=now)
        _row, token = service.create_token(session, owner, "bench", now=now)
    database.close()
    return World(url, workspace.id, owner.id, helper.id, str(token))


def make_sample(client: Client) -> Sample:
    """A project of 150 tasks, each with an assignee, two steps and up to two predecessors."""
    source = yaml.safe_dump(a_playbook_of(TASKS), allow_unicode=True)
    client.post(f"{API}/playbooks", {"source": source}).json(201)
    wish = {**a_wish(people={"community_manager": OWNER}), "playbook": "bench"}
    project = client.post(f"{API}/projects", wish).json(201)
    tasks = client.get(f"{API}/projects/{project['id']}/tasks?limit=500").json()["items"]
    assert len(tasks) == TASKS
    return Sample(UUID(project["id"]), UUID(tasks[0]["id"]))


def a_playbook_of(size: int) -> dict[str, Any]:
    """A playbook of ``size`` tasks, half of them before launch day."""
    half = size // 2
    return {
        "playbook": "bench",
        "version": 1,
        "title": _text("Bench"),
        "phases": [
            _phase("prepare", half),
            _phase("launch", 0),
            _phase("recruit", size - half),
            _phase("develop", 0),
        ],
        "gates": [],
    }


def _phase(key: str, size: int) -> dict[str, Any]:
    phase: dict[str, Any] = {"key": key, "title": _text(key)}
    if size:
        tasks = [_task(key, n) for n in range(size)]
        phase["checklists"] = [{"key": "work", "title": _text("work"), "tasks": tasks}]
    return phase


def _task(phase: str, n: int) -> dict[str, Any]:
    return {
        "key": f"t{n}",
        "title": _text(f"Task {n} of the phase {phase}"),
        "description": _text("What is to be done here, and how one sees that it is done. " * 2),
        "role": "community_manager",
        "days": n % 3,
        "after": [f"{phase}.work.t{other}" for other in (n - 10, n - 11) if other >= 0],
        "steps": [{"key": f"s{k}", "title": _text(f"Step {k}")} for k in range(2)],
    }


def _text(words: str) -> dict[str, str]:
    return {"en": words, "fr": words}


def fill(url: str, sample: Sample, tasks: int) -> None:
    """Copy the sample until about ``tasks`` tasks are stored, and bring statistics up to date.

    It is copied as the jobs leave it: each task, and its figures, are to be looked at again on a
    day to come.
    """
    database = Database(url)
    while _is_being_looked_at(database):
        sleep(0.1)
    copies = tasks // TASKS - 1
    with database.engine.begin() as connection:
        values = {
            "copies": copies,
            "project": _bound(sample.project_id, is_sqlite=database.is_sqlite),
        }
        for model, ids in COPIED:
            statement = _copying(model.__table__, ids, is_sqlite=database.is_sqlite)
            connection.execute(text(statement), values)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    database.close()


def _is_being_looked_at(database: Database) -> bool:
    """By the chaser, or by whoever makes figures; whom the latter has in hand is due soon."""
    now = utcnow()
    with database.reader() as session:
        timers = (
            *(kind.chase_at <= now for kind in (Project, Task, Gate)),
            Project.figures_at <= now + LEASE,
        )
        return any(session.scalar(select(exists().where(timer))) for timer in timers)


def _copying(table: Table, ids: tuple[str, ...], *, is_sqlite: bool) -> str:
    """The number of the copy stands in the first eight digits of every id: older than any other."""
    names = [column.name for column in table.columns]
    values = ", ".join(_copied_id(n, is_sqlite=is_sqlite) if n in ids else n for n in names)
    return (
        f"{'' if is_sqlite else NUMBERS} INSERT INTO {table.name} ({', '.join(names)}) "
        f"{NUMBERS if is_sqlite else ''} SELECT {values} FROM {table.name} CROSS JOIN copies "
        f"WHERE {_of_sample(table)}"
    )


def _copied_id(name: str, *, is_sqlite: bool) -> str:
    if is_sqlite:
        return f"printf('%08x', n) || substr({name}, 9)"
    return f"(lpad(to_hex(n), 8, '0') || substr(replace({name}::text, '-', ''), 9))::uuid"


def _of_sample(table: Table) -> str:
    if table is Project.__table__:
        return "id = :project"
    if "project_id" in table.columns:
        return "project_id = :project"
    column = "successor_id" if table is Dependency.__table__ else "task_id"
    return f"{column} IN (SELECT id FROM tasks WHERE project_id = :project)"


def _bound(project_id: UUID, *, is_sqlite: bool) -> str | UUID:
    return project_id.hex if is_sqlite else project_id
