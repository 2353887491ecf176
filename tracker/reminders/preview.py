"""Who will be reminded of what, when and why: by the rules of the chaser, without a trace."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, select, text, tuple_
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.texts import Language
from tracker.people.rules import Actor, Permission, Role
from tracker.people.time_rules import Person
from tracker.projects.models import Project
from tracker.projects.queries import project as find_project
from tracker.reminders.models import Reminder
from tracker.reminders.owing import Key, People, owed_rows, people_of
from tracker.reminders.series import Span
from tracker.reminders.starting import tells_to_start
from tracker.reminders.surroundings import surroundings_of
from tracker.reminders.things import KINDS, Thing, things_of
from tracker.reminders.timing import span_of
from tracker.reminders.why import why

MOST_DAYS: Final = 60
_R, _P = Reminder.__table__, Project.__table__
_EFFECT: Final = ("subject_id", "rule", "step", "occurrence", "member_id")
_SEES_ALL: Final = (Role.MANAGER, Role.OWNER)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A reminder that is owed, or will be if nothing changes. ``row`` is as it is kept.

    One that waits is told once the gate is open, and what it ``waits_for`` is finished.
    """

    row: Mapping[str, Any]
    title: str
    project: str
    reader: Person
    absent: Person | None
    is_owed: bool
    is_behind_gate: bool
    waits_for: Sequence[str] = ()

    @property
    def waits(self) -> bool:
        """Whether it is told later than on its day, if at all."""
        return self.is_behind_gate or bool(self.waits_for)

    def told(self, language: Language) -> dict[str, Any]:
        """For people and programs, in one language."""
        return {
            **self.row,
            "title": self.title,
            "project": self.project,
            "member": self.reader.name,
            "stands_in_for": self.absent.name if self.absent else None,
            "is_owed": self.is_owed,
            "waits": self.waits,
            "waits_for": list(self.waits_for),
            "why": why(self.row, language),
        }


def place_of(one: Foreseen) -> tuple[str, ...]:
    """Where it stands in a list: by its moment, then by what it is."""
    effect = (str(one.row[name]) for name in ("subject_id", "rule", "step", "member_id"))
    return (one.row["due_at"].isoformat(), *effect)


def preview(
    session: Session, actor: Actor, project_id: UUID | None, *, days: int, now: datetime
) -> list[Foreseen]:
    """What will be told in the next days, in its order. Raises Forbidden, NotFound.

    Managers see everybody's, others their own.
    """
    actor.must(Permission.LOOK)
    if project_id is not None:
        find_project(session, actor.workspace_id, project_id)
    things = _things(session, actor.workspace_id, project_id, now)
    people = people_of(session, {key for thing in things for key in thing.members})
    until = now + timedelta(days=days)
    known = _known(session, [(t.subject.workspace_id, t.subject.id) for t in things])
    found = [
        one
        for thing in things
        for one in _of_thing(thing, people, known.get(thing.subject.id, ()), now=now, days=days)
        if one.row["due_at"] < until
        and (actor.role in _SEES_ALL or one.row["member_id"] == actor.member_id)
    ]
    return sorted(found, key=place_of)


def _things(
    session: Session, workspace_id: UUID, project_id: UUID | None, now: datetime
) -> list[Thing]:
    wanted = select(_P.c.id).where(_P.c.workspace_id == workspace_id, _P.c.state == "active")
    if project_id is not None:
        wanted = wanted.where(_P.c.id == project_id)
    keys = [(workspace_id, one) for one in core(session).execute(wanted).scalars()]
    if not keys:
        return []
    places = surroundings_of(session, keys, now=now)
    found: list[Thing] = []
    for kind in KINDS:
        mine = tuple_(kind.table.c.workspace_id, kind.project).in_(keys)
        rows = core(session).execute(select(*kind.columns).where(mine)).all()
        found += things_of(session, kind, rows, places, now=now)
    return found


def _known(session: Session, things: Sequence[Key]) -> dict[UUID, list[Row[Any]]]:
    """What has been written down of these things and not taken back."""
    found: dict[UUID, list[Row[Any]]] = {}
    wanted = select(_R).where(
        tuple_(_R.c.workspace_id, _R.c.subject_id).in_(things), text("state <> 'cancelled'")
    )
    for row in core(session).execute(wanted) if things else ():
        found.setdefault(row.subject_id, []).append(row)
    return found


def _of_thing(
    thing: Thing, people: People, known: Iterable[Row[Any]], *, now: datetime, days: int
) -> Iterator[Foreseen]:
    rows = [dict(row._mapping) for row in known]  # noqa: SLF001 - its documented name
    for row in rows:
        if row["state"] in ("owed", "sending"):
            yield from _foreseen(thing, row, people, is_owed=True)
    told = {_effect(row) for row in rows}
    span = span_of(now, thing.around.project.timezone, now)
    ahead = Span(span.since, span.today, span.today + timedelta(days=days))
    # What waits is told today at the earliest, however long ago its day was.
    for waiting, span in ((False, ahead), (True, replace(ahead, since=date.min))):
        moments = thing.look(people, span, waiting=waiting).moments
        for row in owed_rows(thing.subject, moments, people, now=now):
            if _effect(row) not in told:
                yield from _foreseen(thing, row, people, is_owed=False)


def _effect(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _EFFECT)


def _foreseen(
    thing: Thing, row: Mapping[str, Any], people: People, *, is_owed: bool
) -> Iterator[Foreseen]:
    """Nothing of a reader who has left."""
    space = thing.subject.workspace_id
    reader = people.get((space, row["member_id"]))
    absent = row["facts"].get("for")
    waits_for = thing.waits_for if tells_to_start(row["rule"], row["step"]) else ()
    if reader is not None:
        yield Foreseen(
            row,
            thing.title,
            thing.around.project.name,
            reader,
            people.get((space, UUID(absent))) if absent else None,
            is_owed,
            thing.waits,
            waits_for,
        )
