"""A project and its board on Trello: both follow each other, whatever happens between them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask

from tests.api.playbooks import a_source, brings
from tests.connectors.doors import a_door_to
from tests.fakes.board import Memory
from tests.fakes.serving import Asked, Told, a_server
from tests.fakes.trello import KEY, SECRET, TOKEN, FakeTrello
from tests.fakes.trello.state import Row
from tests.fakes.trello.telling import Reach
from tests.personas import Persona, a_wish, answer
from tests.service.boards.kept import Pair, clock_back
from tracker.boards.models import Board
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading
from tracker.kernel.own_address import use_base_url

SOON = timedelta(minutes=1)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tried here is no matter of databases."""
    return sqlite_url


def into(app: Flask) -> Reach:
    """Trello's calls to us, without a network."""

    def reach(method: str, url: str, headers: Mapping[str, str], body: bytes) -> int:
        path = urlsplit(url).path
        return app.test_client().open(path, method=method, headers=headers, data=body).status_code

    return reach


@dataclass
class OnTrello(Pair):
    """A project, and its board on a Trello that is played by its rules."""

    fake: FakeTrello = field(kw_only=True)  # in place of the port in memory

    def hear(self) -> list[int]:
        """What Trello has to tell arrives, and is looked at once it is quiet."""
        answered = self.fake.telling.pump()
        self.later(seconds=3)
        self.sync_through()
        return answered

    def sync(self) -> int:
        """With a whole allowance: how much is left would depend on how fast the machine is."""
        self.later(seconds=11)
        return super().sync()

    def sync_through(self) -> None:
        """Rounds until the board is in step, however long it has to wait for its allowance.

        A call may have come to nothing on a machine that is busy, and is then made again: only a
        look that ended well, and that no other is to follow soon, was the last one.
        """
        for _ in range(60):
            self.sync()
            if self._is_through():
                return
            self.later(seconds=30)
        raise AssertionError(self.board)

    def _is_through(self) -> bool:
        with reading() as session:
            row = session.get_one(Board, (self.workspace_id, UUID(self.board_id)))
        rests = row.ready_at is not None and row.ready_at - utcnow() > SOON
        return (row.state, row.failures, row.run) == ("ok", 0, None) and rests

    def title(self, n: int) -> str:
        return str(self.task(n)["title"])

    def row(self, n: int) -> Row:
        return self.fake.card(f"tracker:{self.task(n)['id']}")

    def list_of(self, n: int) -> str:
        return str(self.fake.state.lists[self.row(n)["idList"]]["name"])

    def theirs(self) -> dict[str, dict[str, Any]]:
        """As Trello shows them, on the card that each item names."""
        items = {one["remote_id"]: one["object_id"] for one in self.items("in_step")}
        found = {}
        for card in self.fake.state.cards.values():
            if card["id"] in items:
                found[items[card["id"]]] = self._fields(card)
        return found

    def _fields(self, card: Row) -> dict[str, Any]:
        name = self.fake.state.lists[card["idList"]]["name"]
        words = {"To do": "todo", "In progress": "in_progress", "Not applicable": "not_applicable"}
        status = words.get(name, name.lower())
        assert card["dueComplete"] == (status == "done"), card
        steps = {
            i["name"]: i["state"] == "complete" for _, i in self.fake.state.items_of(card["id"])
        }
        return {
            "title": card["name"],
            "status": status,
            "start_on": card["start"][:10],
            "due_on": card["due"][:10],
            "assignees": [],
            "steps": steps,
        }

    def ours(self) -> dict[str, dict[str, Any]]:
        found = super().ours()
        for key, fields in found.items():
            steps = answer(self.manager.get(f"/tasks/{key}"))["steps"]
            fields["steps"] = {step["title"]: step["done_at"] is not None for step in steps}
            fields["assignees"] = []
        return found


