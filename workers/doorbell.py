"""Has the relay come as soon as something was announced, without anybody waiting for a broker."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

from kombu.exceptions import OperationalError

from tracker.config import Settings
from tracker.kernel.outbox import hang_doorbell
from workers.app import configure
from workers.relay import relay
from workers.schedule import LOOKS_EXPIRE

_REST: Final = 1.0  # seconds; the first ring is heard at once, the others of a stream as one
_log = logging.getLogger(__name__)


class Doorbell(Thread):
    """Turns rings into messages. A ring that is lost costs a poll's delay, never an event."""

    def __init__(self) -> None:
        super().__init__(name="doorbell", daemon=True)
        self._rung, self._stopped = Event(), Event()

    def ring(self) -> None:
        """Ask for the relay; takes no time."""
        self._rung.set()

    def run(self) -> None:
        """Ask for the relay as often as it has been rung for, and no more often than it rests."""
        while self._rung.wait() and not self._stopped.is_set():
            self._rung.clear()
            try:
                relay.apply_async(expires=LOOKS_EXPIRE)
            except OperationalError as error:
                _log.warning("the broker is away: %s", error)
            self._stopped.wait(_REST)

    def stop(self) -> None:
        """No more rings."""
        self._stopped.set()
        self._rung.set()


def hang() -> Doorbell:
    """A doorbell at the door of this process."""
    doorbell = Doorbell()
    doorbell.start()
    hang_doorbell(doorbell.ring)
    return doorbell


@contextmanager
def hanging(settings: Settings) -> Iterator[None]:
    """A doorbell meanwhile, for a process that runs no jobs itself."""
    configure(settings)
    doorbell = hang()
    try:
        yield
    finally:
        hang_doorbell(None)
        doorbell.stop()
