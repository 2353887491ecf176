"""The whole tracker as docker-compose.yml starts it, on a Valkey and a PostgreSQL of its own."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

import yaml
from sqlalchemy import create_engine, text

from tests.cli.processes import ROOT, Process, started
from tests.servers.home import free_port
from tests.servers.valkey import Valkey, own_valkey
from tracker.kernel.clock import utcnow
from tracker.kernel.db import Database, current_database, unit_of_work, use_database
from tracker.people import service
from tracker.people.rules import Role

SECRET = "a-key-of-forty-letters-that-nobody-knows"
READY = {"web": "The tracker is up", "worker": "ready.", "beat": "beat: Starting"}
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(
    (ROOT / "docker-compose.yml").read_text("utf-8")
)["services"]


@dataclass(frozen=True)
class House:
    """A running tracker: where it is, an owner's token, and the processes by their names."""

    url: str
    token: str
    database_url: str
    valkey: Valkey
    processes: Mapping[str, Process]

    def call(self, method: str, path: str, body: object = None, *, status: int = 200) -> Any:
        """One request as the owner, over the wire; what was answered."""
        request = Request(
            f"{self.url}/api/v1{path}",
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
            method=method,
        )
        with build_opener(ProxyHandler({})).open(request, timeout=20) as response:
            assert response.status == status
            return json.loads(response.read())

    def ask(self, statement: str) -> Any:
        """The one value that a statement finds in the database, past every process."""
        engine = create_engine(self.database_url)
        try:
            with engine.connect() as connection:
                return connection.execute(text(statement)).scalar_one()
        finally:
            engine.dispose()


def command(name: str, **options: object) -> str:
    """The words behind ``tracker`` with which Compose starts a service, some options replaced."""
    program, *words = SERVICES[name]["command"]
    assert program == "tracker"
    for option, value in options.items():
        words[words.index(f"--{option}") + 1] = str(value)
    return " ".join(words)


@contextmanager
def a_running_house(
    folder: Path, database_url: str, *, beats: int = 1, **settings: str
) -> Iterator[House]:
    """Web, worker and beats, ready to work; at the end whatever still runs is killed."""
    port = free_port()
    with own_valkey() as valkey, ExitStack() as stack:
        given = {
            "TRACKER_DATABASE_URL": database_url,
            "TRACKER_REDIS_URL": valkey.url,
            "TRACKER_SECRET_KEY": SECRET,
            "TRACKER_ENCRYPTION_KEYS": SECRET,
            **{f"TRACKER_{name}": value for name, value in settings.items()},
        }
        names = ["web", "worker", *[f"beat {number}" for number in range(1, beats + 1)]]
        processes = {}
        for name in names:
            options = {"host": "127.0.0.1", "port": port} if name == "web" else {}
            line = command(name.split()[0], **options)
            processes[name] = stack.enter_context(started(line, folder, given))
        token = _token(database_url)
        for name, process in processes.items():
            process.wait_for(READY[name.split()[0]])
        yield House(f"http://127.0.0.1:{port}", token, database_url, valkey, processes)


def _token(database_url: str) -> str:
    """Of the first owner of a new workspace."""
    now = utcnow()
    use_database(Database(database_url))
    with unit_of_work() as session:
        workspace = service.create_workspace(session, "acme", "Acme", now=now)
        owner = service.add_member(
            session, workspace.id, "olga@example.org", role=Role.OWNER, now=now
        )
        _row, token = service.create_token(session, owner, "tests", now=now)
    current_database().close()
    return str(token)
