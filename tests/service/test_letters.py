"""Letters of reminders as they are stored: facts looked up for many at once."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.api.gates.acts import gates_of, says
from tests.api.test_statements import counted
from tests.personas import Persona, answer
from tracker.connectors.letter import Letter
from tracker.gates.models import Approval
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.people.models import Member
from tracker.people.time_models import Absence
from tracker.people.time_queries import persons
from tracker.projects.models import Gate, Step
from tracker.reminders.models import Reminder
from tracker.reminders.writing import letters_of

HOME = "https://tracker.example.org"


@pytest.fixture
def project(mona: Persona, bob: Persona) -> dict[str, Any]:
    return mona.creates_a_project(name="Makers", people={"sponsor": bob.email})


def a_reminder(to: Persona, rule: str, subject: str, subject_id: object, **given: Any) -> Reminder:
    """A reminder as it lies in the table."""
    usual: dict[str, Any] = {
        "workspace_id": workspace_of(to),
        "id": uuid4(),
        "project_id": None,
        "subject": subject,
        "subject_id": UUID(str(subject_id)),
        "rule": rule,
        "step": "2",
        "occurrence": "2027-03-04",
        "member_id": UUID(to.member_id),
        "way": "single",
        "due_at": utcnow(),
        "state": "owed",
        "facts": {},
        "created_at": utcnow(),
    }
    return Reminder(**{**usual, **given})


AWAY_UNTIL = utcnow().date() + timedelta(days=3)


def is_away(persona: Persona) -> None:
    with unit_of_work() as session:
        away = {"start_on": date(2020, 1, 1), "end_on": AWAY_UNTIL, "created_at": utcnow()}
        whose = {"workspace_id": workspace_of(persona), "member_id": UUID(persona.member_id)}
        session.add(Absence(id=uuid4(), **whose, **away))


def workspace_of(persona: Persona) -> UUID:
    with reading() as session:
        wanted = select(Member.workspace_id).where(Member.id == UUID(persona.member_id))
        return session.scalars(wanted).one()


def letters(
    *rows: Reminder, behind: dict[Any, list[Reminder]] | None = None, now: datetime | None = None
) -> tuple[list[Letter], int]:
    """Their letters, and how many statements those took."""
    at = now or utcnow()
    with reading() as session:
        people = persons(session, {(row.workspace_id, row.member_id) for row in rows})
        with counted() as statements:
            found = letters_of(session, rows, behind or {}, people, base_url=HOME, now=at)
    return list(found.values()), len(statements)


def test_a_task_is_told_with_its_steps_and_what_waits_behind_it(
    app: Flask, mona: Persona, bob: Persona, project: dict[str, Any]
) -> None:
    task = next(one for one in bob.tasks_of(project) if one["key"].endswith("strategy.purpose"))
    shown = answer(bob.get(f"/tasks/{task['id']}"))
    step = shown["steps"][0]
    with unit_of_work() as session:
        of_it = (Step.task_id == UUID(task["id"]), Step.key == step["key"])
        session.execute(update(Step).where(*of_it).values(done_at=utcnow()))
    is_away(mona)
    row = a_reminder(bob, "before_due", "task", task["id"], facts={"for": mona.member_id})
    ((letter,), _) = letters(row)
    (item,) = letter.sections[0].items
    assert letter.id == row.id
    assert item.title == task["title"]
    assert item.details[0] == "Project: Makers"
    assert letter.opening.startswith(f"You stand in for mona, who is away until {AWAY_UNTIL:%A}")
    steps = next(detail for detail in item.details if detail.startswith("Still open: "))
    assert step["title"] not in steps
    assert shown["steps"][1]["title"] in steps
    waiting = next(detail for detail in item.details if " for it: " in detail)
    followers = [
        other["title"]
        for other in bob.tasks_of(project)
        if any(
            link["task_id"] == task["id"]
            for link in answer(bob.get(f"/tasks/{other['id']}"))["after"]
        )
    ]
    assert followers
    assert all(title in waiting for title in followers[:5])
    assert letter.due is not None
    assert letter.due.on == date.fromisoformat(task["due_on"])
    assert all(action.url.startswith(f"{HOME}/a/") for action in letter.actions)
    assert len(letter.actions) == 5


def test_who_has_the_task_is_asked_for_it_although_it_went_up_to_them(
    app: Flask, mona: Persona, bob: Persona, project: dict[str, Any]
) -> None:
    task = next(one for one in bob.tasks_of(project) if one["milestone"])
    up = {"step": "sponsor+10", "facts": {"role": "sponsor"}}
    (own, others), _ = letters(
        a_reminder(bob, "escalation", "task", task["id"], **up),
        a_reminder(mona, "escalation", "task", task["id"], **up),
    )
    assert "may need help" not in own.subject
    assert own.closing[0] == "You get this because the task is yours."
    assert own.actions[0].url.startswith(f"{HOME}/a/")
    assert len(own.actions) == len(others.actions) + 3
    assert "may need help" in others.subject


def test_an_approval_names_what_is_asked_for_and_by_whom(
    app: Flask, mona: Persona, bob: Persona, project: dict[str, Any]
) -> None:
    gate = gates_of(mona, project)["ready_to_launch"]
    answer(says(mona, gate, "request"), 201)
    with reading() as session:
        approval = session.scalars(select(Approval)).one()
        stored = session.scalars(select(Gate).where(Gate.id == UUID(gate["id"]))).one()
    (title,) = (one["title"] for one in stored.criteria if one["key"] == approval.criterion)
    row = a_reminder(bob, "approval_waiting", "gate", gate["id"], occurrence=str(approval.id))
    ((letter,), _) = letters(row)
    assert title in letter.opening
    *_, asked, how = letter.sections[0].items[0].details
    assert asked.startswith("Asked for by ")
    assert how == f"To approve or decline: POST /api/v1/gates/{gate['id']}/approvals"


def test_fifty_letters_cost_as_many_statements_as_one_of_each_rule(
    app: Flask, mona: Persona, bob: Persona, project: dict[str, Any]
) -> None:
    tasks = [task["id"] for task in bob.tasks_of(project)]
    gate = gates_of(mona, project)["ready_to_launch"]
    asked = {"by": mona.member_id, "note": "Please"}

    def one_of_each(task: str) -> list[Reminder]:
        return [
            a_reminder(bob, "overdue", "task", task),
            a_reminder(mona, "escalation", "task", task, step="project_manager+4"),
            a_reminder(bob, "asked", "task", task, facts=asked),
            a_reminder(mona, "gate_ready", "gate", gate["id"]),
            a_reminder(mona, "quiet", "project", project["id"]),
            a_reminder(bob, "confirm", "member", bob.member_id),
        ]

    few, cost = letters(*one_of_each(tasks[0]))
    many, same = letters(*(row for task in tasks[:9] for row in one_of_each(task)))
    assert (len(few), len(many)) == (6, 54)
    assert cost == same <= 9


def test_a_digest_tells_what_it_gathers_and_on_mondays_the_week(
    app: Flask, mona: Persona, bob: Persona, project: dict[str, Any]
) -> None:
    first, second, *_ = bob.tasks_of(project)
    for task in (first, second):
        answer(mona.patch(f"/tasks/{task['id']}", {"assignees": [bob.member_id]}))
    due = datetime.fromisoformat(f"{second['due_on']}T09:00:00+00:00")
    monday = due - timedelta(days=due.weekday())
    digest = a_reminder(bob, "digest", "member", bob.member_id)
    gathered = {
        (digest.workspace_id, digest.id): [
            a_reminder(bob, "before_start", "task", first["id"], way="digest"),
            a_reminder(bob, "before_due", "task", first["id"], way="digest"),
        ]
    }
    ((tuesday,), _) = letters(digest, behind=gathered, now=monday + timedelta(days=1))
    titles = [item.title for section in tuesday.sections for item in section.items]
    assert titles == [first["title"]]
    ((told,), _) = letters(digest, behind=gathered, now=monday)
    assert told.subject.startswith("My week: ")
    titles = [item.title for section in told.sections for item in section.items]
    assert titles.count(first["title"]) == 1
    assert second["title"] in titles


def test_what_is_gone_and_whoever_left_stops_nothing(bob: Persona, charlie: Persona) -> None:
    ghost = a_reminder(bob, "before_due", "task", uuid4(), facts={"for": "nobody", "until": "soon"})
    stranger = a_reminder(bob, "overdue", "task", uuid4(), member_id=UUID(charlie.member_id))
    found, _ = letters(ghost, stranger)
    assert [letter.id for letter in found] == [ghost.id]


def test_a_letter_is_in_the_language_of_its_reader(
    app: Flask, bob: Persona, project: dict[str, Any]
) -> None:
    with unit_of_work() as session:
        member = session.get(Member, (workspace_of(bob), UUID(bob.member_id)))
        assert member is not None
        member.language = "fr-CA"
    since = {"occurrence": "2021-03-04"}  # the year is told where it is not this one
    ((letter,), _) = letters(a_reminder(bob, "quiet", "project", project["id"], **since))
    assert letter.language == "fr"
    assert letter.subject == "Rien de nouveau dans « Makers » depuis le jeudi 4 mars 2021"
