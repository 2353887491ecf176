# ruff: noqa: INP001, T201 - a script to read and to run beside the pages, not a package
"""Keep a project and a Trello board in step: with a Trello that is played on loopback.

From the root of the repository, and nothing else has to run:

    .venv/bin/python -m docs.keep_in_step

It starts a Trello and a tracker of its own, in a folder that it throws away, pushes the demo
project to a new board, and shows what happens here when something happens there, and the other way
round; then both change the same, and then the network is away for an hour.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Final

from docs.drive_a_launch import Caller, Row
from tests.cli.processes import curl, started
from tests.fakes.serving import Asked, Told, a_server
from tests.fakes.trello import KEY, SECRET, TOKEN, FakeTrello
from tests.servers.home import free_port

PATIENCE: Final = 120
HOUR: Final = timedelta(hours=1)
DONE: Final = "Done"
PROOFS: Final = {
    "note": {"note": "Here it is."},
    "link": {"url": "https://example.org/"},
    "figure": {"figure": 5},
}


class Clock:
    """The reader's own, or an hour later."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def __call__(self) -> datetime:
        """Now."""
        return datetime.now(UTC) + self.offset


class Show:
    """Both sides, and who looks at them."""

    def __init__(self, trello: FakeTrello, owner: Caller, project: Row) -> None:
        self.trello, self.owner, self.project = trello, owner, project
        self.board: Row = {}

    def push(self, address: str) -> None:
        """A new board with every task and gate."""
        _chapter("The demo project, pushed to a new board on Trello")
        wish = {
            "project_id": self.project["id"],
            "kind": "trello",
            "base_url": address,
            "credentials": {"api_key": KEY, "token": TOKEN, "app_secret": SECRET},
        }
        self.board = self.owner.post("/boards", wish)
        began_at = monotonic()
        self.wait(self.is_in_step)
        board, calls = self.read(), len(self.trello.calls())
        took = monotonic() - began_at
        print(f"    {board['items']['in_step']} cards in {took:.0f} s, by {calls} calls.")
        lists = {row["id"]: row["name"] for row in self.trello.state.lists.values()}
        for name in dict.fromkeys(lists.values()):
            cards = [c for c in self.trello.state.cards.values() if lists[c["idList"]] == name]
            print(f"    {len(cards):>4} {name}")
        print(f"    As {board['account']}; its changes are told to us: {board['hook']['state']}.")

    def open_the_first_gate(self) -> None:
        """So that something can be done."""
        gate = self.owner.get(f"/projects/{self.project['id']}/gates")["items"][0]
        path, until = f"/gates/{gate['id']}", datetime.now(UTC) + timedelta(days=30)
        wish = {"reason": "To show a board", "expires_at": until.isoformat()}
        self.owner.post(f"{path}/waiver", wish, tag=self.owner.tag_of(path))
        self.owner.patch("/workspaces/me", {"open_predecessors": "warn"})

    def drag(self) -> None:
        """There, and seen here."""
        task = self.an_open_task()
        proof = PROOFS[task["evidence"]]
        self.owner.post(f"/tasks/{task['id']}/evidence", {"kind": task["evidence"], **proof})
        _chapter(f"There: “{task['title']}” is dragged to “{DONE}”")
        began_at = monotonic()
        self.trello.drag(task["id"], DONE)
        self.wait(lambda: self.task(task)["status"] == "done")
        print(f"    Here: done, after {monotonic() - began_at:.1f} s.")
        history = self.owner.get(f"/projects/{self.project['id']}/activity?limit=20")["items"]
        (told,) = [one for one in history if one["changes"].get("status") == ["todo", "done"]][:1]
        print(f"    In the record: by the door “{told['door']}”.")

    def refuse(self) -> None:
        """There, and not to be."""
        tasks = self.tasks()
        task = next(one for one in tasks if one["phase"] == "develop" and one["status"] == "todo")
        _chapter(f"There: “{task['title']}”, behind a closed gate, is dragged to “{DONE}”")
        self.trello.drag(task["id"], DONE)
        self.wait(lambda: bool(self.comments()))
        print(f"    Here: still {self.task(task)['status']}; it is moved back, with a comment:")
        print(f"    “{self.comments()[-1]}”")

    def move(self) -> None:
        """Here, and seen there."""
        task = self.an_open_task()
        day = date.fromisoformat(task["due_on"]) + timedelta(days=7)
        _chapter(f"Here: “{task['title']}” is due on {day} instead of {task['due_on']}")
        began_at, before = monotonic(), self.trello.card(task["id"])["due"]
        self.owner.patch(f"/tasks/{task['id']}", {"due_on": day.isoformat()})
        self.wait(lambda: self.trello.card(task["id"])["due"] != before)
        due = self.trello.card(task["id"])["due"]
        print(f"    There: due at {due}, after {monotonic() - began_at:.1f} s.")

    def disagree(self) -> None:
        """On both sides at once, settled by a person."""
        task = self.an_open_task()
        _chapter(f"On both sides “{task['title']}” is called otherwise")
        self.trello.instead = _away
        self.owner.patch(f"/tasks/{task['id']}", {"title": "As we call it"})
        self.trello.edit(task["id"], name="As they call it")
        self.trello.instead = lambda _asked: None
        self.owner.post(f"/boards/{self.board['id']}/reconcile", {})
        self.wait(lambda: any(one["field"] == "title" for one in self.conflicts()))
        (conflict,) = [one for one in self.conflicts() if one["field"] == "title"]
        print(f"    Ours “{conflict['ours']}”, theirs “{conflict['theirs']}”.")
        newest = "theirs" if conflict["taken"] == "platform" else "ours"
        print(f"    Meanwhile {newest} stands, the newest.")
        self.owner.post(f"/conflicts/{conflict['id']}/settle", {"choose": "ours"})
        self.wait(lambda: self.trello.card(task["id"])["name"] == "As we call it")
        print(f"    Settled: there “{self.trello.card(task['id'])['name']}”, too.")

    def cut(self) -> Callable[[], None]:
        """Both sides change while neither hears of the other; what is to be seen afterwards."""
        first, second = self.some_open_tasks()[:2]
        _chapter("The network is away; an hour passes")
        self.trello.instead, self.trello.telling.loses = _away, lambda _action: True
        self.owner.patch(f"/tasks/{first['id']}", {"title": "Renamed here meanwhile"})
        self.trello.edit(second["id"], name="Renamed there meanwhile")
        print(f"    Here “{first['title']}” is called otherwise, there “{second['title']}”.")

        def heals() -> None:
            _chapter("It is back")
            self.trello.instead = lambda _asked: None
            self.trello.telling.loses = lambda _action: False
            began_at = monotonic()
            self.wait(lambda: self.task(second)["title"] == "Renamed there meanwhile")
            self.wait(lambda: self.trello.card(first["id"])["name"] == "Renamed here meanwhile")
            took = monotonic() - began_at
            print(f"    After {took:.0f} s both sides are equal; nobody had to do anything.")

        return heals

    # Looking.

    def read(self) -> Row:
        """The board."""
        return self.owner.get(f"/boards/{self.board['id']}")

    def is_in_step(self) -> bool:
        """Whether everything stands there."""
        board = self.read()
        items = board["items"]
        return board["run"] is None and bool(items.get("in_step")) and not items.get("creating")

    def tasks(self) -> list[Row]:
        """All of the project."""
        found: list[Row] = self.owner.get(f"/projects/{self.project['id']}/tasks?limit=500")[
            "items"
        ]
        return found

    def task(self, one: Row) -> Row:
        """As it is now."""
        return self.owner.get(f"/tasks/{one['id']}")

    def an_open_task(self) -> Row:
        """The first."""
        return self.some_open_tasks()[0]

    def some_open_tasks(self) -> list[Row]:
        """Those that could be done at once."""
        return [
            one
            for one in self.tasks()
            if one["status"] == "todo"
            and one["phase"] == "prepare"
            and not (one["recurring"] or one["milestone"])
        ]

    def conflicts(self) -> list[Row]:
        """Those that nobody has settled."""
        path = f"/boards/{self.board['id']}/conflicts?state=open"
        found: list[Row] = self.owner.get(path)["items"]
        return found

    def comments(self) -> list[str]:
        """What was said on cards."""
        return [text for _card, text in self.trello.state.comments]

    def wait(self, is_so: Callable[[], object]) -> None:
        """Until jobs have done something; meanwhile Trello tells what it has to tell."""
        until = monotonic() + PATIENCE
        while not is_so():
            if monotonic() > until:
                sys.exit(f"Nothing came of it within {PATIENCE} seconds.")
            self.trello.telling.pump()
            sleep(0.2)


