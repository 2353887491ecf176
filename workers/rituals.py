"""The job that makes the occurrences of rituals."""

from typing import Final

from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.projects.rituals import make_due
from workers.job import job

_BATCHES: Final = 40  # the rest waits for the next minute


@job("projects.make_due_rituals", limit=50)
def make_due_rituals() -> None:
    """Make what is due. Any number may run at once: each occurrence is made by one of them."""
    now = utcnow()
    for _ in range(_BATCHES):
        with unit_of_work() as session:
            looked_at = make_due(session, now=now)
        if not looked_at:
            break
