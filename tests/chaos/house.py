"""The tracker in earnest: processes that share PostgreSQL and Redis, or one on SQLite."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP
from time import sleep
from typing import Final

from sqlalchemy import text

from tests.servers.home import LOOPBACK, free_port
from tests.servers.postgres import Postgres, own_postgres
from tests.servers.valkey import Valkey, own_valkey
from tracker.kernel.db import Database
from tracker.kernel.migrations import upgrade

# What a crashed server has promised must hold, and no machine loses its power here: commits reach
# the operating system before they are told, and need not reach the disk.
CRASHES_ONLY: Final = {"fsync": "off", "full_page_writes": "off"}
ROOT: Final = Path(__file__).parents[2]
FOR_EVER: Final = 1e8  # a lease without an end is none
SECRET: Final = "a secret of the tests and long enough to be taken"
KEY: Final = f"another {SECRET}"


@dataclass(kw_only=True)
class House:
    """Everything that may be killed, and the two who may not: the sink, and who starts it all."""

    folder: Path
    database_url: str
    postgres: Postgres | None = None
    valkey: Valkey | None = None
    openings: Sequence[str] = ()  # where requests may leave to
    mail_port: int = field(default_factory=free_port)
    web_port: int = field(default_factory=free_port)
    nursery: subprocess.Popen[str] = field(init=False)
    pids: dict[str, int] = field(default_factory=dict)
    started: int = 0

    @property
    def mails(self) -> Path:
        """What the sink took, a line each."""
        return self.folder / "mails"

    @property
    def address(self) -> str:
        """Of the API."""
        return f"http://{LOOPBACK}:{self.web_port}"

    def start(self, name: str) -> None:
        """Start ``web``, ``worker…`` or ``beat…``; or ``up``, which is all of them."""
        command = name.rstrip("0123456789")
        words = [command, *(["--port", str(self.web_port)] if command in ("web", "up") else [])]
        told = {"words": words, "log": str(self.folder / f"{name}.log")}
        assert self.nursery.stdin
        assert self.nursery.stdout
        self.nursery.stdin.write(f"{json.dumps(told)}\n")
        self.nursery.stdin.flush()
        self.pids[name] = int(self.nursery.stdout.readline())
        self.started += 1

    def kill(self, name: str) -> None:
        """Kill -9 a process with all that it has started."""
        pid = self.pids.pop(name)
        _signal(pid, SIGKILL)
        while _lives(pid):
            sleep(0.001)

    def strike(self, names: Iterable[str]) -> None:
        """Kill -9 them in one breath, and do not wait for them to be gone."""
        for name in names:
            _signal(self.pids[name], SIGKILL)

    def restart(self, name: str) -> None:
        """Kill it and start it anew."""
        self.kill(name)
        self.start(name)

    def stop(self, name: str) -> None:
        """Have it stand still, as a machine does that is out of memory."""
        _signal(self.pids[name], SIGSTOP)

    def wake(self, name: str) -> None:
        """Have it go on, as if nothing had happened."""
        _signal(self.pids[name], SIGCONT)

    def ended(self) -> list[str]:
        """Those that have ended by themselves."""
        return [name for name, pid in self.pids.items() if not _leads(pid)]

    def end(self) -> None:
        """Kill all."""
        for name in list(self.pids):
            self.kill(name)

    def log(self, name: str) -> str:
        """What it said."""
        return (self.folder / f"{name}.log").read_text()


def _signal(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, number)


def _lives(pid: int) -> bool:
    """Whether it, or anything that it has started, is there."""
    with suppress(ProcessLookupError):
        os.killpg(pid, 0)
        return True
    return False


def _leads(pid: int) -> bool:
    """Whether it is there itself."""
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


@contextmanager
def a_house(
    folder: Path,
    *,
    lease: float,
    without: str | None = None,
    is_embedded: bool = False,
    openings: Sequence[str] = (),
) -> Iterator[House]:
    """Servers, an empty database, a sink, and a nursery; nothing of the tracker runs yet."""
    with ExitStack() as stack:
        postgres = None if is_embedded else stack.enter_context(own_postgres(CRASHES_ONLY))
        valkey = None if is_embedded else stack.enter_context(own_valkey())
        house = House(
            folder=folder,
            database_url=postgres.url if postgres else f"sqlite:///{folder / 'tracker.sqlite3'}",
            postgres=postgres,
            valkey=valkey,
            openings=openings,
        )
        stack.callback(house.end)
        seconds = FOR_EVER if without == "lease" else lease
        house.nursery = stack.enter_context(_nursery(house, seconds, without))
        with closing(Database(house.database_url)) as database:
            upgrade(database)
            if without == "unique key":
                with database.engine.begin() as connection:
                    connection.execute(text("DROP INDEX uq_reminders_effect"))
        yield house


def _settings(house: House) -> Mapping[str, str]:
    broker = {"TRACKER_REDIS_URL": house.valkey.url} if house.valkey else {}
    return {
        **broker,
        "TRACKER_DATABASE_URL": house.database_url,
        "TRACKER_SECRET_KEY": SECRET,
        "TRACKER_ENCRYPTION_KEYS": KEY,
        "TRACKER_EGRESS_ALLOW": ",".join(house.openings),
        "TRACKER_BASE_URL": house.address,
        "TRACKER_SMTP_URL": f"smtp://{LOOPBACK}:{house.mail_port}",
        "TRACKER_MAIL_FROM": "tracker@example.org",
        "TRACKER_RATE_LIMIT": "1000000",
    }


@contextmanager
def _nursery(house: House, lease: float, without: str | None) -> Iterator[subprocess.Popen[str]]:
    """A process that outlives all that it starts, and ends when nobody writes to it any more."""
    words = [str(lease), str(house.mail_port), str(house.mails)]
    words += ["--without", without] if without else []
    with subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.nursery", *words],
        cwd=ROOT,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT), **_settings(house)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as nursery:
        yield nursery
