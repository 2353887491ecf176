"""Claims on deliveries: whoever takes one writes an attempt down in the same breath.

A claim is a lease and a token, as in ``kernel.claims``; here whoever claims says which, so that the
backlog of one endpoint is passed by while it has enough in hand.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import BindParameter, and_, bindparam, case, delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from tracker.kernel.claims import Claim
from tracker.kernel.db import core
from tracker.kernel.event_log import Numbered
from tracker.kernel.muting import MAY_SEND
from tracker.kernel.outbox import OutboxMessage
from tracker.people.models import Member
from tracker.people.rules import Actor, Role
from tracker.webhooks.choosing import Candidate, Choice, Key, Standing
from tracker.webhooks.models import Delivery, DeliveryAttempt, Webhook
from tracker.webhooks.pacing import PROBE
from tracker.webhooks.words import Outcome, State

LEASE: Final = timedelta(seconds=60)
_D, _A, _W = Delivery.__table__, DeliveryAttempt.__table__, Webhook.__table__
_M, _O = Member.__table__, OutboxMessage.__table__
_KEYS: Final[BindParameter[Any]] = bindparam("keys", expanding=True)
# Their backlogs are the longest due: page by page each would be a statement of every turn.
BLOCKED: Final = select(_W.c.id).where(
    _W.c.blocked_until.is_not(None), _W.c.blocked_until > bindparam("now")
)
_FIRST: Final = (
    select(_D.c.workspace_id, _D.c.id, _D.c.webhook_id, _D.c.event_id, _D.c.crashes, _D.c.ready_at)
    .where(
        _D.c.ready_at.is_not(None),
        _D.c.ready_at <= bindparam("now"),
        _D.c.webhook_id.not_in(bindparam("passed", expanding=True)),
        _D.c.webhook_id.not_in(BLOCKED),
        MAY_SEND,
    )
    .order_by(_D.c.ready_at)
    .limit(bindparam("most"))
    .subquery("first_ready")
)
_FIELDS: Final = tuple(Numbered.__dataclass_fields__)
_EVENT: Final = tuple(_O.c[name].label(f"event_{name}") for name in _FIELDS)
# Each that is asked about is a round trip to the database, and all lanes wait for the answer.
_READY: Final = (
    select(
        _FIRST.c.workspace_id,
        _FIRST.c.id,
        _FIRST.c.webhook_id,
        _FIRST.c.crashes,
        _W.c.version,
        _W.c.state,
        _W.c.failures,
        _W.c.blocked_until,
        _W.c.delivered_at,
        _M.c.id.label("owner_id"),
        _M.c.role,
        _M.c.removed_at,
        *_EVENT,
    )
    .join(_W, and_(_W.c.workspace_id == _FIRST.c.workspace_id, _W.c.id == _FIRST.c.webhook_id))
    .join(_M, and_(_M.c.workspace_id == _W.c.workspace_id, _M.c.id == _W.c.owner_id))
    .outerjoin(_O, and_(_O.c.workspace_id == _FIRST.c.workspace_id, _O.c.id == _FIRST.c.event_id))
    .order_by(_FIRST.c.ready_at)
)
_LOCK: Final = (
    select(_W.c.id)
    .where(tuple_(_W.c.workspace_id, _W.c.id).in_(_KEYS))
    .order_by(_W.c.workspace_id, _W.c.id)
    .with_for_update(key_share=True)
)
_PROBE: Final = (
    update(_W)
    .where(
        _W.c.workspace_id == bindparam("of"),
        _W.c.id == bindparam("webhook"),
        _W.c.blocked_until <= bindparam("now"),
    )
    .values(blocked_until=bindparam("until"))
)
_FREE: Final = (
    select(_D.c.workspace_id, _D.c.id)
    .where(
        tuple_(_D.c.workspace_id, _D.c.id).in_(_KEYS),
        _D.c.ready_at.is_not(None),
        _D.c.ready_at <= bindparam("now"),
    )
    .with_for_update(skip_locked=True)
    .cte("free")
)
_TAKE: Final = (
    update(_D)
    .where(tuple_(_D.c.workspace_id, _D.c.id).in_(select(_FREE.c.workspace_id, _FREE.c.id)))
    .values(
        ready_at=bindparam("until"),
        claim=_D.c.claim + 1,
        crashes=_D.c.crashes + 1,
        attempts=_D.c.attempts + 1,
        tries=_D.c.tries + 1,
    )
    .returning(
        _D.c.workspace_id,
        _D.c.id,
        _D.c.webhook_id,
        _D.c.claim,
        _D.c.crashes,
        _D.c.attempts,
        _D.c.tries,
    )
)
_LEFT_OPEN: Final = (
    update(_A)
    .where(tuple_(_A.c.workspace_id, _A.c.delivery_id).in_(_KEYS), _A.c.outcome.is_(None))
    .values(outcome=Outcome.UNKNOWN)
)
_ATTEMPT: Final = insert(_A)
_ENDPOINTS: Final = select(
    _W.c.workspace_id,
    _W.c.id,
    _W.c.version,
    _W.c.url,
    _W.c.headers,
    _W.c.secret,
    _W.c.old_secret,
    _W.c.old_until,
).where(tuple_(_W.c.workspace_id, _W.c.id).in_(_KEYS))
_RELEASE: Final = (
    update(_D)
    .where(tuple_(_D.c.workspace_id, _D.c.id, _D.c.claim).in_(_KEYS), _D.c.crashes > 0)
    .values(
        ready_at=case(
            (_D.c.state == State.HELD, None), else_=bindparam("at", type_=_D.c.ready_at.type)
        ),
        crashes=_D.c.crashes - 1,
        attempts=_D.c.attempts - 1,
        tries=_D.c.tries - 1,
    )
    .returning(_D.c.workspace_id, _D.c.id, _D.c.attempts)
)
_UNDO: Final = delete(_A).where(
    tuple_(_A.c.workspace_id, _A.c.delivery_id, _A.c.number).in_(_KEYS), _A.c.outcome.is_(None)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A delivery in hand, whose attempt is committed: from now on its outcome is owed, too."""

    claim: Claim
    webhook: Key
    attempt: int
    tries: int
    event: Numbered | None  # None: it is not kept any more
    until: datetime  # the claim holds


