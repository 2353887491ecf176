"""What a pull writes: each piece under the claim's token, and with the rows that it is about."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from tracker.connectors.figures import Page
from tracker.kernel.db import core, lose_together
from tracker.kernel.errors import NotFound
from tracker.metrics import connection_queries as queries
from tracker.metrics.connection_models import Connection, Pull, Stream
from tracker.metrics.keeping import Row, keep_rows
from tracker.metrics.keeping_members import keep_acts
from tracker.metrics.pacing import (
    BACKFILL_SHARE,
    Pace,
    Setback,
    Standing,
    next_run,
    pace_after,
    standing_of,
    tomorrow,
)
from tracker.metrics.pull_asking import STOPS, plan_next
from tracker.metrics.pull_errand import CLAIMS, Due, Errand, stand
from tracker.metrics.storing import MOST, keep_samples, look_again

_C, _S, _P = Connection.__table__, Stream.__table__, Pull.__table__
_COUNT: Final = (
    update(_C)
    .where(_C.c.workspace_id == bindparam("of_workspace"), _C.c.id == bindparam("of_connection"))
    .values(calls=bindparam("calls_today"), calls_on=bindparam("day"))
)
_STREAM: Final = update(_S).where(
    _S.c.workspace_id == bindparam("of_workspace"),
    _S.c.connection_id == bindparam("of_connection"),
    _S.c.name == bindparam("of_name"),
)
_PROGRESS: Final = (
    update(_P)
    .where(_P.c.workspace_id == bindparam("of_workspace"), _P.c.id == bindparam("of_pull"))
    .values(
        stream=bindparam("of_name"),
        calls=_P.c.calls + bindparam("more_calls"),
        pages=_P.c.pages + bindparam("more_pages"),
        rows=_P.c.rows + bindparam("more_rows"),
        new_rows=_P.c.new_rows + bindparam("more_new"),
    )
)


class Lost(Exception):
    """The claim is somebody else's by now."""


def _hold(session: Session, errand: Errand, now: datetime) -> None:
    """Go on holding the claim, which locks the row. Raises Lost."""
    if not CLAIMS.extend(session, [errand.claim], now=now):
        raise Lost


def _place(errand: Errand, one: Due) -> dict[str, Any]:
    return {
        "of_workspace": errand.workspace_id,
        "of_connection": errand.id,
        "of_name": one.row.name,
    }


def keep_batch(
    session: Session,
    errand: Errand,
    one: Due,
    page: Page,
    *,
    rows: Sequence[Row],
    pages: int,
    now: datetime,
) -> None:
    """Keep what was read, and how far it was read: both or neither. Raises Lost.

    ``page`` is all of the ``pages`` read, and ``rows`` their events.
    """
    lose_together(session)  # what is lost was read no further than what is left, and is read anew
    _hold(session, errand, now)
    kept = keep_rows(session, errand, page, rows, now=now, veil=errand.veil)
    new = kept.new + _keep_samples(session, errand, page.samples, now)
    one.had_news = one.had_news or new > 0
    errand.has_news = errand.has_news or kept.new > 0
    _count_calls(session, errand, one, calls=page.calls, now=now)
    one.row.cursor = dict(page.cursor)
    values = {"cursor": one.row.cursor, "calls": one.row.calls, "calls_on": now.date()}
    _write(session, errand, one, values)
    more = {
        "of_pull": errand.pulls[one.is_past],
        "more_calls": page.calls,
        "more_pages": pages,
        "more_rows": kept.rows + len(page.samples),
        "more_new": new,
    }
    core(session).execute(_PROGRESS, {**_place(errand, one), **more})


def _keep_samples(session: Session, errand: Errand, samples: Sequence[Any], now: datetime) -> int:
    new = 0
    for start in range(0, len(samples), MOST):
        part = samples[start : start + MOST]
        kept = keep_samples(session, errand.origin, part, now=now)
        new += kept.new + kept.changed
    return new


def _count_calls(session: Session, errand: Errand, one: Due, *, calls: int, now: datetime) -> None:
    errand.calls_left = max(0, errand.calls_left - calls)
    row = one.row
    row.calls, row.calls_on = (row.calls if row.calls_on == now.date() else 0) + calls, now.date()
    spent = {"calls_today": errand.account_calls - errand.calls_left, "day": now.date()}
    core(session).execute(_COUNT, {**_place(errand, one), **spent})


def _write(session: Session, errand: Errand, one: Due, values: Mapping[str, Any]) -> None:
    core(session).execute(_STREAM.values(values), _place(errand, one))


def note_done(session: Session, errand: Errand, one: Due, *, share: float, now: datetime) -> None:
    """A stream is through for now; the past for good. Raises Lost."""
    _hold(session, errand, now)
    row = one.row
    interval = timedelta(seconds=row.interval_seconds)
    pace = pace_after(Pace(one.every, interval, row.quiet_runs), had_news=one.had_news)
    after = next_run(pace, errand.id, errand.zone, share=share, now=now)
    one.is_over = True
    values: dict[str, Any] = {
        "state": "finished" if one.is_past else "active",
        "next_run_at": None if one.is_past else after,
        "interval_seconds": int(pace.interval.total_seconds()),
        "quiet_runs": pace.quiet_runs,
        "failures": 0,
        "problem": None,
        "detail": None,
        "succeeded_at": now,
    }
    _write(session, errand, one, values | ({"news_at": now} if one.had_news else {}))