@dataclass
class Stage:
    """A Trello on its port."""

    fake: FakeTrello
    port: int

    def has(self, manager: Persona, source: str, **settings: Any) -> OnTrello:
        """A project of this playbook, and its board, not in step yet."""
        slug = f"pair-{Random().getrandbits(40):x}"
        brings(manager, source.replace("playbook: any", f"playbook: {slug}"))
        project = answer(manager.post("/projects", {**a_wish(), "playbook": slug}), 201)
        wish = {
            "project_id": project["id"],
            "kind": "trello",
            "base_url": f"http://api.trello.example:{self.port}",
            "credentials": credentials(),
            "name": slug,
            "settings": settings,
        }
        board = answer(manager.post("/boards", wish), 201)
        return OnTrello(manager, project, board["id"], Memory(), fake=self.fake)


@contextmanager
def a_trello(app: Flask) -> Iterator[Stage]:
    """A Trello that reaches the application, and is reached."""
    fake = FakeTrello(utcnow, reach=into(app))
    with clock_back(), a_server(fake) as port, a_door_to(port):
        yield Stage(fake, port)
        assert fake.strange == []


def credentials(token: str = TOKEN) -> dict[str, str]:
    return {"api_key": KEY, "token": token, "app_secret": SECRET}


@pytest.fixture
def pair(mona: Persona) -> Iterator[OnTrello]:
    """Three tasks and a gate, in step."""
    with a_trello(mona.app) as stage:
        made = stage.has(mona, a_source("any", tasks=3, gated=True))
        made.sync_through()
        yield made


def test_both_sides_follow_each_other(pair: OnTrello) -> None:
    assert pair.differing() == {}
    board = pair.board
    assert (board["state"], board["hook"]["state"]) == ("ok", "active")
    assert board["account"] == "Ada Example (@ada_example)"
    assert board["items"] == {"in_step": 4, "conflicts": 0}
    assert set(pair.hear()) == {200}, "what we have done ourselves"
    asked = len(pair.fake.asked)
    pair.sync()
    assert len(pair.fake.asked) == asked, "of echoes nothing follows"
    pair.fake.drag(pair.title(0), "Done")
    pair.hear()
    assert pair.task(0)["status"] == "done"
    assert pair.row(0)["dueComplete"], "and the tick follows"
    pair.change(1, title="Another title", status="in_progress")
    pair.sync()
    assert (pair.list_of(1), pair.row(1)["name"]) == ("In progress", "Another title")
    assert pair.differing() == {}


def test_dates_ticks_and_steps_go_both_ways(pair: OnTrello) -> None:
    pair.fake.edit(pair.title(0), due="2027-07-14T21:30:00.000Z")
    pair.fake.edit(pair.title(0), name="Renamed there")
    pair.hear()
    task = pair.task(0)
    assert (task["due_on"], task["title"]) == ("2027-07-14", "Renamed there")
    pair.fake.edit("Renamed there", dueComplete=True)
    pair.hear()
    assert (pair.task(0)["status"], pair.list_of(0)) == ("done", "Done")
    pair.fake.drag("Renamed there", "In progress")
    pair.hear()
    assert (pair.task(0)["status"], pair.row(0)["dueComplete"]) == ("in_progress", False)
    checklist, step = next(pair.fake.state.items_of(pair.row(0)["id"]))
    pair.fake.tick("Renamed there", step["name"])
    pair.fake.state.new_item(checklist, "Thought of there", pair.fake.hand)
    pair.hear()
    assert pair.ours()[task["id"]]["steps"] == {step["name"]: True, "Thought of there": False}
    assert pair.differing() == {}
    writes = len(pair.fake.calls("POST", "PUT", "DELETE"))
    pair.hear()
    pair.reconcile()
    assert len(pair.fake.calls("POST", "PUT", "DELETE")) == writes, "nothing is left to be said"


def test_what_a_gate_forbids_is_set_back_with_a_reason_once(mona: Persona) -> None:
    lines = ("after_phase: prepare", "before_phase: null")
    source = a_source("any", tasks=1, gated=True).replace(*lines[:1], "after_phase: null")
    source = source.replace(lines[1], "before_phase: prepare")
    with a_trello(mona.app) as stage:
        pair = stage.has(mona, source)
        pair.sync_through()
        pair.fake.drag(pair.row(0)["id"], "Done")
        pair.hear()
        pair.hear()
        pair.reconcile()
        assert pair.task(0)["status"] == "todo"
        assert (pair.list_of(0), pair.row(0)["dueComplete"]) == ("To do", False)
        ((card, text),) = pair.fake.state.comments
        assert card == pair.row(0)["id"]
        assert "is not open" in text
        (gate,) = [one for one in pair.items() if one["kind"] == "gate"]
        pair.fake.drag(gate["remote_id"], "Done")
        pair.hear()
        assert not pair.fake.card(gate["remote_id"])["dueComplete"]
        assert len(pair.fake.state.comments) == 2


