"""From claims to errands: what was claimed is judged once more, and what is left goes out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Any, Final
from uuid import uuid5

from sqlalchemy import Row, bindparam, tuple_, update
from sqlalchemy.orm import Session

from tracker.connectors.letter import Letter
from tracker.kernel.claims import Claim
from tracker.kernel.db import core, reading, unit_of_work
from tracker.kernel.own_address import own_address
from tracker.kernel.points import reached
from tracker.reminders.claiming import CLAIMS, Taken
from tracker.reminders.folding import fold
from tracker.reminders.judging import crowded, timely, void
from tracker.reminders.models import Reminder
from tracker.reminders.recording import Errand, settle
from tracker.reminders.sending_rules import Ending, is_poison
from tracker.reminders.standing import Key, Standing, gathered, owed, standing_of
from tracker.reminders.ways import Ways, ways_of
from tracker.reminders.words import GATHERING, Reason, State
from tracker.reminders.writing import letters_of

_R: Final = Reminder.__table__
_POISON: Final = Ending(State.FAILED, Reason.POISON)
_NOTHING: Final = Ending(State.CANCELLED, Reason.NOTHING_TO_TELL)
# What waits for a digest is in nobody's hand.
_DROP: Final = (
    update(_R)
    .where(
        tuple_(_R.c.workspace_id, _R.c.id).in_(bindparam("keys", expanding=True)),
        _R.c.state.in_((State.OWED, State.FOLDED)),
        _R.c.ready_at.is_(None),
    )
    .values(state=State.CANCELLED, reason=bindparam("why"), version=_R.c.version + 1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What was claimed, and everything that its judgement looks at."""

    rows: Sequence[Row[Any]]
    telling: Mapping[Key, Sequence[Row[Any]]]
    standing: Standing
    ways: Ways


@dataclass(slots=True)
class _Sorting:
    """What becomes of what was claimed."""

    seen: _Seen
    now: datetime
    errands: list[Errand] = field(default_factory=list)
    ended: dict[Ending, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    dropped: dict[Reason, list[Key]] = field(default_factory=lambda: defaultdict(list))
    crowds: dict[Key, list[Claim]] = field(default_factory=lambda: defaultdict(list))

    def sort(self, held: Sequence[Claim]) -> None:
        """Judge each."""
        seen, claims = self.seen, {claim.id: claim for claim in held}
        reasons = {
            row.id: reason for row in seen.rows if (reason := void(row, seen.standing, self.now))
        }
        crowds = crowded(seen.rows, seen.standing.crowds, set(reasons))
        for row in seen.rows:
            member = (row.workspace_id, row.member_id)
            if row.id in reasons:
                self.ended[Ending(State.CANCELLED, reasons[row.id])].append(claims[row.id])
            else:
                self._place(row, claims[row.id], is_crowd=row.id in crowds.get(member, ()))

    def _place(self, row: Row[Any], claim: Claim, *, is_crowd: bool) -> None:
        member = (row.workspace_id, row.member_id)
        person = self.seen.standing.people[member]
        if late := timely(row, person, self.now, has_crowd=is_crowd):
            self.ended[late].append(claim)
        elif is_crowd:
            self.crowds[member].append(claim)
        else:
            self._send(row, claim)

    def _send(self, row: Row[Any], claim: Claim) -> None:
        told, ways = self._told(row), self.seen.ways.of(row)
        if isinstance(ways, Ending):
            self.ended[ways].append(claim)
        else:
            self.errands.append(Errand(claim=claim, row=row, routes=ways, told=told))

    def _told(self, row: Row[Any]) -> list[Row[Any]]:
        """What a digest tells: of what waits for it, all that still holds."""
        told = []
        for each in self.seen.telling.get((row.workspace_id, row.id), ()):
            if reason := void(each, self.seen.standing, self.now):
                self.dropped[reason].append((each.workspace_id, each.id))
            else:
                told.append(each)
        return told

    def write(self, session: Session) -> None:
        """Settle what is not sent."""
        for ending, claims in self.ended.items():
            settle(session, claims, ending, self.now)
        for reason, keys in self.dropped.items():
            core(session).execute(_DROP, {"keys": keys, "why": reason})
        for member, claims in self.crowds.items():
            ours = CLAIMS.extend(session, claims, now=self.now)
            fold(session, ours, self.seen.standing.people[member], self.now)


def errands_of(taken: Taken, *, now: datetime) -> list[Errand]:
    """What is to be sent of what was claimed, in words; what becomes of the rest is settled."""
    held = _without_poison(taken, now)
    with reading() as session:
        found = _Sorting(_seen(session, held, now), now)
        reached("loaded")
        found.sort(held)
        _put_into_words(session, found)
    reached("composed")
    for errand in found.errands:
        errand.was_in_hand = errand.claim.id in taken.in_hand
    if found.ended or found.dropped or found.crowds:
        with unit_of_work() as session:
            found.write(session)
            reached("judging")
    reached("judged")
    return found.errands


def _without_poison(taken: Taken, now: datetime) -> list[Claim]:
    """Given up before it is looked at: whatever is wrong with it may be in what it says."""
    poison = [
        claim for claim in taken.held if is_poison(claim.crashes, taken.in_hand.get(claim.id, 0))
    ]
    if poison:
        with unit_of_work() as session:
            settle(session, poison, _POISON, now)
    return [claim for claim in taken.held if claim not in poison]


def _seen(session: Session, held: Sequence[Claim], now: datetime) -> _Seen:
    rows = owed(session, held)
    telling = gathered(session, rows, now=now)
    every = [*rows, *chain(*telling.values())]
    return _Seen(
        rows=rows,
        telling=telling,
        standing=standing_of(session, every, now=now),
        ways=ways_of(session, rows),
    )


def _put_into_words(session: Session, found: _Sorting) -> None:
    """Write the letters. A digest may have something to say though no reminder waits for it."""
    errands = {(each.row.workspace_id, each.row.id): each for each in found.errands}
    letters = letters_of(
        session,
        [errand.row for errand in found.errands],
        {key: errand.told for key, errand in errands.items() if errand.row.rule in GATHERING},
        found.seen.standing.people,
        base_url=own_address(),
        now=found.now,
    )
    found.errands = []
    for key, errand in errands.items():
        errand.letter = _under_its_id(letters[key], errand.row)
        if errand.row.rule in GATHERING and not errand.says_something:
            found.ended[_NOTHING].append(errand.claim)
        else:
            found.errands.append(errand)


def _under_its_id(letter: Letter, row: Row[Any]) -> Letter:
    """Who has put it off has had it already: mail programs hide what comes under a known id."""
    if row.snoozed_until is None:
        return letter
    return replace(letter, id=uuid5(row.id, row.snoozed_until.isoformat()))
