"""Celery's in-memory transport, woken by each message: its own would look once a second."""

from queue import Empty
from threading import Event
from typing import Any, Final

from kombu.transport import memory

_PATIENCE: Final = 0.5  # after which the worker may look whether it is to stop
_arrived: Final = Event()


class Channel(memory.Channel):
    """Says when something has come."""

    def _put(self, queue: str, message: Any, **options: Any) -> None:
        super()._put(queue, message, **options)
        _arrived.set()


class Transport(memory.Transport):
    """What comes is there at once, and nothing is done while nothing comes."""

    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None, **_: Any) -> None:
        """Deliver one message. Raises TimeoutError, as sockets do, where none has come."""
        assert self.cycle, "its parent makes one"
        _arrived.clear()
        try:
            self.cycle.get(self._deliver)
        except Empty:
            _arrived.wait(_PATIENCE)
            raise TimeoutError from None
