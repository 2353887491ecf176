"""When a connection is pulled next, and what people ask to be pulled at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from tracker.connectors.figures import Source
from tracker.kernel.db import new_id
from tracker.kernel.errors import Conflict
from tracker.kernel.muting import check_may_send
from tracker.kernel.texts import Sentence
from tracker.metrics import connection_queries as queries
from tracker.metrics.connection_models import Connection, Pull, Stream
from tracker.metrics.connection_project import check_project
from tracker.metrics.sources import source_of
from tracker.people.rules import Actor

NOTHING_PULLED: Final = Sentence(
    en="Nothing is pulled here: figures are brought to this connection.",
    fr="Rien n'est relevé ici : les chiffres sont apportés à cette connexion.",
)
_PAUSED: Final = Sentence(
    en="This connection is paused. Let it go on first: PATCH /connections/{id} with "
    '{{"paused": false}}.',
    fr="Cette connexion est en pause. La reprendre d'abord : PATCH /connections/{id} avec "
    '{{"paused": false}}.',
)
_NEEDS_REAUTH: Final = Sentence(
    en="The platform refuses its credentials. Give new ones first: PUT "
    "/connections/{id}/credentials.",
    fr="La plateforme refuse ses identifiants. En donner d'abord de nouveaux : PUT "
    "/connections/{id}/credentials.",
)
_NO_PAST: Final = Sentence(
    en="This kind of connection has no past that could be fetched by itself.",
    fr="Ce type de connexion n'a pas de passé à aller chercher à part.",
)
STOPS: Final = ("needs_reauth", "broken")
"""States in which nothing is pulled until somebody has done something about it."""


def begin_anew(
    session: Session, connection: Connection, source: Source, *, now: datetime
) -> Sequence[Stream]:
    """Have every stream of a connection read from its beginning; the past only once asked for."""
    mine = (
        Stream.workspace_id == connection.workspace_id,
        Stream.connection_id == connection.id,
    )
    session.execute(delete(Stream).where(*mine))
    made = missing_streams(connection, source, (), now=now)
    session.add_all(made)
    session.flush()
    return made


def missing_streams(
    connection: Connection, source: Source, known: Iterable[str], *, now: datetime
) -> list[Stream]:
    """Rows for streams that a source has and a connection has not."""
    names = set(known)
    return [
        Stream(
            workspace_id=connection.workspace_id,
            connection_id=connection.id,
            name=spec.name,
            state="active",
            next_run_at=None if spec.is_backfill else now,
            interval_seconds=int(spec.every.total_seconds()),
            quiet_runs=0,
            failures=0,
            calls=0,
        )
        for spec in source.streams
        if spec.name not in names
    ]


def plan_next(connection: Connection, streams: Iterable[Stream], *, now: datetime) -> None:
    """Say when a connection is ready: with its first stream, and when it may be asked again."""
    runs = [one.next_run_at for one in streams if one.state == "active" and one.next_run_at]
    at = min(runs, default=None)
    if at is not None and connection.next_allowed_at and connection.next_allowed_at > now:
        at = max(at, connection.next_allowed_at)
    is_stopped = connection.is_paused or connection.state in STOPS
    connection.ready_at = None if is_stopped or connection.removed_at else at


def fence(connection: Connection) -> None:
    """Take the connection away from whoever pulls it now: their later writes are refused."""
    connection.claim += 1
    connection.crashes, connection.is_pulling = 0, False


def ask_for_pull(
    session: Session, actor: Actor, connection: Connection, *, backfill: bool, now: datetime
) -> Pull:
    """Have a locked connection pulled as soon as it may be; twice is once.

    ``backfill`` fetches the past, too, which is slower; when it is through, from its beginning.
    Raises Conflict, Muted, ProjectClosed.
    """
    check_project(session, connection)
    source = source_of(connection.kind)
    _check_can_be_pulled(connection, source, backfill=backfill)
    check_may_send(session)
    kind = "backfill" if backfill else "asked"
    found = queries.open_pulls(session, connection.workspace_id, connection.id)
    streams = _wake(session, connection, source, backfill=backfill, now=now)
    if connection.state == "broken":
        connection.state, connection.problem, connection.problem_facts = "ok", None, None
    if not connection.is_pulling:
        plan_next(connection, streams, now=now)
    for pull in found:
        if (pull.source == "backfill") == backfill:
            return pull
    pull = Pull(
        workspace_id=connection.workspace_id,
        id=new_id(),
        connection_id=connection.id,
        source=kind,
        state="queued",
        calls=0,
        pages=0,
        rows=0,
        new_rows=0,
        asked_by=actor.member_id,
        created_at=now,
    )
    session.add(pull)
    return pull


def _check_can_be_pulled(connection: Connection, source: Source, *, backfill: bool) -> None:
    if not source.streams:
        raise Conflict(NOTHING_PULLED)
    if backfill and not any(spec.is_backfill for spec in source.streams):
        raise Conflict(_NO_PAST)
    if connection.is_paused:
        raise Conflict(_PAUSED, id=connection.id)
    if connection.state == "needs_reauth":
        raise Conflict(_NEEDS_REAUTH, id=connection.id)


def _wake(
    session: Session, connection: Connection, source: Source, *, backfill: bool, now: datetime
) -> Sequence[Stream]:
    """Have what is asked for be due; what the platform did not allow is tried again."""
    streams = queries.streams(session, connection.workspace_id, [connection.id])[connection.id]
    pasts = {spec.name for spec in source.streams if spec.is_backfill}
    for stream in streams:
        if (stream.name in pasts) != backfill:
            continue
        if stream.state == "finished":
            stream.cursor = None
        stream.state, stream.next_run_at = "active", now
        stream.failures, stream.problem, stream.detail = 0, None, None
    return streams


def end_open_pulls(session: Session, connection: Connection, *, now: datetime) -> None:
    """What was under way is over: somebody has stopped it."""
    for pull in queries.open_pulls(session, connection.workspace_id, connection.id):
        pull.state, pull.problem, pull.ended_at = "failed", "stopped", now


def open_by_source(session: Session, connection: Connection) -> dict[bool, Pull]:
    """The pulls under way: of the past, and of what happens now."""
    found = queries.open_pulls(session, connection.workspace_id, connection.id)
    return {pull.source == "backfill": pull for pull in reversed(found)}
