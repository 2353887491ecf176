"""Answers that go on: a few at a time, beside those that end, and over when the process is to stop.

Each keeps a thread, so the server is given as many threads more as there are places here.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from socket import MSG_DONTWAIT, MSG_PEEK, socket
from threading import Lock
from typing import Any, ClassVar, Final

from flask import Response, request

from tracker.kernel.errors import TooMany, Unavailable
from tracker.kernel.texts import Sentence

PLACES: Final = 4
EACH: Final = 2  # of them for one member, so that nobody has them all
_FULL: Final = Sentence(
    en="{most} {most:reader follows|readers follow} a stream of this server already. Come back in "
    "{retry_in} {retry_in:second|seconds}, or read GET /events page by page.",
    fr="{most} {most:lecteur suit|lecteurs suivent} déjà un flux de ce serveur. Revenir dans "
    "{retry_in} {retry_in:seconde|secondes}, ou lire GET /events page par page.",
)
_ENOUGH: Final = Sentence(
    en="You follow {most} streams of this server already, and leave the others to others. Close "
    "one of them, or read GET /events page by page.",
    fr="Vous suivez déjà {most} flux de ce serveur, les autres sont pour d'autres. En fermer un, "
    "ou lire GET /events page par page.",
)
_taken: Final[Counter[str]] = Counter()  # by reader
_lock: Final = Lock()
_is_over = False


class StreamsFull(Unavailable):
    """As many follow a stream as this process has places for."""

    type = "streams-full"
    retry_in: ClassVar[int] = 15


class StreamsTaken(TooMany):
    """Somebody follows as many streams as one may."""

    type = "streams-taken"


class _Place:
    """One of the few places, taken until it is left; to leave it twice is no error."""

    def __init__(self, reader: str) -> None:
        with _lock:
            if _taken[reader] >= EACH:
                raise StreamsTaken(_ENOUGH, most=EACH, retry_in=StreamsFull.retry_in)
            if _taken.total() >= PLACES:
                raise StreamsFull(_FULL, most=PLACES, retry_in=StreamsFull.retry_in)
            _taken[reader] += 1
        self._reader: str | None = reader

    def leave(self) -> None:
        """Have another follow."""
        with _lock:
            if self._reader is not None:
                _taken[self._reader] -= 1
                if not _taken[self._reader]:
                    del _taken[self._reader]
                self._reader = None


def streamed(chunks: Iterator[bytes], media: str, *, reader: str) -> Response:
    """An answer that is sent as it is made. Raises StreamsFull, StreamsTaken."""
    place = _Place(reader)
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
