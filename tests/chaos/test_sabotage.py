"""The harness itself is tried: without what the promises stand on it must find them broken."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.killing import Program
from tests.chaos.report import table
from tests.chaos.running import Run, run

pytestmark = pytest.mark.chaos

CALM = Program(seconds=4, kills=0)
KILLED = replace(CALM, kills=6, victims=("worker",))
STOPPED = replace(CALM, seconds=14, stops=4, stopped_seconds=4.5, victims=("worker",))
WITHOUT = {
    "lease": (KILLED, "lost"),
    "fencing": (STOPPED, "unexplained"),
    "unique key": (CALM, "repeated"),
    "outbox": (CALM, "unexplained"),
}
FULL = Run(
    seed=4,
    owed=1000,
    due_within=3,
    processes=("worker1", "worker2", "beat1"),
    lease=3,
    patience=15,
    program=CALM,
)


@pytest.mark.parametrize("what", WITHOUT)
def test_without_what_it_stands_on_it_falls(what: str, tmp_path: Path) -> None:
    program, fault = WITHOUT[what]
    outcome = run(replace(FULL, program=program, without=what), tmp_path)
    assert getattr(outcome.verdict, fault), table(outcome)


@pytest.mark.parametrize("program", [CALM, KILLED, STOPPED])
def test_with_all_of_it_it_stands(program: Program, tmp_path: Path) -> None:
    outcome = run(replace(FULL, program=program), tmp_path)
    assert outcome.verdict.is_clean, table(outcome)
