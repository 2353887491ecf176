"""What nobody plans with boards, and somebody does."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.fakes.board import Memory
from tests.personas import Persona, answer
from tests.service.boards.kept import Pair, a_pair, clock_back
from tracker.connectors.boards import Allowance


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tried here is no matter of databases."""
    return sqlite_url


@pytest.fixture
def pair(mona: Persona) -> Iterator[Pair]:
    """In step."""
    with clock_back():
        found = a_pair(mona, Memory())
        found.sync()
        yield found


def again(pair: Pair) -> Pair:
    """The same project, connected anew with the board that it had."""
    wish = {
        "project_id": pair.project["id"],
        "kind": "memory",
        "credentials": {"token": "good"},
        "remote_id": pair.name,
    }
    assert pair.manager.delete(f"/boards/{pair.board_id}").status_code == 204
    pair.sync()
    board = answer(pair.manager.post("/boards", wish), 201)
    return Pair(pair.manager, pair.project, board["id"], pair.port)


def test_a_board_that_is_connected_again_gets_no_card_twice(pair: Pair) -> None:
    pair.change(0, title="Renamed in between")
    second = again(pair)
    second.sync()
    assert len(pair.port.on(second.name)) == 4
    assert second.board["items"] == {"in_step": 4, "conflicts": 0}
    assert second.differing() == {}


def test_many_cards_leave_a_board_within_its_allowance(mona: Persona) -> None:
    with clock_back():
        port = Memory(allowance=Allowance(calls=20, window=timedelta(seconds=10)))
        pair = a_pair(mona, port, tasks=9)
        while pair.board["items"].get("in_step", 0) < 10:
            pair.sync()
            pair.later(seconds=2)
        name = pair.name
        assert pair.manager.delete(f"/boards/{pair.board_id}?cards=archive").status_code == 204
        for _ in range(20):
            pair.sync()
            pair.later(seconds=4)
        assert port.on(name) == []
        assert port.calls.count("archive") == 10, "each once"


def test_a_stranger_that_was_left_alone_is_one_again_and_goes_when_its_card_does(
    pair: Pair,
) -> None:
    card = pair.port.write(pair.name, "Bake a cake")
    pair.deliver()
    pair.sync()
    (stranger,) = pair.items("foreign")
    for word in ("detach", "restore"):
        answer(pair.manager.post(f"/board-items/{stranger['id']}/{word}", {}))
        pair.sync()
    (same,) = pair.items("foreign")
    assert same["answers"] == ["accept", "detach"]
    pair.port.delete_card(card)
    pair.port.deliveries.clear()
    pair.port.log.clear()
    pair.reconcile()
    assert pair.items("foreign") == [], "though nobody has told of it"
