"""The job that pulls figures from platforms."""

from threading import Lock
from time import monotonic
from typing import Final

from tracker.kernel.breakers import note_look
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.metrics.pulling import pull_due
from workers.job import job
from workers.stopping import is_stopping

LOOK: Final = "metrics.pull"
_SECONDS: Final = 8.0  # then what is due otherwise has its turn
_pulling: Final = Lock()


@job(LOOK, limit=90)
def pull_figures() -> None:
    """Pull what is due. Any number may look at once, but one in each process: it drains alone."""
    if not _pulling.acquire(blocking=False):
        return
    try:
        _drain()
    finally:
        _pulling.release()


def _drain() -> None:
    ends_at, found = monotonic() + _SECONDS, True

    def is_over() -> bool:
        return is_stopping() or monotonic() > ends_at

    while found and not is_over():
        now = utcnow()
        found = pull_due(now=now, is_over=is_over)
        with unit_of_work() as session:
            note_look(session, LOOK, now)
