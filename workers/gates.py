"""The job that looks at gates."""

from typing import Final

from tracker.gates.watching import due, look
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from workers.job import job

_PROJECTS: Final = 200  # the rest waits for the next minute


@job("gates.watch", limit=50)
def watch_gates() -> None:
    """Tell what is ready, has slipped back or run out. Each project in a transaction of its own."""
    now = utcnow()
    with reading() as session:
        found = due(session, now=now, limit=_PROJECTS)
    for workspace_id, project_id in found:
        with unit_of_work() as session:
            look(session, workspace_id, project_id, now=now)
