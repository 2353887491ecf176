"""Celery from the settings, and the two processes that run on it."""

from datetime import timedelta
from typing import Final

from celery import Celery

from tracker.config import Settings
from tracker.kernel.clock import set_offset
from tracker.kernel.logs import set_up_logs
from tracker.wiring import wire
from workers.schedule import BEAT

# A message that takes longer than this to be acknowledged is handed out again.
_VISIBILITY: Final = 3600

celery = Celery(
    "tracker", include=["workers.gates", "workers.history", "workers.rituals", "workers.upkeep"]
)


def configure(settings: Settings) -> Celery:
    """Point the one Celery application of this process at its broker and database."""
    celery.conf.update(
        broker_url=settings.redis_url or "memory://",
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": _VISIBILITY,
            "socket_timeout": 5,
            "socket_connect_timeout": 3,
            "socket_keepalive": True,
        },
        accept_content=["json"],
        task_serializer="json",
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
        timezone="UTC",
        enable_utc=True,
        beat_schedule=BEAT,
        # The database is the timer: what beat remembers is worth nothing after a restart.
        beat_scheduler="celery.beat:Scheduler",
    )
    return celery


def run(command: str, settings: Settings) -> None:
    """Be a worker, or the beat, until told to stop."""
    set_up_logs(settings.log_format)
    set_offset(timedelta(seconds=settings.clock_offset))
    wire(settings)
    arguments = {
        "worker": ["worker", "--without-gossip", "--without-mingle", "--loglevel=INFO"],
        "beat": ["beat", "--loglevel=INFO"],
    }[command]
    configure(settings).start(argv=arguments)
