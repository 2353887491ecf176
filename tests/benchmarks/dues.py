"""Reminders that are due to many people, about the tasks of one project."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

import yaml
from sqlalchemy import delete, func, select

from tests.benchmarks.statements import somebody
from tests.benchmarks.stock import TASKS, World, a_playbook_of, make_world
from tests.personas import a_wish, answer
from tracker.kernel.clock import utcnow
from tracker.kernel.db import core, new_id, reading, unit_of_work
from tracker.people.models import Member
from tracker.projects.models import Task
from tracker.reminders.models import Reminder

PEOPLE: Final = 500
_R: Final = Reminder.__table__


@dataclass(frozen=True, slots=True)
class Stage:
    """A workspace with people, and tasks to remind them of: id, project and due day."""

    world: World
    people: Sequence[UUID]
    tasks: Sequence[Any]


def a_stage(url: str) -> Stage:
    """An empty database with a project of 150 tasks and 500 people in it."""
    world = make_world(url)
    with somebody(world) as caller:
        source = yaml.safe_dump(a_playbook_of(TASKS), allow_unicode=True)
        answer(caller.post("/playbooks", {"source": source}), 201)
        answer(caller.post("/projects", {**a_wish(), "playbook": "bench"}), 201)
        people = _people(world)
        with reading() as session:
            wanted = select(Task.id, Task.project_id, Task.due_on).order_by(Task.due_on)
            return Stage(world, people, core(session).execute(wanted).all())


def _people(world: World) -> list[UUID]:
    now = utcnow()
    rows: list[dict[str, Any]] = [
        {
            "workspace_id": world.workspace_id,
            "id": new_id(),
            "email": f"person{number}@example.org",
            "name": f"Person {number}",
            "role": "contributor",
            "language": ("en", "fr")[number % 2],
            "timezone": "Europe/Paris",
            "created_at": now,
            "confirmed_at": now,
            "version": 1,
        }
        for number in range(PEOPLE)
    ]
    with unit_of_work() as session:
        core(session).execute(Member.__table__.insert(), rows)
    return [row["id"] for row in rows]


def owe(stage: Stage, moments: Sequence[datetime], **given: Any) -> None:
    """Reminders that come due at these moments, one to each person in turn."""
    rows = _rows(stage, moments, given)
    while some := list(islice(rows, 5_000)):
        with unit_of_work() as session:
            core(session).execute(_R.insert(), some)


def _rows(
    stage: Stage, moments: Sequence[datetime], given: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    for number, at in enumerate(moments):
        task = stage.tasks[number % len(stage.tasks)]
        yield {
            "workspace_id": stage.world.workspace_id,
            "id": new_id(),
            "project_id": task.project_id,
            "subject": "task",
            "subject_id": task.id,
            "rule": "before_due",
            "step": str(new_id()),  # so that none is the same effect as another
            "occurrence": task.due_on.isoformat(),
            "member_id": stage.people[number % len(stage.people)],
            "way": "single",
            "due_at": at,
            "state": "owed",
            "facts": {},
            "ready_at": at,
            "created_at": at,
            "version": 1,
            **given,
        }


def forget() -> None:
    """Have nothing owed any more."""
    with unit_of_work() as session:
        session.execute(delete(Reminder))


def count_sent() -> int:
    """How many were sent."""
    with reading() as session:
        wanted = select(func.count()).where(Reminder.state == "sent")
        return int(session.scalar(wanted) or 0)


def lateness() -> list[float]:
    """Seconds from due to sent, of all that were sent."""
    with reading() as session:
        wanted = select(Reminder.due_at, Reminder.sent_at).where(Reminder.state == "sent")
        return [(sent - due).total_seconds() for due, sent in session.execute(wanted) if sent]
