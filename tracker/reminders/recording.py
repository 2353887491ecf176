"""Attempts and what came of them, written down by whoever still has the claim, and nobody else."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, Row, bindparam, exists, func, tuple_, update
from sqlalchemy.orm import Session

from tracker.channels.routes import Route
from tracker.channels.service import switch_off
from tracker.connectors.letter import Answer, Letter, Outcome, Parcel
from tracker.kernel.breakers import note_results, shut_targets
from tracker.kernel.claims import LEASE, Claim
from tracker.kernel.db import core, new_id
from tracker.kernel.outbox import Event, publish
from tracker.reminders.events import ReminderFailed, ReminderSent
from tracker.reminders.models import Attempt, Reminder
from tracker.reminders.sending_rules import Ending
from tracker.reminders.words import State

_R, _A = Reminder.__table__, Attempt.__table__
_KEYS: Final[BindParameter[Any]] = bindparam("keys", expanding=True)
# Whatever was cancelled meanwhile, or claimed by somebody else, is not ours any more.
_IN_HAND: Final = (
    tuple_(_R.c.workspace_id, _R.c.id, _R.c.claim).in_(_KEYS),
    _R.c.state == State.SENDING,
)
_BEGIN: Final = (
    update(_R)
    .where(*_IN_HAND)
    .values(ready_at=bindparam("until"), tries=_R.c.tries + 1)
    .returning(_R.c.id, _R.c.tries)
)
_SETTLE: Final = (
    update(_R)
    .where(*_IN_HAND)
    .values(
        state=bindparam("to_state"),
        reason=bindparam("why"),
        ready_at=bindparam("at", type_=_R.c.ready_at.type),
        way=func.coalesce(bindparam("to_way"), _R.c.way),
        due_at=func.coalesce(bindparam("to_due", type_=_R.c.due_at.type), _R.c.due_at),
        sent_at=func.coalesce(bindparam("sent", type_=_R.c.sent_at.type), _R.c.sent_at),
        crashes=0,
        version=_R.c.version + 1,
    )
    .returning(_R.c.workspace_id, _R.c.id, _R.c.member_id, _R.c.rule)
)
_OURS: Final = exists().where(
    _R.c.workspace_id == _A.c.workspace_id,
    _R.c.id == _A.c.reminder_id,
    _R.c.claim == _A.c.claim,
)
_TELL: Final = (
    update(_A)
    .where(
        tuple_(_A.c.workspace_id, _A.c.id).in_(_KEYS),
        _A.c.outcome.is_(None),
        _OURS,
    )
    .values(outcome=bindparam("what"), detail=bindparam("details"), finished_at=bindparam("at"))
    .returning(_A.c.reminder_id)
)
_ATTEMPT: Final = _A.insert()
_NO_ANSWER: Final = frozenset({Outcome.DEFERRED, Outcome.UNKNOWN})
_TOLD: Final = (
    update(_R)
    .where(
        tuple_(_R.c.workspace_id, _R.c.id).in_(_KEYS),
        _R.c.state.in_((State.OWED, State.FOLDED)),
    )
    .values(
        state=State.FOLDED,
        folded_into=bindparam("into"),
        ready_at=None,
        version=_R.c.version + 1,
    )
)


@dataclass(slots=True, kw_only=True)
class Errand:
    """A reminder in hand, and the ways on which it may go, the wanted one first."""

    claim: Claim
    row: Row[Any]
    routes: list[Route]
    told: Sequence[Row[Any]] = ()  # of a digest or catch-up: what it tells
    letter: Letter | None = None
    was_in_hand: bool = False  # when a process died

    @property
    def says_something(self) -> bool:
        """Whether its letter tells of anything."""
        return self.letter is not None and any(part.items for part in self.letter.sections)

    @property
    def parcel(self) -> Parcel:
        """What is handed to the carrier."""
        if self.letter is None:
            raise ValueError("it has not been put into words")
        return Parcel(address=self.routes[0].address, letter=self.letter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """An attempt that is committed: from now on its outcome is owed, too."""

    errand: Errand
    route: Route
    id: UUID
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A try with its answer. Without ``ending`` another channel is tried at once."""

    attempt: Try
    answer: Answer
    ending: Ending | None


def open_ways(session: Session, errands: Sequence[Errand], now: datetime) -> list[Errand]:
    """Those that have a way whose breaker is shut, each on the first one; the others wait."""
    targets = {route.target for errand in errands for route in errand.routes}
    shut = shut_targets(session, targets, now=now)
    if not shut:
        return list(errands)
    going, waiting = [], defaultdict(list)
    for errand in errands:
        working = [route for route in errand.routes if route.target not in shut]
        if working:
            errand.routes = working
            going.append(errand)
        else:
            until = min(shut[route.target] for route in errand.routes)
            waiting[Ending(State.OWED, None, until)].append(errand.claim)
    for ending, claims in waiting.items():
        settle(session, claims, ending, now)
    return going


