"""What is particular to boards on Trello, against one that is played by its rules."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.connectors.doors import a_door_to
from tests.fakes.serving import Asked, Told, a_server
from tests.fakes.trello import KEY, SECRET, TOKEN, FakeTrello
from tests.fakes.trello.state import Hand
from tracker.connectors.boards import Card, Keeper, Place, Wanted
from tracker.connectors.trello import names
from tracker.connectors.trello.client import Trello
from tracker.connectors.trouble import PlatformError, Trouble

PORT = Trello()
MARKER = "018f6d5e-0000-7000-8000-0000000000b0"
STATUSES = {
    "todo": "To do",
    "in_progress": "In progress",
    "blocked": "Blocked",
    "done": "Done",
    "not_applicable": "Not applicable",
}
PHASES = (("prepare", "Prepare"), ("launch", "Launch"))
LABELS = ("Content", "Critical")


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 26, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Rig:
    """A Trello on a port, a place on it, and its clock, which walks a second a call."""

    fake: FakeTrello
    clock: Clock
    place: Place
    heads: list[tuple[str, str]]

    def prepare(self, **more: Any) -> Place:
        self.place = PORT.prepare(replace(self.place, **more))
        return self.place

    def knows(self, *cards: Card) -> None:
        """As the engine does: what was read is told again."""
        parts = {card.id: dict(card.parts) for card in cards}
        self.place = replace(self.place, parts={**self.place.parts, **parts})

    def make(self, wanted: Wanted) -> Card:
        card = PORT.make(self.place, wanted)
        self.knows(card)
        return card

    def read(self, card: Card) -> Card:
        found = PORT.card(self.place, card.id)
        assert found is not None
        return found

    def reads_the_same(self, card: Card) -> bool:
        return replace(self.read(card), edited_at=None) == replace(card, edited_at=None)

    def change(self, card: Card, wanted: Wanted, *sends: str) -> Card:
        found = PORT.change(self.place, card, wanted, sends)
        self.knows(found)
        return found

    @contextmanager
    def counting(self) -> Iterator[list[Asked]]:
        before, counted = len(self.fake.asked), list[Asked]()
        yield counted
        counted += self.fake.asked[before:]


@dataclass
class Stage:
    """One server for all tests of this file; who answers is of each."""

    port: int = 0
    fake: FakeTrello | None = None

    def answer(self, asked: Asked) -> Told:
        assert self.fake is not None
        return self.fake.answer(asked)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    made = Stage()
    with a_server(made) as port, a_door_to(port):
        made.port = port
        yield made


@pytest.fixture
def rig(stage: Stage) -> Iterator[Rig]:
    clock, heads = Clock(), list[tuple[str, str]]()

    def reach(method: str, url: str, _headers: Any, _body: bytes) -> int:
        heads.append((method, url))
        return 200

    def pace() -> None:
        clock.now += timedelta(seconds=1)

    fake = stage.fake = FakeTrello(clock, reach=reach)
    base = f"http://api.trello.example:{stage.port}"
    secrets = {"api_key": KEY, "token": TOKEN, "app_secret": SECRET}
    place = Place(
        keeper=Keeper(base_url=base, secrets=secrets, pace=pace),
        id=None,
        name="Launch the forum",
        zone="Europe/Paris",
        marker=MARKER,
        settings={"lists": "status"},
        phases=PHASES,
        statuses=STATUSES,
        labels=LABELS,
        people=(("ada@example.org", "Ada"), ("bob@example.org", "Bob"), ("vera@x.org", "Vera")),
        assigned=frozenset({"ada@example.org", "bob@example.org"}),
    )
    yield Rig(fake, clock, place, heads)
    assert fake.strange == []


def a_wanted(number: int = 1, **more: Any) -> Wanted:
    fields = {
        "title": f"Task {number}",
        "status": "todo",
        "start_on": "2026-12-01",
        "due_on": "2026-12-04",
        "assignees": [],
        "steps": {},
    }
    usual: dict[str, Any] = {
        "marker": f"018f6d5e-0000-7000-8000-{number:012x}",
        "kind": "task",
        "phase": "prepare",
        "labels": ("Content",),
        "description": "What it is for.",
        "url": "https://tracker.example/t/1",
    }
    fields |= more.pop("fields", {})
    return Wanted(fields=fields, **{**usual, **more})


def refused(call: Callable[[], Any]) -> PlatformError:
    with pytest.raises(PlatformError) as found:
        call()
    return found.value


# The board.


def test_a_board_is_made_with_its_lists_in_order_and_once(rig: Rig) -> None:
    place = rig.prepare()
    (board,) = rig.fake.state.boards.values()
    assert (board["id"], board["name"]) == (place.id, "Launch the forum")
    assert [row["name"] for row in rig.fake.state.lists.values()] == list(STATUSES.values())
    named = ["Prepare", "Launch", "Content", "Critical"]
    assert [row["name"] for row in rig.fake.state.labels.values()] == named
    assert len(rig.fake.calls("POST", "PUT")) == 1 + 5 + 4, "nothing else is written"
    with rig.counting() as asked:
        assert rig.prepare().layout["lists"] == place.layout["lists"]
    assert [one.method for one in asked] == ["GET"]


def test_a_board_that_was_interrupted_anywhere_is_completed(rig: Rig) -> None:
    """Each call is done by Trello, and its answer gets lost."""
    for _ in range(20):
        rig.fake.swallows = 1
        with suppress(PlatformError):
            rig.prepare()
            break
    assert len(rig.fake.state.boards) == 1
    assert [row["name"] for row in rig.fake.state.lists.values()] == list(STATUSES.values())
    assert len(rig.fake.state.labels) == 4


def test_a_board_of_theirs_is_adopted_by_its_address_and_keeps_what_it_has(rig: Rig) -> None:
    hand = rig.fake.hand
    board = rig.fake.state.new_board("Ours", hand)
    there = rig.fake.state.new_list(board["id"], "DONE", hand)
    rig.fake.state.new_list(board["id"], "Ideas", hand)
    label = rig.fake.state.new_label(board["id"], "critical", "red")
    place = rig.prepare(id=f"{board['url']}")
    assert place.id == board["id"]
    assert place.layout["lists"]["done"] == there["id"]
    assert place.layout["labels"]["Critical"] == label["id"]
    assert list(place.layout["lists"]) == list(STATUSES)
    there["name"] = "Shipped"
    assert rig.prepare().layout["lists"] == place.layout["lists"], "renamed lists are known"


def test_lists_are_phases_where_that_is_wanted(rig: Rig) -> None:
    rig.prepare(settings={"lists": "phase"})
    wanted = a_wanted(fields={"status": "blocked"}, phase="launch")
    card = rig.make(wanted)
    row = rig.fake.card("Task 1")
    assert rig.fake.state.lists[row["idList"]]["name"] == "Launch"
    assert (card.phase, card.fields["status"]) == ("launch", "blocked")
    done = replace(wanted, fields={**wanted.fields, "status": "done"})
    card = rig.change(card, done, "status")
    assert (card.fields["status"], row["dueComplete"]) == ("done", True)
    assert list(card.labels) == ["Content"]
    assert len(row["idLabels"]) == 1, "and the mark is off"
    rig.fake.edit("Task 1", dueComplete=False)
    assert rig.read(card).fields["status"] == "todo"
    mark = rig.place.layout["marks"]["in_progress"]
    rig.fake.edit("Task 1", idLabels=[*row["idLabels"], mark])
    assert rig.read(card).fields["status"] == "in_progress"
    rig.fake.edit("Task 1", dueComplete=True)
    found = rig.read(card)
    assert (found.fields["status"], found.untidy) == ("done", ["status"])
    rig.fake.edit("Task 1", idLabels=row["idLabels"][:1])
    rig.fake.drag("Task 1", "Prepare")
    found = rig.read(card)
    assert (found.phase, found.untidy) == ("prepare", ["own"])
    assert rig.change(found, done, "own").phase == "launch"
    rig.fake.state.new_list(str(rig.place.id), "Ideas", rig.fake.hand)
    rig.fake.drag("Task 1", "Ideas")
    found = rig.read(card)
    assert (found.phase, found.untidy) == (None, [])


def test_people_are_found_by_email_by_name_or_are_strangers(rig: Rig) -> None:
    carla = rig.fake.state.new_member("carla", "carla@example.org")
    people = (*rig.place.people, ("carla@example.org", "Carla"))
    assigned = frozenset({*rig.place.assigned, "carla@example.org"})
    place = rig.prepare(people=people, assigned=assigned)
    assert place.layout["people"] == {}
    rig.fake.state.boards[str(place.id)]["members"].append(carla)
    assert rig.prepare().layout["strangers"] == sorted(assigned), "vera has nothing to do"
    members = {"Ada@example.org": "@ada_example"}
    place = rig.prepare(settings={"lists": "status", "members": members})
    assert place.layout["people"] == {"ada@example.org": rig.fake.ada}
    rig.fake.shows_emails = True
    place = rig.prepare()
    assert place.layout["people"]["carla@example.org"] == carla
    assert place.layout["strangers"] == ["bob@example.org"]
    assert "bob@example.org" in PORT.notices(place, 1)[0].say("fr")
    shown = rig.make(a_wanted(fields={"assignees": ["ada@example.org", "bob@x"]}))
    assert shown.fields["assignees"] == ["ada@example.org"]
    assert rig.fake.state.boards[str(place.id)]["members"] == [rig.fake.ada, carla]


def test_strangers_are_invited_where_that_is_wanted_and_once(rig: Rig) -> None:
    place = rig.prepare(settings={"lists": "status", "invite": True})
    assert place.layout["strangers"] == []
    assert len(rig.fake.state.boards[str(place.id)]["members"]) == 2
    members = (*place.people, ("carla@example.org", "Carla"))
    carla = rig.fake.state.new_member("carla", "carla@example.org")
    rig.fake.state.boards[str(place.id)]["members"].append(carla)
    assigned = frozenset({*place.assigned, "carla@example.org"})
    place = rig.prepare(people=members, assigned=assigned)
    assert place.layout["strangers"] == ["carla@example.org"], "on the board, and who is not told"
    writes = len(rig.fake.calls("PUT"))
    rig.prepare()
    assert len(rig.fake.calls("PUT")) == writes


def test_whoever_was_invited_is_kept_where_it_breaks_off(rig: Rig) -> None:
    rig.prepare()
    people = [(f"p{n}@example.org", f"P{n}") for n in range(4)]
    invites = [0]

    def trouble(asked: Asked) -> Told | None:
        if not asked.path.endswith("/members"):
            return None
        invites[0] += 1
        if invites[0] == 1:
            return Told(400, b"invalid value for email")
        return Told(429, {"error": "API_TOKEN_LIMIT_EXCEEDED"}) if invites[0] == 4 else None

    rig.fake.instead = trouble
    assigned = frozenset(email for email, _name in people)
    settings = {"lists": "status", "invite": True}
    place = rig.prepare(people=people, assigned=assigned, settings=settings)
    assert place.layout["people"].keys() == {"p1@example.org", "p2@example.org"}
    place = rig.prepare()
    assert place.layout["people"].keys() == {email for email, _name in people[1:]}
    assert invites == [5], "nobody twice, nor what is no address"


def test_a_closed_board_and_a_full_one_say_so(rig: Rig) -> None:
    rig.fake.most_cards = 1
    place = rig.prepare()
    rig.make(a_wanted(1))
    error = refused(lambda: rig.make(a_wanted(2)))
    assert (error.trouble, error.detail) == ("permission", names.FULL)
    assert "0" in PORT.notices(rig.prepare(), 1)[0].say("en")
    rig.fake.state.boards[str(place.id)]["closed"] = True
    assert refused(rig.prepare).detail == names.CLOSED_BOARD
    assert refused(lambda: list(PORT.cards(place))).detail == names.CLOSED_BOARD


# Cards.


def test_a_card_is_made_with_all_that_it_has_in_one_call(rig: Rig) -> None:
    rig.fake.shows_emails = True
    rig.prepare()
    rig.prepare()  # whose e-mails are told now
    given = {"status": "done", "assignees": ["ada@example.org"]}
    wanted = a_wanted(fields=given)
    with rig.counting() as asked:
        card = rig.make(wanted)
    assert len(asked) == 1
    assert card.fields == wanted.fields
    row = rig.fake.card("Task 1")
    assert (row["start"], row["due"]) == ("2026-12-01T08:00:00.000Z", "2026-12-04T16:00:00.000Z")
    assert row["dueComplete"]
    assert row["idMembers"] == [rig.fake.ada]
    assert row["desc"].splitlines()[-1] == f"tracker:{wanted.marker}"
    assert rig.fake.state.lists[row["idList"]]["name"] == "Done"
    assert (card.phase, list(card.labels)) == ("prepare", ["Content"])
    assert len(row["idLabels"]) == 2
    assert rig.reads_the_same(card)


def test_steps_are_one_checklist_and_follow_both_sides(rig: Rig) -> None:
    rig.prepare()
    steps = (("a", "Ask"), ("b", "Build"), ("c", "Check"))
    wanted = a_wanted(steps=steps, fields={"steps": {"a": True, "b": False, "c": False}})
    with rig.counting() as asked:
        card = rig.make(wanted)
    assert len(asked) == 1 + 1 + 3
    assert card.fields["steps"] == {"a": True, "b": False, "c": False}
    assert rig.reads_the_same(card)
    rig.fake.tick("Task 1", "Build")
    assert rig.read(card).fields["steps"] == {"a": True, "b": True, "c": False}
    rig.fake.tick("Task 1", "Build", is_done=False)
    (checklist,) = rig.fake.state.checklists.values()
    rig.fake.state.new_item(checklist, "  deliver ", rig.fake.hand)
    theirs = rig.fake.state.new_checklist(rig.fake.card("Task 1"), "Mine", rig.fake.hand)
    rig.fake.state.new_item(theirs, "Tea", rig.fake.hand)
    card = rig.read(card)
    rig.knows(card)
    assert card.steps == [("  deliver ", False)], "a checklist beside ours is theirs"
    new = (("a", "Ask again"), ("b", "Build"), ("d", "Deliver"))
    wanted = replace(
        wanted, steps=new, fields={**wanted.fields, "steps": {"a": True, "b": True, "d": True}}
    )
    with rig.counting() as asked:
        card = rig.change(card, wanted, "steps", "own")
    assert sorted(one.method for one in asked) == ["DELETE", "PUT", "PUT", "PUT"]
    assert {item["name"]: item["state"] for item in checklist["checkItems"]} == {
        "Ask again": "complete",
        "Build": "complete",
        "Deliver": "complete",
    }
    assert rig.reads_the_same(card)
    checklist["checkItems"].pop(0)
    assert rig.read(card).fields["steps"] == {"b": True, "d": True}


def test_a_checklist_of_theirs_is_taken_over_where_there_is_none_of_ours(rig: Rig) -> None:
    rig.prepare()
    card, state, hand = rig.make(a_wanted()), rig.fake.state, rig.fake.hand
    theirs = state.new_checklist(rig.fake.card("Task 1"), "What is left", hand)
    state.new_item(theirs, "Tea", hand, done=True)
    card = rig.read(card)
    assert card.steps == [("Tea", True)]
    given = {"steps": {"x": True, "y": False}}
    wanted = a_wanted(steps=(("x", "Tea"), ("y", "Milk")), fields=given)
    with rig.counting() as asked:
        card = rig.change(card, wanted, "steps", "own")
    assert [one.method for one in asked] == ["POST"], "one item"
    assert card.fields["steps"] == given["steps"]
    assert rig.reads_the_same(card)


def test_only_what_has_changed_is_sent_and_people_keep_what_they_wrote(rig: Rig) -> None:
    rig.prepare()
    card, wanted = rig.make(a_wanted()), a_wanted()
    row, state = rig.fake.card("Task 1"), rig.fake.state
    guest = state.new_member("guest")
    state.boards[str(rig.place.id)]["members"].append(guest)
    urgent = state.new_label(str(rig.place.id), "urgent")
    rig.fake.edit("Task 1", idLabels=[*row["idLabels"], urgent["id"]], idMembers=[guest])
    card = rig.read(card)
    moved = replace(wanted, fields={**wanted.fields, "due_on": None, "title": "  Task \n one "})
    with rig.counting() as asked:
        card = rig.change(card, moved, "due_on", "title")
    assert [(one.method, one.body) for one in asked] == [("PUT", {"due": None, "name": "Task one"})]
    other = replace(moved, phase="launch", labels=("Critical",), description="Something else.")
    card = rig.change(card, other, "own", "assignees")
    assert (card.phase, set(card.labels)) == ("launch", {"Critical", "urgent"})
    assert row["idMembers"] == [guest]
    assert "Something else." in row["desc"]
    rig.fake.edit("Task one", desc=f"Mine!\n\n{row['desc']}\nAnd more.")
    card = rig.read(card)
    rig.knows(card)
    assert card.marker == wanted.marker
    rig.change(card, replace(other, description="Third."), "own")
    assert row["desc"].startswith("Mine!"), "a description that people have changed is theirs"
    with rig.counting() as asked:
        rig.change(card, other)
    assert asked == []


def test_the_status_is_the_list_or_the_tick_whichever_was_changed(rig: Rig) -> None:
    rig.prepare()
    wanted = a_wanted(fields={"status": "in_progress"})
    card = rig.make(wanted)
    lists = rig.place.layout["lists"]
    ideas = rig.fake.state.new_list(str(rig.place.id), "Ideas", rig.fake.hand)
    table: list[tuple[dict[str, Any], str, bool]] = [
        ({"idList": lists["blocked"]}, "blocked", False),
        ({"idList": lists["done"]}, "done", True),
        ({"dueComplete": True}, "done", False),
        ({"idList": lists["in_progress"]}, "in_progress", True),
        ({}, "in_progress", True),
        ({"dueComplete": False}, "in_progress", False),
        ({"dueComplete": True}, "done", True),
        ({}, "done", True),
        ({"idList": lists["todo"]}, "todo", True),
        ({"idList": lists["done"]}, "done", False),
        ({"dueComplete": False}, "todo", True),
        ({"idList": lists["blocked"], "dueComplete": True}, "done", True),
        ({"idList": ideas["id"], "dueComplete": True}, "done", False),
        ({"dueComplete": False}, "todo", False),
        ({"idList": lists["not_applicable"]}, "not_applicable", False),
    ]
    for changes, status, is_untidy in table:
        rig.fake.edit("Task 1", **changes)
        found = rig.read(card)
        rig.knows(found)
        assert (found.fields["status"], bool(found.untidy)) == (status, is_untidy), changes
    rig.fake.edit("Task 1", idList=lists["done"])
    tidied = replace(wanted, fields={**wanted.fields, "status": "done"})
    card = rig.change(rig.read(card), tidied, "status")
    assert (card.untidy, rig.fake.card("Task 1")["dueComplete"]) == ([], True)


def test_a_day_is_the_same_on_both_sides_of_the_change_of_clocks(rig: Rig) -> None:
    rig.prepare()
    table = [
        ("2026-10-25", "2026-10-25T16:00:00.000Z"),
        ("2027-03-28", "2027-03-28T15:00:00.000Z"),
        ("2026-12-31", "2026-12-31T16:00:00.000Z"),
    ]
    card = rig.make(a_wanted())
    for day, there in table:
        wanted = a_wanted(fields={"due_on": day, "start_on": day})
        assert rig.change(card, wanted, "due_on", "start_on").fields["due_on"] == day
        assert rig.fake.card("Task 1")["due"] == there
        assert rig.read(card).fields["start_on"] == day
    rig.fake.edit("Task 1", due="2026-12-31T23:30:00.000Z")
    assert rig.read(card).fields["due_on"] == "2027-01-01", "in Paris it is tomorrow"


def test_sixty_tasks_are_pushed_by_the_least_number_of_calls(rig: Rig) -> None:
    with rig.counting() as asked:
        rig.prepare()
        for number in range(60):
            steps = tuple((f"s{n}", f"Step {n}") for n in range(number % 4))
            rig.make(a_wanted(number, steps=steps))
    items = sum(number % 4 for number in range(60))
    checklists = sum(number % 4 > 0 for number in range(60))
    least = 1 + len(STATUSES) + len(PHASES) + len(LABELS) + 60 + checklists + items
    assert len(asked) == least + 1, "one is to see whether the board is there already"
    assert len(asked) <= 1.2 * least
    with rig.counting() as asked:
        assert len(list(PORT.cards(rig.place))) == 60
    assert len(asked) == 1


def test_a_card_whose_creation_was_never_answered_is_found_and_completed(rig: Rig) -> None:
    rig.prepare()
    wanted = a_wanted(steps=(("a", "Ask"), ("b", "Build")), fields={"steps": {"b": True}})
    for at in range(3):
        rig.fake.instead = _swallowing(rig.fake, at)
        assert refused(lambda: rig.make(wanted)).trouble == "transient"
        rig.fake.instead = lambda _asked: None
        found = PORT.find(rig.place, wanted.marker)
        assert found is not None
        card = rig.change(found, wanted, "steps", "own")
        assert card.fields["steps"] == {"a": False, "b": True}
        assert [item["name"] for _, item in rig.fake.state.items_of(card.id)] == ["Ask", "Build"]
        assert len(rig.fake.state.cards) == 1
        assert PORT.find(rig.place, MARKER) is None
        rig.fake.delete("Task 1")
        rig.place = replace(rig.place, parts={})


def _swallowing(fake: FakeTrello, at: int) -> Callable[[Asked], Told | None]:
    """The write after so many is done, and its answer lost."""
    writes = iter(range(100))

    def instead(asked: Asked) -> Told | None:
        if asked.method != "GET" and next(writes) == at:
            fake.swallows = 1
        return None

    return instead


def test_copies_are_told_from_the_card_that_was_made(rig: Rig) -> None:
    rig.prepare()
    card = rig.make(a_wanted())
    rig.fake.copy("Task 1")
    found = PORT.find(rig.place, a_wanted().marker)
    assert found is not None
    assert found.id == card.id


def test_what_is_gone_is_told_and_can_be_brought_back(rig: Rig) -> None:
    rig.prepare()
    card = rig.make(a_wanted())
    elsewhere = rig.fake.state.new_board("Elsewhere", rig.fake.hand)
    rig.fake.state.new_list(elsewhere["id"], "Inbox", rig.fake.hand)
    ways: list[Callable[[], None]] = [
        lambda: PORT.archive(rig.place, card.id),
        lambda: rig.fake.edit("Task 1", closed=True),
        lambda: rig.fake.archive_list("To do"),
        lambda: rig.fake.move_away("Task 1", elsewhere),
    ]
    for vanishes in ways:
        vanishes()
        assert rig.read(card).is_gone
        back = PORT.bring_back(rig.place, card.id)
        assert back is not None
        assert not rig.read(card).is_gone
        assert not back.is_gone
    stranger = Hand(rig.fake.state.new_member("stranger"))
    secret = rig.fake.state.new_board("Secret", stranger)
    rig.fake.state.new_list(secret["id"], "Inbox", stranger)
    rig.fake.move_away("Task 1", secret)
    assert PORT.card(rig.place, card.id) is None, "where we may not look"
    assert PORT.bring_back(rig.place, card.id) is None
    rig.fake.delete("Task 1")
    assert PORT.card(rig.place, card.id) is None
    PORT.archive(rig.place, card.id)
    error = refused(lambda: PORT.change(rig.place, card, a_wanted(), ["title"]))
    assert (error.trouble, error.detail) == ("gone", names.NO_CARD)


def test_a_list_in_the_archive_is_opened_when_something_goes_there(rig: Rig) -> None:
    rig.prepare()
    rig.make(a_wanted(1))
    rig.fake.archive_list("To do")
    assert [card.is_gone for card in PORT.cards(rig.place)] == [True]
    lists = rig.prepare().layout["lists"]
    assert rig.fake.state.lists[lists["todo"]]["closed"], "nobody opens it without need"
    rig.make(a_wanted(2))
    assert not rig.fake.state.lists[lists["todo"]]["closed"]
    assert [card.is_gone for card in PORT.cards(rig.place)] == [False, False]


def test_more_than_a_thousand_cards_are_read_page_by_page(rig: Rig) -> None:
    rig.prepare()
    todo = rig.fake.list_named("To do")
    for number in range(1002):
        rig.fake.state.new_card(todo, {"name": f"Old {number}"}, rig.fake.hand)
    with rig.counting() as asked:
        assert len({card.id for card in PORT.cards(rig.place)}) == 1002
    assert len(asked) == 2


def test_what_people_write_is_told_as_it_is(rig: Rig) -> None:
    rig.prepare()
    label = rig.place.layout["phases"]["launch"]
    rig.fake.write("Blocked", "From a person", idLabels=[label], due="2026-12-24T11:00:00.000Z")
    (card,) = PORT.cards(rig.place)
    assert (card.marker, card.phase, card.title) == (None, "launch", "From a person")
    assert (card.fields["status"], card.fields["due_on"]) == ("blocked", "2026-12-24")
    PORT.comment(rig.place, card.id, "Ünwise — no.")
    assert rig.fake.state.comments == [(card.id, "Ünwise — no.")]


# What goes wrong.

REFUSALS: list[tuple[int, Any, Trouble, str]] = [
    (401, b"invalid key", "credential", names.WRONG_KEY),
    (401, b"invalid token", "credential", names.WRONG_TOKEN),
    (401, b"invalid app token", "credential", names.WRONG_TOKEN),
    (401, b"unauthorized permission requested", "permission", names.NOT_SHARED),
    (401, b"unauthorized card permission requested", "permission", names.NOT_SHARED),
    (404, b"The requested resource was not found.", "gone", names.NO_BOARD),
    (404, b"Cannot GET /1/bords", "gone", names.NO_BOARD),
    (400, b"invalid id", "gone", names.NO_BOARD),
    (400, b"invalid value for name", "our_fault", names.REFUSED),
    (400, {"message": "invalid value", "error": "ERROR"}, "our_fault", names.REFUSED),
    (403, b"Card limit exceeded", "permission", names.FULL),
    (403, {"error": "CARDS_PER_BOARD_LIMIT_EXCEEDED"}, "permission", names.FULL),
    (403, b"nope", "permission", "HTTP 403"),
    (429, {"error": "API_TOKEN_LIMIT_EXCEEDED"}, "throttled", "API_TOKEN_LIMIT_EXCEEDED"),
    (429, b"Rate limit exceeded", "throttled", "HTTP 429"),
    (500, b"limit", "transient", "HTTP 500"),
    (504, b"<html>gateway</html>", "transient", "HTTP 504"),
    (449, b"", "our_fault", "HTTP 449"),
    (200, b"<html>maintenance</html>", "transient", "not JSON"),
    (200, {"unheard": "of"}, "transient", "not the documented shape"),
]


def test_each_refusal_has_its_meaning_and_says_what_to_do(rig: Rig) -> None:
    place = rig.prepare()
    for status, body, trouble, detail in REFUSALS:
        told = Told(status, body)
        rig.fake.instead = lambda _asked, told=told: told  # type: ignore[misc]
        error = refused(lambda: PORT.prepare(place))
        assert (error.trouble, error.detail) == (trouble, detail), (status, body)
        for secret in (KEY, TOKEN, SECRET):
            assert secret not in str(error)
    for word, sentence in PORT.problems.items():
        assert sentence.say("en", id="b") != sentence.say("fr", id="b"), word


def test_settings_that_cannot_be_meant_say_so_before_anything_is_asked(rig: Rig) -> None:
    given: list[dict[str, Any]] = [
        {"lists": "colour"},
        {"lists": ["status"]},
        {"members": ["ada"]},
        {"members": {"ada@example.org": 7}},
        {"members": None},
        {"invite": "yes"},
        {"organization": 7},
        {"list": "phase"},
    ]
    for settings in given:
        error = refused(lambda settings=settings: rig.prepare(settings=settings))  # type: ignore[misc]
        assert (error.trouble, error.detail) == ("our_fault", names.SETTINGS)
    assert rig.fake.asked == []


def test_a_token_that_cannot_be_one_is_not_sent(rig: Rig) -> None:
    for name, value, detail in (
        ("token", "", names.WRONG_TOKEN),
        ("token", 'x", oauth_token="y', names.WRONG_TOKEN),
        ("token", "two\nlines", names.WRONG_TOKEN),
        ("api_key", "clé", names.WRONG_KEY),
    ):
        secrets = {**rig.place.keeper.secrets, name: value}
        keeper = replace(rig.place.keeper, secrets=secrets)
        error = refused(lambda keeper=keeper: PORT.who(keeper))  # type: ignore[misc]
        assert (error.trouble, error.detail) == ("credential", detail)
    assert rig.fake.asked == []
    pasted = {**rig.place.keeper.secrets, "token": f" {TOKEN}\n"}
    assert PORT.who(replace(rig.place.keeper, secrets=pasted))[0] == rig.fake.ada


def test_a_limit_is_waited_for_with_and_without_headers(rig: Rig) -> None:
    rig.prepare()
    rig.fake.most = 0
    for has_headers, seconds in ((False, 10), (True, 10)):
        rig.fake.has_headers = has_headers
        wait = refused(lambda: PORT.prepare(rig.place)).retry_in
        assert wait == timedelta(seconds=seconds)
    rig.fake.most, rig.fake.most_of_members = 100, 0
    assert refused(lambda: PORT.who(rig.place.keeper)).retry_in == timedelta(seconds=900)


def test_no_secret_stands_in_an_address(rig: Rig) -> None:
    PORT.who(rig.place.keeper)
    assert PORT.choices(rig.place.keeper) == []
    rig.prepare()
    rig.make(a_wanted())
    PORT.hang(rig.place, "https://tracker.example/hooks/trello/k")
    for asked in rig.fake.asked:
        assert not {KEY, TOKEN, SECRET} & {asked.path, *asked.query.values(), *asked.parts}
    assert PORT.choices(rig.place.keeper) == [(rig.place.id, "Launch the forum")]


# What Trello tells.


def test_a_webhook_is_hung_once_woken_and_taken_off(rig: Rig) -> None:
    rig.prepare()
    address = "https://tracker.example/hooks/trello/k"
    hook = PORT.hang(rig.place, address)
    assert hook is not None
    assert rig.heads == [("HEAD", address)]
    assert PORT.hang(rig.place, address) == hook, "one that is there is taken over"
    row = rig.fake.telling.hooks[hook]
    row["active"] = False
    assert PORT.hang(rig.place, address) == hook
    assert row["active"]
    row["active"] = False
    assert PORT.is_hanging(rig.place, hook)
    assert row["active"]
    PORT.unhang(rig.place, hook)
    PORT.unhang(rig.place, hook)
    assert not PORT.is_hanging(rig.place, hook)
    rig.fake.telling.reach = lambda *_asked: 405
    error = refused(lambda: PORT.hang(rig.place, address))
    assert (error.trouble, error.detail) == ("our_fault", names.CALLBACK)


def test_what_was_missed_is_read_from_the_log_of_the_board(rig: Rig) -> None:
    rig.prepare()
    card = rig.make(a_wanted())
    told, cursor = PORT.missed(rig.place, None)
    assert told == ()
    PORT.missed(rig.place, cursor)
    cursor = PORT.missed(rig.place, cursor)[1]
    assert PORT.missed(rig.place, cursor) == ([], cursor)
    rig.fake.drag("Task 1", "Done")
    rig.fake.delete("Task 1")
    rig.fake.archive_list("Blocked")
    told, after = PORT.missed(rig.place, cursor)
    assert [(one.type, one.card) for one in told] == [
        ("updateCard", card.id),
        ("deleteCard", card.id),
        ("updateList", None),
    ]
    assert PORT.missed(rig.place, after) == ([], after)
    todo = rig.fake.list_named("To do")
    for number in range(1100):
        rig.fake.state.new_card(todo, {"name": f"Card {number}"}, rig.fake.hand)
    with rig.counting() as asked:
        assert len(PORT.missed(rig.place, after)[0]) == 1100
    assert len(asked) == 2


def test_trello_tries_four_times_and_puts_a_webhook_to_sleep_that_fails_for_a_month(
    rig: Rig,
) -> None:
    """So that what is played is what is known of Trello."""
    rig.prepare()
    hook = PORT.hang(rig.place, "https://tracker.example/hooks/trello/k")
    assert hook is not None
    telling, row = rig.fake.telling, rig.fake.telling.hooks[hook]
    telling.reach = lambda *_asked: 503
    rig.fake.state.new_list(str(rig.place.id), "Ideas", rig.fake.hand)
    waits = []
    for seconds in range(300):
        if telling.pump():
            waits.append(seconds)
        rig.clock.now += timedelta(seconds=1)
    assert waits == [0, 30, 90, 210]
    assert [action["type"] for action in telling.lost] == ["createList"]
    for _ in range(300):
        rig.fake.archive_list("Ideas")
        for _ in range(4):
            rig.clock.now += timedelta(minutes=40)
            telling.pump()
    assert (row["active"], PORT.is_hanging(rig.place, hook), row["active"]) == (False, True, True)
    telling.reach = lambda *_asked: 410
    rig.fake.archive_list("Ideas")
    assert telling.pump() == [410]
    assert not PORT.is_hanging(rig.place, hook)
