"""The jobs of figures: to pull them from platforms, and to derive others from what was pulled."""

from collections.abc import Callable
from threading import Lock
from time import monotonic, sleep
from typing import Final

from tracker.kernel.breakers import note_look
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.metrics import deriving
from tracker.metrics.pulling import pull_due
from workers.job import job, survives
from workers.stopping import is_stopping

LOOK: Final = "metrics.pull"
_SECONDS: Final = 8.0  # then what is due otherwise has its turn
_DERIVING_SECONDS: Final = 15.0  # a project that needs longer goes on at the next look
_LONGEST_REST: Final = 1.0  # seconds
_pulling: Final = Lock()
_deriving: Final = Lock()


@job(LOOK, limit=80)
def pull_figures() -> None:
    """Pull what is due. Any number may look at once, but one in each process: it drains alone."""
    if not _pulling.acquire(blocking=False):
        return
    try:
        _drain()
    finally:
        _pulling.release()


def _drain() -> None:
    is_over, found = _until(_SECONDS), True
    while found and not is_over():
        now = utcnow()
        found = pull_due(now=now, is_over=is_over)
        with unit_of_work() as session:
            note_look(session, LOOK, now)


@job("metrics.derive", limit=26)
def derive_figures() -> None:
    """Derive what is due. Any number may look at once, but one in each process: it computes."""
    if not _deriving.acquire(blocking=False):
        return
    try:
        _derive()
    finally:
        _deriving.release()


def _derive() -> None:
    """A project that fails is left alone until its lease is over; all others have their turn.

    Between two it rests three times as long as one took, as the chaser does: after midnight many
    are due and there is no hurry, and requests want the database and, in ``tracker up``, a core.
    """
    is_over = _until(_DERIVING_SECONDS)
    while not is_over():
        now = utcnow()
        with reading() as session:
            if not deriving.is_due(session, now=now):
                break
        began_at = monotonic()
        survives(_derive_one, is_over)
        sleep(min(3 * (monotonic() - began_at), _LONGEST_REST))


def _derive_one(is_over: Callable[[], bool]) -> None:
    deriving.derive_due(now=utcnow(), is_over=is_over)


def _until(seconds: float) -> Callable[[], bool]:
    """Says when it is time to let others have their turn."""
    ends_at = monotonic() + seconds
    return lambda: is_stopping() or monotonic() > ends_at
