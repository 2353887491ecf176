"""The harness itself is tried: without what the promises stand on it must find them broken."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.killing import Program
from tests.chaos.report import table
from tests.chaos.running import Run, run

pytestmark = pytest.mark.chaos

FULL = Run(
    seed=4,
    owed=600,
    due_within=2,
    processes=("worker1", "worker2", "beat1"),
    lease=3,
    patience=20,
    program=Program(seconds=3, kills=0),
)
# So much at once that whoever is killed or stopped has something in hand.
BUSY = replace(FULL, owed=4000, due_within=0.5)
KILLED = replace(BUSY, program=Program(seconds=8, kills=6, victims=("worker",)))
STOPPED = replace(
    BUSY, program=Program(seconds=12, kills=0, stops=4, stopped_seconds=4.5, victims=("worker",))
)
# An endpoint is told of everything, and takes its time: couriers always have something in hand.
HEARD = replace(FULL, due_within=16, hears=(), slowest=0.3, patience=40)
HEARD_KILLED = replace(HEARD, program=Program(seconds=18, kills=6, victims=("worker",)))
HEARD_STOPPED = replace(
    HEARD, program=Program(seconds=20, kills=0, stops=4, stopped_seconds=8, victims=("worker",))
)
# Two boards are filled meanwhile, and changed on both sides.
KEPT = replace(FULL, owed=40, edits=20, processes=("web", *FULL.processes), patience=60)
KEPT_KILLED = replace(KEPT, program=Program(seconds=15, kills=0, aimed_kills=4))
KEPT_STOPPED = replace(
    KEPT,
    program=Program(seconds=15, kills=0, aimed_stops=4, stopped_seconds=6, victims=("worker",)),
)
SOON = 10  # seconds for which it is waited for what is in dead hands for ever
BOARDS = ("trello", "notion")
WITHOUT = {
    "lease": (KILLED, ("reminders",), "lost"),
    "fencing": (STOPPED, ("reminders",), "unexplained"),
    "unique key": (FULL, ("reminders",), "repeated"),
    "outbox": (FULL, ("reminders",), "unexplained"),
    "lease on deliveries": (replace(HEARD_KILLED, patience=SOON), ("webhooks",), "unexplained"),
    "fencing of couriers": (HEARD_STOPPED, ("webhooks",), "unexplained"),
    "owing what is numbered": (HEARD_KILLED, ("webhooks",), "lost"),
    "lease on boards": (replace(KEPT_KILLED, patience=SOON), BOARDS, "unexplained"),
    "fencing of rounds": (KEPT_STOPPED, BOARDS, "unexplained"),
    "a word before a card": (KEPT_KILLED, BOARDS, "repeated"),
}


@pytest.mark.parametrize("what", WITHOUT)
def test_without_what_it_stands_on_it_falls(what: str, tmp_path: Path) -> None:
    wanted, whose, fault = WITHOUT[what]
    outcome = run(replace(wanted, without=what), tmp_path)
    print(f"\nwithout {what}: {table(outcome, shown=1)}")
    assert any(getattr(outcome.verdicts[one], fault) for one in whose), table(outcome)


STANDS = {"full": FULL, "killed": KILLED, "stopped": STOPPED}
STANDS["kept"] = replace(
    KEPT, program=replace(KEPT_STOPPED.program, aimed_kills=2, aimed_stops=2, kills=0)
)


@pytest.mark.parametrize("wanted", STANDS.values(), ids=STANDS)
def test_with_all_of_it_it_stands(wanted: Run, tmp_path: Path) -> None:
    outcome = run(wanted, tmp_path)
    assert outcome.is_clean, table(outcome)