@dataclass(slots=True)
class Found:
    """What is ready, the longest first, with all that must be known of it."""

    candidates: list[Candidate] = field(default_factory=list)
    standings: dict[Key, Standing] = field(default_factory=dict)
    events: dict[Key, Numbered] = field(default_factory=dict)  # by delivery

    def add(self, more: "Found") -> None:
        """The next page."""
        self.candidates += more.candidates
        self.standings |= more.standings
        self.events |= more.events


def ready(
    session: Session,
    passed: Collection[Key],
    paces: Mapping[Key, float],
    *,
    most: int,
    now: datetime,
) -> Found:
    """A page of what is ready, but for endpoints that are passed by."""
    told = {"now": now, "passed": [webhook for _workspace, webhook in passed], "most": most}
    found = Found()
    for row in core(session).execute(_READY, told):
        key, webhook = (row.workspace_id, row.id), (row.workspace_id, row.webhook_id)
        found.candidates.append(Candidate(key, webhook, row.crashes))
        if webhook not in found.standings:
            found.standings[webhook] = _standing(row, paces.get(webhook))
        if row.event_id is not None:
            found.events[key] = Numbered(**dict(zip(_FIELDS, row[-len(_FIELDS) :], strict=True)))
    return found


def _standing(row: Any, pace: float | None) -> Standing:
    return Standing(
        state=row.state,
        owner=Actor(row.workspace_id, row.owner_id, Role(row.role)),
        version=row.version,
        failures=row.failures,
        blocked_until=row.blocked_until,
        delivered_at=row.delivered_at,
        has_owner=row.removed_at is None,
        pace=pace,
    )


def lock(session: Session, webhooks: Collection[Key]) -> None:
    """Lock endpoints that are to be written to, in the order in which all do who need several."""
    if len(webhooks) > 1 and session.get_bind().dialect.name != "sqlite":  # has one writer anyway
        core(session).execute(_LOCK, {"keys": list(webhooks)}).all()


def win_probes(session: Session, choice: Choice, *, now: datetime) -> None:
    """Of those whose peace is over one delivery goes, of one process; who comes late goes not."""
    for webhook in sorted(choice.probes):
        told = {"of": webhook[0], "webhook": webhook[1], "now": now, "until": now + PROBE}
        if not core(session).execute(_PROBE, told).rowcount:
            choice.more = [(of, more) for of, more in choice.more if of != webhook]
            choice.waiting[webhook] = now + PROBE


def take(
    session: Session, choice: Choice, events: Mapping[Key, Numbered], *, now: datetime
) -> Sequence[Sequence[Taken]]:
    """Claim what was chosen, and write the attempts down. What another was quicker at drops out."""
    keys = [one.key for _webhook, more in choice.more for one in more]
    if not keys:
        return []
    until = now + LEASE
    rows = core(session).execute(_TAKE, {"keys": keys, "now": now, "until": until}).all()
    died = [(row.workspace_id, row.id) for row in rows if row.crashes > 1]
    if died:
        core(session).execute(_LEFT_OPEN, {"keys": died})
    if rows:
        core(session).execute(_ATTEMPT, [_attempt(row, now) for row in rows])
    taken = {(row.workspace_id, row.id): _taken(row, events, until) for row in rows}
    by_webhook = [[taken[one.key] for one in more if one.key in taken] for _, more in choice.more]
    return [more for more in by_webhook if more]


def _attempt(row: Any, now: datetime) -> dict[str, Any]:
    return {
        "workspace_id": row.workspace_id,
        "delivery_id": row.id,
        "number": row.attempts,
        "began_at": now,
    }


def _taken(row: Any, events: Mapping[Key, Numbered], until: datetime) -> Taken:
    return Taken(
        claim=Claim(row.workspace_id, row.id, row.claim, row.crashes),
        webhook=(row.workspace_id, row.webhook_id),
        attempt=row.attempts,
        tries=row.tries,
        event=events.get((row.workspace_id, row.id)),
        until=until,
    )


def endpoint_rows(session: Session, webhooks: Iterable[Key]) -> Mapping[Key, Any]:
    """What is stored of these endpoints, sealed as it is."""
    rows = core(session).execute(_ENDPOINTS, {"keys": list(webhooks)})
    return {(row.workspace_id, row.id): row for row in rows}


def release(session: Session, held: Sequence[Claim], *, at: datetime) -> None:
    """Let go of what was taken and not sent, as if it had not been; ready again ``at`` then."""
    if not held:
        return
    keys = [(claim.workspace_id, claim.id, claim.token) for claim in held]
    rows = core(session).execute(_RELEASE, {"keys": keys, "at": at}).all()
    undone = [(row.workspace_id, row.id, row.attempts + 1) for row in rows]
    if undone:
        core(session).execute(_UNDO, {"keys": undone})
