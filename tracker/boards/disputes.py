"""What the two sides did not agree on, kept for whoever may settle it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

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
    """Write it down, and announce it."""
    conflict_id = new_id()
    session.add(
        BoardConflict(
            workspace_id=item.workspace_id,
            id=conflict_id,
            board_id=item.board_id,
            item_id=item.id,
            field=dispute.field,
            agreed={"value": dispute.agreed},
            ours={"value": dispute.ours},
            theirs={"value": dispute.theirs},
            taken=dispute.taken,
            reason=dispute.reason,
            state="open",
            created_at=now,
        )
    )
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