def note_setback(
    session: Session, errand: Errand, one: Due, failed: Setback, *, detail: str, now: datetime
) -> None:
    """A stream did not go well; its cursor stays where it was. A call it was. Raises Lost."""
    _hold(session, errand, now)
    _count_calls(session, errand, one, calls=1, now=now)
    one.row.failures, one.row.problem, one.row.detail = failed.failures, failed.problem, detail
    one.problem = failed.problem
    one.is_over = failed.state is None
    values = {
        "state": "unavailable" if failed.is_unavailable else "active",
        "next_run_at": failed.next_run_at,
        "failures": failed.failures,
        "problem": failed.problem,
        "detail": detail,
        "calls": one.row.calls,
        "calls_on": one.row.calls_on,
    }
    _write(session, errand, one, values)
    more = {"of_pull": errand.pulls[one.is_past], "more_calls": 1}
    nothing = {"more_pages": 0, "more_rows": 0, "more_new": 0}
    core(session).execute(_PROGRESS, {**_place(errand, one), **more, **nothing})


# The end of a round.


def catch_up_on_members(session: Session, connection: Connection) -> None:
    """Know of members what the events of this round, and of those that died, tell of them.

    The earliest day with news is kept with each page, and stays until figures were made of it,
    which waits for the end of a round.
    """
    if connection.dirty_on is not None:
        there = ZoneInfo(connection.zone)
        since = datetime.combine(connection.dirty_on, time(), there)
        keep_acts(session, (connection.workspace_id, connection.id), since=since)


def catch_up_after_loss(session: Session, errand: Errand) -> None:
    """The same where the claim was lost: what was kept before counts."""
    with suppress(NotFound):  # removed, and all is gone
        connection = queries.connection(session, errand.workspace_id, errand.id, to_change=True)
        catch_up_on_members(session, connection)


def end_round(
    session: Session, errand: Errand, stop: Setback | None, *, share: float, now: datetime
) -> str:
    """Say where the connection stands, when it is pulled next, and what became of the pulls.

    Raises Lost.
    """
    _hold(session, errand, now)
    connection = queries.connection(session, errand.workspace_id, errand.id, to_change=True)
    found = queries.streams(session, errand.workspace_id, [errand.id])
    streams = found[errand.id]
    catch_up_on_members(session, connection)
    _ration_the_past(errand, streams, share, now)
    standing = _standing(errand, connection, streams, stop, share=share, now=now)
    stand(session, connection, standing, now)
    connection.is_pulling, connection.crashes = False, 0
    if any(one.is_over and not one.problem for one in errand.due):
        connection.succeeded_at = now
    if any(one.problem for one in errand.due):
        connection.failed_at = now
    plan_next(connection, streams, now=now)
    _end_pulls(session, errand, standing, now)
    if errand.has_news:
        look_again(session, errand.workspace_id, errand.origin.project_id, now=now)
    return standing.state


def _ration_the_past(
    errand: Errand, streams: Sequence[Stream], share: float, now: datetime
) -> None:
    """What has used up its share of today's calls goes on tomorrow."""
    spent = {
        one.row.name
        for one in errand.due
        if one.is_past and not one.is_over and errand.calls_for(one, now) <= 0
    }
    for stream in streams:
        if stream.name in spent:
            stream.next_run_at = tomorrow(now, share)


def _standing(
    errand: Errand,
    connection: Connection,
    streams: Sequence[Stream],
    stop: Setback | None,
    *,
    share: float,
    now: datetime,
) -> Standing:
    if stop is not None and stop.state is not None:
        connection.next_allowed_at = stop.until
        told = next(one.row for one in errand.due if one.problem == stop.problem)
        facts = {"stream": told.name, "detail": told.detail, "tries": stop.failures}
        return Standing(stop.state, stop.problem, facts)
    waiting = [one for one in errand.due if not one.is_over and not one.is_past]
    if errand.calls_left <= 0 and waiting:
        connection.next_allowed_at = tomorrow(now, share)
        return Standing("throttled", "budget", {"most": errand.account_calls})
    connection.next_allowed_at = None
    return standing_of(streams)


def _end_pulls(session: Session, errand: Errand, standing: Standing, now: datetime) -> None:
    for is_past, pull_id in errand.pulls.items():
        pull = queries.pull(session, errand.workspace_id, pull_id)
        own = [one for one in errand.due if one.is_past == is_past]
        failed = next((one.row for one in own if one.problem), None)
        if failed is not None and not pull.problem:
            pull.problem = failed.problem
            pull.problem_facts = {
                "stream": failed.name,
                "detail": failed.detail,
                "tries": failed.failures,
            }
        if all(one.is_over for one in own):
            pull.state, pull.ended_at = "failed" if pull.problem else "done", now
        elif standing.state in STOPS:
            pull.state, pull.ended_at = "failed", now
        elif standing.state == "throttled":
            pull.state, pull.problem = "throttled", standing.problem
            pull.problem_facts = standing.facts
        elif is_past and any(errand.calls_for(one, now) <= 0 for one in own):
            pull.state, pull.problem = "throttled", "budget"
            pull.problem_facts = {"most": errand.account_calls // BACKFILL_SHARE}
        pull.stream = pull.stream if pull.ended_at is None else None