def begin(session: Session, errands: Sequence[Errand], now: datetime) -> list[Try]:
    """Write down that these are about to be sent; those that are not ours any more drop out."""
    keys = [_key(errand.claim) for errand in errands]
    rows = core(session).execute(_BEGIN, {"keys": keys, "until": now + LEASE})
    numbers = {row.id: row.tries for row in rows}
    tries = [
        Try(errand=each, route=each.routes[0], id=new_id(), tries=numbers[each.claim.id])
        for each in errands
        if each.claim.id in numbers
    ]
    if tries:
        core(session).execute(_ATTEMPT, [_attempt(each, now) for each in tries])
    return tries


def _key(claim: Claim) -> tuple[UUID, UUID, int]:
    return claim.workspace_id, claim.id, claim.token


def _attempt(each: Try, now: datetime) -> dict[str, Any]:
    claim = each.errand.claim
    return {
        "workspace_id": claim.workspace_id,
        "id": each.id,
        "reminder_id": claim.id,
        "number": each.tries,
        "claim": claim.token,
        "channel": each.route.kind,
        "channel_id": each.route.channel_id,
        "started_at": now,
    }


def settle(session: Session, held: Sequence[Claim], ending: Ending, now: datetime) -> set[UUID]:
    """Say what becomes of reminders in hand, and announce it; ids of those that were ours still."""
    values = {
        "keys": [_key(claim) for claim in held],
        "to_state": ending.state,
        "why": ending.reason,
        "at": ending.ready_at,
        "to_way": ending.way,
        "to_due": ending.due_at,
        "sent": now if ending.state == State.SENT else None,
    }
    settled = core(session).execute(_SETTLE, values).all()
    publish(session, *_events(settled, ending, now))
    return {row.id for row in settled}


def _events(rows: Sequence[Row[Any]], ending: Ending, now: datetime) -> Iterator[Event]:
    for row in rows:
        told = {"workspace_id": row.workspace_id, "at": now, "rule": row.rule}
        told |= {"reminder_id": row.id, "member_id": row.member_id}
        if ending.state == State.SENT:
            yield ReminderSent(**told)
        elif ending.state in (State.FAILED, State.UNKNOWN):
            yield ReminderFailed(**told, reason=str(ending.reason))


def record(session: Session, done: Sequence[Done], now: datetime) -> set[UUID]:
    """Write down what came of tries. Ids of reminders whose claim was still ours.

    Reminders come before their attempts: whoever claims them anew locks them in the same order.
    """
    by_ending: dict[Ending, list[Errand]] = defaultdict(list)
    for each in done:
        if each.ending is not None:
            by_ending[each.ending].append(each.attempt.errand)
    for ending, ended in by_ending.items():
        settled = settle(session, [errand.claim for errand in ended], ending, now)
        for errand in ended:
            if ending.state == State.SENT and errand.told and errand.claim.id in settled:
                _fold_in(session, errand)
    ours = _tell(session, done, now)
    known = [each for each in done if each.attempt.errand.claim.id in ours]
    if known:
        _note(session, known, now)
        _switch_off(session, known, now)
    return ours


def _note(session: Session, done: Sequence[Done], now: datetime) -> None:
    """Have the breakers know who answered, and who did not once."""
    failed = Counter(each.attempt.route.target for each in done if _is_away(each.answer))
    worked = {each.attempt.route.target for each in done if not _is_away(each.answer)}
    not_once = {target: count for target, count in failed.items() if target not in worked}
    note_results(session, worked=worked, failed=not_once, now=now)


def _is_away(answer: Answer) -> bool:
    """Whether it tells of a target that does not work, rather than of one address there."""
    return answer.outcome in _NO_ANSWER and not answer.is_of_one


def _switch_off(session: Session, done: Sequence[Done], now: datetime) -> None:
    """What is dead is used no more, and its member and the managers hear of it."""
    for each in done:
        if each.answer.outcome == Outcome.GONE:
            row, channel_id = each.attempt.errand.row, each.attempt.route.channel_id
            switch_off(session, row.workspace_id, row.member_id, channel_id, now=now)


def _tell(session: Session, done: Sequence[Done], now: datetime) -> set[UUID]:
    by_answer: dict[tuple[str, str], list[Try]] = defaultdict(list)
    for each in done:
        by_answer[each.answer.outcome, each.answer.detail].append(each.attempt)
    ours: set[UUID] = set()
    for (outcome, detail), tries in by_answer.items():
        keys = [(each.errand.claim.workspace_id, each.id) for each in tries]
        told = {"keys": keys, "what": outcome, "details": detail or None, "at": now}
        ours.update(core(session).scalars(_TELL, told))
    return ours


def _fold_in(session: Session, errand: Errand) -> None:
    """What a digest has told needs no message of its own."""
    keys = [(row.workspace_id, row.id) for row in errand.told]
    core(session).execute(_TOLD, {"keys": keys, "into": errand.row.id})
