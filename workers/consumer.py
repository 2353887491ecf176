"""Celery's consumer, sure to be back after its broker was away, and in a hurry."""

from functools import partial
from typing import Any, Final

from celery.worker import consumer

_LONGEST_PAUSE: Final = 5  # seconds; Celery's would be half a minute after a long outage


class Consumer(consumer.Consumer):
    """Tries again every few seconds, for ever."""

    connection_errors: tuple[type[Exception], ...]

    def ensure_connected(self, conn: Any) -> Any:
        """The connection, once it stands."""
        conn.ensure_connection = partial(conn.ensure_connection, interval_max=_LONGEST_PAUSE)
        return super().ensure_connected(conn)

    def update_strategies(self) -> None:
        """Have a message that cannot be acknowledged count as what it is: the broker is lost.

        Celery would log that and go on with the message in hand, as it would seem, for ever. With
        one for each of its processes, a worker hears of nothing any more, not even that it has
        lost its connection. What it is told here it takes for errors that are only to be logged.
        """
        lost, self.connection_errors = self.connection_errors, ()
        try:
            super().update_strategies()
        finally:
            self.connection_errors = lost
