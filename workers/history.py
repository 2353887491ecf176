"""Jobs that keep the history trustworthy."""

from typing import Final

from celery import shared_task

from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.seals import seal_next, waiting_projects

_PROJECTS: Final = 1000  # the rest waits for the next minute
_BATCHES: Final = 20


@shared_task(name="activity.seal", soft_time_limit=50, time_limit=55)
def seal_history() -> None:
    """Seal what has been committed. Any number may run at once, and a crash loses nothing."""
    with reading() as session:
        waiting = waiting_projects(session, limit=_PROJECTS)
    for workspace_id, project_id in waiting:
        for _ in range(_BATCHES):
            with unit_of_work() as session:
                has_more = seal_next(session, workspace_id, project_id)
            if not has_more:
                break
