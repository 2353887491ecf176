"""Where a server of the tests' own lives: one fresh folder, which goes when the tests go."""

import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals
from typing import Final

START_SECONDS: Final = 60
STOP_SECONDS: Final = 30
LOOPBACK: Final = "127.0.0.1"
# Below the ephemeral ports: no outgoing connection takes the port between a kill and a restart.
PORTS: Final = range(20_000, 32_000)

# Reads process ids until its standard input closes, which the kernel sees to however the tests end:
# returned, failed or killed. Then it ends the process that was told last and removes the folder.
WATCHDOG: Final = """
while read -r line; do pid=$line; done
if [ "${pid:-0}" -gt 0 ] && kill -s "$1" "$pid"; then
  looks=0
  while kill -0 "$pid" && [ $looks -lt 50 ]; do sleep 0.1; looks=$((looks + 1)); done
  kill -s KILL "$pid"
fi
rm -rf "$2" || { sleep 1; rm -rf "$2"; }
"""


class NoServer(Exception):
    """Nothing on this machine can run the server. The sentence says all that was tried."""


class ServerDied(Exception):
    """A server that can run here ended, or never answered. Carries the end of its log."""


@dataclass(frozen=True)
class Account:
    """Whom a server runs as: (user id, group id), or None for whoever runs the tests."""

    ids: tuple[int, int] | None = None

    def own(self, *paths: Path) -> None:
        """Give the files away, so that the server may use them."""
        if self.ids is None:
            return
        for path in paths:
            os.chown(path, *self.ids, follow_symlinks=False)

    def popen(self, command: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
        """Start ``command`` in ``folder``; it writes to a new file ``log`` there."""
        uid, gid = self.ids or (None, None)
        with (folder / "log").open("wb") as log:
            return subprocess.Popen(
                command,
                cwd=folder,
                env=_plain_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=uid,
                group=gid,
                extra_groups=None if uid is None else [],
                start_new_session=True,  # Ctrl-C is for the tests, which then stop the server
            )


@dataclass(kw_only=True)
class Home:
    """A folder, and the one server that lives in it."""

    folder: Path
    account: Account
    watchdog: subprocess.Popen[bytes]
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def run(self, *command: str) -> None:
        """Run ``command`` to its end. Raises ServerDied if it fails, OSError if it cannot start."""
        with self._spawn(command) as process:
            returncode = process.wait()
        self._tell_watchdog(0)
        if returncode != 0:
            raise ServerDied(f"{Path(command[0]).name} failed: {self._last_words()}")

    def start(self, command: Sequence[str], is_ready: Callable[[int], bool]) -> None:
        """Start the server; return when ``is_ready(its process id)``. Raises ServerDied."""
        process = self.process = self._spawn(command)
        deadline = time.monotonic() + START_SECONDS
        while not is_ready(process.pid):
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.02)  # the pause between two looks; cut short where hope is lost
            if process.returncode is not None or time.monotonic() > deadline:
                raise ServerDied(f"{Path(command[0]).name} did not start: {self._last_words()}")

    def stop(self, signal: Signals) -> None:
        """End the server with ``signal``; return when it is gone. What it wrote stays."""
        if self.process is None:
            return
        self.process.send_signal(signal)
        try:
            self.process.wait(STOP_SECONDS)
        finally:
            self.process.kill()
            self.process.wait()
            self.process = None
            self._tell_watchdog(0)

    def _spawn(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        process = self.account.popen(command, self.folder)
        self._tell_watchdog(process.pid)
        return process

    def _last_words(self) -> str:
        lines = (self.folder / "log").read_text("utf-8", "replace").splitlines()
        return " | ".join(lines[-5:])

    def _tell_watchdog(self, pid: int) -> None:
        assert self.watchdog.stdin
        self.watchdog.stdin.write(f"{pid}\n".encode())
        self.watchdog.stdin.flush()


@contextmanager
def fresh_home(name: str, account: Account, farewell: Signals) -> Iterator[Home]:
    """A folder for one server, which gets the signal ``farewell`` at the end at the latest."""
    folder = Path(tempfile.mkdtemp(prefix=f"tracker-{name}-"))
    watchdog = _start_watchdog(folder, farewell)
    home = Home(folder=folder, account=account, watchdog=watchdog)
    try:
        account.own(folder)
        yield home
    finally:
        try:
            home.stop(farewell)
        finally:
            watchdog.communicate()  # closes its input and waits until the folder is gone


def free_port() -> int:
    """A loopback port that nobody listens on. If somebody is quicker, the start fails loudly."""
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((LOOPBACK, port))
            return port
    raise ServerDied(f"no loopback port from {PORTS.start} to {PORTS.stop} is free")


def installed(*names: str) -> Path | None:
    """The first program of ``names`` that is installed."""
    return next((Path(found) for name in names if (found := shutil.which(name))), None)


def _start_watchdog(folder: Path, farewell: Signals) -> subprocess.Popen[bytes]:
    signal = farewell.name.removeprefix("SIG")
    return subprocess.Popen(
        ["/bin/sh", "-c", WATCHDOG, "watchdog", signal, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,  # what kills the tests' whole process group leaves it at its post
    )


def _plain_environment() -> dict[str, str]:
    """Not one PGPORT, PGDATA or the like of the developer's reaches a server of ours."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
