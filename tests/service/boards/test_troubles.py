"""What goes wrong with boards, and what the manager is told of it."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.api.problems import problem
from tests.api.tables import everything
from tests.fakes.board import Memory, failing
from tests.personas import Persona, World, answer
from tests.service.boards.kept import Pair, a_pair, clock_back, opens
from tracker.boards.accounts import credentials_of
from tracker.boards.models import Board, BoardAccount
from tracker.connectors.boards import Allowance, Told
from tracker.connectors.trouble import PlatformError
from tracker.kernel.db import reading, unit_of_work
from tracker.projects.models import Gate

FRENCH = {"Accept-Language": "fr"}


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


def test_a_card_behind_a_closed_gate_is_moved_back_with_a_comment(pair: Pair) -> None:
    with unit_of_work() as session:
        mine = Gate.project_id == UUID(pair.project["id"])
        session.execute(update(Gate).where(mine).values(before_phase="prepare"))
    card = pair.card(1)
    pair.port.edit(card, status="done", title="Done, they say")
    pair.deliver()
    pair.sync()
    assert (pair.task(1)["status"], pair.task(1)["title"]) == ("todo", "Done, they say")
    assert card.fields["status"] == "todo"
    (comment,) = card.comments
    assert comment.startswith("Set back: status. The gate “Mine” is not open: ")
    assert "in the tracker" in comment
    assert "/api/" not in comment
    history = answer(pair.manager.get(f"/projects/{pair.project['id']}/activity?limit=5"))["items"]
    assert {"sync"} <= {one["door"] for one in history}


def test_what_cannot_be_is_set_back_once_with_a_comment(pair: Pair) -> None:
    gate = next(card for card in pair.port.on(pair.name) if "Gate" in card.labels)
    pair.port.edit(gate, status="done")
    pair.port.edit(pair.card(0), title="   ", due_on="2020-01-01")
    pair.deliver()
    pair.sync()
    assert pair.differing() == {}
    assert gate.fields["status"] == "todo"
    assert gate.comments == ["Set back: status. Gates are decided in the tracker, not on a board."]
    title, due = sorted(pair.card(0).comments, reverse=True)
    assert title == "Set back: title. A title is one line of 1 to 200 characters."
    assert due.startswith("Set back: due date. ")
    reasons = {one["field"]: (one["taken"], one["reason"]) for one in pair.conflicts()}
    assert reasons.keys() == {"status", "title", "due_on"}
    assert all(taken == "none" and reason for taken, reason in reasons.values())
    pair.reconcile()
    assert len(gate.comments) == 1, "said once"


def test_a_conflict_is_seen_and_settled(pair: Pair) -> None:
    pair.change(0, title="As we call it")
    pair.later(minutes=1)
    pair.port.edit(pair.card(0), title="As they call it")
    pair.deliver()
    pair.sync()
    (conflict,) = pair.conflicts()
    told = {name: conflict[name] for name in ("field", "agreed", "ours", "theirs", "taken")}
    assert told == {
        "field": "title",
        "agreed": "Mine 0",
        "ours": "As we call it",
        "theirs": "As they call it",
        "taken": "platform",
    }
    assert pair.task(0)["title"] == "As they call it", "the newest"
    path = f"/conflicts/{conflict['id']}/settle"
    settled = answer(pair.manager.post(path, {"choose": "ours"}))
    assert (settled["state"], settled["settled_by"]) == ("settled", pair.manager.member_id)
    pair.sync()
    assert pair.card(0).fields["title"] == pair.task(0)["title"] == "As we call it"
    problem(pair.manager.post(path, {"choose": "theirs"}), 409, "not-to-be-answered")
    assert pair.conflicts() == []


def test_a_missing_card_is_asked_about_and_its_task_stays(pair: Pair) -> None:
    cards = [pair.card(n) for n in range(3)]
    pair.port.archive_card(cards[0])
    pair.port.delete_card(cards[1])
    pair.port.archive_card(cards[2])
    pair.deliver()
    pair.sync()
    missing = {one["object_id"]: one for one in pair.items("missing")}
    ids = [pair.task(n)["id"] for n in range(3)]
    assert missing.keys() == set(ids)
    assert {tuple(one["answers"]) for one in missing.values()} == {("restore", "detach", "give-up")}
    for task, word in zip(ids, ("restore", "restore", "give-up"), strict=True):
        answer(pair.manager.post(f"/board-items/{missing[task]['id']}/{word}", {}))
    pair.sync()
    assert pair.task(2)["status"] == "not_applicable"
    assert {one["object_id"] for one in pair.items("in_step")} >= set(ids[:2])
    assert not cards[0].is_archived
    assert pair.card(1).id != cards[1].id, "made anew"
    assert pair.differing() == {}


def test_what_is_made_there_is_listed_or_becomes_a_task(pair: Pair) -> None:
    pair.port.write(pair.name, "Bake a cake", phase="prepare")
    pair.deliver()
    pair.sync()
    (stranger,) = pair.items("foreign")
    assert (stranger["title"], stranger["object_id"]) == ("Bake a cake", None)
    answer(pair.manager.post(f"/board-items/{stranger['id']}/accept", {}))
    pair.sync()
    assert [task["title"] for task in pair.tasks() if ".custom." in task["key"]] == ["Bake a cake"]
    settings = {"created_there": "task"}
    answer(pair.manager.patch(f"/boards/{pair.board_id}", {"settings": settings}))
    pair.port.write(pair.name, "Write a song", phase="nowhere", made_there=[("A verse", True)])
    pair.deliver()
    pair.sync()
    (song,) = [task for task in pair.tasks() if task["title"] == "Write a song"]
    assert song["phase"] == "prepare"
    steps = answer(pair.manager.get(f"/tasks/{song['id']}"))["steps"]
    assert [(step["title"], step["done_at"] is not None) for step in steps] == [("A verse", True)]
    assert pair.differing() == {}


def test_a_deleted_task_takes_its_card_off(pair: Pair) -> None:
    wish = {"title": "For a day", "phase": "prepare"}
    made = answer(pair.manager.post(f"/projects/{pair.project['id']}/tasks", wish), 201)
    pair.sync()
    card = pair.port.card_of(made["id"])
    assert pair.manager.delete(f"/tasks/{made['id']}").status_code == 204
    pair.sync()
    assert card.is_archived
    assert pair.board["items"] == {"in_step": 4, "conflicts": 0}


def test_every_trouble_has_a_state_and_a_sentence_that_says_what_to_do(
    pair: Pair, subtests: pytest.Subtests
) -> None:
    table = (
        ("credential", "needs_reauth", "PUT /boards/{id}/credentials"),
        ("gone", "broken", "deleted, or is not shared"),
        ("permission", "degraded", "Share the board"),
        ("our_fault", "degraded", "Tell those who run the tracker"),
        ("throttled", "throttled", "goes on by itself"),
    )
    for trouble, state, words in table:
        with subtests.test(trouble):
            pair.later(hours=2)
            credentials = {"credentials": {"token": f"good for {trouble}"}}
            answer(pair.manager.call("PUT", f"/boards/{pair.board_id}/credentials", credentials))
            pair.port.fails = failing(trouble, detail="HTTP 400")  # type: ignore[arg-type]
            pair.reconcile_anyhow()
            board = pair.board
            assert (board["state"], board["problem"]) == (state, trouble)
            assert words.replace("{id}", board["id"]) in board["sentence"]
            french = answer(pair.manager.get(f"/boards/{pair.board_id}", headers=FRENCH))
            assert french["sentence"] != board["sentence"]
            pair.port.fails = lambda _call: None


def test_an_outage_is_made_up_for(pair: Pair) -> None:
    pair.port.fails = failing("transient")
    pair.change(0, title="Meanwhile here")
    pair.port.edit(pair.card(1), title="Meanwhile there")
    pair.port.deliveries.clear()
    pair.sync()
    for _ in range(7):
        pair.later(hours=1)
        pair.sync()
    board = pair.board
    assert (board["state"], board["problem"]) == ("degraded", "transient")
    assert "7 times in a row" in board["sentence"] or "8 times in a row" in board["sentence"]
    pair.port.fails = lambda _call: None
    pair.later(hours=2)
    pair.sync()
    assert pair.differing() == {}
    assert pair.board["state"] == "ok"


def test_what_is_told_twice_or_is_our_own_costs_nothing(pair: Pair) -> None:
    pair.port.deliveries.clear()
    calls = len(pair.port.calls)
    echo = Told(key="e1", type="changed", card=pair.card(0).id, is_echo=True)
    pair.deliver(echo, echo)
    pair.sync()
    assert len(pair.port.calls) == calls
    writes, card = pair.port.writes, pair.card(0)
    told = [Told(key=f"k{n % 5}", type="changed", card=card.id) for n in range(15)]
    pair.deliver(*told)
    pair.sync()
    assert pair.port.calls[calls:] == ["card"]
    assert pair.port.writes == writes


def test_an_allowance_is_kept_and_boards_of_one_token_share_it(mona: Persona) -> None:
    with clock_back():
        port = Memory(allowance=Allowance(calls=20, window=timedelta(seconds=10)))
        pair = a_pair(mona, port, tasks=12)
        opens(pair.project)
        rounds = 0
        while pair.board["items"].get("in_step", 0) < 13:
            before = len(port.calls)
            pair.sync()
            assert len(port.calls) - before <= 20
            pair.later(seconds=2)
            rounds += 1
        assert rounds > 3, "it went on by itself"
        assert port.calls.count("make") == 13
        assert port.calls.count("find") <= 2, "it does not break off in the middle of a card"


def test_a_board_is_left_alone_paused_and_disconnected(pair: Pair, world: World) -> None:
    calls = len(pair.port.calls)
    answer(pair.manager.post(f"/boards/{pair.board_id}/pause", {}))
    pair.change(0, title="While it sleeps")
    pair.deliver()
    pair.sync()
    assert len(pair.port.calls) == calls
    refusal = problem(pair.manager.post(f"/boards/{pair.board_id}/reconcile", {}), 409, "conflict")
    assert "resume" in refusal["detail"]
    answer(pair.manager.post(f"/boards/{pair.board_id}/resume", {}))
    pair.sync()
    assert pair.card(0).fields["title"] == "While it sleeps"
    twice = {
        "project_id": pair.project["id"],
        "kind": "memory",
        "credentials": {"token": "good"},
        "remote_id": pair.name,
    }
    name = pair.name
    second = pair.manager.post("/boards", twice)
    assert "kept in step already" in problem(second, 409, "conflict")["detail"]
    assert pair.manager.delete(f"/boards/{pair.board_id}?cards=archive").status_code == 204
    pair.sync()
    assert pair.port.hooks == {}
    assert pair.port.on(name) == []
    with reading() as session:
        kept = [credentials_of(one) for one in session.scalars(select(BoardAccount))]
    assert kept == [{}], "no secret outlives its boards"
    problem(world.vera.get(f"/boards/{pair.board_id}"), 404, "not-found")


def test_the_owner_of_a_board_is_named_anew_where_they_may_not_act(
    pair: Pair, world: World
) -> None:
    with unit_of_work() as session:
        found = session.get_one(Board, (pair.workspace_id, UUID(pair.board_id)))
        found.owner_id = UUID(world.vera.member_id)
    pair.later(hours=3)
    pair.sync()
    assert (pair.board["state"], pair.board["problem"]) == ("degraded", "owner_gone")
    assert "“owner”" in pair.board["sentence"]
    answer(pair.manager.patch(f"/boards/{pair.board_id}", {"owner": world.alice.email}))
    pair.sync()
    assert pair.board["state"] == "ok"


def test_choices_tell_what_a_token_can_see(pair: Pair) -> None:
    wish = {"kind": "memory", "credentials": {"token": "good"}}
    found = answer(pair.manager.post("/boards/choices", wish))
    assert (found["ok"], found["account"]) == (True, "The tracker")
    assert [one["id"] for one in found["choices"]] == [pair.name]
    wrong = {**wish, "credentials": {"token": "wrong"}}
    refused = answer(pair.manager.post("/boards/choices", wrong))
    assert (refused["ok"], refused["trouble"]) == (False, "credential")
    assert "refuses the credentials" in refused["sentence"]
    problem(
        pair.manager.post("/boards/choices", {**wish, "credentials": {}}), 422, "invalid-values"
    )


def test_a_make_of_unknown_outcome_is_looked_for_first(mona: Persona) -> None:
    with clock_back():
        port = Memory(lag=timedelta(seconds=5))
        pair = a_pair(mona, port)

        def forgets(call: str) -> None:
            if call == "make":
                raise PlatformError("transient", "no answer")

        port.forgets = forgets
        pair.sync()
        port.forgets = lambda _call: None
        port.edit(pair.card(0), title="Said there")
        pair.change(1, title="Said here")
        pair.reconcile()
        pair.later(minutes=1)
        pair.sync()
        assert len(port.on(pair.name)) == 4
        titles = [pair.task(n)["title"] for n in range(2)]
        assert titles == ["Said there", "Said here"], "what was said meanwhile is not lost"
        assert port.calls.count("make") == 4
        assert pair.differing() == {}


def test_a_card_that_the_platform_does_not_take_keeps_no_other_waiting(pair: Pair) -> None:
    refused = pair.card(0).id

    def fails(call: str) -> None:
        if call == "change" and pair.port.asked_about == refused:
            raise PlatformError("our_fault", "HTTP 400")

    pair.port.fails = fails
    for n in range(3):
        pair.change(n, title=f"Another {n}")
    pair.sync()
    assert pair.board["problem"] == "our_fault"
    titles = [pair.card(n).fields["title"] for n in range(3)]
    assert titles == ["Mine 0", "Another 1", "Another 2"]


def test_what_cannot_be_connected_is_told_and_leaves_no_trace(
    pair: Pair, world: World, subtests: pytest.Subtests
) -> None:
    good = {
        "project_id": pair.project["id"],
        "kind": "memory",
        "credentials": {"token": "good"},
    }
    table: tuple[tuple[dict[str, object], str], ...] = (
        ({"kind": "nothing"}, "kind"),
        ({"credentials": {}}, "credentials"),
        ({"credentials": {"token": "a", "other": "b"}}, "credentials"),
        ({"base_url": "ftp://memory.example"}, "base_url"),
        ({"settings": {"policies": {"title": "loudest"}}}, "settings"),
        ({"settings": {"policies": {"colour": "newest"}}}, "settings"),
        ({"settings": {"created_there": "always"}}, "settings"),
        ({"name": "two\nlines"}, "name"),
        ({"colour": "red"}, "colour"),
    )
    before = everything()
    for wrong, field in table:
        with subtests.test(str(wrong)):
            english = problem(pair.manager.post("/boards", good | wrong), 422, "invalid-values")
            french = pair.manager.post("/boards", good | wrong, headers=FRENCH).get_json()
            assert english["errors"].keys() == {field}
            assert english["errors"] != french["errors"]
    foreign = pair.manager.creates_a_project()
    problem(world.charlie.post("/boards", good), 404, "not-found")
    answer(pair.manager.post(f"/projects/{foreign['id']}/cancel", {"reason": "Enough."}))
    closed = {**good, "project_id": foreign["id"]}
    problem(pair.manager.post("/boards", closed), 409, "project-closed")
    after = everything()
    kept = ("boards", "board_accounts", "board_items")
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
