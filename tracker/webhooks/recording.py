"""What came of attempts, written down by whoever still has the claim, and nobody else."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import BindParameter, bindparam, case, delete, exists, func, tuple_, update
from sqlalchemy.orm import Session

from tracker.kernel.claims import Claim
from tracker.kernel.db import core
from tracker.webhooks.choosing import Key
from tracker.webhooks.claiming import Taken
from tracker.webhooks.disabling import disable
from tracker.webhooks.models import Delivery, DeliveryAttempt, Webhook
from tracker.webhooks.pacing import SENT, Answer, Ending, block, is_given_up, still_blocked
from tracker.webhooks.words import Reason, State

_D, _A, _W = Delivery.__table__, DeliveryAttempt.__table__, Webhook.__table__
_KEYS: Final[BindParameter[Any]] = bindparam("keys", expanding=True)
_IS_HELD: Final = _D.c.state == State.HELD
_TRIED_AGAIN: Final = bindparam("to_state") == State.OWED
_SETTLE: Final = (
    update(_D)
    .where(
        tuple_(_D.c.workspace_id, _D.c.id, _D.c.claim).in_(_KEYS),
        _D.c.crashes > 0,  # what has ended keeps its token
    )
    .values(
        # Where its endpoint was paused meanwhile, it is not tried again but held.
        state=case((_IS_HELD & _TRIED_AGAIN, State.HELD), else_=bindparam("to_state")),
        reason=bindparam("why"),
        ready_at=case((_IS_HELD, None), else_=bindparam("at", type_=_D.c.ready_at.type)),
        ended_at=bindparam("ended", type_=_D.c.ended_at.type),
        crashes=0,
    )
    .returning(_D.c.workspace_id, _D.c.id)
)
_NEVER: Final = (
    update(_D)
    .where(tuple_(_D.c.workspace_id, _D.c.id).in_(_KEYS))
    .values(attempts=_D.c.attempts - 1, tries=_D.c.tries - 1)
)
_NO_ATTEMPT: Final = delete(_A).where(
    tuple_(_A.c.workspace_id, _A.c.delivery_id).in_(_KEYS), _A.c.outcome.is_(None)
)
_TELL: Final = (
    update(_A)
    .where(
        _A.c.workspace_id == bindparam("of"),
        _A.c.delivery_id == bindparam("delivery"),
        _A.c.number == bindparam("attempt"),
        _A.c.outcome.is_(None),
    )
    .values(
        outcome=bindparam("what"),
        status=bindparam("code"),
        milliseconds=bindparam("took"),
        answer=bindparam("said"),
        detail=bindparam("word"),
    )
)
_IT: Final = (_W.c.workspace_id == bindparam("of"), _W.c.id == bindparam("webhook"))
_WORKED: Final = (
    update(_W)
    .where(
        *_IT,
        (_W.c.failures > 0)
        | _W.c.delivered_at.is_(None)
        | (_W.c.delivered_at < bindparam("since")),
    )
    .values(failures=0, failing_since=None, blocked_until=None, delivered_at=bindparam("now"))
)
# Who has lost its claim has no say on the endpoint either.
_IS_OURS: Final = exists().where(
    _D.c.workspace_id == _W.c.workspace_id,
    _D.c.id == bindparam("delivery"),
    _D.c.claim == bindparam("token"),
    _D.c.crashes > 0,
)
_FAILED: Final = (
    update(_W)
    # What the address before has answered says nothing of the one that it has now.
    .where(*_IT, _IS_OURS, _W.c.version == bindparam("seen"))
    .values(
        failures=_W.c.failures + bindparam("more"),
        failing_since=func.coalesce(
            _W.c.failing_since, bindparam("now", type_=_W.c.failing_since.type)
        ),
    )
    .returning(_W.c.failures, _W.c.failing_since, _W.c.blocked_until)
)
_BLOCK: Final = update(_W).where(*_IT).values(blocked_until=bindparam("until"))
NOTED_EVERY: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An attempt with its answer, and what becomes of the delivery."""

    taken: Taken
    answer: Answer
    ending: Ending
    version: int  # of the endpoint, as it was sent to


