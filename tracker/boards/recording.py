"""What a round writes: each piece under the claim's token, with the heartbeat."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from tracker.boards import queries
from tracker.boards.errand import CLAIMS, LEASE, Errand
from tracker.boards.events import BoardItemMissing
from tracker.boards.models import Board, BoardAccount, BoardDelivery, BoardItem
from tracker.boards.pacing import calls_left, spent_until, wait_for
from tracker.connectors.boards import Card
from tracker.connectors.trouble import PlatformError
from tracker.kernel.db import core, new_id
from tracker.kernel.outbox import publish

_BOARDS, _ITEMS = Board.__table__, BoardItem.__table__
_DELIVERIES, _ACCOUNTS = BoardDelivery.__table__, BoardAccount.__table__
DELIVERIES_AT_ONCE: Final = 2_000


class Lost(Exception):
    """The claim is somebody else's by now: somebody has changed, paused or removed the board."""


def hold(session: Session, errand: Errand, now: datetime, **values: Any) -> None:
    """Go on holding the board, which locks its row, and set columns of it. Raises Lost."""
    # What has broken off before is forgotten when the round ends, not now.
    told = {"ready_at": now + LEASE, "crashes": errand.claim.crashes, **values}
    if not CLAIMS.settle(session, [errand.claim], told):
        raise Lost
    for name, value in values.items():
        setattr(errand.board, name, value)


def spend(session: Session, errand: Errand, now: datetime) -> PlatformError | None:
    """One call of the account's allowance; or what is to be raised, outside the transaction."""
    account = _locked(session, errand)
    allowance, until = errand.port.allowance, account.window_began_at
    asked = account.next_allowed_at
    if asked is not None and asked > now:
        return PlatformError("throttled", "asked to wait", retry_in=asked - now)
    if calls_left(until, allowance, now) < 1:
        wait = wait_for(max(1, allowance.calls // 5), until, allowance, now)
        return PlatformError("throttled", "allowance", retry_in=wait)
    account.window_began_at = spent_until(until, allowance, now)
    account.window_calls += 1
    return None


def room_for(session: Session, errand: Errand, calls: int, now: datetime) -> PlatformError | None:
    """What is to be raised where so many calls cannot be made now, one after the other."""
    allowance = errand.port.allowance
    until = queries.account(session, errand.claim.workspace_id, errand.board.account_id)
    wait = wait_for(calls, until.window_began_at, allowance, now)
    if not wait:
        return None
    longer = wait_for(allowance.calls // 5, until.window_began_at, allowance, now)
    return PlatformError("throttled", "allowance", retry_in=max(wait, longer))


def _locked(session: Session, errand: Errand) -> BoardAccount:
    key = (errand.claim.workspace_id, errand.board.account_id)
    return session.get_one(BoardAccount, key, with_for_update=True, populate_existing=True)


def note_account(session: Session, errand: Errand, own_id: str, label: str) -> None:
    """Who we are to the platform."""
    account = _locked(session, errand)
    account.own_id, account.label = own_id, label
    errand.own_id = own_id


# Items.


def save(session: Session, item: BoardItem, now: datetime, **values: Any) -> None:
    """Set columns of an item, there and in hand."""
    told = {"updated_at": now, **values}
    mine = (_ITEMS.c.workspace_id == item.workspace_id, _ITEMS.c.id == item.id)
    core(session).execute(update(_ITEMS).where(*mine).values(**told))
    for name, value in told.items():
        setattr(item, name, value)


def drop(session: Session, item: BoardItem) -> None:
    """Forget an item."""
    mine = (_ITEMS.c.workspace_id == item.workspace_id, _ITEMS.c.id == item.id)
    core(session).execute(delete(_ITEMS).where(*mine))


def new_item(errand: Errand, now: datetime, **values: Any) -> BoardItem:
    """A row that is not written yet."""
    usual: dict[str, Any] = {
        "workspace_id": errand.claim.workspace_id,
        "id": new_id(),
        "board_id": errand.claim.id,
        "kind": "task",
        "object_id": None,
        "remote_id": None,
        "url": None,
        "title": "",
        "state": "foreign",
        "agreed": None,
        "remote": None,
        "edited_at": None,
        "is_dirty": True,
        "created_at": now,
        "updated_at": now,
    }
    return BoardItem(**{**usual, **values})


def recognise(item: BoardItem, card: Card) -> None:
    """A row that is not written yet has its card already, which is to be made like ours."""
    for name, value in {**as_read(card), "state": "in_step", "is_dirty": True}.items():
        setattr(item, name, value)


def insert_items(session: Session, items: Sequence[BoardItem]) -> None:
    """Write new rows, in one statement."""
    if items:
        names = [column.name for column in _ITEMS.c]
        rows = [{name: getattr(one, name) for name in names} for one in items]
        core(session).execute(insert(_ITEMS), rows)


def mark_dirty(session: Session, items: Sequence[BoardItem]) -> None:
    """Have these compared, whatever happens to this round."""
    if items:
        ids = [one.id for one in items]
        mine = (_ITEMS.c.workspace_id == items[0].workspace_id, _ITEMS.c.id.in_(ids))
        core(session).execute(update(_ITEMS).where(*mine).values(is_dirty=True))
        for one in items:
            one.is_dirty = True


def as_read(card: Card) -> dict[str, Any]:
    """The columns of an item that tell how its card was read last."""
    return {
        "remote_id": card.id,
        "url": card.url,
        "remote": dict(card.parts),
        "edited_at": card.edited_at,
    }


def note_missing(session: Session, errand: Errand, item: BoardItem, now: datetime) -> None:
    """A card is gone; that is told once."""
    is_known = item.state == "missing"
    save(session, item, now, state="missing", is_dirty=False)
    if not is_known and item.object_id is not None:
        publish(
            session,
            BoardItemMissing(
                workspace_id=item.workspace_id,
                at=now,
                project_id=errand.board.project_id,
                board_id=item.board_id,
                item_id=item.id,
                kind=item.kind,
                object_id=item.object_id,
            ),
        )


# Deliveries.


def new_deliveries(session: Session, errand: Errand) -> Sequence[Any]:
    """What was told and not looked at yet, the oldest first: id, remote_id, received_at."""
    wanted = (
        select(_DELIVERIES.c.id, _DELIVERIES.c.remote_id, _DELIVERIES.c.received_at)
        .where(
            _DELIVERIES.c.workspace_id == errand.claim.workspace_id,
            _DELIVERIES.c.board_id == errand.claim.id,
            _DELIVERIES.c.handled_at.is_(None),
        )
        .order_by(_DELIVERIES.c.id)
        .limit(DELIVERIES_AT_ONCE)
    )
    return core(session).execute(wanted).all()


def handled(session: Session, errand: Errand, ids: Iterable[UUID], now: datetime) -> None:
    """What it leads to is written down."""
    many = list(ids)
    if many:
        mine = (
            _DELIVERIES.c.workspace_id == errand.claim.workspace_id,
            _DELIVERIES.c.id.in_(many),
        )
        core(session).execute(update(_DELIVERIES).where(*mine).values(handled_at=now))