def _away(_asked: Asked) -> Told:
    return Told(503, b"Service unavailable", {"Content-Type": "text/plain"})


def main() -> None:
    """Tell the story, chapter by chapter."""
    clock = Clock()
    trello = FakeTrello(clock)
    with a_server(trello) as there, TemporaryDirectory(prefix="tracker-step-") as folder:
        port = free_port()
        settings = {
            "TRACKER_EGRESS_ALLOW": f"127.0.0.1:{there}",
            "TRACKER_BASE_URL": f"http://127.0.0.1:{port}",
        }
        with started(f"demo --up --port {port}", Path(folder), settings) as process:
            _url, token = curl(process.wait_for("The tracker is up"))
            owner = Caller(f"http://127.0.0.1:{port}", token)
            show = Show(trello, owner, owner.get("/projects")["items"][0])
            show.open_the_first_gate()
            show.push(f"http://127.0.0.1:{there}")
            show.drag()
            show.refuse()
            show.move()
            show.disagree()
            heals = show.cut()
        clock.offset = HOUR
        later = {**settings, "TRACKER_CLOCK_OFFSET": str(int(HOUR.total_seconds()))}
        with _again(port, Path(folder), later):
            heals()


@contextmanager
def _again(port: int, folder: Path, settings: dict[str, str]) -> Iterator[None]:
    """The same tracker, with the clock where it is to be."""
    with started(f"up --port {port}", folder, settings) as process:
        process.wait_for("The tracker is up")
        yield


def _chapter(title: str) -> None:
    print(f"\n── {title} {'─' * max(3, 90 - len(title))}", flush=True)


if __name__ == "__main__":
    main()
