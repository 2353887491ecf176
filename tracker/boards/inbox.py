"""What platforms tell is kept before it is answered: none is lost, and none counts twice."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Table,
    bindparam,
    case,
    delete,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tracker.boards.models import Board, BoardDelivery
from tracker.boards.ports import port_of
from tracker.connectors.boards import Told
from tracker.kernel.db import core, new_id

STOPPED: Final = ("paused", "needs_reauth", "broken", "off")
"""States in which nothing is done until somebody does something about it."""

_BOARDS: Final[Table] = Board.__table__


def woken(at: ColumnElement[datetime]) -> ColumnElement[datetime]:
    """When a board is to be looked at next.

    One in hand looks for itself before it is let go, and keeps its lease. It must not be left out,
    though: by locking it we wait for whoever lets it go just now, and has looked already.
    """
    return case((_BOARDS.c.is_syncing, _BOARDS.c.ready_at), else_=at)


_DELIVERIES: Final[Table] = BoardDelivery.__table__
# Said twice in both dialects' words: what is told all day is put into words once.
_KEEP: Final = {
    "postgresql": postgresql.insert(_DELIVERIES).on_conflict_do_nothing(),
    "sqlite": sqlite.insert(_DELIVERIES).on_conflict_do_nothing(),
}
_WAKE: Final = (
    update(_BOARDS)
    .where(
        _BOARDS.c.workspace_id == bindparam("of_workspace"),
        _BOARDS.c.id == bindparam("of_board"),
        _BOARDS.c.state.not_in(STOPPED),
        # What is awake need not be woken.
        or_(_BOARDS.c.ready_at.is_(None), _BOARDS.c.ready_at > bindparam("at")),
    )
    .values(ready_at=woken(bindparam("at")))
)
_KEPT: Final = timedelta(days=30)
_FORGOTTEN_AT_ONCE: Final = 1000
_KEY: Final = (_DELIVERIES.c.workspace_id, _DELIVERIES.c.id)
_FORGET: Final = delete(_DELIVERIES).where(
    tuple_(*_KEY).in_(
        select(*_KEY)
        .where(_DELIVERIES.c.handled_at < bindparam("before"))
        .order_by(_DELIVERIES.c.handled_at)
        .limit(_FORGOTTEN_AT_ONCE)
    )
)
_UNSEEN: Final = (
    _DELIVERIES.c.handled_at.is_(None),
    _DELIVERIES.c.received_at < bindparam("before"),
)
_FORGET_UNSEEN: Final = delete(_DELIVERIES).where(
    tuple_(*_KEY).in_(select(*_KEY).where(*_UNSEEN).limit(_FORGOTTEN_AT_ONCE))
)


def keep(session: Session, board: Board, told: Sequence[Told], now: datetime) -> None:
    """Keep what was told of a board, and have it looked at once it has settled.

    The same key again changes nothing, and of echoes nothing follows.
    """
    if not told:
        return
    rows = [_row(board, one, now) for one in told]
    run = core(session).execute
    run(_KEEP[session.get_bind().dialect.name], rows)
    if not all(one.is_echo for one in told):
        at = now + port_of(board.kind).settle
        run(_WAKE, {"of_workspace": board.workspace_id, "of_board": board.id, "at": at})


def forget_old(session: Session, now: datetime) -> bool:
    """Forget what was looked at 30 days ago, or told then and not looked at since.

    Boards that sleep so long compare everything when they wake. Whether there may be more.
    """
    before, run = {"before": now - _KEPT}, core(session).execute
    gone = [run(forget, before).rowcount for forget in (_FORGET, _FORGET_UNSEEN)]
    return _FORGOTTEN_AT_ONCE in gone


def _row(board: Board, told: Told, now: datetime) -> dict[str, Any]:
    return {
        "workspace_id": board.workspace_id,
        "id": new_id(),
        "board_id": board.id,
        "key": told.key,
        "type": told.type,
        "remote_id": told.card,
        "at": told.at,
        "is_echo": told.is_echo,
        "received_at": now,
        "handled_at": now if told.is_echo else None,
    }
