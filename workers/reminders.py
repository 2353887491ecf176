"""The jobs of the chaser."""

from typing import Final

from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.reminders.digests import digest_due
from workers.job import job

_BATCHES: Final = 20  # the rest waits for the next look


@job("reminders.digest", limit=20)
def owe_digests() -> None:
    """Owe the digests that are due. Any number may look at once: one each for a local day."""
    now = utcnow()
    for _ in range(_BATCHES):
        with unit_of_work() as session:
            looked_at = digest_due(session, now=now)
        if not looked_at:
            break
