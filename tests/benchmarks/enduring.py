"""Memory of a worker after many jobs: `python -m tests.benchmarks.enduring DATABASE_URL`.

The jobs are Celery's own, called as a worker's child calls them, in one process that is never
renewed; now and then there is something to send.
"""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from tests.benchmarks.dues import a_stage, owe
from tests.benchmarks.postman import Nowhere
from tests.benchmarks.report import Line
from tests.benchmarks.serving import ROOT
from tests.conftest import a_setting
from tracker.channels.routes import use_carriers
from tracker.kernel.clock import utcnow
from tracker.wiring import wire
from workers.app import configure
from workers.reminders import send_reminders

JOBS: Final = 100_000
WARM: Final = 2_000
DUE: Final = 20_000
RATE: Final = 200  # a second
BUDGET_MB: Final = 200


def lines(url: str) -> Iterator[Line]:
    """What such a process takes, beside what it took when it was warm."""
    stage = a_stage(url)
    start = utcnow()
    owe(stage, [start + timedelta(seconds=number / RATE) for number in range(DUE)])
    command = [sys.executable, "-m", "tests.benchmarks.enduring", url]
    told = subprocess.run(command, cwd=ROOT, check=True, text=True, capture_output=True).stdout
    warm, after = (float(size) for size in told.split())
    yield Line(
        work=f"memory of a worker after {JOBS} jobs",
        ours=f"{after:.0f} MB",
        theirs=f"{warm:.0f} MB",
        value=f"{after / warm:.2f} x",
        budget=f"< {BUDGET_MB} MB",
        is_met=after < BUDGET_MB,
        against=f"the same process after {WARM} jobs, resident; {DUE} reminders sent meanwhile",
    )


def main() -> None:
    """Run the jobs; print megabytes when warm and at the end."""
    settings = a_setting(database_url=sys.argv[1])
    wire(settings)
    configure(settings)
    use_carriers({"email": Nowhere()})
    for number in range(1, JOBS + 1):
        send_reminders.apply()
        if number in (WARM, JOBS):
            print(_resident(), flush=True)


def _resident() -> float:
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
