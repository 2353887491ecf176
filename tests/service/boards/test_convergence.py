"""Whatever happens on both sides and between them, one reconcile makes them equal.

Both sides are edited at random, through outages, answers that get lost, deliveries that come twice,
in another order or never, and kills at every point of a round.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from tests.fakes.board import Memory
from tests.personas import Persona
from tests.service.boards.kept import Pair, a_pair, clock_back, opens
from tracker.boards.merging import POLICIES
from tracker.boards.syncing import sync_due
from tracker.connectors.trouble import PlatformError
from tracker.kernel.clock import set_offset, utcnow
from tracker.kernel.points import SYNCING, hang_hook

TASKS = 3
STATUSES = ("todo", "in_progress", "done", "blocked", "not_applicable")
PLACES = st.integers(0, TASKS - 1)
DAYS = st.integers(-3, 90)
EDITS = st.one_of(
    st.tuples(st.just("title"), st.sampled_from(["One", "Two", "Three", ""])),
    st.tuples(st.just("status"), st.sampled_from(STATUSES)),
    st.tuples(st.just("due_on"), DAYS),
    st.tuples(st.just("start_on"), DAYS),
    st.tuples(st.just("assignees"), st.booleans()),
    st.tuples(st.just("steps"), st.booleans()),
)
CALLS = ("make", "change", "comment", "archive", "card", "cards", "find", "missed")


class Killed(BaseException):
    """The process is gone."""


class Sides(RuleBasedStateMachine):
    """Two sides, and everything that comes between them."""

    manager: Persona
    pair: Pair
    number = 0

    @initialize(
        policy=st.sampled_from(POLICIES),
        created=st.sampled_from(["list", "task"]),
        opened=st.booleans(),
        stranger=st.booleans(),
    )
    def begin(self, policy: str, created: str, *, opened: bool, stranger: bool) -> None:
        Sides.number += 1
        set_offset(timedelta())
        self.port = Memory(kind=f"memory-{Sides.number}", lag=timedelta(seconds=5))
        if stranger:
            self.port.strangers = frozenset({self.manager.email})
        policies = dict.fromkeys(("title", "status", "due_on", "steps"), policy)
        self.pair = a_pair(
            self.manager, self.port, tasks=TASKS, policies=policies, created_there=created
        )
        if opened:
            opens(self.pair.project)
        self.heals()
        self.pair.sync()

    # Here.

    @rule(place=PLACES, edit=EDITS)
    def edits_here(self, place: int, edit: tuple[str, Any]) -> None:
        name, value = edit
        task = self.pair.tasks()[place % len(self.pair.tasks())]
        if name == "steps":
            for step in self.manager.get(f"/tasks/{task['id']}").get_json()["steps"]:
                self.manager.patch(f"/tasks/{task['id']}/steps/{step['key']}", {"done": value})
            return
        if name == "assignees":
            value = [self.manager.email] if value else []
        self.manager.patch(
            f"/tasks/{task['id']}", {name: self._value(name, value), **self._why(name, value)}
        )

    def _value(self, name: str, value: Any) -> Any:
        if name in ("due_on", "start_on"):
            return (utcnow().date() + timedelta(days=value)).isoformat()
        return value

    def _why(self, name: str, value: Any) -> dict[str, str]:
        is_told = name == "status" and value in ("blocked", "not_applicable")
        return {"reason": "So it is."} if is_told else {}

    @rule()
    def adds_here(self) -> None:
        wish = {"title": "Ours alone", "phase": "prepare"}
        self.manager.post(f"/projects/{self.pair.project['id']}/tasks", wish)

    @rule()
    def deletes_here(self) -> None:
        for task in self.pair.tasks():
            if ".custom." in task["key"]:
                self.manager.delete(f"/tasks/{task['id']}")
                return

    @rule()
    def opens_the_gates(self) -> None:
        opens(self.pair.project)

    # There.

    def _some(self, place: int) -> Any:
        cards = list(self.port.boards.get(self.pair.name, {}).values())
        return cards[place % len(cards)] if cards else None

    @rule(place=st.integers(0, 7), edit=EDITS)
    def edits_there(self, place: int, edit: tuple[str, Any]) -> None:
        card = self._some(place)
        if card is None:
            return
        name, value = edit
        if name == "steps":
            self.port.edit(card, steps=dict.fromkeys(card.steps, value))
            return
        if name == "assignees":
            value = [self.manager.email] if value else []
        self.port.edit(card, **{name: self._value(name, value)})

    @rule(place=st.integers(0, 7), act=st.sampled_from(["archive", "back", "delete", "step"]))
    def handles_there(self, place: int, act: str) -> None:
        card = self._some(place)
        if card is None:
            return
        if act == "delete":
            self.port.delete_card(card)
        elif act == "step":
            card.made_there.append((f"Step {len(card.steps)}", True))
            self.port.edit(card)
        else:
            self.port.archive_card(card, is_archived=act == "archive")

    @rule(marked=st.booleans())
    def makes_there(self, *, marked: bool) -> None:
        card = self._some(0)
        marker = card.marker if card is not None and marked else None  # a copy keeps it
        if marker is None:
            self.port.write(self.pair.name, "Theirs alone", phase="prepare")

    # Between.

    @rule()
    def goes_down(self) -> None:
        def fails(_call: str) -> None:
            raise PlatformError("transient", "HTTP 503")

        self.port.fails = fails

    @rule(call=st.sampled_from(CALLS))
    def loses_answers(self, call: str) -> None:
        def forgets(done: str) -> None:
            if done == call:
                raise PlatformError("transient", "no answer")

        self.port.forgets = forgets

    @rule()
    def heals(self) -> None:
        self.port.fails = self.port.forgets = lambda _call: None

    @rule(shuffle=st.randoms(use_true_random=False), lost=st.booleans())
    def delivers(self, shuffle: Any, *, lost: bool) -> None:
        told = [*self.port.deliveries, *self.port.deliveries]
        shuffle.shuffle(told)
        self.port.deliveries.clear()
        self.pair.deliver(*told[: len(told) // 2 if lost else None])

    @rule(minutes=st.sampled_from([0.1, 2, 70]))
    def waits(self, minutes: float) -> None:
        self.pair.later(minutes=minutes)

    @rule()
    def keeps_in_step(self) -> None:
        self.pair.number()
        sync_due(now=utcnow())

    @rule(point=st.sampled_from(SYNCING))
    def dies(self, point: str) -> None:
        def kill(reached: str) -> None:
            if reached == point:
                raise Killed

        hang_hook(kill)
        self.pair.number()
        with suppress(Killed):
            sync_due(now=utcnow())
        hang_hook(None)

    @rule(word=st.sampled_from(["restore", "detach", "give-up", "accept"]))
    def answers(self, word: str) -> None:
        for item in self.pair.items():
            if word.replace("-", "_") in item["answers"]:
                self.manager.post(f"/board-items/{item['id']}/{word}", {})
                return

    @rule(choice=st.sampled_from(["ours", "theirs"]))
    def settles(self, choice: str) -> None:
        for conflict in self.pair.conflicts()[:1]:
            self.manager.post(f"/conflicts/{conflict['id']}/settle", {"choose": choice})

    def teardown(self) -> None:
        if not hasattr(self, "pair"):
            return
        hang_hook(None)
        self.heals()
        self.port.deliveries.clear()  # lost
        self.pair.later(hours=2)
        self.pair.reconcile()
        try:
            assert self._differing() == {}, str(self.pair.board)
            writes = self.port.writes
            self.pair.reconcile()
            assert self.port.writes == writes, "what is equal is left alone"
        finally:
            self.manager.delete(f"/boards/{self.pair.board_id}")
            self.pair.sync()

    def _differing(self) -> dict[str, Any]:
        found = self.pair.differing()
        if self.port.strangers:  # what cannot stand there is no difference
            for fields in found.values():
                fields.pop("assignees", None)
        return {key: fields for key, fields in found.items() if fields}


SHORT = settings(
    max_examples=8,
    stateful_step_count=18,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
LONG = settings(SHORT, max_examples=250, stateful_step_count=50, derandomize=False)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One for all examples; what is tried here is no matter of databases."""
    return sqlite_url


@pytest.fixture(autouse=True)
def _clock(mona: Persona) -> Iterator[None]:
    Sides.manager = mona
    with clock_back():
        yield


def test_both_sides_converge() -> None:
    run_state_machine_as_test(Sides, settings=SHORT)


@pytest.mark.long
def test_both_sides_converge_whatever_happens() -> None:
    run_state_machine_as_test(Sides, settings=LONG)
