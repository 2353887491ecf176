"""Checking the sealed history: the chain is computed anew and compared, row by row."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from tracker.kernel.activity import Activity
from tracker.kernel.db import core
from tracker.kernel.seals import SEALED, first_seal, seal_of

_ROWS: Final = Activity.__table__
_PAGE: Final = 1000
_BELOW_ALL: Final = -(2**31)
_MINE: Final = (
    _ROWS.c.workspace_id == bindparam("workspace_id"),
    _ROWS.c.project_id == bindparam("project_id"),
)
_SEALED: Final = (
    select(*SEALED, _ROWS.c.seal)
    .where(*_MINE, _ROWS.c.seq > bindparam("after"))
    .order_by(_ROWS.c.seq)
)
_HEAD: Final = (
    select(_ROWS.c.seq, _ROWS.c.seal, _ROWS.c.at)
    .where(*_MINE, _ROWS.c.seq.is_not(None))
    .order_by(_ROWS.c.seq.desc())
    .limit(1)
)
_TAIL: Final = select(func.count()).where(*_MINE, _ROWS.c.seal.is_(None), _ROWS.c.seq.is_(None))
_UNNUMBERED: Final = (
    select(_ROWS.c.id)
    .where(*_MINE, _ROWS.c.seal.is_not(None), _ROWS.c.seq.is_(None))
    .order_by(_ROWS.c.id)
    .limit(1)
)


class Fault(StrEnum):
    """What is wrong with the first bad row."""

    MISSING = "missing"  # nothing stands where a row was sealed
    CHANGED = "changed"  # its seal does not fit what it says and where it stands
    UNREADABLE = "unreadable"  # the database holds no value that could be read there
    UNNUMBERED = "unnumbered"  # it bears a seal and has lost its number
    TRUNCATED = "truncated"  # an exported head knows of rows beyond the last
    REWRITTEN = "rewritten"  # whole in itself, and not the chain of the exported head
    GONE = "gone"  # an exported head knows of a project that is not there


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain of a project ends. Without a sealed row ``seq`` is 0 and ``at`` None."""

    workspace_id: UUID
    project_id: UUID
    seq: int
    seal: bytes
    at: datetime | None


@dataclass(frozen=True, slots=True)
class BadRow:
    """The first row that is not as it was sealed. ``id`` is None where there is none."""

    fault: Fault
    seq: int | None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the history of one project. ``unsealed`` rows wait for their seal."""

    workspace_id: UUID
    project_id: UUID
    sealed: int
    unsealed: int
    head: Head | None = None  # None where the chain does not hold
    bad: BadRow | None = None


def read_head(session: Session, workspace_id: UUID, project_id: UUID) -> Head:
    """The end of a project's chain, as it is stored."""
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    last = core(session).execute(_HEAD, mine).one_or_none()
    if last is None:
        return Head(workspace_id, project_id, 0, first_seal(workspace_id, project_id), None)
    return Head(workspace_id, project_id, last.seq, last.seal, last.at)


def count_unsealed(session: Session, workspace_id: UUID, project_id: UUID) -> int:
    """How many rows wait for their seal."""
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    return int(core(session).execute(_TAIL, mine).scalar_one())


def verify(
    session: Session, workspace_id: UUID, project_id: UUID, known: Head | None = None
) -> Verdict:
    """Compute the chain of a project anew; ``known`` is a head that was exported earlier."""
    unsealed = count_unsealed(session, workspace_id, project_id)
    verdict = Verdict(workspace_id, project_id, 0, unsealed)
    end = Head(workspace_id, project_id, 0, first_seal(workspace_id, project_id), None)
    agrees = known is None or (known.seq, known.seal) == (0, end.seal)
    for row in _chain(session, workspace_id, project_id):
        bad = row if isinstance(row, BadRow) else _judged(row, end)
        if bad is not None:
            return replace(verdict, sealed=end.seq, bad=bad)
        end = replace(end, seq=row.seq, seal=row.seal, at=row.at)
        agrees = agrees or (known is not None and (known.seq, known.seal) == (end.seq, end.seal))
    bad = _unnumbered(session, workspace_id, project_id)
    if bad is None and known is not None and not agrees:
        bad = _against(known, end)
    return replace(verdict, sealed=end.seq, bad=bad, head=None if bad else end)


def _judged(row: Any, before: Head) -> BadRow | None:
    expected = before.seq + 1
    if isinstance(row.seq, int) and row.seq > expected:
        return BadRow(Fault.MISSING, expected)
    if row.seq != expected:  # below the first number, or no number at all
        return BadRow(Fault.CHANGED, row.seq, row.id)
    if row.seal != seal_of(before.seal, row, row.seq):
        return BadRow(Fault.CHANGED, row.seq, row.id)
    return None


def _against(known: Head, end: Head) -> BadRow:
    if known.seq > end.seq:
        return BadRow(Fault.TRUNCATED, end.seq + 1)
    return BadRow(Fault.REWRITTEN, known.seq)


def _chain(session: Session, workspace_id: UUID, project_id: UUID) -> Iterator[Any]:
    """The numbered rows in their order; a BadRow, the last, in place of one that cannot be read."""
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    after, limit = _BELOW_ALL, _PAGE
    while True:
        try:
            page = {**mine, "after": after}
            rows = core(session).execute(_SEALED.limit(limit), page).all()
        except (ValueError, TypeError):  # SQLite keeps whatever was put into a column
            if limit == 1:
                yield BadRow(Fault.UNREADABLE, max(after, 0) + 1)
                return
            limit = 1  # the good rows before it are told first
            continue
        yield from rows
        if len(rows) < limit:
            return
        after = rows[-1].seq


def _unnumbered(session: Session, workspace_id: UUID, project_id: UUID) -> BadRow | None:
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    found = core(session).execute(_UNNUMBERED, mine).one_or_none()
    return BadRow(Fault.UNNUMBERED, None, found.id) if found else None
