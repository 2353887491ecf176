"""Word to the project manager that a task is nobody's any more: they are to find somebody."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.projects.queries import TaskRow
from tracker.reminders.owing import Subject, owe, owed_rows, people_of
from tracker.reminders.rules import MANAGER
from tracker.reminders.series import Moment
from tracker.reminders.surroundings import surroundings_of

_STEP: Final = "not_me"


def tell_manager(session: Session, task: TaskRow, by: UUID, *, now: datetime) -> None:
    """Owe them the message, at their next hour; nothing where it is they who have said it."""
    workspace_id, project_id = task.workspace_id, task.project_id
    around = surroundings_of(session, [(workspace_id, project_id)], now=now)
    manager = around[workspace_id, project_id].around.holder(MANAGER)
    if manager is None or manager == by:
        return
    people = people_of(session, [(workspace_id, manager)])
    today = people[workspace_id, manager].today(now)
    start = task.start_on.isoformat()
    # The day is in the step: who is asked again tomorrow may say no again.
    step = f"{_STEP} {today.isoformat()}"
    moment = Moment("unassigned", step, start, manager, day=today, planned_on=today)
    subject = Subject("task", workspace_id, project_id, task.id)
    owe(session, list(owed_rows(subject, [moment], people, now=now)))
