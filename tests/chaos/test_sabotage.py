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
HEARD = replace(FULL, due_within=20, hears=(), slowest=0.3, patience=40)
HEARD_KILLED = replace(HEARD, program=Program(seconds=24, kills=8, victims=("worker",)))
HEARD_STOPPED = replace(
    HEARD, program=Program(seconds=24, kills=0, stops=4, stopped_seconds=9, victims=("worker",))
)
WITHOUT = {
    "lease": (KILLED, "reminders", "lost"),
    "fencing": (STOPPED, "reminders", "unexplained"),
    "unique key": (FULL, "reminders", "repeated"),
    "outbox": (FULL, "reminders", "unexplained"),
    "lease on deliveries": (HEARD_KILLED, "webhooks", "unexplained"),
    "fencing of couriers": (HEARD_STOPPED, "webhooks", "unexplained"),
    "owing what is numbered": (HEARD_KILLED, "webhooks", "lost"),
}


@pytest.mark.parametrize("what", WITHOUT)
def test_without_what_it_stands_on_it_falls(what: str, tmp_path: Path) -> None:
    wanted, whose, fault = WITHOUT[what]
    outcome = run(replace(wanted, without=what), tmp_path)
    print(f"\nwithout {what}: {table(outcome, shown=1)}")
    assert getattr(outcome.verdicts[whose], fault), table(outcome)


@pytest.mark.parametrize("wanted", [FULL, KILLED, STOPPED], ids=["full", "killed", "stopped"])
def test_with_all_of_it_it_stands(wanted: Run, tmp_path: Path) -> None:
    outcome = run(wanted, tmp_path)
    assert outcome.is_clean, table(outcome)
