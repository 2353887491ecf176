"""When a delivery is tried again, and when an endpoint is left alone or given up."""

from datetime import UTC, datetime, timedelta

import pytest

from tracker.webhooks.pacing import (
    MOST_TRIES,
    PAUSES,
    SENT,
    Answer,
    block,
    ending,
    is_given_up,
    pause,
)
from tracker.webhooks.words import Ended, Outcome, State

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def refused(status: int = 500, **more: timedelta) -> Answer:
    return Answer(outcome=Outcome.REFUSED, status=status, **more)  # type: ignore[arg-type]  # retry_in alone


def test_ten_tries_are_spread_over_more_than_three_days() -> None:
    assert MOST_TRIES == 10
    assert sum(PAUSES, timedelta()) > 72 * HOUR
    assert (PAUSES[0], PAUSES[-1]) == (5 * SECOND, 24 * HOUR)
    for tries, planned in enumerate(PAUSES, 1):
        assert pause(tries, 0) == planned
        assert pause(tries, 1) == planned * 1.1


@pytest.mark.parametrize(
    ("wished", "wait"),
    [(timedelta(), 5 * SECOND), (HOUR, HOUR), (30 * DAY, DAY), (-HOUR, 5 * SECOND)],
)
def test_what_was_asked_for_wins_where_it_is_longer_up_to_a_day(
    wished: timedelta, wait: timedelta
) -> None:
    assert pause(1, 0, wished) == wait


def test_how_a_delivery_ends() -> None:
    def end(answer: Answer, tries: int = 1) -> object:
        return ending(answer, tries=tries, share=0, now=NOON)

    assert end(Answer(outcome=Outcome.DELIVERED, status=204)) == SENT
    gone = ending(refused(410), tries=MOST_TRIES, share=0, now=NOON)
    assert gone.state == State.OWED, "it is held with all that is owed there"
    again = ending(refused(302), tries=2, share=0, now=NOON)
    assert (again.state, again.ready_at) == (State.OWED, NOON + PAUSES[1])
    for outcome, reason in (
        (Outcome.REFUSED, Ended.REFUSED),
        (Outcome.UNREACHABLE, Ended.UNREACHABLE),
        (Outcome.NO_ANSWER, Ended.NO_ANSWER),
    ):
        last = ending(Answer(outcome=outcome), tries=MOST_TRIES, share=0, now=NOON)
        assert (last.state, last.reason, last.ready_at) == (State.FAILED, reason, None)


def test_an_endpoint_is_left_alone_from_the_fifth_failure_on_up_to_an_hour() -> None:
    assert [block(failures) for failures in range(5)] == [None] * 5
    assert [block(failures) for failures in (5, 6, 7)] == [30 * SECOND, 60 * SECOND, 120 * SECOND]
    assert block(1_000_000) == HOUR
    assert block(1, 10 * SECOND) == 10 * SECOND
    assert block(1, 30 * DAY) == DAY


def test_only_who_is_overwhelmed_has_peace_from_everything() -> None:
    assert [refused(status, retry_in=HOUR).peace for status in (429, 503, 500)] == [
        HOUR,
        HOUR,
        None,
    ]


def test_five_days_without_a_word_are_enough() -> None:
    assert not is_given_up(None, NOON)
    assert not is_given_up(NOON - 5 * DAY + SECOND, NOON)
    assert is_given_up(NOON - 5 * DAY, NOON)
