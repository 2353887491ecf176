"""The word that this process is to end: jobs hear it between two pieces of work."""

from mmap import mmap
from typing import Final

# Shared with the processes that a worker forks.
_flag: Final = mmap(-1, 1)


def stop_soon(*, really: bool = True) -> None:
    """Say that the piece in hand is to be the last one, or take that back."""
    _flag[0] = really


def is_stopping() -> bool:
    """Whether a job should leave the rest to others. What is owed stands in the database."""
    return bool(_flag[0])
