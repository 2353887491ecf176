"""Whether the process lives, and whether it can work."""

from datetime import timedelta
from importlib import import_module
from time import monotonic
from typing import Any, Final

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tracker.kernel.breakers import look_ages
from tracker.kernel.clock import utcnow
from tracker.kernel.db import current_database, reading
from tracker.kernel.hearing import waiting as announcements_waiting
from tracker.kernel.muting import muting
from tracker.kernel.revisions import is_current
from tracker.reminders.backlog import waiting as reminders_waiting
from tracker.web.jsons import json_response
from tracker.web.language import reader_language
from tracker.webhooks.backlog import waiting as deliveries_waiting

LOOKS: Final = (
    "outbox.relay",
    "reminders.chase",
    "reminders.digest",
    "reminders.look",
    "webhooks.look",
)
"""The looks without which nothing is done; held against the beat table by a test."""
_OLDEST_LOOK: Final = timedelta(seconds=60)

blp = Blueprint("health", __name__)


@blp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return json_response({"status": "ok"})


@blp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Whether work is accepted and done (503 while not), and what else is away.

    A broker that is away is told and stops nothing by itself: work is accepted without it, and is
    waited for at least as long as a look may be old.
    """
    redis_url, clock_offset = (current_app.config[k] for k in ("REDIS_URL", "CLOCK_OFFSET"))
    database = _database()
    is_there = database != "unreachable"
    checks = {
        "database": database,
        "broker": _broker(redis_url),
        "looks": _looks() if is_there else "unknown",
        "backlog": _backlog() if is_there else {},
        "clock_offset": clock_offset,
        "muted": _muted() if database == "ok" else None,
    }
    is_ready = database == "ok" and checks["looks"] != "late"
    degraded = checks["broker"] == "unreachable"
    status = ("degraded" if degraded else "ok") if is_ready else "not ready"
    return json_response({"status": status, **checks}, 200 if is_ready else 503)


def _looks() -> str:
    """Late where nobody has looked for what is due: a process may be there, and do nothing."""
    with reading() as session:
        ages = look_ages(session, utcnow())
    if all(ages.get(name, timedelta.max) <= _OLDEST_LOOK for name in LOOKS):
        return "ok"
    is_young = monotonic() - current_app.config["STARTED_AT"] <= _OLDEST_LOOK.total_seconds()
    return "starting" if is_young else "late"


def _muted() -> dict[str, Any] | None:
    """That nothing leaves, since when where that is known, and what lifts it."""
    with reading() as session:
        found = muting(session)
    if found is None:
        return None
    return {"since": found.since, "sentence": found.said.say(reader_language())}


def _backlog() -> dict[str, int]:
    """How much is due and not done."""
    now = utcnow()
    with reading() as session:
        return {
            "announcements": announcements_waiting(session, now).ready,
            "reminders": reminders_waiting(session, now).ready,
            "deliveries": deliveries_waiting(session, now).ready,
        }


def _database() -> str:
    database = current_database()
    try:
        with database.reader() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "unreachable"
    return "ok" if is_current(database) else "behind its migrations"


def _broker(redis_url: str | None) -> str:
    if redis_url is None:
        return "embedded"
    redis = import_module("redis")  # three megabytes that one process alone does without
    try:
        with redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
    except redis.RedisError:
        return "unreachable"
    return "ok"
