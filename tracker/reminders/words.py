"""The words that reminders and their attempts are described by in tables and answers."""

from enum import StrEnum
from typing import Final


class Rule(StrEnum):
    """Why somebody is told."""

    BEFORE_START = "before_start"
    BEFORE_DUE = "before_due"
    OVERDUE = "overdue"
    ESCALATION = "escalation"
    BLOCKED = "blocked"
    UNASSIGNED = "unassigned"
    GATE_READY = "gate_ready"
    APPROVAL_WAITING = "approval_waiting"
    QUIET = "quiet"
    ALERT = "alert"
    ASKED = "asked"
    DIGEST = "digest"
    CATCH_UP = "catch_up"
    CONFIRM = "confirm"
    CHANNEL_OFF = "channel_off"
    WEBHOOK_OFF = "webhook_off"


class State(StrEnum):
    """How far a reminder is."""

    OWED = "owed"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    EXPIRED = "expired"
    FOLDED = "folded"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why a reminder is not sent, or not any more."""

    DONE = "done"
    NOT_APPLICABLE = "not_applicable"
    MOVED = "moved"
    REASSIGNED = "reassigned"
    BEHIND_GATE = "behind_gate"
    WAITS = "waits"
    PAUSED = "paused"
    CLOSED = "closed"
    REMOVED = "removed"
    SNOOZED = "snoozed"
    ACKED = "acked"
    NO_CHANNEL = "no_channel"
    POISON = "poison"
    REFUSED = "refused"
    GONE = "gone"
    UNREACHABLE = "unreachable"
    LATE = "late"
    NOTHING_TO_TELL = "nothing_to_tell"
    POLICY = "policy"


# Messages that gather others: what they tell is looked up when they are written.
GATHERING: Final = frozenset({Rule.DIGEST, Rule.CATCH_UP})
# Never gathered by another: about the way to a person, or a gathering itself.
BY_THEMSELVES: Final = GATHERING | {Rule.CONFIRM, Rule.CHANNEL_OFF, Rule.WEBHOOK_OFF}
