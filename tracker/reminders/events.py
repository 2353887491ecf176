"""What happens to reminders, worth telling to others: ids and words, never texts or addresses."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tracker.kernel.outbox import Event


@dataclass(frozen=True, kw_only=True)
class ReminderSent(Event):
    """A reminder was accepted by the reader's channel."""

    topic: ClassVar[str] = "reminder.sent"
    reminder_id: UUID
    rule: str


@dataclass(frozen=True, kw_only=True)
class ReminderFailed(Event):
    """A reminder was given up. ``reason`` is a word of ``reminders.words.Reason``."""

    topic: ClassVar[str] = "reminder.failed"
    reminder_id: UUID
    rule: str
    reason: str
