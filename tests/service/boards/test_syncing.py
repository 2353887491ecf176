"""A board is filled, and both sides follow each other."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.api.test_statements import counted
from tests.fakes.board import Memory
from tests.personas import Persona
from tests.service.boards.kept import Pair, a_pair, clock_back, opens
from tracker.boards.syncing import sync_due
from tracker.connectors.boards import Allowance
from tracker.kernel.clock import utcnow


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tried here is no matter of databases."""
    return sqlite_url


@pytest.fixture
def pair(mona: Persona) -> Iterator[Pair]:
    """In step, and open."""
    with clock_back():
        found = a_pair(mona, Memory())
        opens(found.project)
        found.sync()
        yield found


def test_every_task_and_gate_stands_on_the_board_once(pair: Pair) -> None:
    assert pair.differing() == {}
    assert len(pair.port.on(pair.name)) == 4, "three tasks and a gate"
    assert pair.port.calls.count("make") == 4
    board = pair.board
    assert (board["state"], board["run"], board["account"]) == ("ok", None, "The tracker")
    assert board["items"] == {"in_step": 4, "conflicts": 0}


def test_a_board_that_has_to_wait_tells_why_and_until_when(mona: Persona) -> None:
    memory = Memory(allowance=Allowance(calls=20, window=timedelta(minutes=1)))
    with clock_back():
        pair = a_pair(mona, memory, tasks=20)
        for _window in range(2):
            sync_due(now=utcnow())
            assert pair.board["state"] == "throttled"
            assert pair.board["run"]["calls"] == len(memory.calls) > 0
            assert pair.board["notices"] == ["21 cards to make"]
            pair.later(minutes=2)
        pair.later(hours=1)
        sync_due(now=utcnow())
        other = a_pair(mona, memory)
        sync_due(now=utcnow())
        told = ((pair, "are used up for the moment"), (other, "Boards of one token share"))
        for one, why in told:
            shown = one.board
            assert (shown["state"], shown["problem"]) == ("throttled", "throttled")
            at = datetime.fromisoformat(shown["next_look_at"])
            assert why in shown["sentence"]
            assert f"by itself at {at:%Y-%m-%d %H:%M:%S} UTC" in shown["sentence"]
        for _ in range(20):
            pair.later(minutes=2)
            pair.sync()
        assert [one.board["state"] for one in (pair, other)] == ["ok", "ok"]
        assert [one.board["notices"] for one in (pair, other)] == [[], []]


def test_what_changes_on_one_side_is_changed_on_the_other(pair: Pair) -> None:
    writes = pair.port.writes
    pair.change(0, title="Another title", status="in_progress")
    pair.port.edit(pair.card(1), status="done", steps={"look": True})
    pair.deliver()
    pair.sync()
    assert pair.differing() == {}
    assert pair.card(0).fields["title"] == "Another title"
    assert pair.task(1)["status"] == "done"
    assert pair.port.writes == writes + 1, "what came from there is not sent back"


def test_a_look_at_both_sides_takes_as_many_statements_for_many_tasks(mona: Persona) -> None:
    taken = []
    for tasks in (3, 40):
        pair = a_pair(mona, Memory(kind=f"memory-{tasks}"), tasks=tasks)
        pair.sync()
        pair.change(0, title="Looked at")
        pair.number()
        with counted() as statements:
            sync_due(now=utcnow())
        taken.append(len(statements))
        assert pair.differing() == {}
    assert taken[0] == taken[1] < 50
