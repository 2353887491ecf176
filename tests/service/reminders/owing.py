"""Reminders owed to the people of the tests, and what became of them."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from signal import SIGCONT, SIGKILL, SIGSTOP
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update

from tests.jobs.patience import eventually
from tests.personas import Persona
from tests.servers.smtp import Mailbox
from tracker.kernel.clock import utcnow
from tracker.kernel.db import core, current_database, new_id, reading, unit_of_work
from tracker.kernel.points import hang_hook
from tracker.people.models import Member
from tracker.reminders.models import Attempt, Reminder
from tracker.reminders.sending import send_due

LEASE_OVER = timedelta(seconds=31)


class Killed(BaseException):
    """The process ends here."""


def owes(persona: Persona, count: int = 1, **given: Any) -> list[UUID]:
    """Reminders that are due to somebody, asked for by a colleague unless ``given`` differs."""
    now = given.pop("now", None) or utcnow()
    member = UUID(persona.member_id)
    rows = []
    with unit_of_work() as session:
        reader = session.scalars(select(Member).where(Member.id == member)).one()
        reader.confirmed_at = reader.created_at
        workspace = reader.workspace_id
        for _ in range(count):
            one = new_id()
            usual: dict[str, Any] = {
                "workspace_id": workspace,
                "id": one,
                "project_id": None,
                "subject": "member",
                "subject_id": member,
                "rule": "asked",
                "step": "",
                "occurrence": str(one),
                "member_id": member,
                "way": "single",
                "due_at": now,
                "state": "owed",
                "facts": {},
                "ready_at": now,
                "created_at": now,
                "version": 1,
            }
            rows.append({**usual, **given})
        core(session).execute(Reminder.__table__.insert(), rows)
    return [row["id"] for row in rows]


def sends_all(now: datetime | None = None, *, after: timedelta = timedelta()) -> int:
    """Look until nothing is due; how much was found."""
    found, at = 0, (now or utcnow()) + after
    while count := send_due(now=at):
        found += count
    return found


@dataclass(frozen=True)
class Kept:
    """A reminder as it stands in its table, with the outcomes of its attempts in order."""

    row: Any
    outcomes: list[str | None]

    @property
    def state(self) -> str:
        return str(self.row.state)

    @property
    def end(self) -> tuple[str, str | None]:
        """State and reason."""
        return self.row.state, self.row.reason


def kept(reminder_id: UUID) -> Kept:
    """One reminder."""
    with reading() as session:
        row = (
            core(session)
            .execute(select(*Reminder.__table__.c).where(Reminder.id == reminder_id))
            .one()
        )
        outcomes = session.scalars(
            select(Attempt.outcome)
            .where(Attempt.reminder_id == reminder_id)
            .order_by(Attempt.number)
        )
        return Kept(row, list(outcomes))


def every(state: str) -> list[UUID]:
    """Ids of all reminders in a state."""
    with reading() as session:
        return list(session.scalars(select(Reminder.id).where(Reminder.state == state)))


def changes(reminder_id: UUID, **values: Any) -> None:
    """Change a row behind everybody's back."""
    with unit_of_work() as session:
        session.execute(update(Reminder).where(Reminder.id == reminder_id).values(**values))


@contextmanager
def at_points(hook: Callable[[str], None]) -> Iterator[None]:
    """Have ``hook`` called at each point of sending meanwhile."""
    hang_hook(hook)
    try:
        yield
    finally:
        hang_hook(None)


@contextmanager
def dying_at(point: str) -> Iterator[list[str]]:
    """Whoever sends meanwhile dies at a point; yields the points that were passed."""
    passed: list[str] = []

    def die(reached: str) -> None:
        passed.append(reached)
        if reached == point:
            raise Killed(point)

    with at_points(die):
        yield passed


Work = Callable[[datetime], object]


def killed_at(point: str, started: datetime, work: Work = sends_all) -> list[str]:
    """A process of its own that sends, and is killed with -9 at a point; which it has passed."""
    told, tell = os.pipe()
    pid = _sender(partial(_pass, tell, point, SIGKILL), started, work)
    os.close(tell)
    with os.fdopen(told) as passed:
        points = passed.read().splitlines()
    assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == SIGKILL
    eventually(_nobody_writes)
    return points


@contextmanager
def stopped_at(point: str, work: Work = sends_all) -> Iterator[None]:
    """A process of its own that sends, and stands still at a point; at the end it goes on."""
    pid = _sender(partial(_pass, None, point, SIGSTOP), utcnow(), work)
    assert os.WIFSTOPPED(os.waitpid(pid, os.WUNTRACED)[1])
    try:
        yield
    finally:
        os.kill(pid, SIGCONT)
        status = os.waitpid(pid, 0)[1]
    assert status == 0, "it has ended well"


def _sender(hook: Callable[[str], None], now: datetime, work: Work) -> int:
    """Start a process that sends all that is due; its id."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            current_database().engine.dispose(close=False)  # the connections are our parent's
            hang_hook(hook)
            work(now)
            code = 0
        finally:
            os._exit(code)
    return pid


def _pass(tell: int | None, last: str, number: int, point: str) -> None:
    if tell is not None:
        os.write(tell, f"{point}\n".encode())
    if point == last:
        os.kill(os.getpid(), number)


def _nobody_writes() -> bool:
    """PostgreSQL takes a moment to see that somebody has died."""
    with reading() as session:
        if core(session).dialect.name == "sqlite":
            return True
        return not session.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                " AND datname = current_database() AND xact_start IS NOT NULL"
            )
        )


def mails_of(mailbox: Mailbox, reminder_id: UUID) -> int:
    """How often a reminder arrived, by its Message-ID."""
    return sum(str(reminder_id) in mail.message_id for mail in mailbox.mails)


def everything() -> dict[str, list[Any]]:
    """All rows about reminders."""
    with current_database().reader() as session:
        return {
            table.name: sorted(map(repr, core(session).execute(select(*table.c))))
            for table in (Reminder.__table__, Attempt.__table__)
        }
