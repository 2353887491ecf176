"""The word that this process is to end: jobs hear it between two pieces of work."""

import logging
import os
from mmap import mmap
from signal import SIGKILL
from threading import Timer
from typing import Final

from billiard import active_children

_flag: Final = mmap(-1, 1)  # shared with the processes that a worker forks
_log = logging.getLogger(__name__)


def stop_soon(*, really: bool = True) -> None:
    """Say that the piece in hand is to be the last one, or take that back."""
    _flag[0] = really


def is_stopping() -> bool:
    """Whether a job should leave the rest to others. What is owed stands in the database."""
    return bool(_flag[0])


def end_within(seconds: float) -> Timer:
    """Have the process end in time even where a job hangs. To be cancelled once all have ended."""
    timer = Timer(seconds, _leave)
    timer.daemon = True
    timer.start()
    return timer


def _leave() -> None:
    """As a crash would: what was in hand is claimed anew when its lease ends."""
    _log.warning("a job did not end in time and is left: what it had in hand will be taken up")
    for child in active_children():
        if child.pid:
            os.kill(child.pid, SIGKILL)
    os._exit(os.EX_OK)
