"""From what was announced to those who listen: nothing lost, nothing told by two at once."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.conftest import a_setting
from tests.jobs.patience import eventually
from tests.jobs.relaying import told_to_all
from tests.personas import Persona, answer
from tracker.kernel.claims import LEASE, Claim
from tracker.kernel.clock import utcnow
from tracker.kernel.db import new_id, reading, unit_of_work
from tracker.kernel.hearing import Heard, begin, end, finish_unheard, hand_out, try_later
from tracker.kernel.outbox import Event, OutboxMessage, publish
from tracker.people.events import MemberRemoved
from tracker.projects.models import Gate, Project, Task
from tracker.reminders.listening import cancel_what_is_owed_to
from tracker.reminders.models import Reminder
from workers.embedded import running
from workers.relay import handle, relay
from workers.stopping import stop_soon
from workers.subscriptions import SUBSCRIPTIONS

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)  # long ago: the jobs read the real clock
OURS = UUID(int=7)


@dataclass(frozen=True, kw_only=True)
class Sneezed(Event):
    topic: ClassVar[str] = "tests.sneezed"
    number: int


@pytest.fixture
def heard(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the sneezes that were heard: 13 is more than anybody can listen to."""
    numbers: list[int] = []

    def listen(session: Session, event: Heard, *, now: datetime) -> None:
        if event.payload["number"] == 13:
            raise ArithmeticError
        numbers.append(event.payload["number"])

    def listens_too(session: Session, event: Heard, *, now: datetime) -> None:
        numbers.append(-event.payload["number"])

    monkeypatch.setitem(SUBSCRIPTIONS, Sneezed.topic, [listen, listens_too])
    return numbers


def sneezes(*numbers: int, at: datetime = NOON) -> None:
    with unit_of_work() as session:
        publish(session, *(Sneezed(workspace_id=OURS, at=at, number=number) for number in numbers))


def rows(*columns: Any, topic: str = Sneezed.topic) -> Sequence[Any]:
    with reading() as session:
        found = session.execute(
            select(*columns).where(OutboxMessage.topic == topic).order_by(OutboxMessage.id)
        )
        return [tuple(row) for row in found]


def state() -> Sequence[tuple[bool, bool, int]]:
    """Of each sneeze: whether it is still ready some day, was relayed, and how often it crashed."""
    found = rows(OutboxMessage.ready_at, OutboxMessage.relayed_at, OutboxMessage.crashes)
    return [(ready is not None, relayed is not None, crashes) for ready, relayed, crashes in found]


def handed_out(now: datetime) -> Sequence[Claim]:
    with unit_of_work() as session:
        finish_unheard(session, SUBSCRIPTIONS.keys(), now=now)
        return hand_out(session, now=now)


def begun(claim: Claim, now: datetime) -> tuple[Claim, Heard] | None:
    with unit_of_work() as session:
        return begin(session, claim, now=now)


def is_told(claim: Claim) -> None:
    handle(str(claim.workspace_id), str(claim.id), claim.token)


def test_what_nobody_listens_to_is_over_at_once(mona: Persona, heard: list[int]) -> None:
    told_to_all()
    mona.creates_a_project()
    sneezes(1)
    (claim,) = handed_out(utcnow())
    found = rows(OutboxMessage.ready_at, OutboxMessage.relayed_at, topic="project.created")
    assert [(ready, relayed is not None) for ready, relayed in found] == [(None, True)]
    assert state() == [(True, False, 0)]
    is_told(claim)
    assert state() == [(False, True, 0)]
    assert heard == [1, -1]


def test_what_is_lost_on_its_way_any_number_of_times_is_handed_out_again(
    heard: list[int],
) -> None:
    sneezes(1)
    now = NOON
    for _ in range(9):
        (lost,) = handed_out(now)
        assert handed_out(now) == []
        now += LEASE
    (claim,) = handed_out(now)
    for late in (lost, claim, claim):  # and a broker may deliver twice
        is_told(late)
    assert heard == [1, -1]
    assert state() == [(False, True, 0)]


