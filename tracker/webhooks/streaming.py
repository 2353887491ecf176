"""The log as it grows: server-sent events, from where the reader was on.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Final

from tracker.kernel.db import reading
from tracker.kernel.errors import Unauthenticated, Unavailable
from tracker.kernel.event_log import Numbered, wait_for_more
from tracker.people.rules import Actor
from tracker.web.jsons import to_json
from tracker.web.paging import cursor_at
from tracker.web.streams import are_ending
from tracker.webhooks.log_queries import Wanted, events, head
from tracker.webhooks.speaking import speak

MEDIA: Final = "text/event-stream"
_LOOK: Final = 0.25  # seconds; what this process has numbered itself is heard at once
_HEARTBEAT: Final = 15.0
_KNOWN: Final = 2.0  # for so long a reader is believed to be who they were
_LIFETIME: Final = 3600.0  # then the reader comes back; one that has stopped reading does not
_AT_ONCE: Final = 200
_WELCOME: Final = b": what happens is told here\nretry: 2000\n\n"


@dataclass(slots=True, kw_only=True)
class Reader:
    """Somebody who follows, and how far they are. ``renewed`` asks again who they are."""

    actor: Actor
    renewed: Callable[[], Actor]
    wanted: Callable[[Actor], Wanted]
    is_gone: Callable[[], bool]
    place: int
    opening: bytes = b""


def follow(reader: Reader) -> Iterator[bytes]:
    """Frames, until the reader leaves or is not known any more, or the process is to end."""
    yield _WELCOME + reader.opening
    try:
        yield from _frames(reader)
    except (Unauthenticated, Unavailable):
        return  # they come back, and are told then what is wrong


def _frames(reader: Reader) -> Iterator[bytes]:
    began = said = known = monotonic()
    while not reader.is_gone():
        found = _found(reader)
        now = monotonic()
        if found or now - said >= _HEARTBEAT:
            yield b"".join(map(_frame, found)) or _still_here(reader)
            said = now
        if are_ending() or now - began >= _LIFETIME:
            return
        if now - known >= _KNOWN:
            reader.actor, known = reader.renewed(), now
        if len(found) < _AT_ONCE:
            wait_for_more(_LOOK)


def _found(reader: Reader) -> Sequence[Numbered]:
    """What is new. What is for others is passed by."""
    workspace_id = reader.actor.workspace_id
    with reading() as session:
        last = head(session, workspace_id)
        if last <= reader.place:
            return []
        wanted = reader.wanted(reader.actor)
        found = events(session, workspace_id, wanted, place=reader.place, limit=_AT_ONCE)
    is_all = len(found) < _AT_ONCE
    reader.place = max(last if is_all else 0, found[-1].position if found else 0)
    return found


def _frame(event: Numbered) -> bytes:
    return frame(event.topic, to_json(speak(event)), event.position)


def frame(name: str, data: bytes, place: int) -> bytes:
    """One event of the stream; ``data`` is JSON, and so of one line."""
    place_of_it = cursor_at([place]).encode()
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (place_of_it, name.encode(), data)


def _still_here(reader: Reader) -> bytes:
    """A comment; it moves the reader on past what is for others."""
    return b": still here\nid: %b\n\n" % cursor_at([reader.place]).encode()
