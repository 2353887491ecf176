"""When to pull, and what follows from trouble."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from tracker.connectors.trouble import PlatformError, Trouble
from tracker.metrics.connection_said import PROBLEMS, said_of
from tracker.metrics.pacing import (
    Pace,
    calls_left,
    next_night,
    next_run,
    pace_after,
    setback,
    tomorrow,
)

NOW = datetime(2027, 3, 27, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ONE, OTHER = UUID(int=1), UUID(int=2)


def test_three_quiet_pulls_double_the_interval_up_to_a_day_and_news_bring_it_back() -> None:
    pace, seen = Pace(HOUR, HOUR, 0), []
    for _ in range(18):
        pace = pace_after(pace, had_news=False)
        seen.append(pace.interval // HOUR)
    assert seen == [1, 1, 2, 2, 2, 4, 4, 4, 8, 8, 8, 16, 16, 16, 24, 24, 24, 24]
    assert pace_after(pace, had_news=True) == Pace(HOUR, HOUR, 0)


def test_what_is_pulled_seldom_is_not_pulled_more_often_for_being_quiet() -> None:
    pace = Pace(7 * DAY, 7 * DAY, 2)
    assert pace_after(pace, had_news=False).interval == 7 * DAY


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "Asia/Kathmandu", "Pacific/Kiritimati"])
def test_each_connection_has_its_own_minute_of_the_night_where_its_platform_is(zone: str) -> None:
    at, minutes = NOW, set()
    for _ in range(4):  # a change of clocks among them
        after, at = at, next_night(ONE, zone, after=at)
        assert timedelta() < at - after <= 25 * HOUR
        assert 1 <= _local(at, zone).hour < 5
        minutes.add(_local(at, zone).time())
    assert len(minutes) == 1
    assert next_night(OTHER, zone, after=NOW) != next_night(ONE, zone, after=NOW)


def _local(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone))


def test_daily_streams_run_by_night_and_others_after_their_interval() -> None:
    nightly = next_run(Pace(DAY, DAY, 0), ONE, "UTC", share=0.5, now=NOW)
    assert nightly == next_night(ONE, "UTC", after=NOW)
    hourly = next_run(Pace(HOUR, 2 * HOUR, 0), ONE, "UTC", share=0.5, now=NOW)
    assert hourly == NOW + 2 * HOUR * 1.05


def test_calls_are_counted_by_the_day_of_utc() -> None:
    assert calls_left(7, NOW.date(), 10, now=NOW) == 3
    assert calls_left(70, NOW.date(), 10, now=NOW) == 0
    assert calls_left(70, NOW.date() - DAY, 10, now=NOW) == 10
    assert NOW < tomorrow(NOW, 0) <= tomorrow(NOW, 1) < NOW + 13 * HOUR


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("trouble", "asked", "failures", "wait", "state"),
    [
        ("throttled", None, 0, 60, "throttled"),
        ("throttled", 7, 0, 7, "throttled"),
        ("throttled", 0, 0, 1, "throttled"),
        ("throttled", 999_999, 0, 86_400, "throttled"),
        ("not_ready", None, 0, 5, None),
        ("not_ready", None, 4, 60, None),
        ("not_ready", 9, 2, 9, None),
        ("credential", None, 0, None, "needs_reauth"),
        ("gone", None, 0, None, "broken"),
        ("permission", None, 0, None, None),
        ("our_fault", None, 0, 86_400, None),
        ("transient", None, 0, 30, None),
        ("transient", None, 3, 240, None),
        ("transient", None, 50, 3600, None),
        ("transient", 4000, 0, 4000, None),
    ],
)
def test_the_table_of_errors(
    *, trouble: Trouble, asked: int | None, failures: int, wait: int | None, state: str | None
) -> None:
    error = PlatformError(trouble, "HTTP 0", retry_in=None if asked is None else asked * SECOND)
    failed = setback(error, failures, share=0, now=NOW)
    assert failed.next_run_at == (None if wait is None else NOW + wait * SECOND)
    assert (failed.state, failed.is_skipped) == (state, False)
    assert failed.failures == {"throttled": failures, "our_fault": 6}.get(trouble, failures + 1)
    assert failed.is_unavailable == (trouble == "permission")
    assert failed.until == (failed.next_run_at if trouble == "throttled" else None)


def test_what_never_gets_ready_is_left_out() -> None:
    assert setback(PlatformError("not_ready", "HTTP 202"), 5, share=0, now=NOW).is_skipped


def test_each_problem_has_its_sentence() -> None:
    for problem in PROBLEMS:
        said = said_of(problem, {"stream": "posts", "detail": "HTTP 4", "tries": 6}, ONE)
        assert said is not None
        assert said.say("en") != said.say("fr")
        assert "{" not in said.say("en") + said.say("fr")
    assert said_of(None, None, ONE) is None
