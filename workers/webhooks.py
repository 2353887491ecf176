"""The job that has events delivered, and the courier of this process, who needs no job's time.

Endpoints may take a quarter of a minute to answer, and others must not wait for them, nor reminders
for a slot of the worker's: so a look only calls the courier, who is a thread of this process.
"""

import logging
from threading import Lock, Thread
from time import monotonic
from typing import Final

from tracker.kernel.breakers import note_look
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.webhooks.backlog import is_due
from tracker.webhooks.delivering import Courier
from workers.job import attempt, job
from workers.stopping import is_stopping

LOOK: Final = "webhooks.look"
_STUCK: Final = 60.0  # seconds without a turn
_log = logging.getLogger(__name__)


class _Desk:
    """Where the courier is called. At most one is out, and none while nothing is owed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._courier: Courier | None = None
        self._thread: Thread | None = None
        self._is_closed = False

    def call(self) -> None:
        """Have what is ready delivered."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return
            courier = Courier(now=utcnow(), is_over=self._is_over)
            self._courier = courier
            self._thread = Thread(
                target=lambda: attempt(_deliver, courier), name="courier", daemon=True
            )
            self._thread.start()

    def wake(self) -> None:
        """Tell the courier, if one is out, that there is more."""
        courier = self._courier
        if courier is not None:
            courier.wake()

    @property
    def is_stuck(self) -> bool:
        """Whether the courier is out and has done nothing for long."""
        thread, courier = self._thread, self._courier
        if thread is None or courier is None or not thread.is_alive():
            return False
        return monotonic() - courier.turned_at > _STUCK

    def close(self, seconds: float) -> None:
        """Have nothing more begun, and wait a little for what is under way."""
        self._is_closed = True
        self.wake()
        if self._thread is not None:
            self._thread.join(seconds)
        self._is_closed = False

    def _is_over(self) -> bool:
        return self._is_closed or is_stopping()


DESK: Final = _Desk()


def _deliver(courier: Courier) -> None:
    courier.run()


@job(LOOK, limit=20)
def look_for_deliveries() -> None:
    """Call the courier where something is ready. Any number may look: each process has its own."""
    now = utcnow()
    with reading() as session:
        is_anything = is_due(session, now)
    if is_anything and not is_stopping():
        DESK.call()
        DESK.wake()
    if DESK.is_stuck:
        _log.error("the courier does not move: nothing is delivered here")
        return
    with unit_of_work() as session:
        note_look(session, LOOK, now)
