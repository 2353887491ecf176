"""Owed work as rows: whoever claims one has it for a while, and proves it with each later write.

A table takes part with four columns: ``ready_at`` is when a row may be claimed, None once it is
over; ``claim`` is the fencing token; ``crashes`` counts the claims since the last word on how one
ended; and the key. To claim sets ``ready_at`` to the end of the lease, so that what a dead process
leaves behind becomes ready by itself, and one index finds both. What leaves the house is claimed
only where it may leave: see ``kernel.muting``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table, bindparam, select, tuple_, update
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.muting import MAY_SEND

LEASE: Final = timedelta(seconds=30)
BATCH: Final = 50


@dataclass(frozen=True, slots=True)
class Claim:
    """A row in hand. ``token`` must be on every write about it.

    ``crashes`` is 1 at the first try; more where those who had it before never said how it ended.
    """

    workspace_id: UUID
    id: UUID
    token: int
    crashes: int


class Claims:
    """The claims of one table. ``in_hand`` are the values that tell that a row is claimed.

    ``leaves`` says that what is claimed leaves the house, and waits while nothing may.
    """

    def __init__(
        self,
        table: Table,
        *,
        in_hand: Mapping[str, Any],
        lease: timedelta = LEASE,
        leaves: bool = True,
    ) -> None:
        self._table, self._lease = table, lease
        own = table.c
        # What has ended keeps its token: without these a late heartbeat would wake it.
        self._in_hand = [own.ready_at.is_not(None)]
        self._in_hand += [own[name] == value for name, value in in_hand.items()]
        self._key = tuple_(own.workspace_id, own.id, own.claim)
        is_ready = [own.ready_at.is_not(None), own.ready_at <= bindparam("now")]
        first = (
            select(own.workspace_id, own.id)
            .where(*is_ready, *([MAY_SEND] if leaves else []))
            .order_by(own.ready_at)
            .limit(bindparam("most"))
            .with_for_update(skip_locked=True)  # SQLite has one writer, and drops this
            # Materialized: a plan may ask a subquery anew for each row, and then takes too many.
            .cte("first_ready")
        )
        self._take = (
            update(table)
            .where(tuple_(own.workspace_id, own.id).in_(select(first.c.workspace_id, first.c.id)))
            .values(
                {
                    "ready_at": bindparam("until"),
                    "claim": own.claim + 1,
                    "crashes": own.crashes + 1,
                    **in_hand,
                }
            )
            .returning(own.workspace_id, own.id, own.claim, own.crashes)
        )

    def take(self, session: Session, *, now: datetime, most: int = BATCH) -> Sequence[Claim]:
        """Claim what is ready, in one statement; of many who ask at once, each gets other rows."""
        wanted = {"now": now, "until": now + self._lease, "most": most}
        return [Claim(*row) for row in core(session).execute(self._take, wanted)]

    def extend(self, session: Session, held: Sequence[Claim], *, now: datetime) -> set[UUID]:
        """The heartbeat: have the lease begin anew. Ids of those that are still ours."""
        return self._write(session, held, {"ready_at": now + self._lease})

    def settle(
        self, session: Session, held: Sequence[Claim], values: Mapping[str, Any]
    ) -> set[UUID]:
        """Say how it ended, to the rows that are still ours, in one statement; their ids."""
        return self._write(session, held, {"crashes": 0, **values})

    def release(
        self, session: Session, held: Sequence[Claim], values: Mapping[str, Any], *, now: datetime
    ) -> set[UUID]:
        """Let go of what was only just claimed, as if it had not been; others may have it now."""
        fewer = {"crashes": self._table.c.crashes - 1}
        return self._write(session, held, {"ready_at": now, **fewer, **values})

    def _write(
        self, session: Session, held: Sequence[Claim], values: Mapping[str, Any]
    ) -> set[UUID]:
        if not held:
            return set()
        keys = [(claim.workspace_id, claim.id, claim.token) for claim in held]
        ours = update(self._table).where(self._key.in_(keys), *self._in_hand).values(**values)
        return set(core(session).scalars(ours.returning(self._table.c.id)))
