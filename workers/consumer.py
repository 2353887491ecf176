"""Celery's consumer, in a hurry to be back: it would take half a minute after a long outage."""

from functools import partial
from typing import Any, Final

from celery.worker import consumer

_LONGEST_PAUSE: Final = 5


class Consumer(consumer.Consumer):
    """Tries again every few seconds, for ever."""

    def ensure_connected(self, conn: Any) -> Any:
        """The connection, once it stands."""
        conn.ensure_connection = partial(conn.ensure_connection, interval_max=_LONGEST_PAUSE)
        return super().ensure_connected(conn)
