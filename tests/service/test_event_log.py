"""The log of events: numbered after the commit, without a gap, and nothing is ever missed."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event as Signal
from typing import ClassVar
from uuid import UUID

import pytest
from flask import Flask

from tracker.kernel.db import current_database, new_id, reading, unit_of_work
from tracker.kernel.event_log import NUMBERED_AT_ONCE, Numbered, number_new, since
from tracker.kernel.outbox import Event, publish
from workers.relay import relay

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
OURS, THEIRS = UUID(int=1), UUID(int=2)


@dataclass(frozen=True, kw_only=True)
class Purred(Event):
    topic: ClassVar[str] = "tests.purred"
    about: ClassVar[str] = "cat_id"
    project_id: UUID | None = None
    cat_id: UUID | None = None
    number: int = 0


def purrs(*events: Purred) -> None:
    with unit_of_work() as session:
        publish(session, *events)


def numbered() -> Sequence[Numbered]:
    with unit_of_work() as session:
        return number_new(session)


def read(workspace_id: UUID, position: int = 0, project_id: UUID | None = None) -> list[Numbered]:
    with reading() as session:
        return list(since(session, workspace_id, position, project_id=project_id, limit=10_000))


def test_each_workspace_and_each_object_is_counted_by_itself(app: Flask) -> None:
    tom, kit, home = new_id(), new_id(), new_id()
    for of, cat, project in ((OURS, tom, home), (THEIRS, tom, None), (OURS, kit, None)):
        purrs(Purred(workspace_id=of, at=NOON, cat_id=cat, project_id=project))
    first = numbered()
    purrs(*(Purred(workspace_id=OURS, at=NOON, cat_id=cat) for cat in (tom, None, kit, tom)))
    told = [
        (one.workspace_id, one.position, one.object_id, one.sequence)
        for one in (*first, *numbered())
    ]
    assert told == [
        (OURS, 1, tom, 1),
        (THEIRS, 1, tom, 1),
        (OURS, 2, kit, 1),
        (OURS, 3, tom, 2),
        (OURS, 4, OURS, 4),
        (OURS, 5, kit, 2),
        (OURS, 6, tom, 3),
    ]
    assert numbered() == []
    assert [one.position for one in read(OURS)] == [1, 2, 3, 4, 5, 6]
    assert [one.position for one in read(OURS, 4)] == [5, 6]
    assert [(one.position, one.project_id) for one in read(OURS, 0, home)] == [(1, home)]


def begins_to_number() -> None:
    with unit_of_work() as session:
        assert number_new(session)
        raise ArithmeticError


def test_interrupted_it_has_done_nothing_and_the_next_who_comes_does_it(app: Flask) -> None:
    purrs(Purred(workspace_id=OURS, at=NOON))
    with pytest.raises(ArithmeticError):
        begins_to_number()
    assert read(OURS) == []
    assert [one.position for one in numbered()] == [1]


WRITERS, PAIRS = 4, 16


def write(writer: int) -> None:
    """In pairs, with time between the making of an id and the commit."""
    for number in range(PAIRS):
        event = Purred(workspace_id=(OURS, THEIRS)[number % 2], at=NOON, number=writer)
        with unit_of_work() as session:
            publish(session, event)
            publish(session, event)


def number_until(is_over: Signal) -> None:
    while not is_over.is_set():
        numbered()
    numbered()


def follow(of: UUID) -> list[Numbered]:
    """What a reader has seen who goes on from the last that they saw, until all were written."""
    seen: list[Numbered] = []
    while len(seen) < WRITERS * PAIRS:
        seen += read(of, seen[-1].position if seen else 0)
    return seen


def test_a_reader_that_follows_misses_nothing_while_many_write_and_number(app: Flask) -> None:
    is_over = Signal()
    with ThreadPoolExecutor(8) as threads:
        followed = threads.map(follow, [OURS, THEIRS], timeout=60)
        numbering = threads.map(number_until, [is_over] * 2)
        list(threads.map(write, range(WRITERS)))
        is_over.set()
        list(numbering)
        for log in followed:
            assert [one.position for one in log] == list(range(1, WRITERS * PAIRS + 1))
            assert len({one.id for one in log}) == WRITERS * PAIRS


def test_what_commits_late_comes_late_in_the_log(app: Flask) -> None:
    """Its id is older than that of what a reader has gone past."""
    if current_database().is_sqlite:  # one writer at a time: nobody commits late
        return
    with current_database().writer() as slow:
        publish(slow, Purred(workspace_id=OURS, at=NOON, number=1))
        purrs(Purred(workspace_id=OURS, at=NOON, number=2))
        numbered()
        assert [one.payload["number"] for one in read(OURS)] == [2]
    relay()
    assert [(one.position, one.payload["number"]) for one in read(OURS)] == [(1, 2), (2, 1)]


def test_however_many_are_new_the_relay_numbers_them_all(app: Flask) -> None:
    late = NOON.replace(year=2100)  # nothing is handed on before
    purrs(*(Purred(workspace_id=OURS, at=late) for _ in range(NUMBERED_AT_ONCE + 1)))
    relay()
    assert [one.position for one in read(OURS)] == list(range(1, NUMBERED_AT_ONCE + 2))
