"""Taking a connection in hand: what is due of it, and whether it can be pulled at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from tracker.connectors.figures import Account, Source
from tracker.kernel.claims import Claim, Claims
from tracker.kernel.db import core, new_id
from tracker.kernel.errors import NotFound
from tracker.kernel.outbox import publish
from tracker.kernel.secrets import Undecipherable
from tracker.metrics import connection_queries as queries
from tracker.metrics.connection_account import account_of, actor_key_of
from tracker.metrics.connection_events import ConnectionStateChanged
from tracker.metrics.connection_models import Connection, Pull, Stream
from tracker.metrics.pacing import (
    BACKFILL_SHARE,
    LONGEST_PAUSE,
    Standing,
    calls_left,
    tomorrow,
)
from tracker.metrics.placing import Origin
from tracker.metrics.pull_asking import missing_streams, open_by_source, plan_next
from tracker.metrics.sources import source_of
from tracker.metrics.veiling import Veil
from tracker.projects.models import Project
from tracker.projects.rules import READ_ONLY

LEASE: Final = timedelta(seconds=90)  # longer than the slowest page
CLAIMS: Final = Claims(Connection.__table__, in_hand={"is_pulling": True}, lease=LEASE)
_MOST_CRASHES: Final = 3
_PULLS_KEPT: Final = timedelta(days=30)
_PULLS: Final = Pull.__table__


@dataclass(slots=True)
class Due:
    """A stream that is due. ``is_past``: it goes back in time, within its share of the calls."""

    row: Stream
    every: timedelta
    is_past: bool
    had_news: bool = False
    is_over: bool = False
    problem: str | None = None  # of this round


@dataclass(slots=True, kw_only=True)
class Errand:
    """A connection in hand, opened: its secrets are plain, and are dropped with it."""

    claim: Claim
    source: Source
    account: Account
    veil: Veil
    origin: Origin
    due: list[Due]
    pulls: dict[bool, UUID]  # the rows that tell how far it has come; by is_past
    calls_left: int
    account_calls: int  # a day
    has_news: bool = False

    @property
    def workspace_id(self) -> UUID:
        """Of the connection; with ``id`` and ``zone`` what ``keep_rows`` wants to know."""
        return self.claim.workspace_id

    @property
    def id(self) -> UUID:
        """The connection's."""
        return self.claim.id

    @property
    def zone(self) -> str:
        """Of the platform's days."""
        return self.origin.zone

    def calls_for(self, one: Due, now: datetime) -> int:
        """How many calls a stream may still make today."""
        if not one.is_past:
            return self.calls_left
        spent = one.row.calls if one.row.calls_on == now.date() else 0
        return min(self.calls_left, self.account_calls // BACKFILL_SHARE - spent)


def take_errand(session: Session, claim: Claim, *, share: float, now: datetime) -> Errand | None:
    """What is to be done about a connection that was just claimed; None: nothing, as is noted."""
    connection = queries.connection(session, claim.workspace_id, claim.id, to_change=True)
    streams = list(queries.streams(session, claim.workspace_id, [claim.id])[claim.id])
    hand = _Hand(session, connection, streams, claim, now)
    opened = _opened(connection)
    if isinstance(opened, Standing):
        hand.lets_go(opened)
        return None
    if (hindrance := hand.hindrance(share)) is not None:
        hand.lets_go(hindrance)
        return None
    source, account, key = opened
    due = hand.due(source)
    if not due or (connection.next_allowed_at or now) > now:
        hand.lets_go(None)
        return None
    origin = Origin(
        connection.workspace_id,
        connection.project_id,
        str(connection.id),
        connection.name,
        connection.zone,
    )
    return Errand(
        claim=claim,
        source=source,
        account=account,
        veil=Veil(claim.id, key),
        origin=origin,
        due=due,
        pulls=hand.pulls({one.is_past for one in due}),
        calls_left=_left(connection, now),
        account_calls=connection.most_calls,
    )


def _left(connection: Connection, now: datetime) -> int:
    return calls_left(connection.calls, connection.calls_on, connection.most_calls, now=now)


def _opened(connection: Connection) -> tuple[Source, Account, bytes] | Standing:
    """What it takes to pull it, or why that cannot be had."""
    try:
        source = source_of(connection.kind)
        return source, account_of(connection), actor_key_of(connection)
    except NotFound:
        return Standing("broken", "unknown_kind", {"kind": connection.kind})
    except Undecipherable:
        return Standing("needs_reauth", "unreadable")


@dataclass(slots=True)
class _Hand:
    """A connection that was just claimed."""

    session: Session
    connection: Connection
    streams: list[Stream]
    claim: Claim
    now: datetime

    def hindrance(self, share: float) -> Standing | None:
        """What stands against pulling it now."""
        connection = self.connection
        if self.claim.crashes > _MOST_CRASHES:
            return Standing("degraded", "crashed", {"tries": self.claim.crashes - 1})
        if not _left(connection, self.now):
            connection.next_allowed_at = tomorrow(self.now, share)
            return Standing("throttled", "budget", {"most": connection.most_calls})
        return None

    def due(self, source: Source) -> list[Due]:
        """What happens now first, then the past. Nothing in a project that is over."""
        key = (self.connection.workspace_id, self.connection.project_id)
        if self.session.get_one(Project, key).state in READ_ONLY:
            for stream in self.streams:
                stream.next_run_at = None
            return []
        known = [stream.name for stream in self.streams]
        made = missing_streams(self.connection, source, known, now=self.now)
        self.session.add_all(made)
        self.streams += made
        return _due(source, self.streams, self.now)

    def pulls(self, wanted: set[bool]) -> dict[bool, UUID]:
        """The rows that tell how far it has come: those under way, or new ones."""
        found = open_by_source(self.session, self.connection)
        for is_past in wanted - found.keys():
            found[is_past] = _new_pull(self.connection, is_past=is_past, now=self.now)
            self.session.add(found[is_past])
            _forget_old_pulls(self.session, self.connection, self.now)
        for is_past in wanted:
            pull = found[is_past]
            if pull.state != "running":
                pull.state, pull.problem, pull.problem_facts = "running", None, None
            pull.started_at = pull.started_at or self.now
        return {is_past: found[is_past].id for is_past in wanted}

    def lets_go(self, standing: Standing | None) -> None:
        """Nothing can be pulled now; say why, and when to look again."""
        connection = self.connection
        connection.is_pulling, connection.crashes = False, 0
        if standing is not None:
            stand(self.session, connection, standing, self.now)
            self._end_pulls(standing)
        plan_next(connection, self.streams, now=self.now)
        if standing is not None and standing.problem == "crashed":
            # Once an hour is enough for what its workers die over.
            connection.crashes = _MOST_CRASHES - 1
            connection.ready_at = self.now + LONGEST_PAUSE

    def _end_pulls(self, standing: Standing) -> None:
        mine = (self.connection.workspace_id, self.connection.id)
        ends = standing.state != "throttled"
        for pull in queries.open_pulls(self.session, *mine):
            pull.state = "failed" if ends else "throttled"
            pull.problem, pull.problem_facts = standing.problem, standing.facts
            pull.ended_at = self.now if ends else None


def _due(source: Source, streams: list[Stream], now: datetime) -> list[Due]:
    """What happens now first, then the past."""
    specs = {spec.name: spec for spec in source.streams}
    found = [
        Due(row, specs[row.name].every, specs[row.name].is_backfill)
        for row in streams
        if row.name in specs
        and row.state == "active"
        and row.next_run_at is not None
        and row.next_run_at <= now
    ]
    return sorted(found, key=lambda one: (one.is_past, one.row.next_run_at))


def _new_pull(connection: Connection, *, is_past: bool, now: datetime) -> Pull:
    return Pull(
        workspace_id=connection.workspace_id,
        id=new_id(),
        connection_id=connection.id,
        source="backfill" if is_past else "schedule",
        state="queued",
        calls=0,
        pages=0,
        rows=0,
        new_rows=0,
        created_at=now,
    )


def _forget_old_pulls(session: Session, connection: Connection, now: datetime) -> None:
    """What ran by itself is told for a month; uploads and pushes are known by their rows."""
    mine = (
        _PULLS.c.workspace_id == connection.workspace_id,
        _PULLS.c.connection_id == connection.id,
        _PULLS.c.source.in_(("schedule", "asked", "backfill")),
        _PULLS.c.created_at < now - _PULLS_KEPT,
        _PULLS.c.ended_at.is_not(None),
    )
    core(session).execute(delete(_PULLS).where(*mine))


def stand(session: Session, connection: Connection, standing: Standing, now: datetime) -> None:
    """Have a connection stand like this; trouble that lasts is announced, and its end."""
    was = (connection.state, connection.problem)
    connection.state, connection.problem = standing.state, standing.problem
    connection.problem_facts = standing.facts
    passing = {"ok", "throttled"}
    if was == (standing.state, standing.problem) or {was[0], standing.state} <= passing:
        return
    publish(
        session,
        ConnectionStateChanged(
            workspace_id=connection.workspace_id,
            at=now,
            project_id=connection.project_id,
            connection_id=connection.id,
            kind=connection.kind,
            state=standing.state,
            problem=standing.problem,
            previous={"state": was[0], "problem": was[1]},
        ),
    )
