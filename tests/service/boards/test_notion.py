"""A launch as a Notion database: filled, and followed by both sides, through Notion's own rules."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from tests.api.playbooks import a_source, brings
from tests.connectors.doors import a_door_to
from tests.fakes.notion import TOKEN, FakeNotion
from tests.fakes.notion_hands import (
    PAGE,
    Person,
    a_table,
    a_workspace,
    failing,
    limited,
    saved_all_the_same,
    silent,
    title_of,
)
from tests.fakes.notion_tables import Row, Table
from tests.fakes.serving import a_server
from tests.personas import Persona, a_wish, answer
from tests.service.boards.kept import clock_back, opens
from tracker.boards.models import Board
from tracker.boards.syncing import sync_due
from tracker.boards.waking import wake
from tracker.connectors.boards import Keeper, Place
from tracker.connectors.notion.client import Notion
from tracker.kernel.clock import set_offset, utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.event_log import number_new

MOST_ROUNDS = 50
ACTS = 25  # a day


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is tried here is no matter of databases."""
    return sqlite_url


@dataclass
class Pair:
    """A project, its board, and the workspace that it is in."""

    manager: Persona
    project: dict[str, Any]
    board_id: str
    notion: FakeNotion
    person: Person
    base_url: str
    passed: float = 0  # seconds

    @property
    def board(self) -> dict[str, Any]:
        return answer(self.manager.get(f"/boards/{self.board_id}"))

    @property
    def table(self) -> Table:
        return self.notion.tables[self.board["remote_id"]]

    def later(self, seconds: float) -> None:
        self.passed += seconds
        set_offset(timedelta(seconds=self.passed))

    def sync(self) -> None:
        """Rounds until there is nothing to do; where the allowance is used up, a minute later."""
        for _ in range(MOST_ROUNDS):
            with unit_of_work() as session:
                wake(session, number_new(session), now=utcnow())
            if not sync_due(now=utcnow()):
                if self.board["state"] != "throttled":
                    return
                self.later(30)
        raise AssertionError("it never rests")

    def task(self, title: str) -> dict[str, Any]:
        (found,) = [one for one in self.manager.tasks_of(self.project) if one["title"] == title]
        return found

    def hears(self, **chance: Any) -> list[int]:
        """Notion delivers what has happened there, and it is looked at once it is quiet."""
        statuses = self.notion.subscription.deliver(self._send, **chance)
        self.later(6)
        self.sync()
        return statuses

    def _send(self, body: bytes, headers: dict[str, str]) -> int:
        path = self.board["hook"]["url"].partition("://")[2].partition("/")[2]
        client = self.manager.app.test_client()
        return client.post(f"/{path}", data=body, headers=headers).status_code

    def subscribes(self) -> None:
        subscription = self.notion.subscription
        assert self._send(subscription.handshake(), {}) == 200
        shown = answer(self.manager.post(f"/boards/{self.board_id}/hook/token", None))
        subscription.verify(shown["verification_token"])

    def reconcile(self) -> None:
        answer(self.manager.post(f"/boards/{self.board_id}/reconcile", None), 202)
        self.sync()
        self.later(25)  # what may have been made is looked for once it would be seen
        self.sync()

    def items(self, state: str) -> list[dict[str, Any]]:
        path = f"/boards/{self.board_id}/items?state={state}"
        found: list[dict[str, Any]] = answer(self.manager.get(path))["items"]
        return found

    def told(self, state: str, *words: str) -> None:
        """What a manager reads of it, in English and in French."""
        for language, word in zip(("en", "fr"), words, strict=True):
            path, headers = f"/boards/{self.board_id}", {"Accept-Language": language}
            board = answer(self.manager.get(path, headers=headers))
            assert board["state"] == state
            assert word in board["sentence"]

    def ours(self) -> dict[str, Any]:
        """Every task that stands on the board, by its id."""
        mine, names = self.manager, ("title", "status", "start_on", "due_on")
        apart = {one["object_id"] for one in self.items("missing")}
        return {
            task["id"]: {name: task[name] for name in names}
            | {"assignees": [mine.email for _one in task["assignees"]]}
            for task in mine.tasks_of(self.project)
            if task["id"] not in apart
        }

    def theirs(self) -> dict[str, Any]:
        """Every page of a task that is in step."""
        with reading() as session:
            board = session.scalars(select(Board)).one()
        keeper = Keeper(base_url=self.base_url, secrets={"token": TOKEN})
        people = [(self.manager.email, "Mona")]
        place = Place(
            keeper=keeper, id=None, name="", zone="UTC", layout=board.layout, people=people
        )
        known = {one["remote_id"]: one["object_id"] for one in self.items("in_step")}
        tasks = {task["id"] for task in self.manager.tasks_of(self.project)}
        return {
            known[card.id]: card.fields
            for card in Notion().cards(place)
            if known.get(card.id) in tasks
        }

    def calls(self) -> int:
        made = len(self.notion.asked)
        self.notion.asked.clear()
        return made


