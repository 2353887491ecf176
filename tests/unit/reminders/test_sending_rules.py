"""What follows from a claim and from an answer."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tracker.connectors.letter import Answer, Outcome
from tracker.kernel.claims import Claim
from tracker.reminders.sending_rules import (
    MOST_TRIES,
    SENT,
    Ending,
    ending,
    is_poison,
    isolated,
    pause,
)
from tracker.reminders.words import Reason, State

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def after(outcome: Outcome, retry_in: timedelta | None = None, **given: Any) -> Ending | None:
    usual = {"tries": 1, "left": MOST_TRIES - 1, "has_other": False, "share": 1.0, "now": NOW}
    return ending(Answer(outcome=outcome, retry_in=retry_in), **{**usual, **given})


def test_pauses_grow_to_an_hour_with_full_jitter() -> None:
    longest = [pause(tries, 1.0).total_seconds() for tries in range(1, MOST_TRIES)]
    assert longest == [5, 25, 125, 625, 3125, 3600, 3600]
    assert pause(5, 0.0) == timedelta()
    assert pause(5, 0.5) == timedelta(seconds=3125 / 2)


def test_the_other_side_is_given_the_time_that_it_asks_for_up_to_a_day() -> None:
    assert pause(1, 1.0, 10 * HOUR) == 10 * HOUR
    assert pause(7, 1.0, timedelta(seconds=1)) == HOUR
    assert pause(1, 1.0, timedelta(days=400)) == timedelta(days=1)


@pytest.mark.parametrize(
    ("outcome", "given", "becomes"),
    [
        (Outcome.ACCEPTED, {}, SENT),
        (Outcome.ACCEPTED, {"left": 0}, SENT),
        (Outcome.DEFERRED, {}, Ending(State.OWED, None, NOW + timedelta(seconds=5))),
        (
            Outcome.DEFERRED,
            {"has_other": True},
            Ending(State.OWED, None, NOW + timedelta(seconds=5)),
        ),
        (Outcome.DEFERRED, {"retry_in": HOUR}, Ending(State.OWED, None, NOW + HOUR)),
        (Outcome.DEFERRED, {"left": 0}, Ending(State.FAILED, Reason.UNREACHABLE)),
        (Outcome.UNKNOWN, {}, Ending(State.OWED, None, NOW + timedelta(seconds=5))),
        (Outcome.UNKNOWN, {"left": 0}, Ending(State.UNKNOWN, Reason.UNREACHABLE)),
        (Outcome.REFUSED, {}, Ending(State.FAILED, Reason.REFUSED)),
        (Outcome.REFUSED, {"has_other": True}, None),
        (Outcome.REFUSED, {"has_other": True, "left": 0}, Ending(State.FAILED, Reason.REFUSED)),
        (Outcome.GONE, {}, Ending(State.FAILED, Reason.GONE)),
        (Outcome.GONE, {"has_other": True}, None),
    ],
)
def test_each_answer_has_one_consequence(
    outcome: Outcome, given: dict[str, Any], becomes: Ending | None
) -> None:
    assert after(outcome, **given) == becomes


@pytest.mark.parametrize(
    ("crashes", "in_hand", "verdict"),
    [
        (1, 0, False),
        (3, 3, False),  # the third claim is still to end
        (4, 3, True),
        (4, 2, False),
        (6, 0, False),  # it only waited beside others
        (7, 0, True),  # it was handled alone three times
    ],
)
def test_what_kills_its_senders_three_times_is_poison(
    crashes: int, in_hand: int, verdict: bool
) -> None:
    assert is_poison(crashes, in_hand) is verdict


def test_a_suspect_is_handled_alone() -> None:
    claims = [Claim(UUID(int=1), UUID(int=n), 1, crashes) for n, crashes in enumerate((1, 5, 4))]
    assert isolated(claims) == ([claims[1]], [claims[0], claims[2]])
    assert isolated(claims[:1]) == (claims[:1], ())
    assert isolated([]) == ([], ())
