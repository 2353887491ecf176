"""``tracker worker`` and ``tracker beat``: Celery's own programs, and how they begin and end."""

import gc
import logging
from datetime import timedelta
from typing import Final

from celery.signals import worker_process_init, worker_process_shutdown, worker_shutting_down

from tracker.config import Settings
from tracker.kernel.clock import set_offset
from tracker.kernel.db import current_database
from tracker.kernel.logs import set_up_logs
from tracker.wiring import wire
from workers.app import configure
from workers.doorbell import hang
from workers.stopping import end_within, stop_soon
from workers.webhooks import DESK

_SECONDS: Final = 8.0  # less than the ten that supervisors wait before they kill
_SENDS_SECONDS: Final = 16.0  # what is under way to slow endpoints, when there is no hurry
_ARGUMENTS: Final = {
    "worker": ["worker", "--without-gossip", "--without-mingle", "--without-heartbeat"],
    "beat": ["beat"],
}


def run(command: str, settings: Settings) -> None:
    """Be a worker, or the beat, until told to stop."""
    set_up_logs(settings.log_format)
    quieten("celery.app.trace", "celery.worker.strategy")
    set_offset(timedelta(seconds=settings.clock_offset))
    wire(settings)
    worker_process_init.connect(_begin_to_work)
    worker_process_shutdown.connect(_end_process)
    worker_shutting_down.connect(_end_in_time)
    celery = configure(settings)
    celery.loader.import_default_modules()
    gc.collect()
    gc.freeze()  # what stands here is shared with the processes that a worker forks
    celery.start(argv=[*_ARGUMENTS[command], "--loglevel=INFO"])


def quieten(*names: str) -> None:
    """What goes well each second would bury what does not."""
    for name in names:
        logging.getLogger(name).setLevel(logging.WARNING)


def _begin_to_work(**_: object) -> None:
    """In a process that the worker has forked: connections and threads of its own."""
    current_database().engine.dispose(close=False)
    hang()


def _end_process(**_: object) -> None:
    """In a process that the worker has forked, and that makes room for a fresh one."""
    DESK.close(_SENDS_SECONDS)


def _end_in_time(**_: object) -> None:
    stop_soon()
    end_within(_SECONDS)
