"""A worker's sending, in a process of its own that does what it is told, line by line.

`python -m tests.benchmarks.postman DATABASE_URL [SMTP_URL]`: `look`, `drain` or `keep on`;
each is answered with the seconds that it took and how many reminders were found.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter, sleep
from typing import Final

from tests.benchmarks.serving import ROOT
from tests.conftest import a_setting
from tests.servers.home import LOOPBACK, free_port
from tracker.channels.routes import use_carriers
from tracker.connectors.letter import Answer, Outcome, Parcel
from tracker.kernel.clock import utcnow
from tracker.reminders.sending import send_due
from tracker.wiring import wire

_PAUSE: Final = 1.0  # as beat rings


class Nowhere:
    """Takes everything, at once."""

    def deliver(self, parcels: Sequence[Parcel]) -> list[Answer]:
        """Throw it away."""
        return [Answer(outcome=Outcome.ACCEPTED)] * len(parcels)


def look() -> int:
    """As the job does, once."""
    return send_due(now=utcnow())


def drain() -> int:
    """Until nothing is due."""
    total = 0
    while found := look():
        total += found
    return total


def keep_on() -> int:
    """For twenty seconds, as jobs do that come each second."""
    total, ends_at = 0, perf_counter() + 20
    while perf_counter() < ends_at:
        total += (found := look())
        if not found:
            sleep(_PAUSE)
    return total


WORKS: Final[dict[str, Callable[[], int]]] = {"look": look, "drain": drain, "keep on": keep_on}


def main() -> None:
    """Until there are no more lines."""
    url, *smtp = sys.argv[1:]
    wire(a_setting(database_url=url, smtp_url=smtp[0] if smtp else None))
    if not smtp:
        use_carriers({"email": Nowhere()})
    print("ready", flush=True)
    for line in sys.stdin:
        started = perf_counter()
        found = WORKS[line.strip()]()
        print(perf_counter() - started, found, flush=True)


class Postman:
    """The other end of the lines."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.pid = process.pid

    def begin(self, work: str) -> None:
        """Have it work."""
        assert self._process.stdin
        self._process.stdin.write(f"{work}\n")
        self._process.stdin.flush()

    def end(self) -> tuple[float, int]:
        """Seconds that it took, and how much was found."""
        assert self._process.stdout
        seconds, found = self._process.stdout.readline().split()
        return float(seconds), int(found)

    def does(self, work: str) -> float:
        """Both; seconds."""
        self.begin(work)
        return self.end()[0]


@contextmanager
def a_postman(*arguments: str) -> Iterator[Postman]:
    """One, who is ready."""
    command = [sys.executable, "-m", "tests.benchmarks.postman", *arguments]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            assert process.stdout.readline() == "ready\n"
            yield Postman(process)
        finally:
            process.kill()


@contextmanager
def a_sink() -> Iterator[str]:
    """A mail server that takes everything at once; its address."""
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks.sink", str(port)]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            yield f"smtp://{LOOPBACK}:{port}"
        finally:
            process.kill()


if __name__ == "__main__":
    main()
