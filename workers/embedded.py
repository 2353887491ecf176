"""The clock of ``tracker up``: the beat table in a thread, without a broker or another process."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic
from typing import Any, Final

from workers.app import celery
from workers.schedule import BEAT

_LOOK_EVERY: Final = 1.0
_log = logging.getLogger(__name__)


class Clock(Thread):
    """Runs each job of ``table`` when its time has come, the first time at once."""

    def __init__(self, table: Mapping[str, Mapping[str, Any]] = BEAT) -> None:
        super().__init__(name="clock", daemon=True)
        celery.loader.import_default_modules()
        self._table = table
        self._due_at = dict.fromkeys(table, 0.0)
        self._stopped = Event()

    def run(self) -> None:
        """Look every second until told to stop."""
        while not self._stopped.wait(_LOOK_EVERY):
            self.tick(monotonic())

    def tick(self, now: float) -> None:
        """Run what is due; a job that fails is told in the log, and tried again when due."""
        for name, entry in self._table.items():
            if now >= self._due_at[name] and not self._stopped.is_set():
                self._due_at[name] = now + entry["schedule"]
                outcome = celery.tasks[entry["task"]].apply()
                if outcome.failed():
                    _log.error("the job %s failed: %s", entry["task"], outcome.traceback)

    def stop(self) -> None:
        """Finish the job in hand, then end."""
        self._stopped.set()
        self.join()


@contextmanager
def ticking() -> Iterator[None]:
    """A clock that runs meanwhile."""
    # What went well each minute would bury what did not.
    logging.getLogger("celery.app.trace").setLevel(logging.WARNING)
    clock = Clock()
    clock.start()
    try:
        yield
    finally:
        clock.stop()
