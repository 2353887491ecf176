"""When a delivery is tried again, and when an endpoint is left alone or given up. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tracker.webhooks.words import Ended, Outcome, State

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
# The example of Standard Webhooks: ten tries over 75 hours and a half.
PAUSES: Final = (
    timedelta(seconds=5),
    5 * _MINUTE,
    30 * _MINUTE,
    *(hours * _HOUR for hours in (2, 5, 10, 14, 20, 24)),
)
MOST_TRIES: Final = len(PAUSES) + 1
JITTER: Final = 0.1
LONGEST_WISH: Final = timedelta(days=1)
MOST_CRASHES: Final = (
    3  # with a claim on it; then it is handled alone, and after three more no more
)
OPENS_AFTER: Final = 5  # failures in a row
_FIRST_BLOCK: Final = timedelta(seconds=30)
_LONGEST_BLOCK: Final = timedelta(hours=1)
PROBE: Final = timedelta(minutes=1)  # in which whoever probes has an answer
FAILING_DAYS: Final = timedelta(days=5)
GONE: Final = 410
_ASKS_FOR_PEACE: Final = (429, 503)
_ENDED: Final = {
    Outcome.REFUSED: Ended.REFUSED,
    Outcome.UNREACHABLE: Ended.UNREACHABLE,
    Outcome.NO_ANSWER: Ended.NO_ANSWER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of sending. ``status`` is None where nothing was answered."""

    outcome: Outcome
    status: int | None = None
    milliseconds: int = 0
    body: str | None = None  # the first 8 KB of it
    detail: str | None = None  # what went wrong, in a word
    retry_in: timedelta | None = None

    @property
    def is_gone(self) -> bool:
        """Whether the endpoint says that it will never want anything again."""
        return self.status == GONE

    @property
    def peace(self) -> timedelta | None:
        """How long the endpoint as a whole wants to be left alone."""
        return self.retry_in if self.status in _ASKS_FOR_PEACE else None


@dataclass(frozen=True, slots=True)
class Ending:
    """What becomes of a delivery in hand: ``ready_at`` is when it is tried again, if it is."""

    state: State
    reason: Ended | None = None
    ready_at: datetime | None = None


SENT: Final = Ending(State.SENT)


def pause(tries: int, share: float, wished: timedelta | None = None) -> timedelta:
    """How long to wait after so many tries: a little longer each time, no less than asked for.

    ``share`` is a random part of one: what failed together must not come back together.
    """
    planned = PAUSES[min(tries, len(PAUSES)) - 1] * (1 + JITTER * share)
    return max(planned, min(wished or timedelta(), LONGEST_WISH))


def ending(answer: Answer, *, tries: int, share: float, now: datetime) -> Ending:
    """What becomes of a delivery after its ``tries``, this one among them."""
    if answer.outcome == Outcome.DELIVERED:
        return SENT
    # After 410 it is held with all else that is owed there: somebody may enable that again.
    if tries >= MOST_TRIES and not answer.is_gone:
        return Ending(State.FAILED, _ENDED[answer.outcome])
    return Ending(State.OWED, None, now + pause(tries, share, answer.retry_in))


def block(failures: int, peace: timedelta | None = None) -> timedelta | None:
    """How long an endpoint is left alone after so many failures in a row; None: not at all."""
    wanted = min(peace, LONGEST_WISH) if peace else timedelta()
    if failures >= OPENS_AFTER:
        doublings: int = 2 ** min(failures - OPENS_AFTER, 10)
        wanted = max(wanted, min(_FIRST_BLOCK * doublings, _LONGEST_BLOCK))
    return wanted or None


def still_blocked(until: datetime | None, known: datetime | None, now: datetime) -> datetime | None:
    """Until when it is left alone, if until ``known`` it was: who asked for peace keeps it.

    What lies no further ahead than a probe may be no more than its mark.
    """
    is_asked_for = known is not None and known > now + PROBE
    return max(filter(None, (until, known if is_asked_for else None)), default=None)


def is_given_up(failing_since: datetime | None, now: datetime) -> bool:
    """Whether it has failed for so long that it is disabled."""
    return failing_since is not None and now - failing_since >= FAILING_DAYS
