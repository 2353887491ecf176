"""The job that keeps boards in step."""

from threading import Lock
from time import monotonic
from typing import Final

from tracker.boards.syncing import sync_due
from tracker.kernel.breakers import note_look
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from workers.job import job
from workers.stopping import is_stopping

LOOK: Final = "boards.sync"
_SECONDS: Final = 8.0  # then what is due otherwise has its turn
_syncing: Final = Lock()


@job(LOOK, limit=80)
def sync_boards() -> None:
    """Keep due boards in step. Any number may look at once, but one in each process drains."""
    if not _syncing.acquire(blocking=False):
        return
    try:
        _drain()
    finally:
        _syncing.release()


def _drain() -> None:
    ends_at, found = monotonic() + _SECONDS, True

    def is_over() -> bool:
        return is_stopping() or monotonic() > ends_at

    while found and not is_over():
        now = utcnow()
        found = sync_due(now=now, is_over=is_over)
        with unit_of_work() as session:
            note_look(session, LOOK, now)
