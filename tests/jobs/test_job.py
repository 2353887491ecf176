"""What every job has: limits below a lease, ids in its log lines, and a last resort."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from structlog.contextvars import get_contextvars

from tracker.boards import errand
from tracker.kernel.breakers import look_ages, note_look
from tracker.kernel.claims import LEASE
from tracker.kernel.db import Database, reading, unit_of_work, use_database
from tracker.metrics import deriving, pull_errand
from workers.app import celery
from workers.job import JobFailed, job
from workers.schedule import BEAT

NOON = datetime(2027, 1, 4, 12, tzinfo=UTC)
SECRET = "somebody@example.org"
SEEN: list[dict[str, object]] = []


@job("tests.jobs.note", limit=5)
def note(number: int) -> None:
    SEEN.append(get_contextvars() | {"number": number})


@job("tests.jobs.fail", limit=5)
def fail() -> None:
    raise ZeroDivisionError(SECRET)


@job("tests.jobs.look", limit=5, is_look=True)
def look() -> None:
    with reading():
        pass


def run(name: str, *args: object) -> str:
    """How the job ended, in Celery's word."""
    celery.loader.import_default_modules()
    return str(celery.tasks[name].apply(args, task_id="of-the-job").state)


def test_the_lines_of_a_job_tell_which_it_is() -> None:
    SEEN.clear()
    assert run("tests.jobs.note", 7) == "SUCCESS"
    assert SEEN == [{"job": "tests.jobs.note", "job_id": "of-the-job", "number": 7}]
    assert get_contextvars() == {}


def test_a_job_that_fails_says_where_and_never_with_what(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        assert run("tests.jobs.fail") == "FAILURE"
    (line,) = caplog.records
    assert (line.name, line.levelname) == ("workers.job", "ERROR")
    assert "ZeroDivisionError" in caplog.text
    assert "test_job.py" in caplog.text
    assert SECRET not in caplog.text


def test_a_job_called_as_a_function_fails_aloud() -> None:
    with pytest.raises(JobFailed, match=r"tests\.jobs\.fail"):
        fail()


def test_a_database_that_is_away_is_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    use_database(Database("postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1"))
    assert run("tests.jobs.look") == "FAILURE"
    assert [line.getMessage() for line in caplog.records if line.name == "workers.job"] == [
        "put off: The database does not answer at the moment. Try again in a few seconds."
    ]


def limits(*, shortest: float) -> dict[str, tuple[int, int]]:
    """Soft and hard limit of each job that is rung for less often than every ``shortest``."""
    celery.loader.import_default_modules()
    jobs = {entry["task"]: entry["schedule"] for entry in BEAT.values()}
    found = {name: celery.tasks[name] for name, every in jobs.items() if every >= shortest}
    return {name: (job.soft_time_limit or 0, job.time_limit or 0) for name, job in found.items()}


def test_every_job_of_the_schedule_exists_and_ends_in_time() -> None:
    assert len(limits(shortest=0)) == len(BEAT)
    assert [name for name, (soft, hard) in limits(shortest=0).items() if not 0 < soft < hard] == []
    seldom = limits(shortest=60)
    assert [name for name, (_, hard) in seldom.items() if hard > 63] == []
    often = limits(shortest=0).keys() - seldom.keys()
    leases = {
        "boards.sync": errand.LEASE,
        "metrics.pull": pull_errand.LEASE,
        "metrics.derive": deriving.LEASE,
    }
    assert [
        name
        for name in often
        if limits(shortest=0)[name][1] >= leases.get(name, LEASE).total_seconds()
    ] == []


def test_a_look_that_ended_well_is_noted_once_a_second(app: Flask) -> None:
    assert run("tests.jobs.look") == "SUCCESS"
    with unit_of_work() as session:
        assert look_ages(session, NOON).keys() == {"tests.jobs.look"}
        for seconds in (0, 0.4, 0.9, 1.3, 1.9):
            note_look(session, "mine", NOON + timedelta(seconds=seconds))
    with reading() as session:
        ages = look_ages(session, NOON + timedelta(seconds=10))
    assert ages["mine"] == timedelta(seconds=10 - 1.3)
