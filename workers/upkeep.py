"""Jobs that keep the house clean."""

from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.web.idempotency import forget_old_keys as forget
from workers.job import job


@job("upkeep.forget_old_keys", limit=60)
def forget_old_keys() -> None:
    """Remove idempotency records that no caller can ask for any more. Safe to run at any time."""
    with unit_of_work() as session:
        forget(session, utcnow())
