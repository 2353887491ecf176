"""Two projects with a board each, on platforms that nobody kills, and people on both sides."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from threading import Event, Thread
from time import monotonic
from typing import Any, Final

import requests
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import OperationalError

from tests.api.playbooks import a_source, brings
from tests.chaos.calling import Call
from tests.chaos.judging import Verdict
from tests.chaos.judging_boards import Ended, Shown, Story, judge_board
from tests.chaos.killing import Killer
from tests.chaos.platforms import OnNotion, OnTrello, Platform
from tests.fakes.serving import a_server
from tests.personas import API, Persona, a_wish, answer
from tracker.boards.models import BoardDelivery, BoardItem
from tracker.projects.models import Gate, Task

TASKS: Final = 12
_PAUSE: Final = 0.25
_ASK_SECONDS: Final = 5.0
# Whose hand changes a field: of every third task the same one.
_HERE: Final = {"title": {0, 2}, "due_on": {1, 2}}
_THERE: Final = {"title": {1, 2}, "due_on": {0}}
_RESTLESS: Final = text(
    "SELECT (SELECT count(*) FROM boards WHERE is_syncing OR run IS NOT NULL OR state <> 'ok'"
    "   OR reconcile_at <= :now OR ready_at <= :now)"
    " + (SELECT count(*) FROM board_items WHERE is_dirty OR state <> 'in_step')"
    " + (SELECT count(*) FROM board_deliveries WHERE handled_at IS NULL)"
    " + (SELECT count(*) FROM outbox_messages WHERE position IS NULL)"
)


@dataclass(kw_only=True)
class Kept:
    """A project, its board, and what was done on both sides."""

    platform: Platform
    port: int
    project_id: str = ""
    board_id: str = ""
    tasks: list[dict[str, Any]] = field(default_factory=list)
    story: Story = field(default_factory=Story)
    address: str = ""  # where the platform tells of itself
    is_subscribed: bool = False
    written: int = 0  # calls, when all was equal

    def connect(self, manager: Persona) -> None:
        """A project, and its board, which is still to be filled."""
        slug = f"kept-on-{self.platform.kind}"
        brings(manager, a_source(slug, tasks=TASKS, gated=True))
        project = answer(manager.post("/projects", {**a_wish(), "playbook": slug}), 201)
        self.project_id, self.tasks = project["id"], manager.tasks_of(project)
        self.story.first = frozenset(task["id"] for task in self.tasks)
        wish = {
            "project_id": self.project_id,
            "kind": self.platform.kind,
            "name": slug,
            "settings": {"created_there": "task"},
            **self.platform.wish(self.port),
        }
        self.board_id = answer(manager.post("/boards", wish), 201)["id"]

    def calls(self, count: int, dice: Random) -> Iterator[Call]:
        """What is done here: so many changes, and some tasks."""
        for number in range(count):
            if number % 5 == 0:
                title = f"Made here {number}"
                path, body = f"/projects/{self.project_id}/tasks", {"title": title}
                kept = partial(self._made, title)
                yield Call(method="POST", path=path, body={**body, "phase": "prepare"}, kept=kept)
                continue
            task, name, value = self._change(dice, f"Said here {number}", _HERE)
            kept = partial(self._changed, (task, name), value)
            yield Call(method="PATCH", path=f"/tasks/{task}", body={name: value}, kept=kept)

    def _made(self, title: str, _at: datetime) -> None:
        self.story.made.append(title)

    def _changed(self, key: tuple[str, str], value: str, _at: datetime) -> None:
        self.story.here[key] = value

    def _change(self, dice: Random, title: str, whose: dict[str, set[int]]) -> tuple[str, str, str]:
        place, name = dice.choice(
            [
                (place, name)
                for name, kinds in whose.items()
                for place in range(TASKS)
                if place % 3 in kinds
            ]
        )
        task = self.tasks[place]
        later = date.fromisoformat(task["due_on"]) + timedelta(weeks=dice.randrange(1, 20))
        return task["id"], name, title if name == "title" else later.isoformat()

    def act_there(self, dice: Random, number: int) -> None:
        """Somebody does something there."""
        if dice.random() < 0.1:
            title = f"Made there {number}"
            if self.platform.write(title):
                self.story.made.append(title)
            return
        task, name, value = self._change(dice, f"Said there {number}", _THERE)
        if self.platform.edit(task, name, value):
            self.story.there[task, name] = value


class Hands(Thread):
    """People there, and the platforms, which tell of what is done; and who looks after boards."""

    def __init__(self, boards: Sequence[Kept], api: str, token: str, dice: Random) -> None:
        super().__init__(name="hands", daemon=True)
        self._boards, self._api, self._dice = boards, f"{api}{API}", dice
        self._headers = {"Authorization": f"Bearer {token}", "Connection": "close"}
        self._are_idle, self._is_over = Event(), Event()
        self._asked_at = 0.0

    def rest(self) -> None:
        """Do nothing more there; what was done is still told."""
        self._are_idle.set()

    def stop(self) -> None:
        self._is_over.set()
        self.join()

    def run(self) -> None:
        number = 0
        while not self._is_over.wait(_PAUSE):
            number += 1
            for one in self._boards:
                if not self._are_idle.is_set():
                    one.act_there(self._dice, number)
                one.platform.tell(one.address)
            if monotonic() - self._asked_at > _ASK_SECONDS:
                self._asked_at = monotonic()
                for one in self._boards:
                    self._look_after(one)

    def _look_after(self, one: Kept) -> None:
        """As a manager does who reads what a board says of itself."""
        board = self.ask("GET", f"/boards/{one.board_id}")
        if board is None:
            return
        one.address = board["hook"]["url"] or ""
        if board["state"] == "degraded":
            self.ask("POST", f"/boards/{one.board_id}/reconcile")
        if isinstance(one.platform, OnNotion) and one.address and not one.is_subscribed:
            one.is_subscribed = self._subscribe(one, one.platform)

    def _subscribe(self, one: Kept, notion: OnNotion) -> bool:
        subscription = notion.fake.subscription
        with notion.watched.lock:
            status = notion.reach("POST", one.address, {}, subscription.handshake())
        shown = self.ask("POST", f"/boards/{one.board_id}/hook/token") if status == 200 else None
        if shown is not None:
            subscription.verify(shown["verification_token"])
        return subscription.is_active

    def ask(self, method: str, path: str) -> dict[str, Any] | None:
        """One request; None where it was not answered as wished."""
        with suppress(requests.RequestException):
            told = requests.request(
                method, f"{self._api}{path}", headers=self._headers, timeout=_ASK_SECONDS
            )
            if told.ok:
                body: dict[str, Any] = told.json()
                return body
        return None


@contextmanager
def kept_boards(edits: int) -> Iterator[list[Kept]]:
    """One on each platform, not connected yet; none without edits."""
    if not edits:
        yield []
        return
    trello, notion = OnTrello(), OnNotion()
    with a_server(trello.watched) as one, a_server(notion.watched) as other:
        yield [Kept(platform=trello, port=one), Kept(platform=notion, port=other)]


def made(boards: Sequence[Kept]) -> int:
    """How many cards we have had made."""
    return sum(one.platform.watched.made for one in boards)


def reconcile(
    boards: Sequence[Kept], hands: Hands, killer: Killer, *, engine: Engine, patience: float
) -> None:
    """Once; and once more, to see that nothing is left to be said."""
    hands.rest()
    for _ in range(2):
        until = monotonic() + patience
        for one in boards:
            one.written = len(one.platform.watched.writes)
            path = f"/boards/{one.board_id}/reconcile"
            while hands.ask("POST", path) is None and monotonic() < until:
                killer.rest()
        _wait(killer, engine, until)


def _wait(killer: Killer, engine: Engine, until: float) -> None:
    while monotonic() < until:
        killer.rest()
        with suppress(OperationalError), engine.connect() as connection:
            if not connection.execute(_RESTLESS, {"now": datetime.now().astimezone()}).scalar():
                return


def judged(boards: Sequence[Kept], engine: Engine, moments: Sequence[float]) -> dict[str, Verdict]:
    """By platform."""
    return {one.platform.kind: _judged(one, engine, moments) for one in boards}


def _judged(one: Kept, engine: Engine, moments: Sequence[float]) -> Verdict:
    mine = Task.project_id == one.project_id
    names = (Task.id, Task.title, Task.status, Task.start_on, Task.due_on)
    kept = BoardDelivery.board_id == one.board_id
    items = select(BoardItem.remote_id, BoardItem.object_id).where(
        BoardItem.board_id == one.board_id, BoardItem.object_id.is_not(None)
    )
    with engine.connect() as connection:
        taken_in = {row.remote_id: str(row.object_id) for row in connection.execute(items)}
        tasks = [
            Shown(
                id=str(row.id),
                task_id=str(row.id),
                title=row.title,
                status=row.status,
                start_on=row.start_on.isoformat(),
                due_on=row.due_on.isoformat(),
            )
            for row in connection.execute(select(*names).where(mine))
        ]
        gates = connection.scalars(select(Gate.id).where(Gate.project_id == one.project_id)).all()
        keys = connection.scalars(select(BoardDelivery.key).where(kept)).all()
    writes = one.platform.watched.writes
    one.story.answered = set(one.platform.answered)
    end = Ended(
        tasks=tasks,
        # What was made there bears no mark of ours.
        cards=[
            replace(card, task_id=card.task_id or taken_in.get(card.id))
            for card in one.platform.cards()
        ],
        gates=frozenset(map(str, gates)),
        kept=frozenset(keys),
        writes=writes,
        too_late=writes[one.written :],
        moments=moments,
    )
    return judge_board(one.story, end)
