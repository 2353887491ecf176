"""What worker and beat do elsewhere, in threads of this process: ``tracker up`` needs no other."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Final

from celery.beat import Service
from celery.worker import state

from tracker.config import Settings
from workers.app import configure
from workers.beat import Bell
from workers.doorbell import hanging
from workers.processes import quieten
from workers.stopping import end_within, stop_soon
from workers.webhooks import DESK

_SECONDS: Final = 4.0  # of the ten that supervisors wait; requests in hand may take the others


@contextmanager
def running(settings: Settings) -> Iterator[None]:
    """Jobs run meanwhile. At the end those in hand are finished, within some seconds."""
    celery = configure(settings)
    quieten("celery")
    worker = celery.WorkController(
        hostname="embedded", without_gossip=True, without_mingle=True, without_heartbeat=True
    )
    beat = Service(celery, scheduler_cls=Bell)
    threads = [Thread(target=one.start, daemon=True) for one in (worker, beat)]
    for thread in threads:
        thread.start()
    try:
        with hanging(settings):
            yield
    finally:
        timer = end_within(_SECONDS)
        stop_soon()
        beat.stop()
        state.should_stop = os.EX_OK  # type: ignore[assignment]  # the worker looks at it, as after a signal
        for thread in threads:
            thread.join()
        DESK.close(_SECONDS)
        timer.cancel()
        stop_soon(really=False)
        state.should_stop = None