@pytest.mark.parametrize("seed", [6, 7])
def test_whatever_happens_one_reconcile_makes_both_sides_equal(pair: OnTrello, seed: int) -> None:
    """Deliveries are lost, told three times and shuffled; calls fail, or are done unanswered."""
    chance, fake = Random(seed), pair.fake
    fake.telling.times, fake.telling.shuffled_by = 3, chance
    fake.telling.loses = lambda _action: chance.random() < 0.4
    fake.instead = _trouble(fake, chance)
    for _ in range(40):
        _something_happens(pair, chance)
        if chance.random() < 0.25:
            fake.telling.pump()
            pair.later(seconds=3)
            pair.sync()
            pair.later(seconds=chance.choice((0, 40, 4000)))
    fake.telling.loses, fake.instead = lambda _action: False, lambda _asked: None
    pair.later(minutes=66)
    pair.reconcile()
    pair.sync_through()
    assert pair.differing() == {}
    assert len(fake.state.cards) == 4


def _trouble(fake: FakeTrello, chance: Random) -> Callable[[Asked], Told | None]:
    def instead(asked: Asked) -> Told | None:
        match chance.randrange(20):
            case 0:
                return Told(500, b"<html>oops</html>")
            case 1:
                return Told(429, {"error": "API_KEY_LIMIT_EXCEEDED", "message": "Rate limit"})
            case 2 if asked.method != "GET":
                fake.swallows = 1
        return None

    return instead


def _something_happens(pair: OnTrello, chance: Random) -> None:
    """On either side."""
    n = chance.randrange(3)
    card, day = pair.row(n)["id"], f"2027-08-{1 + chance.randrange(28):02}"
    statuses = ["todo", "in_progress", "done", "not_applicable", "blocked"]
    match chance.randrange(6):
        case 0:
            lists = ["To do", "In progress", "Done", "Not applicable", "Blocked"]
            pair.fake.drag(card, chance.choice(lists))
        case 1:
            pair.fake.edit(card, dueComplete=chance.random() < 0.5)
        case 2:
            pair.fake.edit(card, due=f"{day}T12:00:00.000Z", name=f"Named {chance.random()}")
        case 3:
            is_done = chance.random() < 0.5
            pair.fake.tick(card, "Look", is_done=is_done)
        case 4:  # what the rules do not let be is refused
            pair.manager.patch(f"/tasks/{pair.task(n)['id']}", {"due_on": day})
        case _:
            change = {"status": chance.choice(statuses), "reason": "So be it."}
            pair.manager.patch(f"/tasks/{pair.task(n)['id']}", change)


def test_a_push_that_breaks_off_again_and_again_makes_nothing_twice(mona: Persona) -> None:
    chance = Random(2)
    with a_trello(mona.app) as stage:
        fake = stage.fake

        def swallow(asked: Asked) -> None:
            """Done, and never answered."""
            if asked.method != "GET" and chance.random() < 0.4:
                fake.swallows = 1

        fake.instead = swallow
        pair = stage.has(mona, a_source("any", tasks=3, gated=True))
        for _ in range(60):
            pair.sync()
            if pair.board["items"].get("in_step") == 4 and pair.board["run"] is None:
                break
            fake.telling.pump()  # so that cards are told of that nobody knows to have made
            pair.later(minutes=61)
        fake.instead = lambda _asked: None
        pair.reconcile()
        assert pair.differing() == {}
        made = (fake.state.boards, fake.state.cards, fake.state.checklists, fake.telling.hooks)
        assert [len(one) for one in made] == [1, 4, 3, 1]
        assert len(fake.state.lists) == 5


