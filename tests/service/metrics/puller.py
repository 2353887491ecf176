"""A process that pulls and is killed at a point: ``python -m tests.service.metrics.puller``."""

import os
import sys
from datetime import datetime
from signal import SIGKILL

from tests.conftest import a_setting
from tests.fakes.connectors import Forum, also_use
from tracker.kernel.points import hang_hook
from tracker.metrics.pulling import pull_due
from tracker.wiring import wire


def main() -> None:
    url, port, now, point, times = sys.argv[1:]
    left = int(times)

    def kill(reached: str) -> None:
        nonlocal left
        left -= reached == point
        if left == 0:
            os.kill(os.getpid(), SIGKILL)

    wire(a_setting(database_url=url, egress_allow=(f"127.0.0.1:{port}",)))
    also_use(Forum())
    hang_hook(kill)
    pull_due(now=datetime.fromisoformat(now))


if __name__ == "__main__":
    main()