def record(
    session: Session, done: Sequence[Done], well: Container[Key], *, now: datetime
) -> Mapping[Key, datetime]:
    """Write down what came of attempts; endpoints that are to be left alone, and until when.

    ``well`` are endpoints of which it is known that they answer. Endpoints come before their
    deliveries: whoever pauses one locks them in the same order.
    """
    waiting = _note(session, done, well, now)
    by_ending: dict[Ending, list[Done]] = defaultdict(list)
    for each in done:
        by_ending[each.ending].append(each)
    ours: set[Key] = set()
    for ending, ended in by_ending.items():
        ours |= settle(session, [each.taken.claim for each in ended], ending, now=now)
    told = [_told(each) for each in done if _key(each.taken.claim) in ours]
    if told:
        core(session).execute(_TELL, told)
    return waiting


def settle(session: Session, held: Iterable[Claim], ending: Ending, *, now: datetime) -> set[Key]:
    """Say what becomes of deliveries in hand; keys of those that were ours still."""
    values = {
        "keys": [(claim.workspace_id, claim.id, claim.token) for claim in held],
        "to_state": ending.state,
        "why": ending.reason,
        "at": ending.ready_at,
        "ended": None if ending.state in (State.OWED, State.HELD) else now,
    }
    return {(row.workspace_id, row.id) for row in core(session).execute(_SETTLE, values)}


def _key(claim: Claim) -> Key:
    return claim.workspace_id, claim.id


def _told(each: Done) -> dict[str, Any]:
    answer, claim = each.answer, each.taken.claim
    return {
        "of": claim.workspace_id,
        "delivery": claim.id,
        "attempt": each.taken.attempt,
        "what": answer.outcome,
        "code": answer.status,
        "took": answer.milliseconds,
        "said": answer.body,
        "word": answer.detail,
    }


def _note(
    session: Session, done: Sequence[Done], well: Container[Key], now: datetime
) -> Mapping[Key, datetime]:
    """Have all processes know how endpoints answer: one that did once is not failing."""
    gone = {each.taken.webhook for each in done if each.answer.is_gone}
    worked = {each.taken.webhook for each in done if each.ending == SENT} - gone
    failed: dict[Key, list[Done]] = defaultdict(list)
    for each in done:
        if each.taken.webhook not in worked and each.ending != SENT:
            failed[each.taken.webhook].append(each)
    if news := [key for key in sorted(worked) if key not in well]:
        since = now - NOTED_EVERY
        told = [{"of": of, "webhook": one, "now": now, "since": since} for of, one in news]
        core(session).execute(_WORKED, told)
    waiting = {}
    for webhook in sorted(failed):
        until = _note_failure(session, webhook, failed[webhook], now)
        if until is not None:
            waiting[webhook] = until
    return waiting


def _note_failure(
    session: Session, webhook: Key, failed: Sequence[Done], now: datetime
) -> datetime | None:
    of, one = webhook
    claim, answers = failed[0].taken.claim, [each.answer for each in failed]
    told = {"of": of, "webhook": one, "now": now, "more": len(failed)}
    ours = {"delivery": claim.id, "token": claim.token, "seen": failed[0].version}
    row = core(session).execute(_FAILED, {**told, **ours}).one_or_none()
    if row is None:
        return None
    peace = max(answer.peace or timedelta() for answer in answers)
    if any(answer.is_gone for answer in answers):
        disable(session, webhook, Reason.GONE, now=now)
    elif is_given_up(row.failing_since, now):
        disable(session, webhook, Reason.FAILING, now=now)
    else:
        pause = block(row.failures, peace)
        until = still_blocked(now + pause if pause else None, row.blocked_until, now)
        if until != row.blocked_until:
            core(session).execute(_BLOCK, {"of": of, "webhook": one, "until": until})
        return until
    return None


def drop(session: Session, held: Sequence[Claim], end: Ending, *, now: datetime) -> None:
    """Say of what was taken and never sent that it is over; there was no attempt."""
    ours = settle(session, held, end, now=now)
    if ours:
        told = {"keys": [*ours]}
        core(session).execute(_NEVER, told)
        core(session).execute(_NO_ATTEMPT, told)
