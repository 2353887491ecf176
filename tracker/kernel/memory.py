"""How a process with many threads asks the system for memory."""

import ctypes
from contextlib import suppress
from typing import Final

_ARENA_MAX: Final = -8  # M_ARENA_MAX of <malloc.h>


def share_memory() -> None:
    """Have all threads take from one heap; called before they begin.

    glibc gives each thread one of its own, and keeps what is freed there. Ours take turns anyway,
    so that costs megabytes for nothing. Other libraries know nothing of it.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
