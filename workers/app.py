"""Celery from the settings: one application for every process that knows it."""

from typing import Any, Final

from celery import Celery

from tracker.config import Settings
from workers.schedule import BEAT

# A message that takes longer than this to be acknowledged is handed out again.
_VISIBILITY: Final = 3600
_THROUGH_MEMORY: Final[dict[str, Any]] = {
    "broker_url": "memory://localhost/",
    "broker_transport": "workers.memory:Transport",
    "broker_transport_options": {},
    "worker_pool": "threads",
    "worker_concurrency": 4,
    "worker_prefetch_multiplier": 0,  # with any other, kombu crawls through its memory
}
_THROUGH_REDIS: Final[dict[str, Any]] = {
    "broker_transport": None,
    # A Redis that hangs costs whoever asks it these seconds, and nobody a thread for ever.
    "broker_transport_options": {
        "visibility_timeout": _VISIBILITY,
        "socket_timeout": 5,
        "socket_connect_timeout": 3,
        "socket_keepalive": True,
        "max_retries": 0,
    },
    "worker_pool": "prefork",
    "worker_concurrency": 2,
    "worker_prefetch_multiplier": 1,
}

celery = Celery(
    "tracker",
    include=[
        "workers.boards",
        "workers.gates",
        "workers.history",
        "workers.metrics",
        "workers.relay",
        "workers.reminders",
        "workers.rituals",
        "workers.upkeep",
        "workers.webhooks",
    ],
)
celery.set_default()  # in every thread: the one that made it would be alone in knowing it


def configure(settings: Settings) -> Celery:
    """Point the one Celery application of this process at its broker."""
    celery.conf.update(
        task_default_queue="tracker",
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        accept_content=["json"],
        task_serializer="json",
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        task_publish_retry=False,  # what is owed stands in the database, and is rung for again
        worker_consumer="workers.consumer:Consumer",
        worker_max_tasks_per_child=5000,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
        timezone="UTC",
        enable_utc=True,
        beat_schedule=BEAT,
        beat_scheduler="workers.beat:Bell",
    )
    if settings.redis_url is None:
        celery.conf.update(_THROUGH_MEMORY)
    else:
        celery.conf.update(_THROUGH_REDIS, broker_url=settings.redis_url)
    return celery
