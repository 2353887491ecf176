"""Who may be reached when, as the database has it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import insert, update

from tests.api.test_statements import counted
from tests.personas import Persona, World
from tracker.kernel.clock import utcnow
from tracker.kernel.db import new_id, reading, unit_of_work
from tracker.people.hours_rules import USUAL_HOURS, Hours
from tracker.people.models import Member
from tracker.people.time_models import Absence, Preferences
from tracker.people.time_queries import Key, persons
from tracker.people.time_rules import Person

DAY, FIRST = timedelta(days=1), date(2027, 9, 6)
UNUSUAL: dict[str, Any] = {
    "work_from": "00:00",
    "work_until": "24:00",
    "work_days": [6, 7],
    "quiet_from": None,
    "quiet_until": None,
    "country": "DE",
    "subdivision": "BY",
    "digest": "weekly",
    "digest_time": "07:30",
    "digest_weekday": 5,
    "projects": {},
}


def key_of(world: World, persona: Persona) -> Key:
    with reading() as session:
        member = session.query(Member).filter(Member.id == UUID(persona.member_id)).one()
    return member.workspace_id, member.id


def found(*keys: Key) -> dict[Key, Person]:
    with counted() as statements, reading() as session:
        people = dict(persons(session, keys))
    assert len(statements) == 2
    return people


def keep(key: Key, **wishes: Any) -> None:
    with unit_of_work() as session:
        row = {"workspace_id": key[0], "member_id": key[1], "version": 1, **UNUSUAL, **wishes}
        session.execute(insert(Preferences).values(row))


def leaves(key: Key, stand_in: Key | None, first: date = FIRST) -> None:
    with unit_of_work() as session:
        row: dict[str, Any] = {"workspace_id": key[0], "id": new_id()}
        row |= {"member_id": key[1], "start_on": first}
        row |= {"end_on": first + DAY, "created_at": utcnow()}
        row |= {"stand_in_id": stand_in and stand_in[1]}
        session.execute(insert(Absence).values(row))


def test_people_of_any_workspace_are_found_in_two_statements(app: Flask, world: World) -> None:
    bob, mona, his = (key_of(world, one) for one in (world.bob, world.mona, world.charlie))
    keep(bob)
    leaves(bob, mona, FIRST + 7 * DAY)
    leaves(bob, None)
    people = found(bob, mona, his, (his[0], bob[1]))
    assert people.keys() == {bob, mona, his}
    assert (people[mona].hours, people[mona].digest) == (USUAL_HOURS, "off")
    person = people[bob]
    assert person.hours == Hours(0, 24 * 60, frozenset({6, 7}), None, None)
    assert (person.digest, person.digest_minute, person.digest_weekday) == ("weekly", 450, 5)
    assert (person.country, person.subdivision, person.language) == ("DE", "BY", "en")
    assert [away.start_on for away in person.absences] == [FIRST, FIRST + 7 * DAY]
    assert person.stand_in_on(FIRST + 8 * DAY) == mona[1]


def test_who_has_left_is_not_found_and_stands_in_for_nobody(app: Flask, world: World) -> None:
    bob, mona = key_of(world, world.bob), key_of(world, world.mona)
    leaves(bob, mona)
    with unit_of_work() as session:
        session.execute(update(Member).where(Member.id == mona[1]).values(removed_at=utcnow()))
    people = found(bob, mona)
    assert people.keys() == {bob}
    assert people[bob].absence_on(FIRST)
    assert people[bob].stand_in_on(FIRST) is None


def test_what_is_not_known_any_more_holds_nothing_up(app: Flask, world: World) -> None:
    bob = key_of(world, world.bob)
    keep(bob, country="XX", subdivision="YY")
    with unit_of_work() as session:
        session.execute(update(Member).values(timezone="Mars/Olympus"))
    person = found(bob)[bob]
    assert (person.zone.key, person.country, person.subdivision) == ("UTC", None, None)
