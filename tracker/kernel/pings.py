"""A connection that has rested is asked whether it still lives before work is put on it.

SQLAlchemy's own ping asks each time, a round trip before every transaction. One that was in use a
moment ago is trusted here: if the server went away meanwhile, that one caller is told to try again.
"""

from time import monotonic
from typing import Any, Final

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

RESTED_SECONDS: Final = 1.0
_SINCE: Final = "resting_since"


def ping_rested(engine: Engine) -> None:
    """Ping connections of ``engine`` that have rested; a dead one takes the others with it."""

    @event.listens_for(engine, "checkin")
    def _rests(_connection: Any, record: Any) -> None:
        record.info[_SINCE] = monotonic()

    @event.listens_for(engine, "checkout")
    def _wakes(connection: Any, record: Any, _fairy: object) -> None:
        rested = monotonic() - record.info.get(_SINCE, monotonic())
        if rested > RESTED_SECONDS and not _lives(engine, connection):
            raise InvalidatePoolError  # the pool then connects anew


def _lives(engine: Engine, connection: Any) -> bool:
    try:
        return engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        return False
