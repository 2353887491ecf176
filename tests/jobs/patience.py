"""Waiting for what other threads and processes do."""

from collections.abc import Callable
from threading import Event
from time import monotonic


def eventually(is_so: Callable[[], object], *, seconds: float = 30) -> None:
    """Return as soon as ``is_so()`` holds; fail when it does not in time."""
    deadline = monotonic() + seconds
    while not is_so():
        assert monotonic() < deadline, f"not so after {seconds} seconds"
        Event().wait(0.02)
