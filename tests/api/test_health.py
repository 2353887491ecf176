"""What is told to those who run the tracker: whether work is done, and how it keeps up."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update
from werkzeug.test import TestResponse

from tests.personas import Persona
from tracker.health import LOOKS
from tracker.kernel.breakers import Breaker, look_ages, note_look
from tracker.kernel.clock import utcnow
from tracker.kernel.db import Database, new_id, reading, unit_of_work, use_database
from tracker.kernel.hearing import finish_unheard
from tracker.kernel.muting import mute
from tracker.kernel.outbox import OutboxMessage
from tracker.people.models import Member
from tracker.reminders.models import Reminder
from workers.app import celery
from workers.schedule import BEAT

LABELS = {"state", "look", "kind", "le"}


def get(app: Flask, path: str) -> TestResponse:
    return app.test_client().get(path)


def readiness(app: Flask, *, age: float = 61) -> tuple[int, Mapping[str, Any]]:
    """What a process of this age says of itself."""
    app.config["STARTED_AT"] = monotonic() - age
    response = get(app, "/readyz")
    return response.status_code, response.get_json()


def looks(*seconds_ago: float) -> None:
    """Each look was made so long ago."""
    now = utcnow()
    with unit_of_work() as session:
        for name, ago in zip(LOOKS, seconds_ago, strict=True):
            note_look(session, name, now - timedelta(seconds=ago))


def gauges(app: Flask) -> dict[str, float]:
    """Every sample by its name and labels."""
    response = get(app, "/metrics")
    assert response.status_code == 200
    assert response.content_type.startswith("text/plain")
    samples = [
        sample
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    ]
    assert {label for sample in samples for label in sample.labels} <= LABELS
    return {" ".join([one.name, *one.labels.values()]): one.value for one in samples}


def test_a_young_process_waits_for_the_first_looks_an_old_one_tells(app: Flask) -> None:
    status, told = readiness(app, age=5)
    assert (status, told["status"], told["looks"]) == (200, "ok", "starting")
    status, told = readiness(app)
    assert (status, told["status"], told["looks"]) == (503, "not ready", "late")
    looks(*[2] * len(LOOKS))
    status, told = readiness(app)
    assert (status, told["status"], told["looks"]) == (200, "ok", "ok")


def test_one_late_look_among_others_is_told(app: Flask) -> None:
    looks(61, *[1] * (len(LOOKS) - 1))
    assert readiness(app)[0] == 503
    assert readiness(app, age=5)[0] == 200


def test_a_database_that_is_away_is_told_and_nothing_else_is_guessed(app: Flask) -> None:
    use_database(Database("postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1"))
    status, told = readiness(app)
    assert (status, told["database"], told["looks"]) == (503, "unreachable", "unknown")
    assert get(app, "/metrics").status_code == 503


def test_each_look_that_is_watched_for_is_rung_for_and_noted(app: Flask) -> None:
    celery.loader.import_default_modules()
    often = {entry["task"] for entry in BEAT.values() if entry["schedule"] < 60}
    patient = {"metrics.pull", "metrics.derive", "boards.sync"}
    assert set(LOOKS) == often - patient, "a long pull is no reason to send requests away"
    for name in LOOKS:
        celery.tasks[name].apply()
    with reading() as session:
        assert set(LOOKS) <= look_ages(session, utcnow()).keys()


def test_an_empty_house_has_every_gauge_at_nought(app: Flask) -> None:
    told = gauges(app)
    assert set(told.values()) == {0}
    assert {
        "tracker_outbox_owed",
        "tracker_outbox_parked",
        "tracker_reminders_owed",
        "tracker_reminders_oldest_seconds",
        "tracker_reminders_troubled failed",
        "tracker_reminders_troubled unknown",
        "tracker_reminders_lateness_seconds_bucket 2.0",
        "tracker_reminders_lateness_seconds_gcount",
    } <= told.keys()


def test_that_nothing_leaves_is_told_and_no_reason_to_send_requests_away(app: Flask) -> None:
    assert readiness(app)[1]["muted"] is None
    looks(*[2] * len(LOOKS))
    now = utcnow()
    with unit_of_work() as session:
        mute(session, now=now)
    status, told = readiness(app)
    assert (status, told["status"]) == (200, "ok")
    assert datetime.fromisoformat(told["muted"]["since"]) == now
    assert "`tracker db unmute` lifts it" in told["muted"]["sentence"]
    assert gauges(app)["tracker_muted"] == 1


def a_reminder(person: Persona, number: int, state: str, *, due: datetime, **more: Any) -> Reminder:
    with reading() as session:
        member = session.get_one(Member, (workspace_of(person), UUID(person.member_id)))
    return Reminder(
        workspace_id=member.workspace_id,
        id=new_id(),
        subject="member",
        subject_id=member.id,
        rule="digest",
        step=str(number),
        occurrence="2027-01-04",
        member_id=member.id,
        way="single",
        due_at=due,
        state=state,
        facts={},
        created_at=due,
        **more,
    )


def workspace_of(person: Persona) -> UUID:
    return UUID(person.get("/workspaces/me").get_json()["id"])


def test_the_gauges_tell_what_is_owed_and_how_late_it_was(app: Flask, bob: Persona) -> None:
    now = utcnow()
    ago, ahead = now - timedelta(seconds=90), now + timedelta(hours=2)
    rows = [
        a_reminder(bob, 1, "owed", due=ago, ready_at=now),
        a_reminder(bob, 2, "sending", due=ago, ready_at=now + timedelta(seconds=30)),
        a_reminder(bob, 3, "owed", due=ahead, ready_at=ahead),
        a_reminder(bob, 4, "failed", due=ago),
        a_reminder(bob, 5, "unknown", due=ago),
        a_reminder(bob, 6, "sent", due=ago, sent_at=ago + timedelta(seconds=4)),
        a_reminder(bob, 7, "sent", due=ago, sent_at=ago + timedelta(seconds=40)),
        a_reminder(bob, 8, "sent", due=ago, sent_at=now - timedelta(hours=1)),
    ]
    with unit_of_work() as session:
        session.add_all(rows)
        session.add(Breaker(name="mattermost chat.example.org", failures=5, open_until=ahead))
        session.add(Breaker(name="email", failures=2, open_until=None))
    told = gauges(app)
    names = ("owed", "ready", "troubled failed", "troubled unknown")
    assert [told[f"tracker_reminders_{name}"] for name in names] == [3, 1, 1, 1]
    assert 90 <= told["tracker_reminders_oldest_seconds"] < 150
    late = "tracker_reminders_lateness_seconds"
    counts = {"2.0": 0, "5.0": 1, "30.0": 1, "60.0": 2, "+Inf": 2}
    assert {border: told[f"{late}_bucket {border}"] for border in counts} == counts
    assert told[f"{late}_gsum"] == 44
    assert {name for name in told if "breakers" in name} == {"tracker_breakers_open mattermost"}
    assert readiness(app)[1]["backlog"]["reminders"] == 1


def test_the_gauges_tell_what_waits_to_be_heard(app: Flask, mona: Persona) -> None:
    mona.creates_a_project()
    now = utcnow()
    told = gauges(app)
    assert told["tracker_outbox_ready"] == told["tracker_outbox_owed"] > 0
    with unit_of_work() as session:
        finish_unheard(session, [], now=now + timedelta(seconds=5))
    assert gauges(app)["tracker_outbox_owed"] == 0
    with unit_of_work() as session:
        session.execute(update(OutboxMessage).values(relayed_at=None))
    told = gauges(app)
    assert told["tracker_outbox_parked"] > 0
    assert told["tracker_outbox_oldest_seconds"] == 0
