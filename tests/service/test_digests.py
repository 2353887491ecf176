"""Digests are owed once a local day; what is owed moves when its reader's time does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update

from tests.api.test_statements import counted
from tests.personas import Persona, World, answer
from tracker.kernel.clock import utcnow
from tracker.kernel.db import new_id, reading, unit_of_work
from tracker.people.models import Member
from tracker.people.time_models import Preferences
from tracker.reminders.digests import digest_due
from tracker.reminders.models import Reminder

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def wants(persona: Persona, **changes: Any) -> dict[str, Any]:
    return answer(persona.patch("/me/preferences", changes))


def looks(now: datetime) -> int:
    with unit_of_work() as session:
        return digest_due(session, now=now)


def next_of(persona: Persona) -> datetime:
    told = answer(persona.get("/me/preferences"))["digest_at"]
    return datetime.fromisoformat(told)


def owed_to(persona: Persona) -> list[Row[Any]]:
    wanted = select(Reminder.__table__).where(Reminder.member_id == UUID(persona.member_id))
    with reading() as session:
        return list(session.execute(wanted.order_by(Reminder.occurrence)).all())


def test_a_digest_is_owed_when_its_time_has_come_and_once(bob: Persona, mona: Persona) -> None:
    wants(bob, digest="daily", digest_time="07:30", timezone="Pacific/Kiritimati")
    due_at = next_of(bob)
    assert looks(due_at - HOUR) == 0
    assert looks(due_at) == 1
    assert looks(due_at) == 0
    (digest,) = owed_to(bob)
    local_day = (due_at + 14 * HOUR).date().isoformat()
    assert (digest.rule, digest.subject, digest.occurrence) == ("digest", "member", local_day)
    assert (digest.state, digest.way, digest.due_at) == ("owed", "single", due_at)
    assert digest.ready_at == due_at
    assert next_of(bob) == due_at + DAY
    assert owed_to(mona) == []


def test_after_downtime_of_days_one_digest_tells_all(bob: Persona) -> None:
    wants(bob, digest="daily", digest_time="07:30")
    due_at = next_of(bob)
    assert looks(due_at + 3 * DAY + HOUR) == 1
    (digest,) = owed_to(bob)
    assert digest.due_at == due_at + 3 * DAY
    assert next_of(bob) == due_at + 4 * DAY


def test_a_day_has_no_second_digest_whatever_is_wanted_meanwhile(bob: Persona) -> None:
    wants(bob, digest="daily", digest_time="00:01")
    due_at = next_of(bob)
    looks(due_at)
    with unit_of_work() as session:  # another hour of the same day, as if just asked for
        session.execute(update(Preferences).values(digest_time="12:00", digest_at=due_at))
    looks(due_at + 12 * HOUR)
    assert len(owed_to(bob)) == 1


def test_who_has_left_is_owed_no_digest(alice: Persona, bob: Persona) -> None:
    wants(bob, digest="weekly")
    due_at = next_of(bob)
    with unit_of_work() as session:
        session.execute(
            update(Member).where(Member.id == UUID(bob.member_id)).values(removed_at=utcnow())
        )
    assert looks(due_at) == 1
    assert looks(due_at) == 0
    assert owed_to(bob) == []


def test_five_looks_at_once_owe_each_digest_once_in_few_statements(world: World) -> None:
    people = (world.alice, world.bob, world.mona, world.vera, world.charlie)
    for persona in people:
        wants(persona, digest="daily")
    due_at = max(map(next_of, people))
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(looks, [due_at] * 5))
    assert [len(owed_to(persona)) for persona in people] == [1] * 5
    with counted() as statements:
        assert looks(due_at + DAY) == len(people)
    assert len(statements) == 5


# What is owed moves along.

LAST_SUNDAY = date(2030, 9, 8)
NINE = datetime(2030, 9, 9, 9, tzinfo=UTC)  # a Monday, far ahead of the real clock


def is_owed(persona: Persona, rule: str = "overdue", **facts: Any) -> UUID:
    """A reminder of nine o'clock on Monday, of a task that need not exist."""
    with unit_of_work() as session:
        member = select(Member.workspace_id).where(Member.id == UUID(persona.member_id))
        row = {
            "workspace_id": session.scalars(member).one(),
            "id": new_id(),
            "subject": "task",
            "subject_id": UUID(int=1),
            "rule": rule,
            "step": "1",
            "occurrence": "2030-09-06",
            "member_id": UUID(persona.member_id),
            "way": "single",
            "due_at": NINE,
            "ready_at": NINE,
            "state": "owed",
            "facts": {},
            "created_at": NINE - DAY,
            **facts,
        }
        session.execute(insert(Reminder).values(row))
    return UUID(str(row["id"]))


