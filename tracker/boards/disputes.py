"""What the two sides did not agree on, kept for whoever may settle it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.boards.applying import Refusal
from tracker.boards.events import BoardConflictFound
from tracker.boards.merging import Clash
from tracker.boards.models import BoardConflict, BoardItem
from tracker.kernel.db import new_id
from tracker.kernel.outbox import publish
from tracker.kernel.texts import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A field, and what it was and is on both sides. ``taken`` as in BoardConflict."""

    field: str
    agreed: Any
    ours: Any
    theirs: Any
    taken: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Flat fields: as they were agreed on, and as they are."""

    agreed: Mapping[str, Any]
    ours: Mapping[str, Any]
    theirs: Mapping[str, Any]


def disputes(
    sides: Sides, clashes: Sequence[Clash], refused: Sequence[Refusal], language: Language
) -> Iterator[Dispute]:
    """What both have changed, and what our rules did not let change: each field once."""
    why = {name: one.why.say(language) for one in refused for name in one.names}
    for clash in clashes:
        if clash.name not in why:
            yield Dispute(
                field=clash.name,
                agreed=clash.agreed,
                ours=clash.ours,
                theirs=clash.theirs,
                taken=clash.winner,
            )
    for name, reason in why.items():
        yield Dispute(
            field=name,
            agreed=sides.agreed.get(name),
            ours=sides.ours.get(name),
            theirs=sides.theirs.get(name),
            taken="none",
            reason=reason,
        )


def keep_dispute(
    session: Session, item: BoardItem, dispute: Dispute, project_id: UUID, *, now: datetime
) -> None:
    """Write it down, and announce it.

    It takes the place of what is open about the same field: nobody would settle both.
    """
    told = {
        "agreed": {"value": dispute.agreed},
        "ours": {"value": dispute.ours},
        "theirs": {"value": dispute.theirs},
        "taken": dispute.taken,
        "reason": dispute.reason,
    }
    conflict = _open_one(session, item, dispute.field)
    if conflict is None:
        conflict = _begun(item, dispute.field, now)
        session.add(conflict)
    elif all(getattr(conflict, name) == value for name, value in told.items()):
        return
    else:
        conflict.version += 1
    for name, value in told.items():
        setattr(conflict, name, value)
    conflict_id = conflict.id
    if item.object_id is None:
        return
    publish(
        session,
        BoardConflictFound(
            workspace_id=item.workspace_id,
            at=now,
            project_id=project_id,
            board_id=item.board_id,
            conflict_id=conflict_id,
            object_id=item.object_id,
            field=dispute.field,
            taken=dispute.taken,
        ),
    )


def _open_one(session: Session, item: BoardItem, field: str) -> BoardConflict | None:
    wanted = select(BoardConflict).where(
        BoardConflict.workspace_id == item.workspace_id,
        BoardConflict.board_id == item.board_id,
        BoardConflict.item_id == item.id,
        BoardConflict.field == field,
        BoardConflict.state == "open",
    )
    return session.scalars(wanted.limit(1).with_for_update()).one_or_none()


def _begun(item: BoardItem, field: str, now: datetime) -> BoardConflict:
    return BoardConflict(
        workspace_id=item.workspace_id,
        id=new_id(),
        board_id=item.board_id,
        item_id=item.id,
        field=field,
        state="open",
        created_at=now,
        version=1,
    )
