"""Looking up when people may be reached."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, and_, bindparam, select, tuple_
from sqlalchemy.orm import Session

from tracker.kernel.clock import is_zone
from tracker.kernel.db import core
from tracker.kernel.errors import NotFound
from tracker.kernel.public_holidays import knows_country, knows_subdivision
from tracker.kernel.texts import DEFAULT_LANGUAGE, Sentence, language_of
from tracker.people.models import Member, Workspace
from tracker.people.preference_rules import hours_of
from tracker.people.time_models import Absence, Preferences
from tracker.people.time_rules import Away, Person
from tracker.people.wall_time import minute_of

Key = tuple[UUID, UUID]
"""Ids of a workspace and of a member of it."""

MAX_ABSENCES: Final = 1000
_NO_ABSENCE: Final = Sentence(
    en="You have no such absence; `GET /api/v1/me/absences` lists them.",
    fr="Cette absence n'existe pas ; `GET /api/v1/me/absences` les liste.",
)
_MEMBERS, _WORKSPACES = Member.__table__, Workspace.__table__
_PREFERENCES, _ABSENCES = Preferences.__table__, Absence.__table__
_WISHES: Final = [column for column in _PREFERENCES.c if not column.primary_key]
_TIMES: Final = ("work_from", "work_until", "work_days", "quiet_from", "quiet_until")
_PEOPLE: Final = (
    select(
        _MEMBERS.c.workspace_id,
        _MEMBERS.c.id,
        _MEMBERS.c.email,
        _MEMBERS.c.name,
        _MEMBERS.c.timezone,
        _MEMBERS.c.language,
        _WORKSPACES.c.language.label("usual_language"),
        *_WISHES,
    )
    .join(_WORKSPACES, _WORKSPACES.c.id == _MEMBERS.c.workspace_id)
    .outerjoin(
        _PREFERENCES,
        and_(
            _PREFERENCES.c.workspace_id == _MEMBERS.c.workspace_id,
            _PREFERENCES.c.member_id == _MEMBERS.c.id,
        ),
    )
    .where(
        tuple_(_MEMBERS.c.workspace_id, _MEMBERS.c.id).in_(bindparam("keys", expanding=True)),
        _MEMBERS.c.removed_at.is_(None),
    )
)
# Who has left stands in for nobody.
_AWAY: Final = (
    select(
        _ABSENCES.c.workspace_id,
        _ABSENCES.c.member_id,
        _ABSENCES.c.start_on,
        _ABSENCES.c.end_on,
        _MEMBERS.c.id.label("stand_in_id"),
    )
    .outerjoin(
        _MEMBERS,
        and_(
            _MEMBERS.c.workspace_id == _ABSENCES.c.workspace_id,
            _MEMBERS.c.id == _ABSENCES.c.stand_in_id,
            _MEMBERS.c.removed_at.is_(None),
        ),
    )
    .where(
        tuple_(_ABSENCES.c.workspace_id, _ABSENCES.c.member_id).in_(
            bindparam("keys", expanding=True)
        )
    )
    .order_by(_ABSENCES.c.start_on)
)


def persons(session: Session, keys: Collection[Key]) -> Mapping[Key, Person]:
    """Who they are and when they may be reached, in two statements. Who has left is absent."""
    if not keys:
        return {}
    wanted = {"keys": list(set(keys))}
    away: dict[Key, list[Away]] = defaultdict(list)
    for row in core(session).execute(_AWAY, wanted):
        away[row.workspace_id, row.member_id].append(
            Away(row.start_on, row.end_on, row.stand_in_id)
        )
    rows = core(session).execute(_PEOPLE, wanted)
    found = {(row.workspace_id, row.id): row for row in rows}
    return {key: _person(row, tuple(away[key])) for key, row in found.items()}


def _person(row: Row[Any], absences: tuple[Away, ...]) -> Person:
    """What a newer tz database or list of holidays does not know any more is left out."""
    language = language_of(row.language) or language_of(row.usual_language) or DEFAULT_LANGUAGE
    known: dict[str, Any] = {
        "workspace_id": row.workspace_id,
        "member_id": row.id,
        "email": row.email,
        "name": row.name,
        "zone": ZoneInfo(row.timezone if is_zone(row.timezone) else "UTC"),
        "language": language,
        "absences": absences,
    }
    return Person(**known) if row.version is None else Person(**known, **_wishes(row))


def _wishes(row: Row[Any]) -> dict[str, Any]:
    country = row.country if row.country and knows_country(row.country) else None
    has_part = country and row.subdivision and knows_subdivision(country, row.subdivision)
    return {
        "hours": hours_of({name: getattr(row, name) for name in _TIMES}),
        "country": country,
        "subdivision": row.subdivision if has_part else None,
        "digest": row.digest,
        "digest_minute": minute_of(row.digest_time) or 0,
        "digest_weekday": row.digest_weekday,
        "projects": row.projects,
        "reminder_policy": row.reminder_policy,
    }


def oneself(session: Session, workspace_id: UUID, member_id: UUID, *, locked: bool) -> Member:
    """A member who asks; ``locked`` until their change of themselves is committed."""
    wanted = select(Member).where(Member.workspace_id == workspace_id, Member.id == member_id)
    return session.scalars(wanted.with_for_update() if locked else wanted).one()


def preferences(session: Session, workspace_id: UUID, member_id: UUID) -> Preferences | None:
    """What a member said that they want; None if never anything."""
    return session.get(Preferences, (workspace_id, member_id))


def absences(
    session: Session,
    workspace_id: UUID,
    member_id: UUID,
    *,
    after: Sequence[Any] | None = None,
    limit: int = MAX_ABSENCES,
) -> Sequence[Absence]:
    """A member's absences, the latest days first, one more than ``limit``."""
    wanted = select(Absence).where(
        Absence.workspace_id == workspace_id, Absence.member_id == member_id
    )
    if after:
        wanted = wanted.where(Absence.start_on < after[0])
    return session.scalars(wanted.order_by(Absence.start_on.desc()).limit(limit + 1)).all()


def absence(session: Session, workspace_id: UUID, member_id: UUID, absence_id: UUID) -> Absence:
    """One absence of a member. Raises NotFound."""
    wanted = select(Absence).where(
        Absence.workspace_id == workspace_id,
        Absence.member_id == member_id,
        Absence.id == absence_id,
    )
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(_NO_ABSENCE)
    return found