def test_who_took_it_in_hand_has_it_alone_until_the_lease_ends(heard: list[int]) -> None:
    sneezes(1)
    (claim,) = handed_out(NOON)
    first = begun(claim, NOON + timedelta(seconds=20))
    assert first
    assert first[1] == Heard(OURS, Sneezed.topic, {"number": 1}, NOON)
    assert begun(claim, NOON + timedelta(seconds=21)) is None
    assert handed_out(NOON + LEASE) == []
    (again,) = handed_out(NOON + timedelta(seconds=20) + LEASE)
    second = begun(again, NOON + 2 * LEASE)
    assert second
    with unit_of_work() as session:  # the first wakes up: its word counts no more
        end(session, first[0], now=NOON)
    assert state() == [(True, False, 2)]
    with unit_of_work() as session:
        end(session, second[0], now=NOON)
    assert state() == [(False, True, 0)]


def test_after_three_crashes_it_is_left_alone_and_told_of(
    heard: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    sneezes(1)
    now = NOON
    for crashes in (1, 2, 3):
        (claim,) = handed_out(now)
        taken = begun(claim, now)
        assert taken
        assert taken[0].crashes == crashes
        now += LEASE
    (claim,) = handed_out(now)
    with caplog.at_level(logging.ERROR):
        is_told(claim)
    assert f"left alone after 3 crashes: event {claim.id}, tests.sneezed" in caplog.text
    assert heard == []
    assert state() == [(False, False, 0)]
    assert handed_out(now + timedelta(days=9)) == []


def test_who_cannot_listen_is_told_later_and_keeps_nobody_else_from_hearing(
    heard: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    sneezes(13, at=utcnow())
    for _ in range(5):  # far more often than it may crash
        with unit_of_work() as session:
            session.execute(update(OutboxMessage).values(ready_at=utcnow()))
        (claim,) = handed_out(utcnow())
        is_told(claim)
        assert state() == [(True, False, 0)]
        assert handed_out(utcnow()) == []
    assert heard == [-13] * 5
    assert "ArithmeticError" in caplog.text


def test_the_older_it_is_the_longer_it_may_wait(heard: list[int]) -> None:
    sneezes(1)
    now = NOON
    for age, most in ((0, 10), (60, 65), (90_000, 3605)):
        (claim,) = handed_out(now)
        taken = begun(claim, now)
        assert taken
        now = NOON + timedelta(seconds=age)
        with unit_of_work() as session:
            try_later(session, *taken, now=now)
        ((ready_at,),) = rows(OutboxMessage.ready_at)
        assert timedelta(seconds=5) <= ready_at - now <= timedelta(seconds=most)
        now = ready_at


def test_of_five_that_look_at_once_each_gets_others(heard: list[int]) -> None:
    sneezes(*range(120))
    with ThreadPoolExecutor(5) as threads:
        taken = [claim for found in threads.map(handed_out, [NOON] * 5) for claim in found]
    assert len(taken) == len({claim.id for claim in taken}) == 120


def test_a_relay_that_is_told_to_stop_leaves_the_rest_to_others(heard: list[int]) -> None:
    stop_soon()
    try:
        sneezes(1)
        relay()
    finally:
        stop_soon(really=False)
    assert state() == [(True, False, 0)]


def test_an_announcement_is_heard_as_soon_as_it_is_made(app: Flask, heard: list[int]) -> None:
    with running(a_setting()):
        sneezes(5, 13, 7, at=utcnow())
        eventually(lambda: sorted(heard) == [-13, -7, -5, 5, 7])
        eventually(lambda: state()[0] == state()[2] == (False, True, 0))
    assert state()[1] == (True, False, 0)


# Who listens.


def looked_for_again(project: dict[str, Any]) -> tuple[set[str], int, int]:
    """The statuses of tasks, and the numbers of gates and projects that are to be looked at."""
    of = UUID(project["id"])
    with reading() as session:
        statuses = session.scalars(
            select(Task.status).where(Task.project_id == of, Task.chase_at.is_not(None))
        )
        gates = session.scalars(
            select(Gate.id).where(Gate.project_id == of, Gate.chase_at.is_not(None))
        )
        projects = session.scalars(
            select(Project.id).where(Project.id == of, Project.chase_at.is_not(None))
        )
        return set(statuses), len(list(gates)), len(list(projects))


def test_a_project_that_goes_on_is_looked_at_again(mona: Persona) -> None:
    project, other = mona.creates_a_project(), mona.creates_a_project()
    with unit_of_work() as session:
        first = select(Task.id).where(Task.project_id == UUID(project["id"])).limit(1)
        session.execute(
            update(Task).where(Task.id == first.scalar_subquery()).values(status="done")
        )
    for one in (project, other):
        answer(mona.post(f"/projects/{one['id']}/pause", {}))
    nothing_is_looked_at()
    all_is_told()
    assert looked_for_again(project) == (set(), 0, 0)
    answer(mona.post(f"/projects/{project['id']}/resume", {}))
    nothing_is_looked_at()
    for _ in range(2):
        all_is_told()
    assert looked_for_again(project) == ({"todo"}, 5, 1)
    assert looked_for_again(other) == (set(), 0, 0)


def nothing_is_looked_at() -> None:
    with unit_of_work() as session:
        for kind in (Task, Gate, Project):
            session.execute(update(kind).values(chase_at=None))


def all_is_told() -> None:
    """What was told already is told once more: a listener may hear the same twice."""
    with unit_of_work() as session:
        again = OutboxMessage.topic.in_(SUBSCRIPTIONS.keys())
        session.execute(update(OutboxMessage).where(again).values(ready_at=utcnow()))
    for claim in handed_out(utcnow()):
        is_told(claim)


def test_who_leaves_is_owed_nothing(mona: Persona, bob: Persona) -> None:
    project = mona.creates_a_project()
    with unit_of_work() as session:
        workspace_id = session.scalars(
            select(Project.workspace_id).where(Project.id == UUID(project["id"]))
        ).one()
        for person in (mona, bob):
            for number, word in enumerate(("owed", "sending", "sent")):
                session.add(a_reminder(workspace_id, person, number, word))
    removed = MemberRemoved(
        workspace_id=workspace_id, at=NOON, member_id=UUID(bob.member_id), successor_id=None
    )
    event = Heard(workspace_id, removed.topic, {"member_id": bob.member_id}, NOON)
    for _ in range(2):
        with unit_of_work() as session:
            cancel_what_is_owed_to(session, event, now=NOON)
    with reading() as session:
        found = session.execute(
            select(Reminder.member_id, Reminder.state, Reminder.reason, Reminder.ready_at).order_by(
                Reminder.step
            )
        ).all()
    assert [tuple(row) for row in found if row.member_id == UUID(bob.member_id)] == [
        (UUID(bob.member_id), "cancelled", "removed", None),
        (UUID(bob.member_id), "sending", None, NOON),
        (UUID(bob.member_id), "sent", None, NOON),
    ]
    assert {row.state for row in found if row.member_id == UUID(mona.member_id)} == {
        "owed",
        "sending",
        "sent",
    }


def a_reminder(workspace_id: UUID, person: Persona, number: int, word: str) -> Reminder:
    return Reminder(
        workspace_id=workspace_id,
        id=new_id(),
        subject="member",
        subject_id=UUID(person.member_id),
        rule="digest",
        step=str(number),
        occurrence="2027-01-04",
        member_id=UUID(person.member_id),
        way="single",
        due_at=NOON,
        state=word,
        facts={},
        ready_at=NOON,
        created_at=NOON,
    )
