"""What nobody plans with boards, and somebody does."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.api.problems import problem
from tests.fakes.board import Memory, failing
from tests.personas import Persona, World, answer
from tests.service.boards.kept import Pair, a_pair, clock_back
from tracker.boards.models import Board
from tracker.boards.syncing import sync_due
from tracker.connectors.boards import Allowance
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.kernel.own_address import use_base_url


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


def test_a_card_with_somebody_who_has_left_becomes_one_task(pair: Pair) -> None:
    answer(pair.manager.patch(f"/boards/{pair.board_id}", {"settings": {"created_there": "task"}}))
    fields = {"assignees": ["left@example.org"]}
    pair.port.write(pair.name, "Bake a cake", fields=fields, phase="prepare")
    pair.deliver()
    pair.sync()
    assert [task["title"] for task in pair.tasks()].count("Bake a cake") == 1


def test_a_board_that_is_named_in_two_ways_is_kept_in_step_once(pair: Pair) -> None:
    wish = {
        "project_id": pair.project["id"],
        "kind": "memory",
        "credentials": {"token": "good"},
        "name": pair.board["name"],  # which is what it is known by in memory
    }
    second = answer(pair.manager.post("/boards", wish), 201)
    pair.sync()
    board = answer(pair.manager.get(f"/boards/{second['id']}"))
    assert (board["state"], board["remote_id"]) == ("degraded", None)
    assert "by another board of this workspace" in board["sentence"]
    assert len(pair.port.on(pair.name)) == 4


def test_where_no_card_can_be_made_others_are_kept_in_step(pair: Pair) -> None:
    for n in range(3):
        pair.port.delete_card(pair.card(n))
    gate = next(card for card in pair.port.on(pair.name) if "Gate" in card.labels)
    pair.deliver()
    pair.sync()
    for one in pair.items("missing"):
        answer(pair.manager.post(f"/board-items/{one['id']}/restore", {}))
    pair.port.edit(gate, title="Called otherwise there")
    pair.deliver()
    pair.port.fails = failing("permission", "make", detail="no room")
    pair.sync()
    assert pair.board["state"] == "degraded"
    assert gate.fields["title"] == "Mine", "set back all the same"


def test_what_a_person_does_about_the_hook_meanwhile_stays(pair: Pair) -> None:
    def fails(call: str) -> None:
        if call == "hang":
            with unit_of_work() as session:
                session.execute(update(Board).values(hook_state="verifying"))

    pair.port.by_hand, pair.port.fails = True, fails
    with unit_of_work() as session:
        session.execute(update(Board).values(hook_state="pending", hook_id=None))
    use_base_url("https://moved.example")
    pair.reconcile()
    hook = answer(pair.manager.get(f"/boards/{pair.board_id}"))["hook"]
    assert hook["state"] == "verifying"
    assert hook["url"].startswith("https://moved.example/hooks/")


def test_of_one_field_the_last_conflict_is_open_and_a_gate_is_decided_here(pair: Pair) -> None:
    gate = next(card for card in pair.port.on(pair.name) if "Gate" in card.labels)
    for title in ("One", "Two", "Two"):
        pair.port.edit(gate, title=title)
        pair.deliver()
        pair.sync()
    (conflict,) = pair.conflicts()
    assert (conflict["theirs"], conflict["taken"]) == ("Two", "none")
    path = f"/conflicts/{conflict['id']}/settle"
    problem(pair.manager.post(path, {"choose": "theirs"}), 409, "not-to-be-answered")
    assert answer(pair.manager.post(path, {"choose": "ours"}))["state"] == "settled"


def test_nobody_who_may_not_manage_is_named_as_whom_a_board_acts(pair: Pair, world: World) -> None:
    wish = {"owner": world.vera.email}
    refused = problem(pair.manager.patch(f"/boards/{pair.board_id}", wish), 422, "invalid-values")
    assert "owner" in str(refused)
    assert pair.board["owner_id"] == pair.manager.member_id


def test_what_was_on_a_board_before_costs_no_call_of_its_own(mona: Persona) -> None:
    with clock_back():
        port = Memory()
        port.boards["theirs"] = {}
        for n in range(20):
            port.write("theirs", f"Card {n}")
        pair = a_pair(mona, port, remote_id="theirs")
        assert sync_due(now=utcnow(), is_over=lambda: True), "all is read, and time is up"
        pair.sync()
        assert pair.board["items"] == {"in_step": 4, "foreign": 20, "conflicts": 0}
        assert {one["title"] for one in pair.items("foreign")} == {f"Card {n}" for n in range(20)}
        assert port.calls.count("card") == 0


def test_a_platform_that_cannot_reach_us_is_said_to_be_asked(pair: Pair) -> None:
    pair.port.tells, pair.port.hooks = False, {}
    pair.reconcile()
    hook = pair.board["hook"]
    assert hook["state"] == "lost"
    assert "TRACKER_BASE_URL" in hook["sentence"]
    pair.port.tells = True
    pair.later(minutes=61)
    pair.sync()
    assert (pair.board["hook"]["state"], pair.board["hook"]["sentence"]) == ("active", None)


def test_with_other_credentials_the_hook_is_hung_anew(pair: Pair) -> None:
    pair.port.fails = failing("permission", "is_hanging")
    wish = {"credentials": {"token": "of another account"}}
    answer(pair.manager.call("PUT", f"/boards/{pair.board_id}/credentials", wish))
    pair.sync()
    assert (pair.board["hook"]["state"], pair.board["state"]) == ("active", "ok")
