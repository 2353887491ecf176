"""The history is sealed: whoever edits, deletes, inserts, reorders or cuts it off is found out."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Barrier
from time import perf_counter
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, text, update

from tests.personas import Persona
from tracker.kernel.activity import Activity, Entry, record
from tracker.kernel.audit import BadRow, Fault, Head, Verdict, read_head, verify
from tracker.kernel.db import core, current_database, new_id, reading, unit_of_work
from tracker.kernel.seals import first_seal, seal_next, seal_of, waiting_projects
from workers.history import seal_history

ROWS = Activity.__table__
AT = datetime(2027, 1, 4, 8, tzinfo=UTC)


@dataclass(frozen=True)
class History:
    """What has happened to one project."""

    workspace_id: UUID
    project_id: UUID

    def grows(self, count: int, start: int = 0) -> None:
        """Things happen: ``count`` changes of all kinds of values."""
        with unit_of_work() as session:
            record(session, *(self._entry(number) for number in range(start, start + count)))

    def _entry(self, number: int) -> Entry:
        return Entry(
            workspace_id=self.workspace_id,
            project_id=self.project_id,
            at=AT + timedelta(microseconds=number),
            member_id=new_id() if number % 2 else None,
            door="api",
            subject="task",
            subject_id=new_id(),
            action="changed",
            changes={"title": ("là-bas", "l'été 🌞"), "figure": (0.1, number / 7), "n": (None, 3)},
        )

    @property
    def rows(self) -> list[Any]:
        """The rows as they are stored, the sealed ones in their order."""
        mine = ROWS.c.project_id == self.project_id
        with reading() as session:
            return list(core(session).execute(select(ROWS).where(mine).order_by(ROWS.c.seq)))

    @property
    def head(self) -> Head:
        """Where its chain ends."""
        with reading() as session:
            return read_head(session, self.workspace_id, self.project_id)

    def verdict(self, known: Head | None = None) -> Verdict:
        """What the audit says."""
        with reading() as session:
            return verify(session, self.workspace_id, self.project_id, known)

    def suffers(self, *statements: Any) -> None:
        """Somebody with the database's password writes into it."""
        with unit_of_work() as session:
            for statement in statements:
                core(session).execute(statement)


@pytest.fixture
def history(mona: Persona) -> History:
    project = mona.creates_a_project()
    with reading() as session:
        workspace_id = session.execute(text("SELECT workspace_id FROM projects")).scalar_one()
    found = History(UUID(str(workspace_id)), UUID(project["id"]))
    seal_history()
    return found


def at(number: int) -> Any:
    return ROWS.c.seq == number


def test_what_happens_is_sealed_in_order_and_verified(history: History) -> None:
    begun = history.head.seq
    history.grows(7)
    assert history.verdict().unsealed == 7
    seal_history()
    verdict = history.verdict()
    assert (verdict.sealed, verdict.unsealed, verdict.bad) == (begun + 7, 0, None)
    assert [row.seq for row in history.rows] == list(range(1, begun + 8))
    history.grows(5)
    assert history.verdict().unsealed == 5
    assert history.head == verdict.head


def test_sealing_again_changes_nothing(history: History) -> None:
    history.grows(3)
    seal_history()
    before = history.rows
    seal_history()
    assert history.rows == before
    with reading() as session:
        assert waiting_projects(session, limit=10) == []


class KnownRow:
    """A row whose seal is known for ever: another one would break every exported head."""

    workspace_id = UUID("01a20ad5-3f2f-7b0a-8f4f-5d2c7e9b1a60")
    id = UUID("01a20ad5-3f2f-7b0a-8f4f-5d2c7e9b1a61")
    project_id = UUID("01a20ad5-3f2f-7b0a-8f4f-5d2c7e9b1a62")
    at = datetime(2027, 1, 4, 9, 30, 0, 5, tzinfo=UTC)
    member_id = None
    door = "api"
    subject = "task"
    subject_id = UUID("01a20ad5-3f2f-7b0a-8f4f-5d2c7e9b1a63")
    action = "changed"
    changes = MappingProxyType({"title": ["là", "🌞"], "figure": [None, 0.1]})
    seq = None


