"""Claims on what is due, and what is known of those who had it before and died."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, func, select, tuple_, update

from tracker.connectors.letter import Outcome
from tracker.kernel.claims import Claim, Claims
from tracker.kernel.db import core, unit_of_work
from tracker.kernel.points import reached
from tracker.reminders.models import Attempt, Reminder
from tracker.reminders.sending_rules import MOST_CRASHES, isolated
from tracker.reminders.words import State

_R, _A = Reminder.__table__, Attempt.__table__
CLAIMS: Final = Claims(_R, in_hand={"state": State.SENDING})
_OF_THESE: Final = tuple_(_A.c.workspace_id, _A.c.reminder_id).in_(
    bindparam("keys", expanding=True)
)
_LEFT_OPEN: Final = (
    update(_A)
    .where(_OF_THESE, _A.c.outcome.is_(None))
    .values(outcome=Outcome.UNKNOWN, finished_at=bindparam("at"))
)
_DIED_IN_HAND: Final = (
    select(_A.c.reminder_id, func.count(_A.c.claim.distinct()))
    .join(_R, (_R.c.workspace_id == _A.c.workspace_id) & (_R.c.id == _A.c.reminder_id))
    .where(
        _OF_THESE,
        _A.c.outcome == Outcome.UNKNOWN,
        _A.c.claim >= _R.c.claim - MOST_CRASHES,
    )
    .group_by(_A.c.reminder_id)
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What one look has claimed."""

    found: int  # how many were due, as far as one look goes
    held: Sequence[Claim]
    in_hand: Mapping[UUID, int]  # by reminder: how many of its last claims died while sending it


def take(*, now: datetime) -> Taken:
    """Claim up to fifty that are due, the longest due first.

    An attempt without outcome is one of a process that died, or has lost its claim: whether it
    arrived, nobody knows. It is written down as that, under the new claim.
    """
    with unit_of_work() as session:
        taken = CLAIMS.take(session, now=now)
        held, free = isolated(taken)
        CLAIMS.release(session, free, {"state": State.OWED}, now=now)
        in_hand: dict[UUID, int] = {}
        if keys := [(claim.workspace_id, claim.id) for claim in held if claim.crashes > 1]:
            core(session).execute(_LEFT_OPEN, {"keys": keys, "at": now})
            in_hand = {
                row[0]: row[1] for row in core(session).execute(_DIED_IN_HAND, {"keys": keys})
            }
        if taken:
            reached("claiming")
    if taken:
        reached("claimed")
    return Taken(len(taken), held, in_hand)
