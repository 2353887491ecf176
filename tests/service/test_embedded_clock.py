"""The clock of ``tracker up``: what worker and beat do elsewhere, in one process."""

import logging
from threading import Event

import pytest
from celery import shared_task

from tests.personas import Persona
from tracker.kernel.db import reading
from tracker.kernel.seals import waiting_projects
from workers.app import celery
from workers.embedded import Clock
from workers.schedule import BEAT

RUNS: list[str] = []
RANG = Event()


@shared_task(name="tests.note")
def note() -> None:
    RUNS.append("note")
    RANG.set()


@shared_task(name="tests.fail")
def fail() -> None:
    raise ZeroDivisionError


def test_every_job_of_the_table_exists_and_runs(mona: Persona) -> None:
    mona.creates_a_project()
    with reading() as session:
        assert waiting_projects(session, limit=9)
    Clock().tick(1.0)
    with reading() as session:
        assert waiting_projects(session, limit=9) == []
    assert {entry["task"] for entry in BEAT.values()} <= set(celery.tasks)


def test_a_job_runs_at_once_and_then_when_its_time_has_come() -> None:
    RUNS.clear()
    clock = Clock({"note": {"task": "tests.note", "schedule": 60.0}})
    for now, runs in ((5.0, 1), (64.9, 1), (65.0, 2), (66.0, 2), (3000.0, 3)):
        clock.tick(now)
        assert len(RUNS) == runs, now


def test_a_job_that_fails_is_told_and_keeps_no_other_from_running(
    caplog: pytest.LogCaptureFixture,
) -> None:
    RUNS.clear()
    table = {name: {"task": f"tests.{name}", "schedule": 60.0} for name in ("fail", "note")}
    with caplog.at_level(logging.ERROR, "workers.embedded"):
        Clock(table).tick(1.0)
    assert RUNS == ["note"]
    assert "the job tests.fail failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_the_thread_rings_and_ends_when_told_to() -> None:
    RANG.clear()
    clock = Clock({"note": {"task": "tests.note", "schedule": 60.0}})
    clock.start()
    assert RANG.wait(timeout=20)
    clock.stop()
    assert not clock.is_alive()