def status_of(row: Row) -> str:
    status = row.table.column("Status")
    found = status.option(id=row.values[status.id])
    return str(found and found["name"])


@contextmanager
def a_pair(
    mona: Persona, project: dict[str, Any], wanted: Callable[[FakeNotion], Any] = lambda _new: {}
) -> Iterator[Pair]:
    """Not in step yet."""
    with clock_back():
        notion, person = a_workspace(utcnow, mona.email)
        with a_server(notion) as port, a_door_to(port):
            base_url = f"http://notion.example:{port}"
            wish = {
                "project_id": project["id"],
                "kind": "notion",
                "base_url": base_url,
                "credentials": {"token": TOKEN},
                "remote_id": f"page:{PAGE}",
                **wanted(notion),
            }
            board = answer(mona.post("/boards", wish), 201)
            yield Pair(mona, project, board["id"], notion, person, base_url)


@pytest.fixture
def pair(mona: Persona) -> Iterator[Pair]:
    """A whole launch, not in step yet."""
    with a_pair(mona, mona.creates_a_project()) as found:
        yield found


@pytest.fixture
def small(mona: Persona) -> Iterator[Pair]:
    """Three tasks and a gate, in step."""
    brings(mona, a_source("small", tasks=3, gated=True))
    project = answer(mona.post("/projects", {**a_wish(), "playbook": "small"}), 201)
    with a_pair(mona, project) as found:
        found.sync()
        found.subscribes()
        found.hears()
        yield found


def test_a_whole_launch_is_pushed_and_followed(pair: Pair) -> None:
    wish: Any = {"kind": "notion", "base_url": pair.base_url, "credentials": {"token": TOKEN}}
    wish["project_id"] = pair.project["id"]
    choices = answer(pair.manager.post("/boards/choices", wish))
    assert choices["choices"] == [{"id": f"page:{PAGE}", "name": "Launch (page)"}]
    assert "will use 74 blocks" in choices["notices"][0]
    pair.calls()
    pair.sync()
    rows, calls = len(pair.notion.rows), pair.calls()
    assert pair.board["items"] == {"in_step": rows, "conflicts": 0}
    assert (rows, pair.board["url"]) == (73, f"https://app.notion.com/p/{pair.table.id}")
    least = rows + 2  # the database, and the column that refers to it
    assert calls <= 1.2 * least
    pair.subscribes()
    assert [told for told in pair.hears() if told != 200] == []
    assert pair.calls() == 0, "what we did ourselves is not looked at"
    first, second, third = sorted(
        (one for one in pair.manager.tasks_of(pair.project) if not one["milestone"]),
        key=lambda one: (one["start_on"], one["key"]),
    )[:3]
    # Behind a closed gate, and set back with a word.
    (closed, *_others) = pair.manager.tasks_of(pair.project, phase="develop")
    row = pair.person.sets(closed["title"], Status="Done")
    pair.hears()
    assert (pair.task(closed["title"])["status"], status_of(row)) == ("todo", "Not started")
    assert [page for page, _told in pair.notion.comments] == [row.id]
    # There, and seen here.
    opens(pair.project)
    pair.person.sets(first["title"], Status="In progress", Owner=[pair.manager.email])
    pair.person.sets(second["title"], Task="Called otherwise", When=(second["start_on"], None))
    pair.hears(chance=Random(1), twice=1)
    seen = pair.task(first["title"])
    assert (seen["status"], seen["assignees"]) == ("in_progress", [pair.manager.member_id])
    renamed = pair.task("Called otherwise")
    assert (renamed["id"], renamed["due_on"]) == (second["id"], second["start_on"])
    # Here, and seen there.
    answer(pair.manager.patch(f"/tasks/{third['id']}", {"title": "Called anew"}))
    pair.sync()
    assert pair.person.row("Called anew").created_by == pair.notion.bot
    pair.hears()
    assert pair.board["items"] == {"in_step": rows, "conflicts": 1}


