"""How long an endpoint is left alone, and what becomes of one delivery after an answer."""

from datetime import UTC, datetime, timedelta

from tracker.webhooks.pacing import MOST_TRIES, Answer, block, ending, still_blocked
from tracker.webhooks.words import Outcome, State

NOW = datetime(2027, 1, 4, 9, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def test_who_asks_for_peace_has_it_for_a_day_at_most() -> None:
    assert block(1, 3 * HOUR) == 3 * HOUR
    assert block(9, 3 * HOUR) == 3 * HOUR
    assert block(1, 300 * HOUR) == 24 * HOUR
    assert block(99) == HOUR
    assert block(1) is None


def test_peace_is_kept_whatever_else_fails_and_the_mark_of_a_probe_is_not() -> None:
    assert still_blocked(None, NOW + HOUR, NOW) == NOW + HOUR
    assert still_blocked(NOW + MINUTE, NOW + HOUR, NOW) == NOW + HOUR
    assert still_blocked(NOW + 2 * HOUR, NOW + HOUR, NOW) == NOW + 2 * HOUR
    assert still_blocked(None, NOW + MINUTE, NOW) is None
    assert still_blocked(NOW + MINUTE / 2, NOW + MINUTE, NOW) == NOW + MINUTE / 2
    assert still_blocked(None, None, NOW) is None


def test_410_gives_nothing_up_and_holds_nothing_by_itself() -> None:
    gone = Answer(outcome=Outcome.REFUSED, status=410)
    for tries in (1, MOST_TRIES, MOST_TRIES + 1):
        end = ending(gone, tries=tries, share=0, now=NOW)
        assert (end.state, end.reason) == (State.OWED, None)
        assert end.ready_at is not None
