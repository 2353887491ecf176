"""Takes away, one at a time, what the promises stand on: the harness must then find them broken.

Imported by the nursery, once leases have their length.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from time import sleep
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, tuple_, update
from sqlalchemy.orm import Session

from tracker.boards import cards, errand
from tracker.boards import recording as keeping
from tracker.boards.models import BoardItem
from tracker.kernel import outbox
from tracker.kernel.claims import Claim, Claims
from tracker.kernel.clock import utcnow
from tracker.kernel.db import core, unit_of_work
from tracker.kernel.event_log import NUMBERED_AT_ONCE, number_new
from tracker.reminders import recording
from tracker.reminders.models import Attempt, Reminder
from tracker.webhooks import claiming
from tracker.webhooks import recording as deliveries
from tracker.webhooks.choosing import Key
from tracker.webhooks.models import Delivery
from tracker.webhooks.owing import owe
from tracker.webhooks.pacing import Ending
from workers import relay

FOR_EVER: Final = timedelta(days=1000)


def without_fencing() -> None:
    """Whoever has had a claim may write, whoever has it now."""
    Claims._write = _write_anybodys  # type: ignore[method-assign]
    recording._key = lambda claim: (claim.workspace_id, claim.id)  # type: ignore[assignment,return-value]
    for name in ("_BEGIN", "_SETTLE", "_TELL"):
        statement = getattr(recording, name)
        of = Attempt.__table__ if name == "_TELL" else Reminder.__table__
        free = statement._generate()
        free._where_criteria = (
            tuple_(of.c.workspace_id, of.c.id).in_(bindparam("keys", expanding=True)),
        )
        setattr(recording, name, free)


def _write_anybodys(
    self: Claims, session: Session, held: Sequence[Claim], values: Mapping[str, Any]
) -> set[UUID]:
    table = self._table
    keys = [(claim.workspace_id, claim.id) for claim in held]
    theirs = update(table).where(tuple_(table.c.workspace_id, table.c.id).in_(keys))
    return set(core(session).scalars(theirs.values(**values).returning(table.c.id)))


def without_outbox() -> None:
    """What happens is told to nobody who was not there."""
    outbox.publish.__code__ = (lambda _session, *_happened: None).__code__


def without_lease_on_deliveries() -> None:
    """What a dead courier had in hand is in hand for ever."""
    claiming.LEASE = FOR_EVER  # type: ignore[misc]


def without_fencing_of_couriers() -> None:
    """Whoever has had a delivery in hand says what came of it, whoever has it now."""
    told = deliveries._TELL._generate()
    told._where_criteria = told._where_criteria[:-1]  # whatever was said of the attempt before
    deliveries._TELL = told  # type: ignore[misc]
    deliveries.settle = _settle_anybodys


def _settle_anybodys(
    session: Session, held: Iterable[Claim], ending: Ending, *, now: datetime
) -> set[Key]:
    table = Delivery.__table__
    keys = [(claim.workspace_id, claim.id) for claim in held]
    values = {"state": ending.state, "reason": ending.reason, "ready_at": ending.ready_at}
    theirs = (
        update(table)
        .where(tuple_(table.c.workspace_id, table.c.id).in_(keys))
        .values(**values, ended_at=now, crashes=0)
    )
    key = (table.c.workspace_id, table.c.id)
    return {(row[0], row[1]) for row in core(session).execute(theirs.returning(*key))}


def without_owing_what_is_numbered() -> None:
    """Events get their numbers in one transaction, and are owed in the next."""
    relay._number = _number_first


def _number_first() -> bool:
    with unit_of_work() as session:
        numbered = number_new(session)
    sleep(2 if numbered else 0)
    with unit_of_work() as session:
        owe(session, numbered, now=utcnow())
    return len(numbered) == NUMBERED_AT_ONCE


def without_lease_on_boards() -> None:
    """A board that a dead process had in hand is in hand for ever."""
    errand.CLAIMS._lease = FOR_EVER
    vars(keeping)["LEASE"] = FOR_EVER


def without_fencing_of_rounds() -> None:
    """Whoever has had a board in hand goes on with it, whoever has it now."""
    errand.CLAIMS._write = partial(_write_anybodys, errand.CLAIMS)  # type: ignore[method-assign]


def without_a_word_before_a_card() -> None:
    """A card is made without having written down that it may be there."""
    save = vars(cards)["save"]

    def forget(session: Session, item: BoardItem, now: datetime, **values: Any) -> None:
        if values.get("remote_id", "") is not None:
            save(session, item, now, **values)

    vars(cards)["save"] = forget


# Lease and unique key are taken away by the house.
SABOTAGES: Final[Mapping[str, Callable[[], None]]] = {
    "lease": lambda: None,
    "fencing": without_fencing,
    "unique key": lambda: None,
    "outbox": without_outbox,
    "lease on deliveries": without_lease_on_deliveries,
    "fencing of couriers": without_fencing_of_couriers,
    "owing what is numbered": without_owing_what_is_numbered,
    "lease on boards": without_lease_on_boards,
    "fencing of rounds": without_fencing_of_rounds,
    "a word before a card": without_a_word_before_a_card,
}
