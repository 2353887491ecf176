"""When to pull what, and what follows from what a platform says: the one error table. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from tracker.connectors.trouble import PlatformError

DAY: Final = timedelta(days=1)
BACKFILL_SHARE: Final = 4  # the past may take a quarter of a day's calls
_QUIET_RUNS: Final = 3
_JITTER: Final = 0.1
_NIGHT_BEGINS: Final = time(1)
_NIGHT_MINUTES: Final = 240
_SHORTEST_WAIT, _LONGEST_WAIT = timedelta(seconds=1), DAY
_USUAL_WAIT: Final = timedelta(seconds=60)
_FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
MOST_TRIES: Final = 6
_NOT_READY_PAUSE, _LONGEST_NOT_READY = timedelta(seconds=5), timedelta(seconds=60)
_NOT_READY_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Pace:
    """Of a stream: how often it wants to be pulled, how often it is, and how long it was quiet."""

    every: timedelta
    interval: timedelta
    quiet_runs: int


def pace_after(pace: Pace, *, had_news: bool) -> Pace:
    """Three pulls without news double the interval, up to a day; news bring it back."""
    if had_news:
        return Pace(pace.every, pace.every, 0)
    quiet = pace.quiet_runs + 1
    if quiet < _QUIET_RUNS:
        return replace(pace, quiet_runs=quiet)
    return Pace(pace.every, max(pace.every, min(pace.interval * 2, DAY)), 0)


def next_run(
    pace: Pace, connection_id: UUID, zone: str, *, share: float, now: datetime
) -> datetime:
    """When a stream is pulled next: by its interval, by night where that is a day or more."""
    if pace.every >= DAY:
        return next_night(connection_id, zone, after=now + pace.every - DAY)
    return now + stretched(pace.interval, share)


def next_night(connection_id: UUID, zone: str, *, after: datetime) -> datetime:
    """The next time that it is this connection's minute of the night, where its platform is."""
    digest = blake2b(connection_id.bytes, digest_size=4).digest()
    minutes = timedelta(minutes=int.from_bytes(digest) % _NIGHT_MINUTES)
    there, day = ZoneInfo(zone), after.astimezone(ZoneInfo(zone)).date()
    while (at := (datetime.combine(day, _NIGHT_BEGINS, there) + minutes).astimezone(UTC)) <= after:
        day += DAY
    return at


def stretched(wait: timedelta, share: float) -> timedelta:
    """Up to a tenth longer, so that those who wait for the same do not come back together."""
    return wait * (1 + _JITTER * share)


# Calls.


def calls_left(calls: int, counted_on: date | None, most: int, *, now: datetime) -> int:
    """How many calls remain today. The day is UTC's, as the count is."""
    return max(0, most - (calls if counted_on == now.date() else 0))


def tomorrow(now: datetime, share: float) -> datetime:
    """When calls are to be had again."""
    midnight = datetime.combine(now.date() + DAY, time(), UTC)
    return midnight + stretched(timedelta(minutes=5), share) * share


# Trouble.


@dataclass(frozen=True, slots=True, kw_only=True)
class Setback:
    """What follows from trouble: for the stream and, with ``state``, for all of the connection.

    ``is_skipped``: this stream is done for now, as if it had gone well, without its page.
    """

    problem: str
    failures: int
    next_run_at: datetime | None
    is_unavailable: bool = False
    is_skipped: bool = False
    state: str | None = None
    until: datetime | None = None  # the whole connection is left alone until then


_ENDS: Final = {"credential": "needs_reauth", "gone": "broken"}


def setback(error: PlatformError, failures: int, *, share: float, now: datetime) -> Setback:
    """The table of errors. ``failures`` is how many there have been in a row before this one."""
    word, again = error.trouble, failures + 1
    if word == "throttled":
        until = now + stretched(_asked(error, _USUAL_WAIT), share)
        return Setback(
            problem=word, failures=failures, next_run_at=until, state="throttled", until=until
        )
    if word in _ENDS:
        return Setback(problem=word, failures=again, next_run_at=None, state=_ENDS[word])
    if word == "not_ready":
        return _not_ready(error, failures, now)
    if word == "permission":
        return Setback(problem=word, failures=again, next_run_at=None, is_unavailable=True)
    if word == "our_fault":
        return Setback(problem=word, failures=max(again, MOST_TRIES), next_run_at=now + DAY)
    wait = max(stretched(pause_after(again), share), error.retry_in or timedelta())
    return Setback(problem=word, failures=again, next_run_at=now + wait)


def pause_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: twice as long each time, up to an hour."""
    doublings: int = 2 ** min(failures - 1, MOST_TRIES + 2)
    return min(_FIRST_PAUSE * doublings, LONGEST_PAUSE)


def _not_ready(error: PlatformError, failures: int, now: datetime) -> Setback:
    if failures >= _NOT_READY_TRIES:
        return Setback(problem="not_ready", failures=0, next_run_at=None, is_skipped=True)
    usual = min(_NOT_READY_PAUSE * 2**failures, _LONGEST_NOT_READY)
    wait = _asked(error, usual)
    return Setback(problem="not_ready", failures=failures + 1, next_run_at=now + wait)


def _asked(error: PlatformError, usual: timedelta) -> timedelta:
    wait = usual if error.retry_in is None else error.retry_in
    return min(max(wait, _SHORTEST_WAIT), _LONGEST_WAIT)


# Where a connection stands.


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a connection, a word for what is wrong, and what its sentence tells."""

    state: str
    problem: str | None = None
    facts: dict[str, Any] | None = None


WELL: Final = Standing("ok")


def standing_of(streams: Iterable[Any]) -> Standing:
    """Where a connection stands by its streams, when nothing is wrong with all of it."""
    for stream in streams:
        if stream.state == "unavailable":
            return Standing("degraded", "permission", _facts(stream))
        if stream.failures >= MOST_TRIES:
            return Standing("degraded", stream.problem, _facts(stream))
    return WELL


def _facts(stream: Any) -> dict[str, Any]:
    return {"stream": stream.name, "detail": stream.detail or "", "tries": stream.failures}
