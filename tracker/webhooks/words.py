"""The words that endpoints, deliveries and attempts are described by in tables and answers."""

from enum import StrEnum


class WebhookState(StrEnum):
    """Whether an endpoint is sent anything. What happens meanwhile is held for it."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class Reason(StrEnum):
    """Why an endpoint was disabled."""

    GONE = "gone"  # it answered 410
    FAILING = "failing"  # for days, and nothing arrived
    OWNER_LEFT = "owner_left"


class State(StrEnum):
    """How far a delivery is."""

    OWED = "owed"
    HELD = "held"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class Ended(StrEnum):
    """Why a delivery failed or was dropped."""

    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    NO_ANSWER = "no_answer"
    CRASHED = "crashed"
    NOT_ALLOWED = "not_allowed"  # the owner may not know of it
    FORGOTTEN = "forgotten"  # the event is not kept any more


class Outcome(StrEnum):
    """What came of an attempt."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    NO_ANSWER = "no_answer"
    UNKNOWN = "unknown"
