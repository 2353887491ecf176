"""What follows from a claim, from lateness and from an answer. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tracker.connectors.letter import Answer, Outcome
from tracker.kernel.claims import Claim
from tracker.reminders.words import Reason, State

MOST_TRIES: Final = 8
MOST_CRASHES: Final = 3  # with a claim on it; the next look gives it up, or handles it alone
MOST_SINGLE: Final = 10  # to one person at once; more become one message
MOST_LATE: Final = timedelta(hours=72)
IN_TIME: Final = timedelta(minutes=15)  # so late, and the moment may not be theirs any more
_FIRST_PAUSE: Final = timedelta(seconds=5)
_GROWTH: Final = 5
_LONGEST_PAUSE: Final = timedelta(hours=1)
_LONGEST_WISH: Final = timedelta(days=1)


def pause(tries: int, share: float, wished: timedelta | None = None) -> timedelta:
    """How long to wait after so many tries: backoff with full jitter, no less than was asked for.

    ``share`` is a random part of one. Eight tries spread over some three hours at most, so that an
    hour's outage loses nothing.
    """
    most = min(_LONGEST_PAUSE, _FIRST_PAUSE * int(_GROWTH ** (tries - 1)))
    return max(most * share, min(wished or timedelta(), _LONGEST_WISH))


@dataclass(frozen=True, slots=True)
class Ending:
    """What becomes of a reminder in hand: ``ready_at`` is when it is tried again, if it is."""

    state: State
    reason: Reason | None = None
    ready_at: datetime | None = None
    way: str | None = None  # None: as it is
    due_at: datetime | None = None  # None: as it is


SENT: Final = Ending(State.SENT)
_DEAD_ENDS: Final = {Outcome.REFUSED: Reason.REFUSED, Outcome.GONE: Reason.GONE}


def ending(
    answer: Answer, *, tries: int, left: int, has_other: bool, share: float, now: datetime
) -> Ending | None:
    """What becomes of a reminder after a try; None where another channel is to be tried at once.

    ``tries`` counts those since it became due, ``left`` those that it still has; ``has_other``
    tells of a channel that has not refused it.
    """
    if answer.outcome == Outcome.ACCEPTED:
        return SENT
    dead_end = _DEAD_ENDS.get(answer.outcome)
    if dead_end and has_other and left:
        return None
    if dead_end:
        return Ending(State.FAILED, dead_end)
    if left:
        return Ending(State.OWED, None, now + pause(tries, share, answer.retry_in))
    # Whether the last try arrived, nobody knows: a person decides whether it is sent once more.
    is_open = answer.outcome == Outcome.UNKNOWN
    return Ending(State.UNKNOWN if is_open else State.FAILED, Reason.UNREACHABLE)


def is_poison(crashes: int, in_hand: int) -> bool:
    """Whether it is known to kill those who handle it.

    ``crashes`` is 1 at the first claim; ``in_hand`` of the last claims died while they were sending
    it, with few others. Claims die for other reasons, too, with fifty rows each: what was never in
    hand is handled alone from the fourth claim on, and given up after three more.
    """
    return crashes > MOST_CRASHES and (in_hand >= MOST_CRASHES or crashes > 2 * MOST_CRASHES)


def isolated(taken: Sequence[Claim]) -> tuple[Sequence[Claim], Sequence[Claim]]:
    """Whom to handle now, and whom to let go: a suspect is handled alone."""
    worst = max(taken, key=lambda claim: claim.crashes, default=None)
    if worst is None or worst.crashes <= MOST_CRASHES:
        return taken, ()
    return [worst], [claim for claim in taken if claim is not worst]
