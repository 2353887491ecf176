"""Looking boards up, what stands on them and what disagrees."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from tracker.boards.models import (
    Board,
    BoardAccount,
    BoardConflict,
    BoardImport,
    BoardItem,
)
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence

OFF: Final = "off"
_NO_BOARD: Final = Sentence(
    en="There is no such board here. GET /boards lists those that are kept in step.",
    fr="Il n'y a pas de tel tableau ici. GET /boards liste ceux qui sont tenus à jour.",
)
_NO_ITEM: Final = Sentence(
    en="There is no such card here. GET /boards/{id}/items lists what stands on a board.",
    fr="Il n'y a pas de telle carte ici. GET /boards/{id}/items liste ce qui est sur un tableau.",
)
_NO_CONFLICT: Final = Sentence(
    en="There is no such conflict here. GET /boards/{id}/conflicts lists those of a board.",
    fr="Il n'y a pas de tel conflit ici. GET /boards/{id}/conflicts liste ceux d'un tableau.",
)


def board(
    session: Session, workspace_id: UUID, board_id: UUID, *, to_change: bool = False
) -> Board:
    """One that is connected, locked where it is to be changed. Raises NotFound."""
    wanted = select(Board).where(
        Board.workspace_id == workspace_id, Board.id == board_id, Board.state != OFF
    )
    if to_change:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(_NO_BOARD, id="{id}")
    return found


def board_by_hook_key(session: Session, key: str) -> Board | None:
    """The board behind a callback's address, one that is off, too: nobody else knows the key."""
    return session.scalars(select(Board).where(Board.hook_key == key)).one_or_none()


def account(session: Session, workspace_id: UUID, account_id: UUID) -> BoardAccount:
    """The account of a board."""
    return session.get_one(BoardAccount, (workspace_id, account_id))


def boards(
    session: Session,
    workspace_id: UUID,
    *,
    project_id: UUID | None,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[Board]:
    """Those that are connected, the oldest first, one more than ``limit``."""
    wanted = select(Board).where(Board.workspace_id == workspace_id, Board.state != OFF)
    if project_id is not None:
        wanted = wanted.where(Board.project_id == project_id)
    if after:
        wanted = wanted.where(Board.id > after[0])
    return session.scalars(wanted.order_by(Board.id).limit(limit + 1)).all()


def count(session: Session, workspace_id: UUID, project_id: UUID) -> int:
    """How many boards a project has."""
    wanted = select(func.count()).where(
        Board.workspace_id == workspace_id, Board.project_id == project_id, Board.state != OFF
    )
    return int(session.execute(wanted).scalar_one())


def board_there(session: Session, workspace_id: UUID, kind: str, remote_id: str) -> Board | None:
    """The board of ours that stands for one of theirs."""
    wanted = select(Board).where(
        Board.workspace_id == workspace_id,
        Board.kind == kind,
        Board.remote_id == remote_id,
        Board.state != OFF,
    )
    return session.scalars(wanted.limit(1)).one_or_none()


def counts_of(session: Session, workspace_id: UUID, board_id: UUID) -> dict[str, int]:
    """How many items a board has, by their state; and its open conflicts."""
    items = select(BoardItem.state, func.count()).where(
        BoardItem.workspace_id == workspace_id, BoardItem.board_id == board_id
    )
    found = {str(state): int(n) for state, n in session.execute(items.group_by(BoardItem.state))}
    open_ones = select(func.count()).where(
        BoardConflict.workspace_id == workspace_id,
        BoardConflict.board_id == board_id,
        BoardConflict.state == "open",
    )
    return {**found, "conflicts": int(session.execute(open_ones).scalar_one())}


def items(
    session: Session,
    workspace_id: UUID,
    board_id: UUID,
    *,
    state: str | None,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[BoardItem]:
    """What stands on a board, the oldest first, one more than ``limit``."""
    wanted = select(BoardItem).where(
        BoardItem.workspace_id == workspace_id, BoardItem.board_id == board_id
    )
    if state is not None:
        wanted = wanted.where(BoardItem.state == state)
    if after:
        wanted = wanted.where(BoardItem.id > after[0])
    return session.scalars(wanted.order_by(BoardItem.id).limit(limit + 1)).all()


def item(session: Session, workspace_id: UUID, item_id: UUID) -> BoardItem:
    """One card, locked: it is asked for to be changed. Raises NotFound."""
    mine = (BoardItem.workspace_id == workspace_id, BoardItem.id == item_id)
    _lock_board(session, workspace_id, select(BoardItem.board_id).where(*mine))
    wanted = select(BoardItem).where(*mine).execution_options(populate_existing=True)
    found = session.scalars(wanted.with_for_update()).one_or_none()
    if found is None:
        raise NotFound(_NO_ITEM, id="{id}")
    return found


def _lock_board(session: Session, workspace_id: UUID, wanted: Select[Any]) -> None:
    """First of all, as whoever keeps it in step does: else each would wait for the other."""
    board_id: UUID | None = session.scalar(wanted)
    if board_id is not None:
        board(session, workspace_id, board_id, to_change=True)


def conflicts(
    session: Session,
    workspace_id: UUID,
    board_id: UUID,
    *,
    state: str | None,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[tuple[BoardConflict, BoardItem]]:
    """What disagrees on a board, the newest first, one more than ``limit``; with its card."""
    wanted = (
        select(BoardConflict, BoardItem)
        .join(
            BoardItem,
            (BoardItem.workspace_id == BoardConflict.workspace_id)
            & (BoardItem.id == BoardConflict.item_id),
        )
        .where(BoardConflict.workspace_id == workspace_id, BoardConflict.board_id == board_id)
    )
    if state is not None:
        wanted = wanted.where(BoardConflict.state == state)
    if after:
        wanted = wanted.where(BoardConflict.id < after[0])
    rows = session.execute(wanted.order_by(BoardConflict.id.desc()).limit(limit + 1))
    return [(conflict, card) for conflict, card in rows]


def conflict(session: Session, workspace_id: UUID, conflict_id: UUID) -> BoardConflict:
    """One conflict, locked: it is asked for to be settled. Raises NotFound."""
    mine = (BoardConflict.workspace_id == workspace_id, BoardConflict.id == conflict_id)
    _lock_board(session, workspace_id, select(BoardConflict.board_id).where(*mine))
    wanted = select(BoardConflict).where(*mine).execution_options(populate_existing=True)
    found = session.scalars(wanted.with_for_update()).one_or_none()
    if found is None:
        raise NotFound(_NO_CONFLICT, id="{id}")
    return found


def imports_of(session: Session, workspace_id: UUID, digest: str) -> Sequence[BoardImport]:
    """When this very board was brought before, and as what; the oldest first."""
    wanted = select(BoardImport).where(
        BoardImport.workspace_id == workspace_id, BoardImport.digest == digest
    )
    return session.scalars(wanted.order_by(BoardImport.id)).all()
