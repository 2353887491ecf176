"""Whether the process lives, and whether it can work."""

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tracker.kernel.db import current_database
from tracker.kernel.migrations import is_current
from tracker.web.jsons import json_response

blp = Blueprint("health", __name__)


@blp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return json_response({"status": "ok"})


@blp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Whether requests can be answered (503 while not), and what else is away.

    The API accepts work without a broker, so an absent one is told and stops nothing.
    """
    redis_url, clock_offset = (current_app.config[k] for k in ("REDIS_URL", "CLOCK_OFFSET"))
    checks = {
        "database": _database(),
        "broker": _broker(redis_url),
        "clock_offset": clock_offset,
    }
    is_ready = checks["database"] == "ok"
    degraded = checks["broker"] == "unreachable"
    status = ("degraded" if degraded else "ok") if is_ready else "not ready"
    return json_response({"status": status, **checks}, 200 if is_ready else 503)


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
    try:
        with Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2) as redis:
            redis.ping()
    except RedisError:
        return "unreachable"
    return "ok"
