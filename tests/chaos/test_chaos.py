"""Everything is killed, again and again; each reminder is told, once, whatever happens.

A run prints its seed: ``TRACKER_TEST_SEED`` replays it.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from secrets import randbelow

import pytest

from tests.chaos.away import Seen, run_without_redis
from tests.chaos.killing import Program
from tests.chaos.report import table
from tests.chaos.running import Outcome, Run, run
from tests.servers.home import NoServer
from tracker.kernel.claims import LEASE

SMALL = Run(
    seed=0,
    owed=2000,
    due_within=10,
    calls=15,
    hears=("task.*", "member.*"),
    processes=("web", "worker1", "worker2", "beat1", "beat2"),
    lease=3,
    program=Program(
        seconds=13,
        kills=20,
        flushes=2,
        redis_kills=1,
        database_crashes=1,
        stops=2,
        stopped_seconds=4,
        away_seconds=3,
    ),
)
LARGE = replace(
    SMALL,
    owed=20_000,
    due_within=300,
    calls=200,
    hears=(),
    edits=150,
    processes=("web", "worker1", "worker2", *(f"beat{number}" for number in range(1, 6))),
    lease=5,
    patience=180,
    program=Program(
        seconds=330,
        kills=500,
        flushes=20,
        redis_kills=10,
        database_crashes=6,
        stops=20,
        stopped_seconds=11,
        aimed_kills=10,
        aimed_stops=5,
        away_seconds=60,
    ),
)


# `tracker up`: everything in one process, on SQLite, without any other server.
ALONE = Run(
    seed=0,
    owed=600,
    due_within=6,
    calls=8,
    hears=(),
    processes=("up",),
    lease=2,
    program=Program(seconds=8, kills=6, stops=1, stopped_seconds=2.5),
)
# Nobody is killed but Redis, which stays away, by the commands of docker-compose.yml.
MOMENT = Run(
    seed=0,
    owed=80,
    due_within=5,
    calls=8,
    processes=("web", "worker", "beat 1", "beat 2"),
    lease=LEASE.total_seconds(),
    program=Program(seconds=5, kills=0, away_seconds=5),
)
TEN_MINUTES = replace(
    MOMENT,
    owed=4000,
    due_within=600,
    calls=300,
    patience=180,
    program=Program(seconds=600, kills=0, away_seconds=600),
)
SOON_SECONDS = 5  # whoever waits for the broker waits as long, or for ever


@pytest.fixture
def seed() -> int:
    """Another one each time, unless one is to be replayed."""
    given = os.environ.get("TRACKER_TEST_SEED")
    return int(given) if given else randbelow(1_000_000)


@pytest.fixture(autouse=True)
def _servers() -> Iterator[None]:
    """Without PostgreSQL or Valkey the tests say so, and fail where CI asks for everything."""
    try:
        yield
    except NoServer as reason:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"NO SERVERS to kill, nothing is tested here: {reason}")


def holds(wanted: Run, folder: Path) -> Outcome:
    outcome = run(wanted, folder)
    print(f"\n{table(outcome)}")
    assert outcome.is_clean, table(outcome)
    assert outcome.caller.has_had_its_way, table(outcome)
    return outcome


def holds_without_redis(wanted: Run, folder: Path, url: str) -> Seen:
    outcome, seen = run_without_redis(wanted, folder, url)
    print(f"\n{table(outcome)}")
    assert outcome.is_clean, table(outcome)
    assert (outcome.caller.has_had_its_way, outcome.caller.retried) == (True, 0)
    assert outcome.caller.slowest < SOON_SECONDS, table(outcome)
    assert {look.status for look in seen.lives} == {200}
    said = {(look.json["database"], look.json["broker"]) for look in seen.ready}
    assert said == {("ok", "unreachable")}
    return seen


def test_nothing_is_lost_or_told_twice_while_everything_is_killed(
    seed: int, tmp_path: Path
) -> None:
    holds(replace(SMALL, seed=seed), tmp_path)


def test_everything_is_accepted_while_redis_is_away(
    seed: int, tmp_path: Path, fresh_postgres_url: str
) -> None:
    seen = holds_without_redis(replace(MOMENT, seed=seed), tmp_path, fresh_postgres_url)
    assert {(look.status, look.json["status"]) for look in seen.ready} == {(200, "degraded")}


@pytest.mark.chaos
def test_everything_is_accepted_while_redis_is_away_for_ten_minutes(
    seed: int, tmp_path: Path, fresh_postgres_url: str
) -> None:
    seen = holds_without_redis(replace(TEN_MINUTES, seed=seed), tmp_path, fresh_postgres_url)
    last = seen.ready[-1]
    assert (last.status, last.json["status"], last.json["looks"]) == (503, "not ready", "late")
    assert last.json["backlog"]["reminders"] > 0


@pytest.mark.chaos
def test_nothing_is_lost_or_told_twice_by_one_process_that_is_killed(
    seed: int, tmp_path: Path
) -> None:
    holds(replace(ALONE, seed=seed), tmp_path)


@pytest.mark.chaos
def test_nothing_is_lost_or_told_twice_in_half_a_thousand_kills(seed: int, tmp_path: Path) -> None:
    holds(replace(LARGE, seed=seed), tmp_path)
