"""Looking at gates from time to time: what has become ready, slipped back, or run out.

A gate never closes because a criterion slips back: it is flagged, until everything is met again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from tracker.gates.events import GateCleared, GateFlagged, GateReady, WaiverExpired
from tracker.gates.facts import Facts, GateFact
from tracker.gates.gathering import facts_of_projects
from tracker.gates.rules import earlier_closed, has_lapsed, verdict
from tracker.gates.writing import Hearing
from tracker.kernel.activity import Activity, Entry, record
from tracker.kernel.clock import is_zone
from tracker.kernel.db import core
from tracker.kernel.outbox import Event, publish
from tracker.projects.models import Gate, Project

# A change that is committed after a look may carry an instant from before it.
_MARGIN: Final = timedelta(minutes=1)
_PROJECTS, _GATES, _ACTIVITIES = Project.__table__, Gate.__table__, Activity.__table__
_is_active = _PROJECTS.c.state == "active"
_ZONES: Final = select(_PROJECTS.c.timezone).where(_is_active).distinct()
# The newest by id, which an index finds at once; ids grow with time.
_last_change = (
    select(_ACTIVITIES.c.at)
    .where(
        _ACTIVITIES.c.workspace_id == _PROJECTS.c.workspace_id,
        _ACTIVITIES.c.project_id == _PROJECTS.c.id,
    )
    .order_by(_ACTIVITIES.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_CLAIM: Final = (
    select(_PROJECTS.c.id)
    .where(
        _PROJECTS.c.workspace_id == bindparam("workspace_id"),
        _PROJECTS.c.id == bindparam("project_id"),
        _is_active,
    )
    .with_for_update(key_share=True, skip_locked=True)
)
_WATCHED: Final = (
    update(_PROJECTS)
    .where(
        _PROJECTS.c.workspace_id == bindparam("of_workspace"),
        _PROJECTS.c.id == bindparam("of_project"),
    )
    .values(watched_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be written of one gate, kept in the history and announced."""

    gate: GateFact
    values: Mapping[str, Any] = field(default_factory=dict)
    action: str | None = None
    changes: Mapping[str, tuple[object, object]] = field(default_factory=dict)
    event: type[Event] | None = None
    told: Mapping[str, Any] = field(default_factory=dict)


def due(session: Session, *, now: datetime, limit: int) -> Sequence[tuple[UUID, UUID]]:
    """Workspace and id of active projects to look at: changed, a new day, a waiver run out."""
    zones = core(session).execute(_ZONES).scalars().all()
    lapsed = select(_GATES.c.id).where(
        _GATES.c.workspace_id == _PROJECTS.c.workspace_id,
        _GATES.c.project_id == _PROJECTS.c.id,
        _GATES.c.state == "waived",
        _GATES.c.waived_until <= now,
    )
    wanted = (
        select(_PROJECTS.c.workspace_id, _PROJECTS.c.id)
        .where(
            _is_active,
            or_(
                _PROJECTS.c.watched_at.is_(None),
                _PROJECTS.c.watched_at < _last_change,
                lapsed.exists(),
                *_new_day(zones, now),
            ),
        )
        .order_by(_PROJECTS.c.watched_at.nulls_first(), _PROJECTS.c.id)
        .limit(limit)
    )
    return [(row.workspace_id, row.id) for row in core(session).execute(wanted)]


def _new_day(zones: Iterable[str], now: datetime) -> Iterator[ColumnElement[bool]]:
    """Whether a project's day has begun since it was looked at."""
    for name in zones:
        zone = ZoneInfo(name if is_zone(name) else "UTC")
        midnight = datetime.combine(now.astimezone(zone), time(), zone)
        is_older = _PROJECTS.c.watched_at < midnight - _MARGIN
        yield and_(_PROJECTS.c.timezone == name, is_older)


def look(session: Session, workspace_id: UUID, project_id: UUID, *, now: datetime) -> bool:
    """Look at the gates of a project; False where somebody else is at them, or it is gone."""
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    if core(session).execute(_CLAIM, mine).first() is None:
        return False
    facts = facts_of_projects(session, workspace_id, [project_id], now=now)[project_id]
    notices = [notice for gate in facts.gates for notice in _notices(facts, gate)]
    _write(session, facts, notices)
    watched = {"of_workspace": workspace_id, "of_project": project_id, "at": now - _MARGIN}
    core(session).execute(_WATCHED, watched)
    return True


def _notices(facts: Facts, gate: GateFact) -> Iterator[Notice]:
    if has_lapsed(gate, facts.now):
        yield _expired(gate)
        gate = replace(gate, state="pending", waived_until=None)
    if gate.state in ("passed", "conditional"):
        yield from _slipped(facts, gate)
    elif gate.state == "pending":
        yield from _readied(facts, gate)


def _expired(gate: GateFact) -> Notice:
    return Notice(
        gate,
        {"state": "pending", "waived_until": None, "version": gate.version + 1},
        "waiver expired",
        {"state": (gate.state, "pending"), "waived_until": (gate.waived_until, None)},
        WaiverExpired,
    )


def _slipped(facts: Facts, gate: GateFact) -> Iterator[Notice]:
    """Flags that are not those of the last look."""
    flags = [one.criterion["key"] for one in verdict(facts, gate).missing]
    if flags == list(gate.flags):
        return
    values = {
        "flags": flags or None,
        "flagged_at": (gate.flagged_at or facts.now) if flags else None,
        "version": gate.version + 1,
    }
    changes = {"flags": (list(gate.flags), flags)}
    if flags:
        yield Notice(gate, values, "flagged", changes, GateFlagged, {"criteria": flags})
    else:
        yield Notice(gate, values, "cleared", changes, GateCleared)


def _readied(facts: Facts, gate: GateFact) -> Iterator[Notice]:
    """Told once; it is forgotten, and may be told again, when something goes missing."""
    found, is_next = verdict(facts, gate), earlier_closed(facts, gate) is None
    is_ready = found.is_met and is_next
    chased: dict[str, Any] = {"chase_at": facts.now}
    if is_ready and gate.ready_at is None:
        changes: Mapping[str, tuple[object, object]] = {"state": ("pending", "ready")}
        yield Notice(gate, {"ready_at": facts.now, **chased}, "ready", changes, GateReady)
    elif not is_ready and gate.ready_at is not None:
        yield Notice(gate, {"ready_at": None, **chased})
    kinds = {one.criterion["kind"] for one in found.missing}
    is_approvable = is_next and kinds == {"approval"}
    if is_approvable != (gate.approvable_at is not None):
        yield Notice(gate, {"approvable_at": facts.now if is_approvable else None, **chased})


def _write(session: Session, facts: Facts, notices: Sequence[Notice]) -> None:
    entries: list[Entry] = []
    events: list[Event] = []
    for notice in notices:
        hearing = Hearing(session, None, facts, notice.gate)
        hearing.write(notice.values)
        if notice.action is not None:
            entries.append(
                hearing.entry("gate", notice.gate.id, action=notice.action, changes=notice.changes)
            )
        if notice.event is not None:
            events.append(notice.event(**hearing.told(**notice.told)))
    record(session, *entries)
    publish(session, *events)
