"""A test of a connection: one question to the platform, and what came of it."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from tracker.connectors.trouble import PlatformError, said_detail
from tracker.kernel.db import unit_of_work
from tracker.kernel.errors import Conflict, TooMany
from tracker.kernel.muting import check_may_send
from tracker.kernel.texts import Language, Sentence
from tracker.metrics import connection_queries as queries
from tracker.metrics.connection_account import account_of
from tracker.metrics.connection_models import Connection
from tracker.metrics.connection_said import TROUBLES
from tracker.metrics.connection_showing import failed_out, tested_out
from tracker.metrics.pacing import calls_left, setback, tomorrow
from tracker.metrics.pull_asking import NOTHING_PULLED
from tracker.metrics.sources import source_of

_LEAVE_ALONE: Final = Sentence(
    en="The platform asks to be left alone. Test again in {retry_in} {retry_in:second|seconds}.",
    fr="La plateforme demande à être laissée tranquille. Réessayer dans {retry_in} "
    "{retry_in:seconde|secondes}.",
)
_USED_UP: Final = Sentence(
    en="Today's {most} {most:call is|calls are} used up. Raise `most_calls`, or test tomorrow: in "
    "{retry_in} {retry_in:second|seconds}.",
    fr="{most:L'appel|Les appels} du jour ({most}) {most:est épuisé|sont épuisés}. Augmenter "
    "`most_calls`, ou réessayer demain : dans {retry_in} {retry_in:seconde|secondes}.",
)


def test_connection_now(
    workspace_id: UUID, connection_id: UUID, language: Language, *, now: datetime
) -> dict[str, Any]:
    """Ask the platform whether it can be read.

    Raises NotFound, Conflict, Muted, TooMany, Undecipherable.
    Opens transactions of its own, before and after: none is open while it speaks to the network.
    """
    with unit_of_work() as session:
        connection = queries.connection(session, workspace_id, connection_id, to_change=True)
        source, account = source_of(connection.kind), account_of(connection)
        if not source.streams:
            raise Conflict(NOTHING_PULLED)
        check_may_send(session)
        _count(connection, now)
    try:
        return tested_out(source.test(account, now=now), language)
    except PlatformError as error:
        if error.trouble == "throttled":
            with unit_of_work() as session:
                found = queries.connection(session, workspace_id, connection_id, to_change=True)
                _heed(found, error, now)
        sentence = TROUBLES[error.trouble].say(language, detail=said_detail(error.detail))
        return failed_out(error.trouble, sentence)


def _count(connection: Connection, now: datetime) -> None:
    """A test is a call like others. Raises TooMany."""
    until = connection.next_allowed_at
    if until is not None and until > now:
        raise TooMany(_LEAVE_ALONE, retry_in=_seconds(until - now))
    if not calls_left(connection.calls, connection.calls_on, connection.most_calls, now=now):
        wait = tomorrow(now, 0) - now
        raise TooMany(_USED_UP, retry_in=_seconds(wait), most=connection.most_calls)
    calls = connection.calls if connection.calls_on == now.date() else 0
    connection.calls, connection.calls_on = calls + 1, now.date()


def _seconds(wait: timedelta) -> int:
    return int(wait.total_seconds()) + 1


def _heed(connection: Connection, error: PlatformError, now: datetime) -> None:
    """What the platform asks for holds for pulls, too."""
    until = setback(error, 0, share=0, now=now).until
    if until and (connection.next_allowed_at is None or connection.next_allowed_at < until):
        connection.next_allowed_at = until
        if connection.ready_at and not connection.is_pulling:
            connection.ready_at = max(connection.ready_at, until)
