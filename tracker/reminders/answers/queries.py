"""Looking up what a link is about."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.reminders.answers.reply import Gone
from tracker.reminders.models import Reminder


def reminder(
    session: Session, workspace_id: UUID, reminder_id: UUID, *, to_change: bool = False
) -> Reminder:
    """The reminder that is answered, locked where it is to be changed. Raises Gone."""
    wanted = select(Reminder).where(
        Reminder.workspace_id == workspace_id, Reminder.id == reminder_id
    )
    found = session.scalars(wanted.with_for_update() if to_change else wanted).one_or_none()
    if found is None:
        raise Gone
    return found
