"""A project of 60 tasks pushed to Trello and to Notion, and what Notion tells of it, taken in.

`tracker up` does it, in a process of its own; the platforms are played by their rules, with their
limits, so that it takes as long as they make it take.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import local
from time import monotonic, perf_counter, sleep
from typing import Any, Final, NamedTuple

import orjson
import yaml

from tests.benchmarks.client import Client
from tests.benchmarks.report import Line
from tests.benchmarks.serving import tracker_up
from tests.benchmarks.stock import a_playbook_of, make_world
from tests.fakes import notion as notion_fake
from tests.fakes import trello as trello_fake
from tests.fakes.notion import FakeNotion
from tests.fakes.notion_hands import PAGE, Person, a_workspace, title_of
from tests.fakes.notion_tables import Row, new_id
from tests.fakes.serving import a_server
from tests.fakes.trello import FakeTrello
from tests.personas import API, a_wish
from tracker.kernel.clock import utcnow

TASKS: Final = 60
BUDGET: Final = 1.2
EVENTS: Final = 5_000
TIMES: Final = 3
CALLERS: Final = 8
INTAKE_BUDGET_MS: Final = 300
_PATIENCE: Final = 300.0


class _Served(NamedTuple):
    client: Client
    port: int
    token: str
    project: str


def lines(urls: Sequence[str]) -> Iterator[Line]:
    """Calls that a push takes, beside the things that stand there afterwards; then the intake."""
    trello, (notion, person) = FakeTrello(), a_workspace(utcnow)
    world = make_world(urls[0])
    with a_server(notion) as first, a_server(trello) as second:
        openings = ",".join(f"127.0.0.1:{port}" for port in (first, second))
        with tracker_up(world.url, TRACKER_EGRESS_ALLOW=openings) as server:
            client = server.client(world.token)
            served = _Served(client, server.port, world.token, _a_project(client))
            wish = {
                "base_url": f"http://127.0.0.1:{second}",
                "credentials": {
                    "api_key": trello_fake.KEY,
                    "token": trello_fake.TOKEN,
                    "app_secret": trello_fake.SECRET,
                },
            }
            _board, seconds = _push(served, "trello", wish)
            yield _pushed("Trello", len(trello.asked), _on_trello(trello), seconds)
            wish = {
                "base_url": f"http://127.0.0.1:{first}",
                "credentials": {"token": notion_fake.TOKEN},
                "remote_id": f"page:{PAGE}",
            }
            board, seconds = _push(served, "notion", wish)
            yield _pushed("Notion", len(notion.asked), _on_notion(notion), seconds)
            yield from _taken_in(served, board, person)


def _a_project(client: Client) -> str:
    source = yaml.safe_dump(a_playbook_of(TASKS), allow_unicode=True)
    client.post(f"{API}/playbooks", {"source": source}).json(201)
    made = client.post(f"{API}/projects", {**a_wish(), "playbook": "bench"}).json(201)
    return str(made["id"])


def _push(served: _Served, kind: str, wish: dict[str, Any]) -> tuple[dict[str, Any], float]:
    began_at = monotonic()
    body = {"project_id": served.project, "kind": kind, **wish}
    made = served.client.post(f"{API}/boards", body).json(201)
    board = _settled(served, made["id"])
    return board, monotonic() - began_at


def _settled(served: _Served, board_id: str) -> dict[str, Any]:
    """The board, once nothing is under way any more."""
    ends_at = monotonic() + _PATIENCE
    while True:
        board: dict[str, Any] = served.client.get(f"{API}/boards/{board_id}").json()
        if board["reconciled_at"] and board["run"] is None and "creating" not in board["items"]:
            return board
        assert monotonic() < ends_at, board
        sleep(0.1)


def _on_notion(notion: FakeNotion) -> int:
    """The database, the column that refers to it, which needs its id, and the pages."""
    return 1 + 1 + len(notion.rows)


def _on_trello(trello: FakeTrello) -> int:
    """Nothing there can be made together with another thing."""
    state = trello.state
    points = sum(len(list(state.items_of(card))) for card in state.cards)
    kinds = (state.boards, state.lists, state.labels, state.cards, state.checklists)
    return sum(map(len, kinds)) + points


def _pushed(platform: str, calls: int, least: int, seconds: float) -> Line:
    return Line(
        work=f"push {TASKS} tasks to {platform}",
        ours=f"{calls} calls",
        theirs=f"{least} calls",
        value=f"{calls / least:.2f} x",
        budget=f"<= {BUDGET} x",
        is_met=calls <= BUDGET * least,
        against=f"a call for each thing that stands there afterwards; it took {seconds:.0f} s",
    )


def _taken_in(served: _Served, board: dict[str, Any], person: Person) -> Iterator[Line]:
    """Every page is renamed by a person; each event of thousands about them comes three times."""
    notion = person.notion
    path = "/" + board["hook"]["url"].split("/", 3)[3]
    handshake = {"verification_token": notion.subscription.token}
    assert served.client.post(path, handshake).status == 200
    served.client.post(f"{API}/boards/{board['id']}/hook/token", {}).json()
    rows = list(notion.rows.values())
    for row in rows:
        person.changes(row, "title", f"{title_of(row)}, renamed")
    calls = len(notion.asked)
    waits = _sent(served, path, _events(notion, rows))
    _settled(served, board["id"])
    renamed = _renamed(served)
    worst = sorted(waits)[int(len(waits) * 0.99)] * 1000
    yield Line(
        work=f"take in {EVENTS} events {TIMES} times, shuffled",
        ours=f"{sorted(waits)[len(waits) // 2] * 1000:.1f} ms",
        theirs="",
        value=f"p99 {worst:.0f} ms",
        budget=f"<= {INTAKE_BUDGET_MS} ms",
        is_met=worst <= INTAKE_BUDGET_MS and renamed == TASKS,
        against=f"{CALLERS} callers; {renamed} of {TASKS} tasks renamed, each once, in "
        f"{len(notion.asked) - calls} calls",
    )


def _events(notion: FakeNotion, rows: list[Row]) -> list[tuple[bytes, str]]:
    chance, found = Random(5), []
    for number in range(EVENTS):
        row = rows[number % len(rows)]
        parent = {"id": row.table.database, "type": "database", "data_source_id": row.table.id}
        event = {
            "id": new_id(),
            "timestamp": utcnow().isoformat(),
            "authors": [{"id": new_id(), "type": "person"}],
            "entity": {"id": row.id, "type": "page"},
            "type": "page.content_updated",
            "data": {"parent": parent, "updated_blocks": []},
        }
        for attempt in range(TIMES):
            body = orjson.dumps({**event, "attempt_number": attempt + 1})
            found.append((body, notion.subscription.signature(body)))
    chance.shuffle(found)
    return found


def _sent(served: _Served, path: str, events: list[tuple[bytes, str]]) -> list[float]:
    """How long each took."""
    mine = local()

    def send(event: tuple[bytes, str]) -> float:
        if not hasattr(mine, "client"):
            mine.client = Client(served.port)
        body, signature = event
        began_at = perf_counter()
        told = mine.client.post(path, orjson.Fragment(body), f"X-Notion-Signature: {signature}")
        took = perf_counter() - began_at
        assert told.status == 200, told
        return took

    with ThreadPoolExecutor(CALLERS) as callers:
        return list(callers.map(send, events))


def _renamed(served: _Served) -> int:
    """How many tasks were renamed once, by their history, once none is any more."""
    ends_at, found = monotonic() + _PATIENCE, 0
    while found < TASKS and monotonic() < ends_at:
        sleep(1)
        path: str | None = f"{API}/projects/{served.project}/activity?limit=500"
        changed: list[str] = []
        while path is not None:
            page = served.client.get(path).json()
            changed += [
                row["subject_id"]
                for row in page["items"]
                if any("title" in str(name) for name in row["changes"])
                and row["action"] == "changed"
            ]
            cursor = page["next"]
            path = cursor and f"{API}/projects/{served.project}/activity?limit=500&cursor={cursor}"
        found = sum(changed.count(one) == 1 for one in set(changed))
    return found
