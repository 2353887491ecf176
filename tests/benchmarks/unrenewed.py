"""`tracker worker` whose children are never renewed: `python -m tests.benchmarks.unrenewed`."""

from typing import Any

from celery.signals import celeryd_init

from tracker.cli import main


@celeryd_init.connect
def _keep_children(conf: Any, **_: object) -> None:
    conf.worker_max_tasks_per_child = None


if __name__ == "__main__":
    main(["worker"])
