"""Memory of `tracker worker` after many jobs, on Redis and PostgreSQL, its children never renewed.

Each job tells of a project that goes on: the chaser then looks at the project anew, and meanwhile
mails are sent. The beat rings, as in production.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from time import sleep
from typing import Final
from uuid import UUID

import yaml
from sqlalchemy import text

from tests.benchmarks.dues import Stage, a_stage, count_sent, owe
from tests.benchmarks.postman import a_sink
from tests.benchmarks.report import Line
from tests.benchmarks.serving import ROOT, TRACKER
from tests.benchmarks.statements import somebody
from tests.benchmarks.stock import a_playbook_of
from tests.conftest import a_setting
from tests.personas import a_wish, answer
from tests.servers.valkey import own_valkey
from tracker.kernel.clock import utcnow
from tracker.kernel.db import Database, reading, unit_of_work, use_database
from tracker.kernel.hearing import waiting
from tracker.kernel.outbox import publish
from tracker.projects.events import ProjectStateChanged
from workers.doorbell import hanging

JOBS: Final = 100_000
WARM: Final = 2_000
TOGETHER: Final = 500
MAILS: Final = 100  # for each so many jobs
PROJECTS: Final = 50
BUDGET_MB: Final = 200
Process = subprocess.Popen[bytes]
_SECRET: Final = "a secret of the benchmarks and long enough to be taken"


def lines(url: str) -> Iterator[Line]:
    """What a worker and its two children take in all, and the largest of the three."""
    stage = a_stage(url)
    projects = _small_projects(stage)
    _forget_the_disk(url)
    with _worker(url) as (worker, redis_url), closing(Database(url)) as database:
        use_database(database)
        with hanging(a_setting(database_url=url, redis_url=redis_url)):
            _work(worker, stage, projects, WARM)
            warm = _sizes(worker, "Pss")
            _work(worker, stage, projects, JOBS - WARM)
        after, largest = _sizes(worker, "Pss"), max(_sizes(worker, "Rss"))
        sent = count_sent()
    yield Line(
        work=f"memory of tracker worker after {JOBS} jobs",
        ours=f"{sum(after):.0f} MB",
        theirs=f"{sum(warm):.0f} MB",
        value=f"{sum(after) / sum(warm):.2f} x",
        budget=f"< {BUDGET_MB} MB",
        is_met=sum(after) < BUDGET_MB,
        against=f"the same after {WARM} jobs, proportional, of {len(after)} processes; the largest "
        f"of them {largest:.0f} MB resident; {sent} mails sent meanwhile",
    )


def _small_projects(stage: Stage) -> list[UUID]:
    """Of four tasks each, so that a job has something to do, and not too much."""
    with somebody(stage.world) as caller:
        playbook = {**a_playbook_of(4), "playbook": "small"}
        answer(caller.post("/playbooks", {"source": yaml.safe_dump(playbook)}), 201)
        wish = {**a_wish(), "playbook": "small"}
        made = [answer(caller.post("/projects", wish), 201) for _ in range(PROJECTS)]
    return [UUID(project["id"]) for project in made]


def _forget_the_disk(url: str) -> None:
    """Memory has nothing to do with it, and so many jobs would wait for it for half an hour."""
    with closing(Database(url)) as database, database.engine.begin() as connection:
        name = database.url.database
        connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))


@contextmanager
def _worker(url: str) -> Iterator[tuple[Process, str]]:
    """A worker, with a beat beside it, and the broker of both."""
    with own_valkey() as valkey, a_sink() as sink, ExitStack() as stack:
        settings = {
            "TRACKER_DATABASE_URL": url,
            "TRACKER_REDIS_URL": valkey.url,
            "TRACKER_SECRET_KEY": _SECRET,
            "TRACKER_ENCRYPTION_KEYS": _SECRET,
            "TRACKER_SMTP_URL": sink,
            "TRACKER_MAIL_FROM": "tracker@example.org",
        }
        stack.enter_context(_process([TRACKER, "beat"], settings))
        command = [sys.executable, "-m", "tests.benchmarks.unrenewed"]
        yield stack.enter_context(_process(command, settings)), valkey.url


@contextmanager
def _process(command: Sequence[str], settings: Mapping[str, str]) -> Iterator[Process]:
    environment = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), **settings}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def _work(worker: Process, stage: Stage, projects: Sequence[UUID], jobs: int) -> None:
    """Announce, and have it heard; so that the worker never waits for us, nor a queue grows."""
    for begun in range(0, jobs, TOGETHER):
        now = utcnow()
        with unit_of_work() as session:
            publish(
                session, *(_resumed(stage, projects, n) for n in range(begun, begun + TOGETHER))
            )
        owe(stage, [now] * MAILS)
        _wait(worker, TOGETHER // 2)
    _wait(worker, 0)


def _resumed(stage: Stage, projects: Sequence[UUID], number: int) -> ProjectStateChanged:
    return ProjectStateChanged(
        workspace_id=stage.world.workspace_id,
        at=utcnow(),
        project_id=projects[number % len(projects)],
        state="active",
        previous={"state": "paused"},
        by=stage.world.owner_id,
    )


def _wait(worker: Process, left: int) -> None:
    """Until so few announcements have not been heard."""
    while worker.poll() is None:
        with reading() as session:
            if waiting(session, utcnow()).owed <= left:
                return
        sleep(0.1)
    raise AssertionError("the worker has ended by itself")


def _sizes(worker: Process, name: str) -> list[float]:
    """Megabytes of a process and of its children."""
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text("ascii").split()
    return [_size(one, name) for one in (str(worker.pid), *children)]


def _size(pid: str, name: str) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    return int(rollup.partition(f"{name}:")[2].split()[0]) / 1024
