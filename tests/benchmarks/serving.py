"""Servers in processes of their own: `tracker up`, and the yardstick."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final

from tests.benchmarks.client import Client
from tests.servers.home import free_port

ROOT: Final = Path(__file__).parents[2]
TRACKER: Final = str(Path(sys.executable).with_name("tracker"))
START_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers."""

    port: int
    pid: int

    def client(self, token: str = "") -> Client:
        """A connection to it."""
        return Client(self.port, token)


@contextmanager
def tracker_up(database_url: str, **more: str) -> Iterator[Server]:
    """The product as an operator starts it, with room for the requests of a benchmark."""
    settings = {"TRACKER_DATABASE_URL": database_url, "TRACKER_RATE_LIMIT": "100000000"}
    with _serving([TRACKER, "up", "--port"], {**settings, **more}) as server:
        yield server


@contextmanager
def bare_flask(database_url: str) -> Iterator[Server]:
    """The yardstick."""
    command = [sys.executable, "-m", "tests.benchmarks.bare", database_url]
    with _serving(command, {"PYTHONPATH": str(ROOT)}) as server:
        yield server


@contextmanager
def _serving(command: Sequence[str], settings: dict[str, str]) -> Iterator[Server]:
    port = free_port()
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", **settings}
    with TemporaryDirectory(prefix="tracker-bench-") as folder:
        process = subprocess.Popen(
            [*command, str(port)], cwd=folder, env=environment, stdout=subprocess.DEVNULL
        )
        try:
            _wait(process, port)
            yield Server(port, process.pid)
        finally:
            process.terminate()
            process.wait(START_SECONDS)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = monotonic() + START_SECONDS
    while True:
        with suppress(OSError):
            Client(port).close()
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
        assert process.returncode is None, f"{process.args!r} ended at once"
        assert monotonic() < deadline, f"{process.args!r} never listened"
