"""Boards on a database where two transactions run at once."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import update

from tests.fakes.board import Memory
from tests.personas import Persona, answer
from tests.service.boards.kept import Pair, a_pair, clock_back, rows
from tracker.boards.models import Board, BoardItem
from tracker.connectors.boards import Told
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work

A_MOMENT = 0.3  # seconds in which the other one gets as far as it can


@pytest.fixture
def database_url(fresh_postgres_url: str) -> str:
    """SQLite has one writer."""
    return fresh_postgres_url


@pytest.fixture
def pair(mona: Persona) -> Iterator[Pair]:
    """In step."""
    with clock_back():
        found = a_pair(mona, Memory())
        found.sync()
        yield found


def meanwhile(work: Callable[[], object]) -> Thread:
    """Somebody else, who has begun, and waits or is done."""
    thread = Thread(target=work)
    thread.start()
    thread.join(A_MOMENT)
    return thread


def test_what_is_told_while_a_board_is_let_go_has_it_looked_at(pair: Pair) -> None:
    mine = Board.id == UUID(pair.board_id)
    told = Told(key="late", type="changed", card=pair.card(0).id)
    number = pair.number
    for work in (lambda: pair.deliver(told), number):
        with unit_of_work() as session:
            lease = utcnow() + timedelta(minutes=1)
            session.execute(update(Board).where(mine).values(is_syncing=True, ready_at=lease))
        pair.change(0, title="Changed meanwhile")
        with unit_of_work() as session:
            later = utcnow() + timedelta(hours=1)
            session.execute(update(Board).where(mine).values(is_syncing=False, ready_at=later))
            other = meanwhile(work)
        other.join()
        with reading() as session:
            ready_at = session.get_one(Board, (pair.workspace_id, UUID(pair.board_id))).ready_at
        assert ready_at is not None
        assert ready_at <= utcnow()


def test_whoever_answers_a_card_and_whoever_keeps_it_in_step_do_not_block_each_other(
    pair: Pair,
) -> None:
    card = pair.port.write(pair.name, "Bake a cake")
    pair.deliver()
    pair.sync()
    (item,) = [one for one in rows(pair) if one.remote_id == card.id]
    answers = list[object]()

    def says() -> None:
        answers.append(answer(pair.manager.post(f"/board-items/{item.id}/detach", {}))["state"])

    with unit_of_work() as session:
        mine = Board.id == UUID(pair.board_id)
        session.execute(update(Board).where(mine).values(failures=0))
        other = meanwhile(says)
        session.execute(update(BoardItem).where(BoardItem.id == item.id).values(title="A cake"))
    other.join()
    assert answers == ["ignored"]
