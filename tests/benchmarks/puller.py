"""Pulls a platform through the engine, and by a bare loop, in a process that does what it is told.

`python -m tests.benchmarks.puller DATABASE_URL PORT`: `pull` or `bare`; each is answered with the
seconds that it took, how many pages and rows it was, and the most memory that was used so far.
"""

import gc
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Final, NamedTuple
from uuid import UUID

import requests
from sqlalchemy import func, select

from tests.benchmarks.crowd import ASKED
from tests.benchmarks.serving import ROOT
from tests.benchmarks.stock import World, make_world
from tests.conftest import a_setting
from tests.fakes.discord import GUILD, TOKEN
from tests.personas import Persona, a_wish, answer
from tests.servers.home import LOOPBACK
from tracker.app import create_app
from tracker.connectors.discord.names import AGENT
from tracker.kernel.clock import utcnow
from tracker.kernel.db import current_database, reading
from tracker.metrics.community_models import CommunityEvent, CommunityMember
from tracker.metrics.pulling import pull_due

_HEADERS: Final = {"Authorization": f"Bot {TOKEN}", "User-Agent": AGENT}
_MOST_CALLS: Final = 1_000_000


class Taken(NamedTuple):
    """What a piece of work took."""

    seconds: float
    pages: int
    rows: int
    peak_mb: float


class _Rig:
    """A project in an empty database, and the platform to connect it to."""

    def __init__(self, world: World, port: int) -> None:
        address = f"{LOOPBACK}:{port}"
        app = create_app(a_setting(database_url=world.url, egress_allow=(address,)))
        self._owner = Persona(app, "", str(world.owner_id), world.token)
        self._base = f"http://{address}"
        self._project = answer(self._owner.post("/projects", a_wish()), 201)["id"]
        self._session = requests.Session()
        self._targets: list[str] = []

    def pull(self) -> tuple[float, int, int]:
        """All that there is, from the beginning, by a connection of its own."""
        connection = self._connect()
        self._asked()
        started = perf_counter()
        while pull_due(now=utcnow()):
            pass
        taken = perf_counter() - started
        self._targets = self._asked()
        rows = _count_rows(UUID(connection))
        return taken, len(self._targets), rows

    def bare(self) -> tuple[float, int, int]:
        """The pages that the last pull has read, in its order; decoded, and dropped."""
        started = perf_counter()
        for target in self._targets:
            self._session.get(self._base + target, headers=_HEADERS, timeout=30).json()
        return perf_counter() - started, len(self._targets), 0

    def _connect(self) -> str:
        body = {
            "kind": "discord",
            "base_url": self._base,
            "config": {"guild_id": GUILD},
            "credentials": {"bot_token": TOKEN},
            "most_calls": _MOST_CALLS,
        }
        path = f"/projects/{self._project}/connections"
        made: str = answer(self._owner.post(path, body), 201)["id"]
        answer(self._owner.post(f"/connections/{made}/pull", {"backfill": True}), 202)
        return made

    def _asked(self) -> list[str]:
        found: list[str] = self._session.get(self._base + ASKED, timeout=30).json()
        return found


def _count_rows(connection_id: UUID) -> int:
    with reading() as session:
        return sum(
            session.scalars(select(func.count()).where(kind.connection_id == connection_id)).one()
            for kind in (CommunityEvent, CommunityMember)
        )


def main() -> None:
    """Until there are no more lines."""
    url, port = sys.argv[1:]
    rig = _Rig(make_world(url), int(port))
    works = {"pull": rig.pull, "bare": rig.bare}
    gc.freeze()  # as whatever pulls in production has done
    print("ready", flush=True)
    for line in sys.stdin:
        taken = works[line.strip()]()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(*taken, peak, flush=True)
    current_database().close()


class Puller:
    """The other end of the lines."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def does(self, work: str) -> Taken:
        """Have it work."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{work}\n")
        self._process.stdin.flush()
        seconds, pages, rows, peak = self._process.stdout.readline().split()
        return Taken(float(seconds), int(pages), int(rows), float(peak))


@contextmanager
def a_puller(url: str, port: int) -> Iterator[Puller]:
    """One, on an empty database at ``url``."""
    command = [sys.executable, "-m", "tests.benchmarks.puller", url, str(port)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            assert process.stdout.readline() == "ready\n"
            yield Puller(process)
        finally:
            process.kill()


if __name__ == "__main__":
    main()
