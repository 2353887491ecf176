"""Rituals: their occurrences are made when they are due, and missed ones are closed.

The row of a ritual holds the day of its next occurrence. Any number of jobs may look at once: a
ritual is claimed by its row's lock, and an occurrence's key is unique in its project.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, insert, or_, select, tuple_, update
from sqlalchemy.orm import Session

from tracker.kernel.activity import Entry, record
from tracker.kernel.clock import local_today
from tracker.kernel.db import core, new_id
from tracker.kernel.outbox import Event, publish
from tracker.kernel.texts import DEFAULT_LANGUAGE, LANGUAGES, Language, Sentence, language_of
from tracker.playbooks.calendar import WorkCalendar
from tracker.projects.events import OccurrenceMade, OccurrenceMissed
from tracker.projects.models import Assignee, Gate, Project, Step, Task
from tracker.projects.owed import cancel_owed, look_behind
from tracker.projects.ritual_rules import next_on, occurrences_between, workdays_of
from tracker.projects.rules import CLOSED, is_open

_MOST_AT_ONCE: Final = 40
"""Occurrences of one ritual in one transaction; what is left is made in the next."""

_MISSED: Final = Sentence(
    en="Not held: the next occurrence has come.",
    fr="Non tenue : l'occurrence suivante est arrivée.",
)
_TASKS, _PROJECTS, _GATES = Task.__table__, Project.__table__, Gate.__table__
_STEPS, _ASSIGNEES = Step.__table__, Assignee.__table__
_OF_PROJECT: Final = and_(
    _PROJECTS.c.workspace_id == _TASKS.c.workspace_id, _PROJECTS.c.id == _TASKS.c.project_id
)
_ZONES: Final = (
    select(_PROJECTS.c.timezone)
    .join(_TASKS, _OF_PROJECT)
    .where(_TASKS.c.next_on <= bindparam("last"))
    .distinct()
)
_RITUALS: Final = (
    select(
        _TASKS,
        _PROJECTS.c.state.label("project_state"),
        _PROJECTS.c.timezone,
        _PROJECTS.c.language,
        _PROJECTS.c.parameters,
    )
    .join(_PROJECTS, _OF_PROJECT)
    .order_by(_TASKS.c.next_on, _TASKS.c.id)
    .with_for_update(of=_TASKS, skip_locked=True)
)
_ADVANCE: Final = (
    update(_TASKS)
    .where(_TASKS.c.workspace_id == bindparam("of_workspace"), _TASKS.c.id == bindparam("of_task"))
    .values(next_on=bindparam("on"))
)
# What an occurrence has of its ritual as it stands.
_INHERITED: Final = (
    "workspace_id",
    "project_id",
    "phase",
    "checklist",
    "position",
    "title",
    "description",
    "role",
    "priority",
    "labels",
    "duration_days",
    "reference_days",
    "optimistic_days",
    "pessimistic_days",
    "is_milestone",
    "is_early",
    "is_optional",
    "evidence",
    "proof",
    "pillar",
    "checklist_id",
)

Ritual = Row[Any]
"""The row of a ritual, with what it takes to know of its project."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What becomes of one ritual: the days to make, and the next one after them."""

    ritual: Ritual
    calendar: WorkCalendar
    days: list[date]
    next_on: date | None


def make_due(session: Session, *, now: datetime, limit: int = 50) -> int:
    """Make what is due of at most ``limit`` rituals, and say how many were looked at.

    What was due long ago is made and closed as missed at once; only the newest stays open. A
    ritual behind a closed gate, of a paused project, or stopped, passes its days over unmade.
    """
    rituals = _claim(session, now, limit)
    if not rituals:
        return 0
    closed = _closed_phases(session, rituals, now)
    turns = [_turn(ritual, closed, now) for ritual in rituals]
    _advance(session, turns)
    held = [turn for turn in turns if turn.days]
    if held:
        _hold(session, held, now)
    return len(rituals)