def reminder(key: UUID) -> Row[Any]:
    with reading() as session:
        return session.execute(select(Reminder.__table__).where(Reminder.id == key)).one()


def test_a_reminder_moves_with_the_hours_of_its_reader(bob: Persona) -> None:
    owed, asked = is_owed(bob), is_owed(bob, "asked")
    tried = is_owed(bob, "quiet", tries=1, ready_at=NINE + HOUR)
    wants(bob, timezone="America/New_York")
    assert reminder(owed).ready_at == reminder(owed).due_at == NINE + 4 * HOUR
    wants(bob, work_from="11:00", work_days=[2])
    assert reminder(owed).ready_at == NINE + DAY + 6 * HOUR
    assert reminder(asked).ready_at == NINE
    assert reminder(tried).ready_at == NINE + HOUR
    assert reminder(owed).version == 3


def test_a_reminder_waits_for_the_digest_and_is_not_lost_when_that_ends(bob: Persona) -> None:
    owed = is_owed(bob)
    wants(bob, digest="weekly", digest_weekday=5, digest_time="10:00")
    row = reminder(owed)
    assert (row.way, row.ready_at, row.due_at) == ("digest", None, NINE + 4 * DAY + HOUR)
    wants(bob, digest="off")
    row = reminder(owed)
    assert (row.way, row.ready_at, row.due_at) == ("single", NINE, NINE)


def test_what_is_not_wanted_any_more_is_not_sent(bob: Persona, mona: Persona) -> None:
    project = UUID(mona.creates_a_project()["id"])
    here, loud = is_owed(bob, project_id=project), is_owed(bob, "blocked", project_id=project)
    elsewhere = is_owed(bob, "quiet")
    wants(bob, projects={str(project).upper(): {"rules": ["overdue"]}})
    row = reminder(here)
    assert (row.state, row.reason, row.ready_at) == ("cancelled", "policy", None)
    assert (reminder(loud).state, reminder(elsewhere).state) == ("owed", "owed")
    wants(bob, projects={str(project): {"muted": True}})
    assert (reminder(loud).state, reminder(elsewhere).state) == ("cancelled", "owed")


def test_who_stands_in_gets_what_is_owed_to_the_absent_once(bob: Persona, mona: Persona) -> None:
    wants(mona, timezone="America/New_York")
    owed, hers, his = is_owed(bob), is_owed(mona, "blocked"), is_owed(bob, "blocked")
    days = {"start_on": utcnow().date().isoformat(), "end_on": "2029-01-01"}
    absence = {**days, "end_on": (utcnow().date() + 900 * DAY).isoformat(), "stand_in": mona.email}
    with unit_of_work() as session:
        session.execute(update(Reminder).values(due_at=utcnow() + DAY, created_at=utcnow()))
    answer(bob.post("/me/absences", absence), 201)
    assert (reminder(owed).member_id, reminder(owed).facts) == (
        UUID(mona.member_id),
        {"for": bob.member_id},
    )
    assert reminder(owed).ready_at.time() >= NINE.replace(hour=13).time()
    assert (reminder(his).state, reminder(his).reason) == ("cancelled", "reassigned")
    assert reminder(hers).state == "owed"
