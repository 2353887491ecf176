"""Breakers: when a target is left alone, and who tries it again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tracker.kernel.breakers import OPENS_AFTER, note_results, pause_after, shut_targets
from tracker.kernel.db import Database, reading, unit_of_work, use_database

NOON = datetime(2027, 6, 4, 12, 0, tzinfo=UTC)
SECONDS = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    use_database(made)
    yield made
    made.close()


def fails(count: int, at: datetime = NOON) -> None:
    with unit_of_work() as session:
        note_results(session, worked=(), failed={"mail": count}, now=at)


def shut(at: datetime, *names: str) -> dict[str, datetime]:
    with unit_of_work() as session:
        return dict(shut_targets(session, names or ("mail", "other"), now=at))


def test_a_pause_grows_to_five_minutes() -> None:
    assert [pause_after(count) for count in (0, 1, OPENS_AFTER - 1)] == [None] * 3
    paused = [pause_after(OPENS_AFTER + more) for more in (0, 1, 2, 3, 4, 1000)]
    assert [pause and pause.total_seconds() for pause in paused] == [30, 60, 120, 240, 300, 300]


def test_some_failures_leave_a_target_open_and_a_success_forgets_them() -> None:
    fails(OPENS_AFTER - 1)
    assert shut(NOON) == {}
    with unit_of_work() as session:
        note_results(session, worked=["mail", "other"], failed={}, now=NOON)
    fails(OPENS_AFTER - 1)
    assert shut(NOON) == {}


def test_after_failures_in_a_row_a_target_is_left_alone_and_others_are_not() -> None:
    for _ in range(OPENS_AFTER):
        fails(1)
    assert shut(NOON) == {"mail": NOON + 30 * SECONDS}
    assert shut(NOON, "other") == {}


def test_one_tries_again_and_the_others_wait_for_what_it_learns() -> None:
    fails(OPENS_AFTER)
    later = NOON + 31 * SECONDS
    assert shut(later) == {}, "the first may try"
    assert shut(later + SECONDS) == {"mail": later + 30 * SECONDS}
    fails(1, later + 2 * SECONDS)
    assert shut(later + 3 * SECONDS) == {"mail": later + 62 * SECONDS}
    much_later = later + 100 * SECONDS
    assert shut(much_later) == {}
    with unit_of_work() as session:
        note_results(session, worked=["mail"], failed={}, now=much_later)
    assert [shut(much_later) for _ in range(3)] == [{}] * 3


def test_a_prober_that_dies_is_followed_by_another() -> None:
    fails(OPENS_AFTER)
    later = NOON + 31 * SECONDS
    assert shut(later) == {}
    assert shut(later + 31 * SECONDS) == {}


def test_of_two_who_ask_at_once_one_is_told_to_wait() -> None:
    fails(OPENS_AFTER)
    later = NOON + 31 * SECONDS
    with reading() as session:  # has looked, and comes late
        assert dict(shut_targets(session, ["mail"], now=NOON))
    answers = [shut(later), shut(later)]
    assert sorted(map(len, answers)) == [0, 1]
