"""The database: locks, instants, transactions, borders and announcements, on both kinds."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from socket import socket
from threading import Thread
from typing import Any, ClassVar
from uuid import UUID

import pytest
from sqlalchemy import (
    ForeignKeyConstraint,
    bindparam,
    event,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError, StatementError

import tracker.app  # noqa: F401 - brings every model into Base.metadata
from tests.service.rows import a_value
from tracker.kernel import db, outbox
from tracker.kernel.db import (
    Base,
    Database,
    core,
    current_database,
    new_id,
    reading,
    unit_of_work,
    use_database,
)
from tracker.kernel.errors import Unavailable
from tracker.kernel.outbox import Event, OutboxMessage, hang_doorbell, publish
from tracker.people.models import Member, Token, Workspace
from tracker.projects.models import Assignee, Project, Task

NOW = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
KATHMANDU = timezone(timedelta(hours=5, minutes=45))
WRITERS = 8
ROUNDS = 10
CROSSES = "(?i)foreign key constraint"

COUNTS = """
import sys
from sqlalchemy import select
from tracker.kernel.db import Database, unit_of_work, use_database
from tracker.people.models import Workspace

use_database(Database(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    with unit_of_work() as session:
        row = session.scalars(select(Workspace).with_for_update()).one()
        row.version = row.version + 1
"""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The database of this process, on each kind in turn."""
    database = Database(database_url)
    use_database(database)
    yield database
    database.close()


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Database]:
    """The database of this process, in a file."""
    database = Database(sqlite_url)
    use_database(database)
    yield database
    database.close()


def a_workspace(slug: str, **facts: Any) -> Workspace:
    usual = {"id": new_id(), "name": slug, "language": "en", "created_at": NOW, "version": 0}
    return Workspace(slug=slug, **{**usual, **facts})


def a_member(workspace_id: UUID, email: str) -> Member:
    return Member(
        workspace_id=workspace_id,
        id=new_id(),
        email=email,
        name=email,
        role="owner",
        timezone="UTC",
        created_at=NOW,
    )


def count(model: type[Base] = Workspace) -> int:
    """How many rows are committed: asked in a context of its own, as another request would."""

    def ask() -> int:
        with reading() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0

    return Context().run(ask)


def in_threads(work: Callable[[], None]) -> None:
    threads = [Thread(target=work) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# SQLite's own.


@pytest.mark.parametrize("kind", ["writer", "reader"])
def test_every_connection_to_sqlite_is_prepared(sqlite: Database, kind: str) -> None:
    for _ in range(3):  # the pool hands a connection out again
        with getattr(sqlite, kind)() as session:
            told = {
                name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
            }
        assert told == {
            "journal_mode": "wal",
            "foreign_keys": 1,
            "busy_timeout": 15000,
            "synchronous": 1,
        }


def test_a_writer_holds_the_lock_from_its_first_look_on(sqlite: Database) -> None:
    other = sqlite3.connect(str(sqlite.url.database), timeout=0)
    with closing(other), unit_of_work() as session:
        session.scalars(select(Workspace)).all()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_a_reader_takes_no_lock_and_waits_for_none(sqlite: Database) -> None:
    other = sqlite3.connect(str(sqlite.url.database), timeout=0, isolation_level=None)
    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        assert count() == 0
        other.execute("ROLLBACK")
        with reading() as session:
            session.scalars(select(Workspace)).all()
            other.execute("BEGIN IMMEDIATE")


# Both kinds.


def test_writers_in_threads_that_read_before_they_write_lose_nothing(database: Database) -> None:
    with unit_of_work() as session:
        session.add(a_workspace("acme"))

    def add_up() -> None:
        for _ in range(ROUNDS):
            with unit_of_work() as session:
                row = session.scalars(select(Workspace).with_for_update()).one()
                row.version = row.version + 1

    in_threads(add_up)
    with reading() as session:
        assert session.scalar(select(Workspace.version)) == WRITERS * ROUNDS


def test_writers_in_processes_that_read_before_they_write_lose_nothing(
    database: Database, database_url: str
) -> None:
    with unit_of_work() as session:
        session.add(a_workspace("acme"))
    command = [sys.executable, "-c", COUNTS, database_url, str(ROUNDS)]
    processes = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    with reading() as session:
        assert session.scalar(select(Workspace.version)) == 3 * ROUNDS


def test_an_instant_comes_back_as_it_was_in_utc(database: Database) -> None:
    then = datetime(2027, 1, 4, 15, 15, 0, 123456, tzinfo=KATHMANDU)
    with unit_of_work() as session:
        session.add(a_workspace("acme", created_at=then))
    with reading() as session:
        found = session.scalars(select(Workspace.created_at)).one()
    assert found == then
    assert found.tzinfo is UTC or found.utcoffset() == timedelta()
    with reading() as session:
        before = select(Workspace).where(Workspace.created_at < then + timedelta(seconds=1))
        assert session.scalars(before).one().slug == "acme"


def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(StatementError, match="an instant needs a zone"), unit_of_work() as session:
        session.add(a_workspace("acme", created_at=naive))
    assert count() == 0


def test_an_inner_unit_of_work_joins_the_outer_one(database: Database) -> None:
    with unit_of_work() as outer:
        outer.add(a_workspace("outer"))
        with unit_of_work() as inner:
            assert inner is outer
            inner.add(a_workspace("inner"))
        assert count() == 0, "the inner one has not committed"
    assert count() == 2


def test_an_error_undoes_everything_from_the_outermost_on(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work() as outer:  # noqa: PT012 - two units
        outer.add(a_workspace("outer"))
        with unit_of_work() as inner:
            inner.add(a_workspace("inner"))
            inner.flush()  # so that there is something to undo
            _ = 1 / 0
    assert count() == 0
    with unit_of_work() as session:
        session.add(a_workspace("afterwards"))
    assert count() == 1


def test_a_thread_never_joins_the_transaction_of_another(database: Database) -> None:
    seen: list[object] = []

    def look() -> None:
        with reading() as session:
            seen.append(session)

    with unit_of_work() as session:
        thread = Thread(target=look)
        thread.start()
        thread.join()
    assert seen
    assert session not in seen


def test_reading_sees_nothing_that_is_not_committed(database: Database) -> None:
    with unit_of_work() as session:
        session.add(a_workspace("acme"))
        session.flush()  # it is in the database, and nobody else may see it
        assert count() == 0
        with reading() as same:
            assert same.scalar(select(func.count()).select_from(Workspace)) == 1
    assert count() == 1


def test_a_used_up_pool_is_told_in_words_and_soon(fresh_postgres_url: str) -> None:
    database = Database(fresh_postgres_url, pool_size=1)
    use_database(database)
    with unit_of_work() as session:
        session.scalars(select(Workspace)).all()
        with pytest.raises(Unavailable, match="Try again in a few seconds"):
            count()
    database.close()


def test_a_server_that_accepts_and_says_nothing_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(db, "_CONNECT_SECONDS", 2)  # the least that libpq takes
    with socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        database = Database(f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/none")
        use_database(database)
        with pytest.raises(Unavailable):
            count()


def test_the_next_database_lets_go_of_the_last_one(database: Database, tmp_path: Path) -> None:
    assert count() == 0
    assert database.engine.pool.checkedin() > 0  # type: ignore[attr-defined]  # a QueuePool
    use_database(Database(f"sqlite:///{tmp_path / 'next.sqlite3'}"))
    assert database.engine.pool.checkedin() == 0  # type: ignore[attr-defined]  # a QueuePool
    current_database().close()


# Borders between workspaces.


@dataclass(frozen=True)
class Here:
    """Two workspaces, each with a member."""

    ours: UUID
    theirs: UUID
    our_member: UUID
    their_member: UUID


@pytest.fixture
def here(database: Database) -> Here:
    with unit_of_work() as session:
        ours, theirs = a_workspace("ours"), a_workspace("theirs")
        session.add_all([ours, theirs])
        session.flush()  # members refer to them
        we, they = a_member(ours.id, "we@ours.org"), a_member(theirs.id, "they@theirs.org")
        session.add_all([we, they])
    return Here(ours.id, theirs.id, we.id, they.id)


def a_row(model: type[Base], number: int, **given: object) -> dict[str, object]:
    """A raw row that clashes with none of another number; what is not given is filled somehow."""
    columns = [column for column in model.__table__.columns if not column.nullable]
    return {column.name: a_value(column, number) for column in columns} | given


def put(model: type[Base], row: dict[str, object]) -> None:
    with unit_of_work() as session:
        session.execute(insert(model.__table__), [row])


def test_a_token_cannot_belong_to_another_workspaces_member(here: Here) -> None:
    put(Token, a_row(Token, 1, workspace_id=here.ours, member_id=here.our_member))
    with pytest.raises(IntegrityError, match=CROSSES):
        put(Token, a_row(Token, 2, workspace_id=here.ours, member_id=here.their_member))


def test_no_project_task_or_assignee_can_cross_the_border(here: Here) -> None:
    ours, theirs = here.ours, here.theirs
    put(Project, a_row(Project, 1, workspace_id=ours, created_by=here.our_member))
    put(Task, a_row(Task, 1, workspace_id=ours))
    put(Assignee, a_row(Assignee, 1, workspace_id=ours, member_id=here.our_member))
    for model, row in (
        (Project, a_row(Project, 2, workspace_id=ours, created_by=here.their_member)),
        (Task, a_row(Task, 2, workspace_id=theirs, project_id=UUID(int=1))),
        (Assignee, a_row(Assignee, 1, workspace_id=ours, member_id=here.their_member)),
        (Assignee, a_row(Assignee, 1, workspace_id=theirs, member_id=here.their_member)),
    ):
        with pytest.raises(IntegrityError, match=CROSSES):
            put(model, row)


def test_a_row_cannot_move_to_another_workspace(here: Here) -> None:
    put(Token, a_row(Token, 1, workspace_id=here.ours, member_id=here.our_member))
    with pytest.raises(IntegrityError, match=CROSSES), unit_of_work() as session:
        session.execute(update(Token).values(workspace_id=here.theirs))


@pytest.mark.parametrize("name", sorted(Base.metadata.tables))
def test_every_key_and_foreign_key_carries_the_workspace(name: str) -> None:
    table = Base.metadata.tables[name]
    # The border itself; one queue for all; what is known of targets, jobs and this database.
    if name not in ("workspaces", "outbox_messages", "breakers", "looks", "senders"):
        assert next(iter(table.primary_key.columns)).name == "workspace_id"
    for constraint in table.constraints:
        if isinstance(constraint, ForeignKeyConstraint):
            pairs = {e.parent.name: e.target_fullname for e in constraint.elements}
            parent = constraint.referred_table.name
            target = "workspaces.id" if parent == "workspaces" else f"{parent}.workspace_id"
            assert pairs["workspace_id"] == target


# Announcements.


@dataclass(frozen=True, kw_only=True)
class Opened(Event):
    """Something to tell."""

    topic: ClassVar[str] = "tests.opened"
    slug: str
    by: UUID


def opened(slug: str) -> Opened:
    return Opened(workspace_id=new_id(), at=NOW, slug=slug, by=UUID(int=7))


@pytest.fixture
def rings(database: Database) -> Iterator[list[int]]:
    """How many announcements others could see at each ring of the doorbell."""
    heard: list[int] = []
    hang_doorbell(lambda: heard.append(count(OutboxMessage)))
    yield heard
    hang_doorbell(None)


def test_the_announcement_commits_with_the_fact_and_rings_once_afterwards(rings: list[int]) -> None:
    with unit_of_work() as session:
        session.add(a_workspace("acme"))
        publish(session, opened("acme"))
        publish(session, opened("again"))
        session.flush()  # written, and still nobody's business
        assert rings == []
    assert rings == [2]
    assert count() == 1


def test_the_announcement_goes_with_the_fact_that_is_undone(rings: list[int]) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work() as session:  # noqa: PT012 - in the middle
        session.add(a_workspace("acme"))
        publish(session, opened("acme"))
        session.flush()  # so that there is something to undo
        _ = 1 / 0
    assert (count(), count(OutboxMessage), rings) == (0, 0, [])


def test_a_commit_that_announces_nothing_does_not_ring(rings: list[int]) -> None:
    with unit_of_work() as session:
        session.add(a_workspace("acme"))
    assert rings == []


def test_an_announcement_holds_its_facts_as_plain_values(database: Database) -> None:
    with unit_of_work() as session:
        publish(session, opened("acme"))
    with reading() as session:
        row = session.scalars(select(OutboxMessage)).one()
    assert (row.topic, row.occurred_at, row.relayed_at) == ("tests.opened", NOW, None)
    assert row.payload == {"slug": "acme", "by": str(UUID(int=7))}


def test_without_a_doorbell_announcements_wait_in_their_table(database: Database) -> None:
    assert outbox._doorbell is None
    with unit_of_work() as session:
        publish(session, opened("acme"))
    assert count(OutboxMessage) == 1


def test_pairs_of_keys_are_looked_up_and_not_searched_for(database: Database) -> None:
    """On PostgreSQL that depends on how much there is: with nothing it reads the table."""
    if not database.is_sqlite:
        return
    members = Member.__table__
    key = tuple_(members.c.workspace_id, members.c.id)
    wanted = select(members.c.email).where(key.in_(bindparam("keys", expanding=True)))
    told: list[str] = []

    def explain(connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        rows = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", values)
        told.extend(row[3] for row in rows)

    event.listen(database.engine, "before_cursor_execute", explain)
    with reading() as session:
        pairs = [(UUID(int=1), UUID(int=2)), (UUID(int=1), UUID(int=3))]
        assert core(session).execute(wanted, {"keys": pairs}).all() == []
        assert core(session).execute(wanted, {"keys": []}).all() == []
    assert told[0].startswith("SEARCH members USING INDEX"), told