WRITTEN = (
    b'{"action":"changed","at":"2027-01-04T09:30:00.000005+00:00",'
    b'"changes":{"figure":[null,0.1],"title":["l\\u00e0","\\ud83c\\udf1e"]},"door":"api",'
    b'"id":"01a20ad5-3f2f-7b0a-8f4f-5d2c7e9b1a61","member_id":null,'
    b'"project_id":"01a20ad5-3f2f-7b0a-8f4f-5d2c7e9b1a62","seq":3,"subject":"task",'
    b'"subject_id":"01a20ad5-3f2f-7b0a-8f4f-5d2c7e9b1a63",'
    b'"workspace_id":"01a20ad5-3f2f-7b0a-8f4f-5d2c7e9b1a60"}'
)


def test_a_row_is_written_out_as_the_page_on_the_history_says() -> None:
    row = KnownRow()
    row.changes = dict(row.changes)  # type: ignore[assignment]  # JSON writes dicts alone
    previous = b"p" * 32
    assert seal_of(previous, row, 3) == sha256(previous + WRITTEN).digest()
    project = KnownRow.project_id
    told = f"activity v1 {KnownRow.workspace_id} {project}".encode()
    assert first_seal(KnownRow.workspace_id, project) == sha256(told).digest()


@dataclass(frozen=True)
class Crime:
    """What is done to the sealed row ``number``, and what the audit then names."""

    commit: Callable[[History, int], Iterator[Any]]
    named: Callable[[History, int], BadRow]


def _changed(history: History, number: int) -> BadRow:
    row = next(row for row in history.rows if row.seq == number)
    return BadRow(Fault.CHANGED, number, row.id)


def _edits(**values: Any) -> Crime:
    def commit(history: History, number: int) -> Iterator[Any]:
        yield update(ROWS).where(at(number)).values(**values)

    return Crime(commit, _changed)


def _deletes(history: History, number: int) -> Iterator[Any]:
    yield delete(ROWS).where(at(number))


def _closes_the_gap(history: History, number: int) -> Iterator[Any]:
    yield delete(ROWS).where(at(number))
    for later in range(number + 1, history.head.seq + 1):
        yield update(ROWS).where(at(later)).values(seq=later - 1)


def _inserts(history: History, number: int) -> Iterator[Any]:
    for later in range(history.head.seq, number - 1, -1):
        yield update(ROWS).where(at(later)).values(seq=later + 1)
    row = next(row for row in history.rows if row.seq == number)
    yield insert(ROWS).values(**{**row._mapping, "id": new_id()})


def _swaps(history: History, number: int) -> Iterator[Any]:
    for old, new in ((number, 10**6), (number + 1, number), (10**6, number + 1)):
        yield update(ROWS).where(at(old)).values(seq=new)


def _moves_down(history: History, number: int) -> Iterator[Any]:
    yield update(ROWS).where(at(number)).values(seq=-number)


def _unseals(history: History, number: int) -> Iterator[Any]:
    yield update(ROWS).where(at(number)).values(seal=None)


CRIMES = {
    "another day": _edits(at=AT - timedelta(days=1)),
    "another doer": _edits(member_id=UUID(int=1)),
    "no doer": _edits(member_id=None, door="rule"),
    "another door": _edits(door="link"),
    "another thing": _edits(subject="gate"),
    "another task": _edits(subject_id=UUID(int=2)),
    "another deed": _edits(action="deleted"),
    "other changes": _edits(changes={"title": ["là-bas", "lah-bas"]}),
    "no changes": _edits(changes={}),
    "another id": _edits(id=UUID(int=3)),
    "another seal": _edits(seal=b"\0" * 32),
    "a row gone": Crime(_deletes, lambda _, number: BadRow(Fault.MISSING, number)),
    "a row gone, the gap closed": Crime(_closes_the_gap, _changed),
    "a row put in": Crime(_inserts, _changed),
    "two rows swapped": Crime(_swaps, _changed),
    "a row moved to the front": Crime(
        _moves_down,
        lambda history, number: BadRow(Fault.CHANGED, -number, history.rows[0].id),
    ),
    "a seal taken off": Crime(_unseals, _changed),
}