def _claim(session: Session, now: datetime, limit: int) -> Sequence[Ritual]:
    """Rituals whose day has come where they are held; each by one job only."""
    last = now.date() + timedelta(days=1)  # nowhere is it later than this
    zones = core(session).execute(_ZONES, {"last": last}).scalars().all()
    by_day: dict[date, list[str]] = defaultdict(list)
    for zone in zones:
        by_day[local_today(zone, now)].append(zone)
    due = [
        and_(_PROJECTS.c.timezone.in_(names), _TASKS.c.next_on <= day)
        for day, names in by_day.items()
    ]
    if not due:
        return []
    wanted = _RITUALS.where(_TASKS.c.next_on.is_not(None), or_(*due)).limit(limit)
    return core(session).execute(wanted).all()


def _closed_phases(
    session: Session, rituals: Iterable[Ritual], now: datetime
) -> set[tuple[UUID, UUID, str]]:
    projects = {(ritual.workspace_id, ritual.project_id) for ritual in rituals}
    wanted = select(_GATES).where(
        tuple_(_GATES.c.workspace_id, _GATES.c.project_id).in_(sorted(projects)),
        _GATES.c.before_phase.is_not(None),
    )
    return {
        (gate.workspace_id, gate.project_id, gate.before_phase)
        for gate in core(session).execute(wanted)
        if not is_open(gate.state, gate.waived_until, now)
    }


def _turn(ritual: Ritual, closed: set[tuple[UUID, UUID, str]], now: datetime) -> Turn:
    calendar = workdays_of(ritual.parameters)
    if ritual.project_state not in ("active", "paused"):
        return Turn(ritual, calendar, [], None)
    today = local_today(ritual.timezone, now)
    phase = (ritual.workspace_id, ritual.project_id, ritual.phase)
    days: list[date] = []
    is_held = ritual.project_state == "active" and ritual.status not in CLOSED
    if is_held and (ritual.is_early or phase not in closed):
        span = {"first": ritual.next_on, "last": today}
        days = occurrences_between(ritual.recurring, ritual.start_on, calendar, **span)
    days = days[:_MOST_AT_ONCE]
    after = days[-1] if days else today
    following = next_on(ritual.recurring, ritual.start_on, calendar, after=after)
    return Turn(ritual, calendar, days, following)


def _advance(session: Session, turns: Sequence[Turn]) -> None:
    rows = [
        {
            "of_workspace": turn.ritual.workspace_id,
            "of_task": turn.ritual.id,
            "on": turn.next_on,
        }
        for turn in turns
    ]
    core(session).execute(_ADVANCE, rows)


def _hold(session: Session, turns: Sequence[Turn], now: datetime) -> None:
    missed = [row for language in LANGUAGES for row in _miss(session, turns, language, now=now)]
    rows = [row for turn in turns for row in _rows(turn, now)]
    core(session).execute(insert(_TASKS), rows)
    _copy(session, _ASSIGNEES, turns, rows)
    _copy(session, _STEPS, turns, rows, done_at=None)
    record(
        session,
        *(_told(row, "changed", _missing(row["status"]), now) for row in missed),
        *(_told(row, "created", {"occurrence_on": (None, row["occurrence_on"])}, now)
          for row in rows),
    )  # fmt: skip
    publish(session, *_events(missed, rows, now))


def _miss(
    session: Session, turns: Sequence[Turn], language: Language, *, now: datetime
) -> list[dict[str, Any]]:
    """Close the occurrences that are still open, of projects in one language."""
    ids = [turn.ritual.id for turn in turns if turn.ritual.language == language]
    if not ids:
        return []
    spaces = sorted({turn.ritual.workspace_id for turn in turns})
    mine = (
        _TASKS.c.workspace_id.in_(spaces),
        _TASKS.c.ritual_id.in_(ids),
        _TASKS.c.status.not_in(CLOSED),
    )
    wanted = select(_TASKS).where(*mine).with_for_update()
    found = [dict(row) for row in core(session).execute(wanted).mappings()]
    if found:
        values = {
            "status": "not_applicable",
            "is_missed": True,
            "reason": _MISSED.say(language),
            "chase_at": None,
            "version": _TASKS.c.version + 1,
            "updated_at": now,
        }
        ids = [row["id"] for row in found]
        core(session).execute(update(_TASKS).where(*mine, _TASKS.c.id.in_(ids)).values(values))
        _take_back(session, found, now=now)
    return found


