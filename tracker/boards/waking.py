"""What was announced here has the boards of its project looked at."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import literal, or_, tuple_, update
from sqlalchemy.orm import Session

from tracker.boards.inbox import STOPPED, woken
from tracker.boards.models import Board
from tracker.kernel.db import core
from tracker.kernel.event_log import Numbered

# What cards show of us. All others would have boards looked at for nothing.
_SHOWN: Final = ("task.", "project.", "gate.", "ritual.", "checklist.")
_BOARDS: Final = Board.__table__


def wake(session: Session, numbered: Iterable[Numbered], *, now: datetime) -> None:
    """Have these boards looked at, in one statement; none where nothing concerns a project."""
    projects = {
        (one.workspace_id, one.project_id)
        for one in numbered
        if one.project_id is not None and one.topic.startswith(_SHOWN)
    }
    if not projects:
        return
    concerned = (
        tuple_(_BOARDS.c.workspace_id, _BOARDS.c.project_id).in_(sorted(projects)),
        _BOARDS.c.state.not_in(STOPPED),
        or_(_BOARDS.c.ready_at.is_(None), _BOARDS.c.ready_at > now),
    )
    core(session).execute(update(_BOARDS).where(*concerned).values(ready_at=woken(literal(now))))
