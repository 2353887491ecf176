"""Changing when a member may be reached; what is owed to them moves along."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today
from tracker.kernel.db import new_id
from tracker.kernel.errors import Conflict, Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.people import queries, time_queries
from tracker.people.models import Member
from tracker.people.preference_rules import USUAL, faults
from tracker.people.rules import Actor, Permission
from tracker.people.time_models import Absence, Preferences
from tracker.people.time_rules import Person

_OF_THE_MEMBER: Final = ("timezone", "language")
_LONGEST: Final = timedelta(days=3 * 366)
_ENDS_FIRST: Final = Sentence(
    en="The absence ends before it begins. Swap its two days.",
    fr="L'absence finit avant de commencer. Échanger ses deux jours.",
)
_OVER: Final = Sentence(
    en="This day is over; an absence ends today or later.",
    fr="Ce jour est passé ; une absence finit aujourd'hui ou plus tard.",
)
_FAR: Final = Sentence(
    en="An absence ends within three years; give a day up to {last}.",
    fr="Une absence finit dans les trois ans ; donner un jour jusqu'au {last}.",
)
_NO_STAND_IN: Final = Sentence(
    en="“{value}” is not another member of this workspace.",
    fr="« {value} » n'est pas un autre membre de cet espace.",
)
_OVERLAPS: Final = Sentence(
    en="You are away from {start} to {end} already. Remove that absence, or give other days.",
    fr="Une absence est déjà prévue du {start} au {end}. La supprimer, ou donner d'autres jours.",
)

Redate = Callable[..., None]
"""Takes a session, the person before and after, and the keyword now."""


def _unfilled(*_args: Any, **_keywords: Any) -> None:
    raise RuntimeError("owed reminders are to move, but wiring.py has not filled the hook")


_redate_owed: Redate = _unfilled


def fill_redate(redate: Redate) -> None:
    """Tell this room how to move what is owed to somebody; only ``wiring`` calls it."""
    global _redate_owed  # noqa: PLW0603 - a hook that a lower room declares
    _redate_owed = redate


@contextmanager
def redating(
    session: Session, workspace_id: UUID, member_id: UUID, *, now: datetime
) -> Iterator[None]:
    """Move digests and owed reminders of a member, where what is done meanwhile asks for it."""
    key = (workspace_id, member_id)
    before = time_queries.persons(session, [key]).get(key)
    yield
    session.flush()
    after = time_queries.persons(session, [key]).get(key)
    if before is not None and after is not None and after != before:
        _redate_digest(session, after, now)
        _redate_owed(session, before, after, now=now)


def _redate_digest(session: Session, person: Person, now: datetime) -> None:
    """A digest that is due already is left to the job that makes it within seconds."""
    next_at = person.next_digest_at(now)
    row = time_queries.preferences(session, person.workspace_id, person.member_id)
    if row is not None and (next_at is None or row.digest_at is None or row.digest_at > now):
        row.digest_at = next_at


def own_preferences(
    session: Session, actor: Actor, *, to_change: bool = False
) -> tuple[Member, Preferences]:
    """The actor, and what they want; what holds for all where they never said anything."""
    member = time_queries.oneself(session, actor.workspace_id, actor.member_id, locked=to_change)
    found = time_queries.preferences(session, actor.workspace_id, actor.member_id)
    return member, found or Preferences(
        workspace_id=actor.workspace_id, member_id=actor.member_id, version=0, **USUAL
    )


def version_of(member: Member, wishes: Preferences) -> int:
    """Both grow, so a change of either is another version."""
    return member.version + wishes.version


def change_preferences(
    session: Session,
    member: Member,
    wishes: Preferences,
    changes: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """Want something else from now on. Raises Invalid."""
    wanted = dict(changes)
    if "country" in wanted:
        wanted.setdefault("subdivision", None)
    of_member: dict[str, Any] = {
        name: wanted.pop(name) for name in _OF_THE_MEMBER if name in wanted
    }
    if found := faults({name: wanted.get(name, getattr(wishes, name)) for name in USUAL}):
        raise Invalid(found)
    with redating(session, member.workspace_id, member.id, now=now):
        if _apply(wishes, wanted):
            session.add(wishes)
        _apply(member, of_member)


def _apply(row: Member | Preferences, changes: Mapping[str, Any]) -> bool:
    changed = {name: new for name, new in changes.items() if getattr(row, name) != new}
    for name, new in changed.items():
        setattr(row, name, new)
    row.version += bool(changed)
    return bool(changed)


def add_absence(
    session: Session,
    actor: Actor,
    start_on: date,
    end_on: date,
    *,
    stand_in: str | None,
    now: datetime,
) -> Absence:
    """Be away on these days. Raises Invalid, and Conflict where one is away already."""
    actor.must(Permission.CHANGE_ONESELF)
    member = time_queries.oneself(session, actor.workspace_id, actor.member_id, locked=True)
    _check_days(start_on, end_on, local_today(member.timezone, now))
    absence = Absence(
        workspace_id=actor.workspace_id,
        id=new_id(),
        member_id=actor.member_id,
        start_on=start_on,
        end_on=end_on,
        stand_in_id=_stand_in(session, actor, stand_in),
        created_at=now,
    )
    _check_free(session, absence)
    with redating(session, actor.workspace_id, actor.member_id, now=now):
        session.add(absence)
    return absence


def _check_days(start_on: date, end_on: date, today: date) -> None:
    if end_on < start_on:
        raise Invalid({"end_on": [Said(_ENDS_FIRST, {})]})
    if end_on < today:
        raise Invalid({"end_on": [Said(_OVER, {})]})
    last = today + _LONGEST
    if end_on > last:
        raise Invalid({"end_on": [Said(_FAR, {"last": last.isoformat()})]})


def _stand_in(session: Session, actor: Actor, named: str | None) -> UUID | None:
    if named is None:
        return None
    found = queries.members_named(session, actor.workspace_id, [named]).get(named)
    if found is None or found == actor.member_id:
        raise Invalid({"stand_in": [Said(_NO_STAND_IN, {"value": named})]})
    return found


def _check_free(session: Session, absence: Absence) -> None:
    other = session.scalars(
        select(Absence)
        .where(
            Absence.workspace_id == absence.workspace_id,
            Absence.member_id == absence.member_id,
            Absence.start_on <= absence.end_on,
            Absence.end_on >= absence.start_on,
        )
        .order_by(Absence.start_on)
        .limit(1)
    ).one_or_none()
    if other is not None:
        days = {"start": other.start_on.isoformat(), "end": other.end_on.isoformat()}
        raise Conflict(_OVERLAPS, **days)


def remove_absence(session: Session, actor: Actor, absence_id: UUID, *, now: datetime) -> None:
    """Be there after all. Raises NotFound."""
    actor.must(Permission.CHANGE_ONESELF)
    absence = time_queries.absence(session, actor.workspace_id, actor.member_id, absence_id)
    with redating(session, actor.workspace_id, actor.member_id, now=now):
        session.delete(absence)