def test_a_gate_is_not_opened_by_a_page(small: Pair) -> None:
    row = small.person.sets("Mine", Status="Done")
    small.hears()
    assert status_of(row) == "Not started"
    ((page, told),) = small.notion.comments
    assert (page, "Gates are decided in the tracker" in told) == (row.id, True)
    small.hears()
    assert len(small.notion.comments) == 1


def test_an_outage_ends_with_both_sides_equal_and_nothing_twice(small: Pair) -> None:
    opens(small.project)
    notion, person = small.notion, small.person
    wish = {"title": "New here", "phase": "prepare"}
    answer(small.manager.post(f"/projects/{small.project['id']}/tasks", wish), 201)
    person.adds(small.table, "New there")
    person.sets("Mine 1", Status="Done", Task="Said there")
    notion.subscription.pending()  # lost
    answer(small.manager.patch(f"/tasks/{small.task('Mine 2')['id']}", {"title": "Said here"}))
    notion.faults += [failing(notion, 503, "service_unavailable")] * 3 + [silent]
    for _ in range(8):
        small.sync()
        small.later(600)
    small.reconcile()
    titles = sorted(title_of(row) for row in notion.rows.values())
    assert titles == ["Mine", "Mine 0", "New here", "New there", "Said here", "Said there"]
    assert small.task("Said there")["status"] == "done"
    assert small.board["items"] == {"in_step": 5, "foreign": 1, "conflicts": 0}
    assert (small.board["state"], notion.faults) == ("ok", [])


def test_a_page_in_the_trash_is_missed_and_comes_back(small: Pair) -> None:
    row = small.person.trashes("Mine 0")
    small.hears()
    assert small.task("Mine 0")["status"] == "todo"
    (missing,) = small.items("missing")
    answer(small.manager.post(f"/board-items/{missing['id']}/restore", None))
    small.sync()
    assert (row.is_in_trash, small.items("missing")) == (False, [])


def test_what_a_manager_can_mend_is_told_in_both_languages(small: Pair) -> None:
    notion, board = small.notion, f"/boards/{small.board_id}"
    notion.most_blocks = notion.blocks
    wish = {"title": "One too many", "phase": "prepare"}
    answer(small.manager.post(f"/projects/{small.project['id']}/tasks", wish), 201)
    small.sync()
    small.told("degraded", "blocks of the Notion workspace", "blocs de l'espace Notion")
    notion.most_blocks = None
    small.reconcile()
    assert small.board["state"] == "ok"
    notion.databases[small.table.database].is_in_trash = True
    small.reconcile()
    small.told("broken", "in Notion's trash", "dans la corbeille de Notion")
    notion.databases[small.table.database].is_in_trash = False
    notion.shared.clear()
    small.reconcile()
    small.told("broken", "not shared with the connection", "pas partagée avec")
    notion.shared.add(PAGE)
    notion.tokens = {"ntn_new"}
    small.reconcile()
    small.told("needs_reauth", "does not accept the token", "n'accepte pas le jeton")
    credentials = {"credentials": {"token": "ntn_new"}}
    answer(small.manager.call("PUT", f"{board}/credentials", credentials))
    small.sync()
    assert small.board["items"] == {"in_step": 5, "conflicts": 0}
    assert small.board["sentence"] is None


def our_work(notion: FakeNotion) -> dict[str, Any]:
    """A database that was there before, with a row."""
    columns: dict[str, Any] = {
        "Name": ("title", {}),
        "State": ("status", {}),
        "Due": ("date", {}),
        "Who": ("people", {}),
        "Phase": ("select", {"options": [{"name": "Prepare"}]}),
    }
    table, person = a_table(notion, "Our work", columns), Person(notion)
    mona, day = "mona@example.org", (utcnow() + timedelta(days=60)).date().isoformat()
    person.adds(table, "Theirs", State="In progress", Phase="Prepare", Due=day, Who=[mona])
    settings = {"created_there": "task", "columns": {"status": "State", "labels": None}}
    return {"remote_id": table.database, "settings": settings}


