"""Lanes are shared out so that nobody's backlog keeps others waiting."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tracker.webhooks.choosing import (
    IN_HAND,
    LANES,
    LANES_EACH,
    Candidate,
    Choice,
    InHand,
    Key,
    Standing,
    choose,
)

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)
HERE = UUID(int=1)
WELL = Standing(state="active", pace=0.0)
NEW = Standing(state="active")


def hook(number: int) -> Key:
    return HERE, UUID(int=number)


def backlog(number: int, count: int, *, crashes: int = 0) -> list[Candidate]:
    first = number * 1000
    return [
        Candidate((HERE, UUID(int=first + n)), hook(number), crashes) for n in range(1, count + 1)
    ]


def chosen(
    candidates: Sequence[Candidate],
    standings: Mapping[int, Standing],
    in_hand: InHand | None = None,
) -> Choice:
    known = {hook(number): standing for number, standing in standings.items()}
    return choose(candidates, known, in_hand or InHand(), NOON)


def shares(choice: Choice) -> dict[int, int]:
    """How much each endpoint gets."""
    return {webhook.int: len(more) for (_, webhook), more in choice.more}


def test_a_backlog_has_two_lanes_and_one_that_is_not_known_one_thing_in_each() -> None:
    assert shares(chosen(backlog(1, 50), {1: NEW})) == {1: 2}
    assert shares(chosen(backlog(1, 50), {1: WELL})) == {1: 50}
    slow = Standing(state="active", pace=0.1)
    assert shares(chosen(backlog(1, 50), {1: slow})) == {1: 8}


def test_many_share_the_lanes_and_no_more_is_in_hand_than_may_be() -> None:
    candidates = [one for n in range(8) for one in backlog(n, 20)]
    choice = chosen(candidates, dict.fromkeys(range(8), WELL))
    assert shares(choice) == dict.fromkeys(range(8), 8)
    assert sum(shares(choice).values()) == IN_HAND
    more = [one for n in range(40) for one in backlog(n, 1)]
    assert len(chosen(more, dict.fromkeys(range(40), NEW)).more) == LANES


def test_one_that_fails_is_asked_one_thing_at_a_time_and_all_of_them_leave_half_the_lanes() -> None:
    failing = Standing(state="active", failures=1, pace=0.0)
    assert shares(chosen(backlog(1, 50), {1: failing})) == {1: 1}
    candidates = [one for n in range(20) for one in backlog(n, 5)]
    choice = chosen([*candidates, *backlog(99, 1)], {**dict.fromkeys(range(20), failing), 99: NEW})
    assert len(choice.more) == LANES // 2 + 1
    assert 99 in shares(choice)


def test_who_has_enough_under_way_gets_no_more() -> None:
    lanes = Counter({hook(1): LANES_EACH})
    busy = InHand(lanes, Counter({hook(1): 64}))
    assert busy.has_enough(hook(1), 0.0)
    assert chosen(backlog(1, 5), {1: WELL}, busy).more == []
    half = InHand(lanes, Counter({hook(1): 12}))
    assert not half.has_enough(hook(1), 0.0)
    assert shares(chosen(backlog(1, 50), {1: WELL}, half)) == {1: 50}, "before its lanes are empty"
    assert shares(
        chosen(backlog(1, 5), {1: NEW}, InHand(Counter({hook(1): 1}), Counter({hook(1): 1})))
    ) == {1: 1}


def test_what_is_not_active_or_left_alone_is_told_apart() -> None:
    later, before = NOON + timedelta(minutes=1), NOON - timedelta(minutes=1)
    choice = chosen(
        [*backlog(1, 2), *backlog(2, 2), *backlog(3, 2), *backlog(4, 2)],
        {
            1: Standing(state="paused"),
            2: Standing(state="active", has_owner=False),
            3: Standing(state="active", failures=7, blocked_until=later),
            4: Standing(state="active", failures=7, blocked_until=before),
        },
    )
    assert choice.not_active == {hook(1), hook(2)}
    assert choice.waiting == {hook(3): later}
    assert (shares(choice), choice.probes) == ({4: 1}, {hook(4)})


def test_what_has_brought_others_down_waits_until_it_is_alone() -> None:
    suspect = backlog(1, 1, crashes=3)
    busy = InHand(Counter({hook(2): 1}), Counter({hook(2): 1}))
    waiting = chosen([*backlog(2, 3), *suspect], {1: NEW, 2: NEW}, busy)
    assert (waiting.more, waiting.is_alone) == ([], True)
    alone = chosen([*backlog(2, 3), *suspect], {1: NEW, 2: NEW})
    assert (shares(alone), alone.is_alone) == ({1: 1}, True)
    paused = chosen([*backlog(2, 3), *suspect], {1: Standing(state="paused"), 2: NEW})
    assert shares(paused) == {2: 2}
