"""Jobs that keep the house clean."""

from datetime import datetime
from typing import Final
from uuid import UUID

from tracker.boards import inbox
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.event_log import forget_old
from tracker.metrics.bringing import forget_pushes
from tracker.metrics.folding import BATCH, due, fold_some
from tracker.web.idempotency import forget_old_keys as forget
from tracker.webhooks.forgetting import forget_some, workspaces
from workers.job import job
from workers.stopping import is_stopping

_CONNECTIONS: Final = 50  # the others wait for the next time
_BATCHES: Final = 20


@job("upkeep.forget_old_keys", limit=60)
def forget_old_keys() -> None:
    """Remove idempotency records that no caller can ask for any more. Safe to run at any time."""
    with unit_of_work() as session:
        forget(session, utcnow())


@job("upkeep.forget_old_events", limit=60)
def forget_old_events() -> None:
    """Cut the log of events at 30 days, batch by batch. Safe to stop at any time."""
    now, has_more = utcnow(), True
    while has_more and not is_stopping():
        with unit_of_work() as session:
            has_more = forget_old(session, now)


@job("metrics.fold", limit=60)
def fold_old_events() -> None:
    """Fold what members did 120 days ago into months, batch by batch. Safe to stop at any time."""
    now = utcnow()
    with reading() as session:
        found = due(session, now=now, limit=_CONNECTIONS)
    for workspace_id, connection_id in found:
        for _ in range(_BATCHES):
            with unit_of_work() as session:
                gone = fold_some(session, workspace_id, connection_id, now=now)
            if gone < BATCH:
                break


@job("metrics.forget_pushes", limit=60)
def forget_old_pushes() -> None:
    """Forget messages that were pushed three days ago, batch by batch. Safe to stop at any time."""
    now, has_more = utcnow(), True
    while has_more and not is_stopping():
        with unit_of_work() as session:
            has_more = forget_pushes(session, now=now)


@job("webhooks.forget", limit=60)
def forget_old_deliveries() -> None:
    """Forget what was owed to endpoints more than 30 days ago. Safe to stop at any time."""
    now = utcnow()
    with reading() as session:
        left = workspaces(session)
    while left:  # a batch of each in turn, until nothing old is left of any
        left = [one for one in left if _forget_deliveries(one, now)]


def _forget_deliveries(workspace_id: UUID, now: datetime) -> bool:
    """Whether there may be more, and time for it."""
    if is_stopping():
        return False
    with unit_of_work() as session:
        return forget_some(session, workspace_id, now=now)


@job("boards.forget", limit=60)
def forget_what_boards_told() -> None:
    """Forget what platforms told more than 30 days ago. Safe to stop at any time."""
    now, has_more = utcnow(), True
    while has_more and not is_stopping():
        with unit_of_work() as session:
            has_more = inbox.forget_old(session, now)
