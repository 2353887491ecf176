"""What happens to reminders, worth telling to others: ids and words, never texts or addresses."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tracker.kernel.outbox import Event


@dataclass(frozen=True, kw_only=True)
class ReminderEvent(Event):
    """What became of a reminder that was owed to a member."""

    about: ClassVar[str] = "reminder_id"
    reminder_id: UUID
    member_id: UUID
    rule: str


@dataclass(frozen=True, kw_only=True)
class ReminderSent(ReminderEvent):
    """A reminder was accepted by the reader's channel."""

    topic: ClassVar[str] = "reminder.sent"


@dataclass(frozen=True, kw_only=True)
class ReminderFailed(ReminderEvent):
    """A reminder was given up; ``reason`` is a word that says why."""

    topic: ClassVar[str] = "reminder.failed"
    reason: str