def test_what_is_wrong_is_told_and_can_be_put_right(pair: OnTrello) -> None:
    fake = pair.fake
    fake.revoke()
    pair.change(0, title="Not sent yet")
    pair.sync()
    board = pair.board
    assert (board["state"], board["problem"]) == ("needs_reauth", "credential")
    assert "PUT /boards/" in board["sentence"]
    fake.tokens["ATTA-new"] = fake.ada
    path = f"/boards/{pair.board_id}/credentials"
    answer(pair.manager.call("PUT", path, {"credentials": credentials("ATTA-new")}))
    pair.sync_through()
    assert (pair.board["state"], pair.row(0)["name"]) == ("ok", "Not sent yet")
    fake.drag("Not sent yet", "Done")
    assert pair.hear()[-1] == 200, "the webhook went with the old token, and is hung anew"
    assert pair.task(0)["status"] == "done"
    use_base_url("https://moved.example")
    answer(pair.manager.post(f"/boards/{pair.board_id}/reconcile", {}), 202)
    pair.sync()
    (hook,) = fake.telling.hooks.values()
    assert hook["callbackURL"].startswith("https://moved.example/hooks/trello/")
    fake.drag("Not sent yet", "To do")
    assert pair.hear()[-1] == 200
    fake.state.boards[pair.name]["closed"] = True
    answer(pair.manager.post(f"/boards/{pair.board_id}/reconcile", {}), 202)
    pair.sync()
    assert "closed on Trello" in pair.board["sentence"]


def test_what_leaves_the_board_is_missing_and_comes_back(pair: OnTrello) -> None:
    fake = pair.fake
    elsewhere = fake.state.new_board("Elsewhere", fake.hand)
    fake.state.new_list(elsewhere["id"], "Inbox", fake.hand)
    fake.edit(pair.title(0), closed=True)
    fake.delete(pair.title(1))
    fake.move_away(pair.title(2), elsewhere)
    pair.hear()
    assert len(pair.items("missing")) == len(pair.tasks()) == 3
    for one in pair.items("missing"):
        answer(pair.manager.post(f"/board-items/{one['id']}/restore", {}))
    pair.sync_through()
    assert pair.items("missing") == []
    assert pair.differing() == {}
    assert len(fake.state.cards) == 4
    fake.archive_list("To do")
    pair.hear()
    assert len(pair.items("missing")) == 4, "nothing is told of its cards, so all is read"
    fake.archive_list("To do", is_archived=False)
    pair.hear()
    assert pair.items("missing") == []
    fake.copy(pair.row(0)["id"])
    pair.hear()
    assert [one["title"] for one in pair.items("foreign")] == [pair.title(0)], "a copy is new"
    assert pair.manager.delete(f"/boards/{pair.board_id}?cards=archive").status_code == 204
    late = dict(fake.telling.hooks)
    pair.sync()
    assert fake.telling.hooks == {}
    closed = [card["closed"] for card in fake.state.cards.values()]
    assert (closed.count(True), closed.count(False)) == (4, 1), "the copy is theirs"
    fake.telling.hooks = late  # as if it could not be taken off
    fake.edit(next(iter(fake.state.cards)), name="Late")
    assert fake.telling.pump()[-1] == 410
    assert fake.telling.hooks == {}


def test_lists_may_be_phases(mona: Persona) -> None:
    with a_trello(mona.app) as stage:
        pair = stage.has(mona, a_source("any", tasks=2), lists="phase", created_there="task")
        pair.sync_through()
        fake, state = pair.fake, pair.fake.state
        assert pair.list_of(0) == "Prepare"
        fake.edit(pair.row(0)["id"], dueComplete=True)
        marks = {row["name"]: row["id"] for row in state.labels.values()}
        labels = [*pair.row(1)["idLabels"], marks["In progress"]]
        fake.edit(pair.row(1)["id"], idLabels=labels)
        fake.write("Prepare", "Thought of there", due="2027-07-01T10:00:00.000Z")
        pair.hear()
        statuses = {task["title"]: task["status"] for task in pair.tasks()}
        assert statuses == {"Mine 0": "done", "Mine 1": "in_progress", "Thought of there": "todo"}
        (new,) = [task for task in pair.tasks() if task["title"] == "Thought of there"]
        assert (new["phase"], new["due_on"]) == ("prepare", "2027-07-01")
        pair.change(1, status="done")
        pair.sync()
        assert pair.row(1)["dueComplete"]
        assert marks["In progress"] not in pair.row(1)["idLabels"]
        writes = len(fake.calls("POST", "PUT", "DELETE"))
        pair.reconcile()
        assert len(fake.calls("POST", "PUT", "DELETE")) == writes


