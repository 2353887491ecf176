"""Having a platform tell us of changes; asking it now and then where it does not, or may not."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tracker.boards import recording
from tracker.boards.errand import Errand, Sight, look, place_of
from tracker.boards.inbox import keep
from tracker.boards.models import Board, BoardItem
from tracker.boards.pacing import DAY
from tracker.connectors.boards import Place
from tracker.connectors.trouble import PlatformError
from tracker.kernel.clock import Watch
from tracker.kernel.db import core, reading, unit_of_work
from tracker.kernel.own_address import own_address

_UNHEARD: Final = timedelta(minutes=2)  # between questions where nothing is told
_HEARD: Final = timedelta(hours=1)  # and where a delivery may be lost
_STOPS: Final = ("throttled", "credential")


def listen(errand: Errand, place: Place, watch: Watch) -> None:
    """Have the hook hang, look once a day whether it does, and ask for what was not told.

    What could not be hung is tried again each hour: it may have been a bad moment.
    """
    board, now = errand.board, watch.now()
    wait = _HEARD if board.hook_state == "lost" else DAY
    if board.hook_checked_at is None or now - board.hook_checked_at >= wait:
        _hang(errand, place, now)
    if _is_due(board, now):
        _ask(errand, place, now)


def _hang(errand: Errand, place: Place, now: datetime) -> None:
    """A platform that cannot reach us is asked instead; that is no trouble of the board."""
    board, port = errand.board, errand.port
    address = f"{own_address()}/hooks/{board.kind}/{board.hook_key}"
    hook_id, is_lost = board.hook_id, False
    try:
        if hook_id is not None and board.hook_url != address:  # we have moved
            port.unhang(place, hook_id)
            hook_id = None
        if hook_id is None or not port.is_hanging(place, hook_id):
            hook_id = port.hang(place, address)
    except PlatformError as error:
        if error.trouble in _STOPS:
            raise
        if error.trouble == "transient" and board.hook_id is not None:
            return  # it may well hang there: the next round asks again
        hook_id, is_lost = None, True
    told = {"hook_id": hook_id, "hook_url": address, "hook_checked_at": now}
    with unit_of_work() as session:
        recording.hold(session, errand, now, **told)
        state = "lost" if is_lost else "active" if hook_id else _by_hand(session, board)
        recording.hold(session, errand, now, hook_state=state)


def _by_hand(session: Session, board: Board) -> str:
    """What a person has come to with a platform meanwhile; at first it is waited for."""
    mine = (Board.workspace_id == board.workspace_id, Board.id == board.id)
    state = session.scalar(select(Board.hook_state).where(*mine))
    return "pending" if state in (None, "none") else state


def _interval(board: Board) -> timedelta:
    return _HEARD if board.hook_state == "active" else _UNHEARD


def _asked_at(board: Board) -> datetime | None:
    return datetime.fromisoformat(board.cursor["at"]) if board.cursor else None


def _is_due(board: Board, now: datetime) -> bool:
    asked_at = _asked_at(board)
    return asked_at is None or now - asked_at >= _interval(board)


def next_look(board: Board, now: datetime) -> datetime:
    """When it is to be asked next."""
    return (_asked_at(board) or now) + _interval(board)


def _ask(errand: Errand, place: Place, now: datetime) -> None:
    """What has happened there since the last time goes the way of what is told."""
    cursor = errand.board.cursor
    told, after = errand.port.missed(place, cursor["port"] if cursor else None)
    with unit_of_work() as session:
        kept = {"at": now.isoformat(), "port": dict(after)}
        recording.hold(session, errand, now, cursor=kept)
        keep(session, errand.board, told, now)


def leave(errand: Errand, watch: Watch, is_over: Callable[[], bool]) -> bool:
    """Be told no more, take the cards away where that is wanted, and forget what stood there.

    Whether all is done: it goes on where it was broken off.
    """
    board = errand.board
    if board.remote_id is not None:
        with reading() as session:
            sight = look(session, errand, now=watch.now())
        place = place_of(errand, sight)
        with suppress_gone():
            if board.hook_id is not None:
                errand.port.unhang(place, board.hook_id)
                with unit_of_work() as session:
                    recording.hold(session, errand, watch.now(), hook_id=None)
            if (board.run or {}).get("archives"):
                for item in _ours(sight):
                    if is_over():
                        return False
                    _archive(errand, place, item, watch)
    with unit_of_work() as session:
        recording.hold(session, errand, watch.now(), hook_id=None, run=None)
        items = BoardItem.__table__
        mine = (items.c.workspace_id == board.workspace_id, items.c.board_id == board.id)
        core(session).execute(delete(items).where(*mine))
    return True


def _ours(sight: Sight) -> list[BoardItem]:
    """What people have made there is theirs."""
    return [one for one in sight.items.values() if one.remote_id and one.object_id]


def _archive(errand: Errand, place: Place, item: BoardItem, watch: Watch) -> None:
    """Once: an allowance may not last for all of them."""
    errand.port.archive(place, str(item.remote_id))
    with unit_of_work() as session:
        recording.hold(session, errand, watch.now())
        recording.drop(session, item)


class suppress_gone(suppress):  # noqa: N801 - used as the function that it looks like
    """Nothing is left to do on a board that is not there, or not ours, any more."""

    def __init__(self) -> None:
        super().__init__(PlatformError)

    def __exit__(self, kind: object, error: object, trace: object) -> bool:
        """Trouble that passes is raised: it is tried again."""
        over = ("gone", "credential", "permission")
        return isinstance(error, PlatformError) and error.trouble in over
