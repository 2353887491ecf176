"""What the chaser does about what happens elsewhere."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.hearing import Heard
from tracker.people.time_models import Preferences
from tracker.projects import owed
from tracker.reminders.models import Reminder


def look_again(session: Session, heard: Heard, *, now: datetime) -> None:
    """A project goes on, or has entered a phase: what waited behind may be due."""
    if heard.payload.get("state", "active") == "active":
        owed.look_again(session, heard.workspace_id, heard.id_of("project_id"), now=now)


def cancel_what_is_owed_to(session: Session, heard: Heard, *, now: datetime) -> None:
    """A member has left: nothing more is sent to them. What is in hand is judged by its sender.

    It is for others to hear: for whom they stood in, or who has their part now.
    """
    leaver = heard.id_of("member_id")
    taken = core(session).execute(
        update(Reminder)
        .where(
            Reminder.workspace_id == heard.workspace_id,
            Reminder.member_id == leaver,
            Reminder.state == "owed",
        )
        .values(state="cancelled", reason="removed", ready_at=None, version=Reminder.version + 1)
        .returning(Reminder.subject, Reminder.subject_id)
    )
    found = [(row.subject, row.subject_id) for row in taken]
    owed.look_again_at(session, heard.workspace_id, found, now=now)
    core(session).execute(
        update(Preferences)
        .where(Preferences.workspace_id == heard.workspace_id, Preferences.member_id == leaver)
        .values(digest_at=None)
    )
