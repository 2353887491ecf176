"""A job: what Celery runs, with its limits, the context of its log lines, and a last resort."""

import logging
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec

from celery import Task, current_task, shared_task
from structlog.contextvars import bound_contextvars

from tracker.kernel.breakers import note_look
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.kernel.errors import Unavailable

_TO_TIDY_UP: Final = 3  # seconds between the soft limit, an exception, and the hard one, a kill
_log = logging.getLogger(__name__)
P = ParamSpec("P")


class JobFailed(Exception):
    """The job of this name did not end well. What happened has been told in the log."""


def job(
    name: str, *, limit: int, is_look: bool = False
) -> Callable[[Callable[P, None]], "Task[P, None]"]:
    """Have Celery know a function as ``name`` and end it after ``limit`` seconds.

    Its arguments are ids and numbers. ``is_look``: when it ends well, that proves that work is
    consumed, and is noted.
    """

    def made(work: Callable[P, None]) -> "Task[P, None]":
        @wraps(work)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            with bound_contextvars(job=name, job_id=current_task.request.id):
                if not attempt(work, *args, **kwargs):
                    raise JobFailed(name)
                if is_look:
                    attempt(_note_look, name)

        made_known: Callable[[Callable[P, None]], Task[P, None]] = shared_task(
            name=name,
            throws=(JobFailed,),
            soft_time_limit=limit,
            time_limit=limit + _TO_TIDY_UP,
        )
        return made_known(run)

    return made


def attempt(work: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> bool:
    """Whether ``work`` ended well. If not, it is told where."""
    try:
        return survives(work, *args, **kwargs)
    except Unavailable as error:  # the same again each second, until it is back
        _log.warning("put off: %s", error)
        return False


def survives(work: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> bool:
    """The same, but raises Unavailable: then nothing is known of the work itself.

    It is never told with what: an error's own words may hold an address or a text.
    """
    try:
        work(*args, **kwargs)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - the last resort of all jobs
        frames = "".join(traceback.format_tb(error.__traceback__))
        _log.error("failed: %s\n%s", type(error).__qualname__, frames)
        return False
    return True


def _note_look(name: str) -> None:
    with unit_of_work() as session:
        note_look(session, name, utcnow())
