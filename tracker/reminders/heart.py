"""The beat that keeps the claims of a look while it is at work."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import Final

from tracker.kernel.claims import LEASE, Claim
from tracker.kernel.clock import Watch
from tracker.kernel.db import unit_of_work
from tracker.kernel.errors import Unavailable
from tracker.reminders.claiming import CLAIMS

_EVERY: Final = LEASE / 3
_log = logging.getLogger(__name__)


class Heart(Thread):
    """Has the leases of what is in hand begin anew, so that a slow channel loses no claim."""

    def __init__(self, held: Sequence[Claim], watch: Watch, *, every: timedelta) -> None:
        super().__init__(name="heart", daemon=True)
        self._held, self._watch, self._every = held, watch, every
        self._stopped = Event()

    def run(self) -> None:
        """Beat until told to stop. What has ended meanwhile, or is somebody else's, is not kept."""
        while not self._stopped.wait(self._every.total_seconds()):
            try:
                with unit_of_work() as session:
                    kept = CLAIMS.extend(session, self._held, now=self._watch.now())
                _log.info("sending takes long: %d claims kept", len(kept))
            except Unavailable as error:
                _log.warning("claims could not be kept: %s", error)

    def stop(self) -> None:
        """Stop between two beats."""
        self._stopped.set()
        self.join()


@contextmanager
def beating(held: Sequence[Claim], watch: Watch, *, every: timedelta = _EVERY) -> Iterator[None]:
    """Keep claims meanwhile."""
    heart = Heart(held, watch, every=every)
    heart.start()
    try:
        yield
    finally:
        heart.stop()