def _take_back(session: Session, missed: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
    """Nobody is reminded any more of what was not held, and nothing waits for it."""
    by_workspace: dict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
    for row in missed:
        by_workspace[row["workspace_id"]].append(row)
    for workspace_id, rows in by_workspace.items():
        told = [row["id"] for row in rows if row["chased_at"] is not None]
        cancel_owed(session, workspace_id, told, reason="not_applicable")
        look_behind(session, workspace_id, closed=[row["id"] for row in rows], now=now)


def _missing(status: str) -> dict[str, tuple[object, object]]:
    return {"status": (status, "not_applicable"), "is_missed": (False, True)}


def _rows(turn: Turn, now: datetime) -> list[dict[str, Any]]:
    """The occurrences of one ritual: all but the last one are missed already."""
    rows = [_row(turn, day, now) for day in turn.days]
    said = _MISSED.say(language_of(turn.ritual.language) or DEFAULT_LANGUAGE)
    for row in rows[:-1]:
        row.update(status="not_applicable", is_missed=True, reason=said, chase_at=None)
    return rows


def _row(turn: Turn, day: date, now: datetime) -> dict[str, Any]:
    ritual, calendar = turn.ritual, turn.calendar
    days = max(1, ritual.duration_days)
    due_on = calendar.day(calendar.index(day) + days - 1)
    passed = calendar.index(day) - calendar.index(ritual.start_on)
    return {
        **{name: getattr(ritual, name) for name in _INHERITED},
        "id": new_id(),
        "key": f"{ritual.key}@{day.isoformat()}",
        "notes": None,
        "status": "todo",
        "reason": None,
        "start_on": day,
        "due_on": due_on,
        "deadline_on": None,
        "started_on": None,
        "finished_on": None,
        "is_pinned": False,
        "float_days": max(1, ritual.float_days - passed),  # nothing waits for a ritual
        "recurring": None,
        "next_on": None,
        "ritual_id": ritual.id,
        "occurrence_on": day,
        "chase_at": now,
        "is_missed": False,
        "origin": "ritual",
        "why": {
            "days": days,
            "reference": days,
            "rule": "ritual",
            "from_on": day.isoformat(),
            "start_on": day.isoformat(),
            "due_on": due_on.isoformat(),
            "span_from": day.isoformat(),
        },
        "version": 1,
        "updated_at": now,
    }


def _copy(
    session: Session,
    table: Any,
    turns: Sequence[Turn],
    rows: Sequence[Mapping[str, Any]],
    **anew: object,
) -> None:
    """Give the new occurrences what their rituals have in ``table``."""
    whose = sorted({(turn.ritual.workspace_id, turn.ritual.id) for turn in turns})
    wanted = select(table).where(tuple_(table.c.workspace_id, table.c.task_id).in_(whose))
    under: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for found in core(session).execute(wanted).mappings():
        under[found["task_id"]].append(dict(found))
    copies = [
        {**copied, "task_id": row["id"], **anew}
        for row in rows
        for copied in under[row["ritual_id"]]
    ]
    if copies:
        core(session).execute(insert(table), copies)


def _told(
    row: Mapping[str, Any],
    action: str,
    changes: Mapping[str, tuple[object, object]],
    now: datetime,
) -> Entry:
    return Entry(
        workspace_id=row["workspace_id"],
        project_id=row["project_id"],
        at=now,
        member_id=None,
        door="rule",
        subject="task",
        subject_id=row["id"],
        action=action,
        changes=changes,
    )


def _events(
    missed: Sequence[Mapping[str, Any]], made: Sequence[Mapping[str, Any]], now: datetime
) -> list[Event]:
    told: list[tuple[type[OccurrenceMade | OccurrenceMissed], Mapping[str, Any]]] = [
        *((OccurrenceMissed, row) for row in missed),
        *((OccurrenceMissed if row["is_missed"] else OccurrenceMade, row) for row in made),
    ]
    return [
        event(
            workspace_id=row["workspace_id"],
            at=now,
            project_id=row["project_id"],
            task_id=row["id"],
            ritual_id=row["ritual_id"],
            occurrence_on=row["occurrence_on"],
        )
        for event, row in told
    ]
