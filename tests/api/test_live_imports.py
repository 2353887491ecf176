"""Boards read from the platforms themselves, each played by its rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest

from tests.api.problems import FRENCH, problem
from tests.api.tables import dump, everything
from tests.connectors.doors import a_door_to
from tests.fakes import notion as notion_fakes
from tests.fakes.notion_hands import Clock, a_table, a_workspace
from tests.fakes.serving import a_server
from tests.fakes.trello import KEY, TOKEN, FakeTrello
from tests.fakes.trello.state import Hand
from tests.personas import Persona, World, answer, next_monday
from tracker.kernel.egress import Door, use_door

pytestmark = pytest.mark.long_on("postgresql")  # what is read is the same for both
LAUNCH = next_monday(12)


@pytest.fixture(scope="module")
def mona(shared_world: World) -> Persona:
    return shared_world.mona


@contextmanager
def served(platform: Any, host: str) -> Iterator[str]:
    """Where the platform is for the tracker."""
    with a_server(platform) as port, a_door_to(port):
        yield f"http://{host}.example:{port}"


def a_wish(source: str, board: str, base_url: str, **more: Any) -> dict[str, Any]:
    token = {"trello": TOKEN, "notion": notion_fakes.TOKEN}[source]
    keys = {"api_key": KEY} if source == "trello" else {}
    wish = {"source": source, "into": "project", "board": board, "base_url": base_url}
    return {**wish, "credentials": {**keys, "token": token}, **more}


def at(day: date) -> str:
    return f"{day}T17:00:00.000Z"


def a_trello_board(fake: FakeTrello, cards: int = 0) -> str:
    """A board of Ada's, with ``cards`` more cards."""
    state, hand = fake.state, Hand(fake.ada)
    board = state.new_board("Our community", hand)["id"]
    todo, done = (state.new_list(board, name, hand)["id"] for name in ("To do", "Done"))
    state.new_card(todo, {"name": "Go live", "due": at(LAUNCH)}, hand)
    card = state.new_card(done, {"name": "Choose", "dueComplete": True, "desc": "Well."}, hand)
    checklist = state.new_checklist(card, "Steps", hand)
    state.new_item(checklist, "Compare", hand, done=True)
    for number in range(cards):
        state.new_card(todo, {"name": f"Card {number}", "closed": number % 2 == 0}, hand)
    return str(board)


def test_a_board_is_read_from_trello_and_no_secret_is_kept(mona: Persona) -> None:
    fake = FakeTrello()
    board = a_trello_board(fake)
    with served(fake, "api.trello") as base_url:
        made = answer(mona.post("/imports", a_wish("trello", board, base_url)), 201)
    assert [(task["title"], task["status"]) for task in made["tasks"]] == [
        ("Go live", "todo"),
        ("Choose", "done"),
    ]
    assert made["launch_on"] == LAUNCH.isoformat()
    assert made["counts"]["steps"] == 1
    assert len(fake.asked) == 1
    assert fake.strange == []
    assert TOKEN.encode() not in dump()


def test_more_than_a_thousand_cards_are_read_page_by_page(mona: Persona) -> None:
    fake = FakeTrello()
    board = a_trello_board(fake, cards=1500)
    with served(fake, "api.trello") as base_url:
        wish = a_wish("trello", board, base_url, dry_run=True)
        assert answer(mona.post("/imports", wish))["counts"]["tasks"] == 1502
        wish["archived"] = "leave_out"
        assert answer(mona.post("/imports", wish))["counts"]["tasks"] == 752
    assert len(fake.asked) == 4
    assert fake.strange == []


def test_a_key_repeats_the_answer_though_trello_has_gone_away(mona: Persona) -> None:
    fake = FakeTrello()
    board = a_trello_board(fake)
    key = {"Idempotency-Key": "once and only once"}
    with served(fake, "api.trello") as base_url:
        wish = a_wish("trello", board, base_url, again=True)
        first = answer(mona.post("/imports", wish, headers=key), 201)
        fake.tokens.clear()
        assert answer(mona.post("/imports", wish, headers=key), 201) == first


