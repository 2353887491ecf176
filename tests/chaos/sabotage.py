"""Takes away, one at a time, what the promises stand on: the harness must then find them broken.

Imported by the nursery, once leases have their length.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, tuple_, update
from sqlalchemy.orm import Session

from tracker.kernel import outbox
from tracker.kernel.claims import Claim, Claims
from tracker.kernel.db import core
from tracker.reminders import recording
from tracker.reminders.models import Attempt, Reminder


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


# Lease and unique key are taken away by the house.
SABOTAGES: Final[Mapping[str, Callable[[], None]]] = {
    "lease": lambda: None,
    "fencing": without_fencing,
    "unique key": lambda: None,
    "outbox": without_outbox,
}