def test_rows_of_a_database_that_was_there_become_tasks(mona: Persona) -> None:
    brings(mona, a_source("small", tasks=1))
    project = answer(mona.post("/projects", {**a_wish(), "playbook": "small"}), 201)
    with a_pair(mona, project, our_work) as pair:
        pair.sync()
        theirs = pair.task("Theirs")
        assert (theirs["status"], theirs["phase"]) == ("in_progress", "prepare")
        assert theirs["assignees"] == [mona.member_id]
        assert pair.theirs() == pair.ours()
        assert len(pair.theirs()) == 2
        names = [one.name for one in pair.table.columns.values()]
        assert names[:5] == ["Name", "State", "Due", "Who", "Phase"]
        assert "Labels" not in names


STATUSES = ("Not started", "In progress", "Done", "Blocked", "Not applicable")


def acts_here(pair: Pair, chance: Random) -> None:
    task = chance.choice(pair.manager.tasks_of(pair.project))
    day = (utcnow() + timedelta(days=chance.randrange(60))).date().isoformat()
    pair.manager.patch(  # what cannot be is refused, and that is all
        f"/tasks/{task['id']}",
        chance.choice(
            [
                {"title": f"Here {chance.random():.4f}"},
                {"status": chance.choice(["todo", "in_progress", "done"])},
                {"due_on": day},
                {"assignees": chance.choice([[], [pair.manager.email]])},
            ]
        ),
    )


def acts_there(pair: Pair, chance: Random) -> None:
    row, person = chance.choice(list(pair.notion.rows.values())[:5]), pair.person
    if row.is_in_trash:
        person.restores(row)
        return
    day = (utcnow() + timedelta(days=chance.randrange(60))).date().isoformat()
    match chance.randrange(8):
        case 0:
            pair.notion.set_trash(row, is_in_trash=True, author=person.author)
        case 1 if chance.random() < 0.3:
            wish = {"title": f"New {chance.random():.4f}", "phase": "prepare"}
            pair.manager.post(f"/projects/{pair.project['id']}/tasks", wish)
        case 1:
            person.adds(pair.table, f"There {chance.random():.4f}")
        case 2:
            name = chance.choice([one.name for one in pair.table.columns.values()])
            person.renames_column(pair.table, name, f"{name}.")
        case 3:
            person.changes(row, "title", f"There {chance.random():.4f}")
        case 4 | 5:
            person.changes(row, "status", chance.choice(STATUSES))
        case 6:
            person.changes(row, "date", chance.choice([None, day, (day, day + "T10:00:00+02:00")]))
        case _:
            person.changes(row, "people", chance.choice([[], [pair.manager.email]]))


def suffers(pair: Pair, chance: Random) -> None:
    notion = pair.notion
    fault = chance.choice(
        [
            silent,
            saved_all_the_same(notion),
            failing(notion, 409, "conflict_error"),
            failing(notion, 529, "service_overload"),
            limited(notion, "public_api_space_request_rate_limit", 90),
        ]
    )
    notion.faults += [lambda _asked, platform: platform()] * chance.randrange(3) + [fault]


@pytest.mark.parametrize("days", [2, pytest.param(40, marks=pytest.mark.long)])
def test_whatever_happened_one_reconcile_makes_both_sides_equal(
    small: Pair, subtests: pytest.Subtests, days: int
) -> None:
    opens(small.project)
    marker = small.table.column("Tracker ID")
    small.notion.lag = timedelta(seconds=10)  # queries do not see what was made a moment ago
    for seed in range(days):
        chance = Random(seed)
        with subtests.test(seed=seed):
            for _ in range(ACTS):
                chance.choice([acts_here, acts_there, acts_there, suffers])(small, chance)
                if chance.random() < 0.3:
                    small.hears(chance=chance, lost=0.3, twice=0.5)
                if chance.random() < 0.2:
                    small.later(chance.choice([1, 90, 4000]))
            small.notion.faults.clear()
            small.later(4000)
            small.reconcile()
            assert small.theirs() == small.ours() != {}
            made = [row for row in small.notion.rows.values() if row.created_by == small.notion.bot]
            assert len({str(row.values[marker.id]) for row in made}) == len(made), "made twice"