def a_notion_table(fake: Any, person: Any) -> Any:
    """A table as a team has it that has never heard of us."""
    columns: dict[str, tuple[str, Any]] = {
        "Name": ("title", {}),
        "Status": ("status", {}),
        "Étape": ("select", {"options": []}),
        "Dates": ("date", {}),
        "Assignee": ("people", {}),
        "Tags": ("multi_select", {"options": []}),
        "Notes": ("rich_text", {}),
        "Budget": ("number", {}),
        "Brief": ("url", {}),
    }
    table = a_table(fake, "Our community", columns)
    relation = {"data_source_id": table.id, "single_property": {}}
    table.add("Blocked by", "relation", relation)
    monday = next_monday(2)
    person.adds(
        table,
        "Write the charter",
        Status="In progress",
        Étape="Préparer",
        Dates=(monday.isoformat(), (monday + timedelta(days=4)).isoformat()),
        Assignee=["mona@example.org"],
        Tags=["Contenu"],
        Notes="In two pages.",
        Budget=1200,
        Brief="https://example.org/brief",
    )
    first = person.row("Write the charter")
    person.adds(table, "Go live", Étape="Lancer", Dates=LAUNCH.isoformat(), Status="Not started")
    person.adds(table, "Thank everybody", Étape="Recruter", Status="Done")
    person.sets("Go live", Blocked_by=[first.id])
    person.adds(table, "Thrown away", Status="Done")
    person.trashes("Thrown away")
    return table


def test_a_notion_database_becomes_a_project_with_its_relations(mona: Persona) -> None:
    fake, person = a_workspace(Clock(), "mona@example.org", "ann@example.org")
    table = a_notion_table(fake, person)
    schema = [column.name for column in table.columns.values()]
    with served(fake, "api.notion") as base_url:
        made = answer(mona.post("/imports", a_wish("notion", table.id, base_url)), 201)
        again = a_wish("notion", table.database, base_url, dry_run=True, into="playbook")
        drafted = answer(mona.post("/imports", again))
    assert [column.name for column in table.columns.values()] == schema
    project = answer(mona.get(f"/projects/{made['project_id']}"))
    tasks = {task["title"]: task for task in mona.tasks_of(project)}
    assert {title: (task["phase"], task["status"]) for title, task in tasks.items()} == {
        "Write the charter": ("prepare", "in_progress"),
        "Go live": ("launch", "todo"),
        "Thank everybody": ("recruit", "done"),
    }
    charter = answer(mona.get(f"/tasks/{tasks['Write the charter']['id']}"))
    assert charter["notes"] == "In two pages.\n\nBudget: 1200"
    assert (charter["assignees"], charter["labels"]) == ([mona.member_id], ["Contenu"])
    assert charter["role"] == "content"
    days = (next_monday(2), next_monday(2) + timedelta(days=4))
    assert (charter["start_on"], charter["due_on"]) == tuple(map(str, days))
    opening = answer(mona.get(f"/tasks/{tasks['Go live']['id']}"))
    assert [link["title"] for link in opening["after"]] == ["Write the charter"]
    keys = {task["title"]: task["key"] for task in drafted["tasks"]}
    assert keys["Go live"] == "launch.day.go_live"
    assert {"pages"} <= {one["what"] for one in drafted["left_out"]}


def test_what_a_platform_refuses_is_told_with_what_to_do(
    mona: Persona, subtests: pytest.Subtests
) -> None:
    trello, (notion, person) = FakeTrello(), a_workspace(Clock(), "mona@example.org")
    board, table = a_trello_board(trello), a_notion_table(notion, person)
    before = everything()
    wrong = {"api_key": KEY, "token": "ATTA-of-nobody"}
    with a_server(trello) as one, a_server(notion) as two, a_door_to(one, two):
        bases = {"trello": f"http://trello.example:{one}", "notion": f"http://notion.example:{two}"}
        table_of = [
            ("trello", board, wrong, "credentials", "Trello"),
            ("trello", "0" * 24, None, "board", "Trello"),
            ("notion", table.id, {"token": "ntn_wrong"}, "credentials", "Notion"),
            ("notion", "393abc1e-edcd-80f3-813b-000000000000", None, "board", "Notion"),
        ]
        for source, wanted, credentials, field, name in table_of:
            with subtests.test(source=source, field=field):
                wish = a_wish(source, wanted, bases[source])
                wish["credentials"] = credentials or wish["credentials"]
                told = problem(mona.post("/imports", wish), 422, "invalid-values")["errors"]
                assert name in told[field][0]
                french = mona.post("/imports", wish, headers=FRENCH)
                assert problem(french, 422, "invalid-values")["errors"] != told
        trello.most = 0
        wish = a_wish("trello", board, bases["trello"])
        problem(mona.post("/imports", wish), 503, "platform-away")
        here = a_wish("trello", board, "http://127.0.0.1:1")
        use_door(Door())
        problem(mona.post("/imports", here), 422, "invalid-values")
    assert everything() == before
