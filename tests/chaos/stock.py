"""What is owed: put in by SQL, by two planners that do not know of each other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tests.chaos.judging import Intent
from tracker.kernel.db import core, new_id, reading, unit_of_work
from tracker.people.models import Member
from tracker.people.time_models import Preferences
from tracker.projects.models import Assignee, Task
from tracker.reminders.models import Reminder

EACH: Final = 8  # reminders of one task to one person: so few are never gathered into one message
_TOGETHER: Final = 2000


@dataclass(kw_only=True)
class Stock:
    """Who was put in, and what they are owed."""

    model: Mapping[str, Any]  # a task that others are copies of
    intents: list[Intent] = field(default_factory=list)
    addresses: dict[UUID, str] = field(default_factory=dict)  # by member
    titles: dict[str, list[str]] = field(default_factory=dict)  # by task, each that it has had

    def promise(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """That these are told."""
        self.intents += [Intent(effect=effect(row), due_at=row["due_at"]) for row in rows]


def effect(row: Mapping[str, Any]) -> str:
    """What one person is to be told of one thing, under whatever id.

    Here everything is asked for once, so that it does not count when.
    """
    names = ["rule", "subject_id", "step", "occurrence", "member_id"]
    if row["rule"] == "asked":
        names.remove("occurrence")
    return " ".join(str(row[name]) for name in names)


def put_in(stock: Stock, dice: Random, name: str, *, owed: Sequence[datetime], each: int) -> None:
    """Owe something at each of these moments, ``each`` times the same task to the same person."""
    rows = people_with(stock, name, owed=owed, each=each)
    plan_twice(rows, dice)
    stock.promise(rows)


def put_in_digests(stock: Stock, dice: Random, *, owed: Sequence[datetime], each: int) -> None:
    """The same for people who want one message a day, which is due at the last of the moments."""
    due = [max(owed[at : at + each]) for at in range(0, len(owed), each)]
    moments = [moment for moment in due for _ in range(each)]
    rows = [
        {**row, "way": "digest", "ready_at": None}
        for row in people_with(stock, "digest", owed=moments, each=each)
    ]
    wishes = {row["member_id"]: _wishes(row) for row in rows}
    with unit_of_work() as session:
        _put(session, Preferences, list(wishes.values()))
    plan_twice(rows, dice)
    stock.promise(rows)


def people_with(
    stock: Stock, name: str, *, owed: Sequence[datetime], each: int = 1, is_theirs: bool = True
) -> list[dict[str, Any]]:
    """New people with a task each; rows of what they are owed of it, not written down."""
    count = -(-len(owed) // each)
    members = [_member(stock.model, f"{name}{number}") for number in range(count)]
    tasks = [_task(stock.model, f"{name}/{number}") for number in range(count)]
    pairs = list(zip(tasks, members, strict=True))
    with unit_of_work() as session:
        _put(session, Member, members)
        _put(session, Task, tasks)
        if is_theirs:
            _put(session, Assignee, [_assignee(*pair) for pair in pairs])
    stock.addresses |= {one["id"]: one["email"] for one in members}
    return [
        _reminder(*pairs[number // each], number % each, due_at)
        for number, due_at in enumerate(owed)
    ]


def have_no_hours(rows: Sequence[Mapping[str, Any]]) -> None:
    """Their readers hear at once, at any hour."""
    with unit_of_work() as session:
        wishes = [{**_wishes(row), "digest": "off", "digest_at": None} for row in rows]
        _put(session, Preferences, wishes)


def spread(dice: Random, count: int, *, start: datetime, seconds: float) -> list[datetime]:
    """Moments, at random over a while."""
    return [start + timedelta(seconds=dice.uniform(0, seconds)) for _ in range(count)]


def plan_twice(rows: Sequence[Mapping[str, Any]], dice: Random) -> None:
    """As two do who look at the same time: neither knows what the other has written down."""
    for _ in range(2):
        planned = [{**row, "id": new_id()} for row in rows]
        dice.shuffle(planned)
        with unit_of_work() as session:
            is_sqlite = core(session).dialect.name == "sqlite"
            owe = (sqlite if is_sqlite else postgresql).insert(Reminder).on_conflict_do_nothing()
            for part in _parts(planned):
                core(session).execute(owe, part)


def _put(session: Session, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    for part in _parts(rows):
        core(session).execute(insert(table), part)


def _parts(rows: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    for start in range(0, len(rows), _TOGETHER):
        yield rows[start : start + _TOGETHER]


def empty_stock(project_id: str) -> Stock:
    """Nothing is owed yet. Tasks will be as the first of a project: no gate is before it."""
    with reading() as session:
        return Stock(model=_model(session, UUID(project_id)))


def _model(session: Session, project_id: UUID) -> dict[str, Any]:
    found = (
        core(session)
        .execute(
            select(*Task.__table__.c)
            .where(Task.project_id == project_id, Task.status == "todo")
            .order_by(Task.due_on)
            .limit(1)
        )
        .one()
    )
    return dict(found._mapping)


def _member(model: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {
        "workspace_id": model["workspace_id"],
        "id": new_id(),
        "email": f"{name}@example.org",
        "name": name,
        "role": "contributor",
        "timezone": "UTC",
        "created_at": model["updated_at"],
        "confirmed_at": model["updated_at"],
        "version": 1,
    }


def _task(model: Mapping[str, Any], name: str) -> dict[str, Any]:
    named = {"id": new_id(), "key": f"chaos/{name}", "title": f"Task {name}"}
    chased = {"chase_at": None, "chased_at": model["updated_at"]}
    return {**model, **named, **chased, "evidence": None}


def _wishes(row: Mapping[str, Any]) -> dict[str, Any]:
    """One digest a day, at any hour; that of today has been due for a while."""
    return {
        "workspace_id": row["workspace_id"],
        "member_id": row["member_id"],
        "work_from": "00:00",
        "work_until": "24:00",
        "work_days": [1, 2, 3, 4, 5, 6, 7],
        "digest": "daily",
        "digest_time": "00:00",
        "digest_weekday": 1,
        "digest_at": row["due_at"],
        "projects": {},
        "version": 1,
    }


def _assignee(task: Mapping[str, Any], member: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "workspace_id": task["workspace_id"],
        "task_id": task["id"],
        "member_id": member["id"],
    }


def _reminder(
    task: Mapping[str, Any], member: Mapping[str, Any], number: int, due_at: datetime
) -> dict[str, Any]:
    return {
        **_owed(member, due_at),
        "project_id": task["project_id"],
        "subject": "task",
        "subject_id": task["id"],
        "rule": "before_due",
        "step": str(number),
        "occurrence": task["due_on"].isoformat(),
    }


def _owed(member: Mapping[str, Any], due_at: datetime) -> dict[str, Any]:
    return {
        "workspace_id": member["workspace_id"],
        "member_id": member["id"],
        "way": "single",
        "due_at": due_at,
        "state": "owed",
        "facts": {},
        "ready_at": due_at,
        "created_at": member["created_at"],
        "version": 1,
    }
