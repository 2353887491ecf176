"""What the chaser does about what happens elsewhere."""

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.hearing import Heard
from tracker.people.time_models import Preferences
from tracker.projects.models import Gate, Project, Task
from tracker.projects.rules import CLOSED
from tracker.reminders.models import Reminder

_tasks: Final = Task.__table__
_gates: Final = Gate.__table__
_projects: Final = Project.__table__
_LOOK_AGAIN: Final = tuple(
    table.update()
    .where(table.c.workspace_id == bindparam("of"), project == bindparam("project"), *conditions)
    .values(chase_at=bindparam("at"))
    for table, project, *conditions in (
        (_tasks, _tasks.c.project_id, _tasks.c.status.not_in(CLOSED)),
        (_gates, _gates.c.project_id),
        (_projects, _projects.c.id),
    )
)


def look_again(session: Session, heard: Heard, *, now: datetime) -> None:
    """A project goes on, or has entered a phase: what waited behind may be due."""
    if heard.payload.get("state", "active") != "active":
        return
    for moved in _LOOK_AGAIN:
        told = {"of": heard.workspace_id, "project": heard.id_of("project_id"), "at": now}
        core(session).execute(moved, told)


def cancel_what_is_owed_to(
    session: Session,
    heard: Heard,
    *,
    now: datetime,  # noqa: ARG001 - each listener is told
) -> None:
    """A member has left: nothing more is sent to them. What is in hand is judged by its sender."""
    leaver = heard.id_of("member_id")
    core(session).execute(
        update(Reminder)
        .where(
            Reminder.workspace_id == heard.workspace_id,
            Reminder.member_id == leaver,
            Reminder.state == "owed",
        )
        .values(state="cancelled", reason="removed", ready_at=None, version=Reminder.version + 1)
    )
    core(session).execute(
        update(Preferences)
        .where(Preferences.workspace_id == heard.workspace_id, Preferences.member_id == leaver)
        .values(digest_at=None)
    )
