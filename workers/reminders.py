"""The jobs of the chaser."""

from threading import Lock
from time import monotonic, sleep
from typing import Final

from tracker.kernel.breakers import note_look
from tracker.kernel.claims import BATCH
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.reminders.chasing import chase_due, is_due
from tracker.reminders.digests import digest_due
from tracker.reminders.sending import send_due
from workers.job import job
from workers.stopping import is_stopping

LOOK: Final = "reminders.look"
_BATCHES: Final = 20  # the rest waits for the next look
_SECONDS: Final = 5.0  # so that the last sends, slow as they may be, end within the limit
_sending: Final = Lock()


@job(LOOK, limit=26)
def send_reminders() -> None:
    """Send what is due. Any number may look at once, but one in each process: it drains alone."""
    if not _sending.acquire(blocking=False):
        return
    try:
        _drain()
    finally:
        _sending.release()


def _drain() -> None:
    """As long as much is due. Each look is noted, as proof that reminders are sent."""
    ends_at, found = monotonic() + _SECONDS, BATCH

    def is_over() -> bool:
        return is_stopping() or monotonic() > ends_at

    while found >= BATCH and not is_over():
        now = utcnow()
        found = send_due(now=now, is_over=is_over)
        with unit_of_work() as session:
            note_look(session, LOOK, now)


@job("reminders.chase", limit=20, is_look=True)
def chase() -> None:
    """Look at what is due to be looked at. Any number may look at once: each takes other things.

    Between two batches it rests three times as long as one took: after a large re-plan there is
    much to look at and no hurry, and requests want the database and, in ``tracker up``, a core.
    """
    now, ends_at = utcnow(), monotonic() + _SECONDS
    while monotonic() < ends_at and not is_stopping():
        with reading() as session:
            if not is_due(session, now=now):
                break
        began_at = monotonic()
        with unit_of_work() as session:
            chase_due(session, now=now)
        sleep(3 * (monotonic() - began_at))


@job("reminders.digest", limit=20, is_look=True)
def owe_digests() -> None:
    """Owe the digests that are due. Any number may look at once: one each for a local day."""
    now = utcnow()
    for _ in range(_BATCHES):
        with unit_of_work() as session:
            looked_at = digest_due(session, now=now)
        if not looked_at:
            break
