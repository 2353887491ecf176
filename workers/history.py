"""Jobs that keep the history trustworthy."""

from typing import Final

from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.seals import seal_next, waiting_projects
from workers.job import job

_PROJECTS: Final = 1000  # the rest waits for the next minute
_BATCHES: Final = 20


@job("activity.seal", limit=50)
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