def test_a_card_in_the_list_of_another_phase_goes_back(mona: Persona) -> None:
    source = a_source("any", tasks=1)
    start, phase = source.index("  - key:"), source[source.index("  - key:") :]
    second = phase.replace("prepare", "launch").replace("Prepare", "Launch")
    with a_trello(mona.app) as stage:
        pair = stage.has(mona, source[:start] + phase + second, lists="phase")
        pair.sync_through()
        assert [pair.list_of(n) for n in range(2)] == ["Prepare", "Launch"]
        pair.fake.drag(pair.row(0)["id"], "Launch")
        pair.hear()
        assert pair.list_of(0) == "Prepare"


def test_lists_may_turn_into_phases_and_back_without_a_change_here(pair: OnTrello) -> None:
    for n, status in enumerate(("in_progress", "blocked")):
        pair.change(n, status=status, reason="So be it.")
    pair.sync_through()
    before = pair.ours()
    settings = {"settings": {"lists": "phase"}}
    answer(pair.manager.patch(f"/boards/{pair.board_id}", settings))
    pair.sync_through()
    assert pair.ours() == before
    assert [pair.list_of(n) for n in range(3)] == ["Prepare"] * 3
    answer(pair.manager.patch(f"/boards/{pair.board_id}", {"settings": {}}))
    pair.sync_through()
    assert pair.ours() == before
    assert pair.differing() == {}


def test_an_hour_without_network_heals(pair: OnTrello) -> None:
    """Trello gives up after three and a half minutes: the rest is read from the board's log."""
    telling, outside = pair.fake.telling, pair.fake.telling.reach
    telling.reach = lambda *_asked: 0
    pair.fake.instead = lambda _asked: Told(200, b"", breaks_off_after=0)
    card = pair.row(0)["id"]
    pair.fake.drag(card, "In progress")
    pair.fake.tick(card, "Look")
    pair.change(1, title="Renamed here meanwhile")
    for _ in range(60):
        telling.pump()
        pair.sync()
        pair.later(minutes=1)
    assert telling.queue == []
    assert len(telling.lost) >= 2
    assert pair.task(0)["status"] == "todo"
    telling.reach, pair.fake.instead = outside, lambda _asked: None
    pair.later(minutes=61)
    pair.sync_through()
    pair.hear()
    assert pair.task(0)["status"] == "in_progress"
    assert pair.row(1)["name"] == "Renamed here meanwhile"
    assert pair.differing() == {}
    assert pair.board["state"] == "ok"


def test_people_who_are_on_the_board_go_both_ways(pair: OnTrello) -> None:
    fake, manager = pair.fake, pair.manager
    there = fake.state.new_member("mona_there", manager.email)
    fake.state.boards[pair.name]["members"].append(there)
    settings = {"members": {manager.email: "@mona_there"}}
    answer(manager.patch(f"/boards/{pair.board_id}", {"settings": settings}))
    pair.sync_through()
    assert not any(manager.email in one for one in pair.board["notices"])
    pair.change(0, assignees=[manager.email])
    pair.sync_through()
    assert pair.row(0)["idMembers"] == [there]
    guest = fake.state.new_member("guest")
    fake.state.boards[pair.name]["members"].append(guest)
    fake.edit(pair.row(1)["id"], idMembers=[there, guest])
    fake.edit(pair.row(0)["id"], idMembers=[guest])
    pair.hear()
    assert pair.task(1)["assignees"][-1:] == [manager.member_id]
    assert manager.member_id not in pair.task(0)["assignees"]
    writes = len(fake.calls("POST", "PUT", "DELETE"))
    pair.reconcile()
    assert len(fake.calls("POST", "PUT", "DELETE")) == writes
    assert pair.row(1)["idMembers"] == [there, guest]
