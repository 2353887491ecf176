"""Answers that go on: a few at a time, beside those that end, and over when the process is to stop.

Each keeps a thread, so the server is given as many threads more as there are places here.
"""

from collections.abc import Callable, Iterator
from socket import MSG_DONTWAIT, MSG_PEEK, socket
from threading import BoundedSemaphore
from typing import Any, ClassVar, Final

from flask import Response, request

from tracker.kernel.errors import Unavailable
from tracker.kernel.texts import Sentence

PLACES: Final = 4
_FULL: Final = Sentence(
    en="{most} {most:reader follows|readers follow} a stream of this server already. Come back in "
    "{retry_in} {retry_in:second|seconds}, or read GET /events page by page.",
    fr="{most} {most:lecteur suit|lecteurs suivent} déjà un flux de ce serveur. Revenir dans "
    "{retry_in} {retry_in:seconde|secondes}, ou lire GET /events page par page.",
)
_free: Final = BoundedSemaphore(PLACES)
_is_over = False


class StreamsFull(Unavailable):
    """As many follow a stream as this process has places for."""

    type = "streams-full"
    retry_in: ClassVar[int] = 15


class _Place:
    """One of the few places, taken until it is left; to leave it twice is no error."""

    def __init__(self) -> None:
        if not _free.acquire(blocking=False):
            raise StreamsFull(_FULL, most=PLACES, retry_in=StreamsFull.retry_in)
        self._is_taken = True

    def leave(self) -> None:
        """Have another follow."""
        if self._is_taken:
            self._is_taken = False
            _free.release()


def streamed(chunks: Iterator[bytes], media: str) -> Response:
    """An answer that is sent as it is made. Raises StreamsFull."""
    place = _Place()
    response = Response(chunks, content_type=f"{media}; charset=utf-8")
    response.headers["X-Accel-Buffering"] = "no"  # proxies would keep it until it ends
    response.call_on_close(place.leave)
    return response


def is_client_gone() -> Callable[[], bool]:
    """What tells, from now on, whether the present request's client has left."""
    told: Any = request.environ.get("waitress.client_disconnected")
    if told is None:
        return lambda: False
    channel = told.__self__
    return lambda: told() or _has_hung_up(channel.socket)


def _has_hung_up(connection: socket) -> bool:
    """Whether the other end has closed. The server itself looks only between two answers.

    Told to look ahead, its loop would spin, and hold up each answer for as long as it takes again.
    """
    try:
        return not connection.recv(1, MSG_PEEK | MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True


def end_streams(*, really: bool = True) -> None:
    """Say that all that go on are to end by themselves, within a second; or take that back."""
    global _is_over  # noqa: PLW0603 - of the whole process, and set by what handles its signals
    _is_over = really


def are_ending() -> bool:
    """Whether this is no time to go on."""
    return _is_over