def test_every_crime_is_found_and_its_first_row_named(
    history: History, subtests: pytest.Subtests
) -> None:
    history.grows(30)
    seal_history()
    whole, head = history.rows, history.head
    chance = random.Random(20270104)
    for name, crime in CRIMES.items():
        numbers = {2, head.seq - 1, *chance.sample(range(3, head.seq - 1), 2)}
        for number in sorted(numbers):
            with subtests.test(name, number=number):
                history.suffers(*crime.commit(history, number))
                assert history.verdict().bad == crime.named(history, number)
                assert history.verdict(head).bad is not None
            mine = ROWS.c.project_id == history.project_id
            history.suffers(delete(ROWS).where(mine))
            with unit_of_work() as session:
                core(session).execute(insert(ROWS), [dict(row._mapping) for row in whole])
    assert history.verdict(head).bad is None


def test_a_cut_end_is_found_by_the_exported_head_alone(history: History) -> None:
    history.grows(10)
    seal_history()
    head = history.head
    history.suffers(delete(ROWS).where(ROWS.c.seq > head.seq - 4))
    assert history.verdict().bad is None
    assert history.verdict(head).bad == BadRow(Fault.TRUNCATED, head.seq - 3)
    history.grows(6)
    seal_history()
    assert history.verdict().bad is None
    assert history.verdict(head).bad == BadRow(Fault.REWRITTEN, head.seq)


def test_a_number_taken_off_is_found(history: History) -> None:
    history.grows(4)
    seal_history()
    last = history.rows[-1]
    history.suffers(update(ROWS).where(at(last.seq)).values(seq=None))
    assert history.verdict().bad == BadRow(Fault.UNNUMBERED, None, last.id)


def test_a_row_that_cannot_be_read_is_named_after_the_good_ones(history: History) -> None:
    if not current_database().is_sqlite:
        return  # PostgreSQL keeps no value that its column cannot hold
    history.grows(5)
    seal_history()
    for column, value in (("changes", "{"), ("at", "yesterday"), ("subject_id", "x"), ("seq", "x")):
        kept = next(row for row in history.rows if row.seq == 4)
        history.suffers(text(f"UPDATE activities SET {column} = '{value}' WHERE seq = 4"))
        bad = history.verdict().bad
        assert bad is not None
        assert bad.seq == 4, column
        rest = {name: value for name, value in kept._mapping.items() if name != "id"}
        history.suffers(delete(ROWS).where(ROWS.c.id == kept.id))
        history.suffers(insert(ROWS).values(id=kept.id, **rest))
    assert history.verdict().bad is None


def test_five_jobs_at_once_make_one_chain(history: History) -> None:
    begun = history.head.seq
    together = Barrier(5)

    def works(number: int) -> None:
        together.wait()
        history.grows(40, start=number * 40)
        seal_history()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(works, range(5)))
    seal_history()
    verdict = history.verdict()
    assert (verdict.sealed, verdict.unsealed, verdict.bad) == (begun + 200, 0, None)


def test_a_writer_does_not_wait_for_the_job(history: History) -> None:
    """On SQLite there is one writer at a time, whoever it is."""
    if current_database().is_sqlite:
        return
    history.grows(3)
    with current_database().writer() as session:
        seal_next(session, history.workspace_id, history.project_id)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(history.grows, 2).result(timeout=5)
            pool.submit(seal_history).result(timeout=5)  # passes on: the turn is taken
    seal_history()
    assert history.verdict().bad is None
    assert history.verdict().unsealed == 0


def _crashes(history: History) -> None:
    with unit_of_work() as session:
        seal_next(session, history.workspace_id, history.project_id)
        raise KeyboardInterrupt


def test_a_crash_before_the_commit_seals_nothing(history: History) -> None:
    history.grows(3)
    before = history.rows
    with pytest.raises(KeyboardInterrupt):
        _crashes(history)
    assert history.rows == before
    seal_history()
    assert history.verdict().bad is None


@pytest.mark.long_on("postgresql")
def test_ten_thousand_rows_are_sealed_and_verified(history: History) -> None:
    history.grows(10_000)
    began = perf_counter()
    seal_history()
    sealed = perf_counter()
    verdict = history.verdict()
    print(f"sealed in {sealed - began:.2f} s, verified in {perf_counter() - sealed:.2f} s")  # noqa: T201
    assert verdict.sealed >= 10_000
    assert verdict.bad is None
