"""A project and its board in memory, kept in step by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from tests.api.playbooks import a_source, brings
from tests.fakes.board import Kept, Memory, also_use_ports
from tests.personas import Persona, a_wish, answer
from tracker.boards import inbox
from tracker.boards.merging import flat
from tracker.boards.models import Board, BoardItem
from tracker.boards.syncing import sync_due
from tracker.boards.waking import wake
from tracker.connectors.boards import Told
from tracker.kernel.clock import set_offset, utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.event_log import number_new
from tracker.projects.models import Gate

MOST_ROUNDS = 400


@dataclass
class Pair:
    """A project, and the board there that is kept in step with it."""

    manager: Persona
    project: dict[str, Any]
    board_id: str
    port: Memory
    offset: timedelta = field(default_factory=timedelta)

    @property
    def board(self) -> dict[str, Any]:
        return answer(self.manager.get(f"/boards/{self.board_id}"))

    @property
    def name(self) -> str:
        """The board's id there."""
        return str(self.board["remote_id"])

    def tasks(self) -> list[dict[str, Any]]:
        return self.manager.tasks_of(self.project)

    def task(self, n: int = 0) -> dict[str, Any]:
        """The task with this place in the plan."""
        shown = answer(self.manager.get(f"/projects/{self.project['id']}/timeline"))["tasks"]
        key = shown[n]["key"]
        (found,) = [one for one in self.tasks() if one["key"] == key]
        return found

    def card(self, n: int = 0) -> Kept:
        return self.port.card_of(self.task(n)["id"])

    def change(self, n: int = 0, **changes: Any) -> None:
        answer(self.manager.patch(f"/tasks/{self.task(n)['id']}", changes))

    def later(self, **time: float) -> None:
        """The clock goes on."""
        self.offset += timedelta(**time)
        set_offset(self.offset)

    def number(self) -> None:
        """What the relay does."""
        while True:
            with unit_of_work() as session:
                numbered = number_new(session)
                wake(session, numbered, now=utcnow())
            if not numbered:
                return

    def deliver(self, *told: Told) -> None:
        """What a hook does: with what the platform has to tell, or with this."""
        given = told or tuple(self.port.deliveries)
        if not told:
            self.port.deliveries.clear()
        with unit_of_work() as session:
            found = session.get_one(Board, (self.workspace_id, UUID(self.board_id)))
            inbox.keep(session, found, given, utcnow())

    @property
    def workspace_id(self) -> UUID:
        with reading() as session:
            found = session.scalars(select(Board).where(Board.id == UUID(self.board_id))).one()
        return found.workspace_id

    def sync(self) -> int:
        """Rounds until there is nothing to do; how many it took."""
        for rounds in range(MOST_ROUNDS):
            self.number()
            if not sync_due(now=utcnow()):
                return rounds
        raise AssertionError("it never rests")

    def reconcile(self) -> None:
        """Everything, once."""
        answer(self.manager.post(f"/boards/{self.board_id}/reconcile", {}), 202)
        self.sync()

    def reconcile_anyhow(self) -> None:
        """Whether it may be asked for or not."""
        self.manager.post(f"/boards/{self.board_id}/reconcile", {})
        self.sync()

    def items(self, state: str | None = None) -> list[dict[str, Any]]:
        query = f"?limit=500&state={state}" if state else "?limit=500"
        found: list[dict[str, Any]] = answer(
            self.manager.get(f"/boards/{self.board_id}/items{query}")
        )["items"]
        return found

    def conflicts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = answer(
            self.manager.get(f"/boards/{self.board_id}/conflicts?state=open")
        )["items"]
        return found

    def ours(self) -> dict[str, dict[str, Any]]:
        """Every task as fields, by its id."""
        emails = {self.manager.member_id: self.manager.email}
        found = {}
        for task in self.tasks():
            steps = answer(self.manager.get(f"/tasks/{task['id']}"))["steps"]
            found[task["id"]] = {
                "title": task["title"],
                "status": task["status"],
                "start_on": task["start_on"],
                "due_on": task["due_on"],
                "assignees": sorted(emails[one] for one in task["assignees"] if one in emails),
                "steps": {step["key"]: step["done_at"] is not None for step in steps},
            }
        return found

    def theirs(self) -> dict[str, dict[str, Any]]:
        """Every card of a task, as the platform keeps it."""
        found = {}
        strangers = {one["remote_id"] for one in self.items("foreign")}
        for card in self.port.on(self.name):
            if card.marker is not None and card.id not in strangers:
                assert card.marker not in found, f"two cards of {card.marker}"
                steps = {key: done for key, (_title, done) in card.steps.items()}
                found[card.marker] = {**card.fields, "steps": steps}
        return found

    def differing(self) -> dict[str, Any]:
        """What is not the same on both sides, of what stands on both."""
        apart = {one["object_id"] for one in self.items() if one["state"] != "in_step"}
        gates = {one["object_id"] for one in self.items() if one["kind"] == "gate"}
        ours, theirs = self.ours(), self.theirs()
        found: dict[str, Any] = {}
        for key in (ours.keys() | theirs.keys()) - apart - gates:
            mine, their = flat(ours.get(key, {})), flat(theirs.get(key, {}))
            if mine != their:
                found[key] = {
                    name: (mine.get(name), their.get(name))
                    for name in mine.keys() | their.keys()
                    if mine.get(name) != their.get(name)
                }
        return found


def opens(project: dict[str, Any]) -> None:
    """Have every gate be passed."""
    mine = Gate.project_id == UUID(project["id"])
    with unit_of_work() as session:
        session.execute(update(Gate).where(mine).values(state="passed"))


def a_pair(
    manager: Persona, port: Memory, *, tasks: int = 3, remote_id: str | None = None, **settings: Any
) -> Pair:
    """A small project and its board, not in step yet."""
    also_use_ports(port)
    slug = f"pair-{Random().getrandbits(40):x}"
    brings(manager, a_source(slug, tasks=tasks, gated=True))
    project = answer(manager.post("/projects", {**a_wish(), "playbook": slug}), 201)
    wish = {
        "project_id": project["id"],
        "kind": port.kind,
        "credentials": {"token": "good"},
        "name": slug,
        "remote_id": remote_id,
        "settings": settings,
    }
    board = answer(manager.post("/boards", wish), 201)
    return Pair(manager, project, board["id"], port)


@contextmanager
def clock_back() -> Iterator[None]:
    """The clock as it was, afterwards."""
    try:
        yield
    finally:
        set_offset(timedelta())


def rows(pair: Pair) -> list[BoardItem]:
    """The items themselves."""
    with reading() as session:
        return list(session.scalars(select(BoardItem).order_by(BoardItem.id)))
