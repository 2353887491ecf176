"""Routes of the log of events: page by page, and as it grows."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from flask import request
from flask.typing import ResponseReturnValue

from tracker.kernel.db import reading
from tracker.kernel.errors import Gone, Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.people.caller import actor, needs
from tracker.people.rules import Actor, Permission
from tracker.people.service import load_actor
from tracker.web.api import Blueprint
from tracker.web.auth import bearer
from tracker.web.contract import resumes
from tracker.web.jsons import json_response, to_json
from tracker.web.language import reader_language
from tracker.web.paging import cursor_at, page, read_cursor
from tracker.web.streams import is_client_gone, streamed
from tracker.webhooks.describing import public_types
from tracker.webhooks.event_names import asked_for
from tracker.webhooks.event_rights import split
from tracker.webhooks.log_queries import Wanted, events, head, place_of
from tracker.webhooks.log_schemas import NEWEST_FIRST, EventList, EventsIn, StreamIn
from tracker.webhooks.speaking import speak
from tracker.webhooks.streaming import MEDIA, Reader, follow, frame

blp = Blueprint("events", __name__, url_prefix="/api/v1", description="The log of events")
_FORGOTTEN: Final = Sentence(
    en="What follows this place is not kept any more: events are kept for 30 days. Read anew what "
    "you need, then go on from “after”.",
    fr="La suite n'est plus conservée : les événements le sont 30 jours. Relire ce qu'il faut, "
    "puis reprendre à « after ».",
)
_NO_PLACE: Final = Sentence(
    en="No place in the log. Take the last “id” of the stream, or “after” of GET /events.",
    fr="Pas un endroit du journal. Prendre le dernier « id » du flux, ou « after » de GET /events.",
)


class Forgotten(Gone):
    """Events were forgotten that somebody has not read. ``after``: where it goes on."""

    type = "events-forgotten"
    extensions = ("after",)

    def __init__(self, place: int) -> None:
        self.after = cursor_at([place])
        super().__init__(_FORGOTTEN)


@blp.route("/events")
@needs(Permission.LOOK)
@blp.arguments(EventsIn, location="query")
@blp.answers(200, EventList)
def list_events(query: dict[str, Any]) -> ResponseReturnValue:
    """What has happened, in the order in which it was numbered. Kept for 30 days."""
    newest_first = query["sort"] == NEWEST_FIRST
    order = NEWEST_FIRST if newest_first else None
    (place,) = read_cursor(query["cursor"], int, order=order) or [None]
    workspace_id, limit = actor().workspace_id, query["limit"]
    wanted = _wanted(query, actor())
    with reading() as session:
        last, forgotten_to = place_of(session, workspace_id, place or 0)
        if place is not None and forgotten_to is not None and not newest_first:
            raise Forgotten(forgotten_to)
        found = events(
            session, workspace_id, wanted, place=place, newest_first=newest_first, limit=limit + 1
        )
    rows, cursor = page(found, limit, lambda row: [row.position], order=order)
    if rows and not newest_first:
        last = rows[-1].position if cursor else max(last, rows[-1].position)
    items = [speak(row) for row in rows]
    return json_response({"items": items, "next": cursor, "after": cursor_at([last])})


@blp.route("/events/stream")
@needs(Permission.LOOK)
@resumes
@blp.arguments(StreamIn, location="query")
@blp.answers(200, description="Server-sent events, until you leave.", media=MEDIA)
def stream_events(query: dict[str, Any]) -> ResponseReturnValue:
    """What happens, as it happens: `id:` is the place in the log, `event:` the type.

    Goes on after `Last-Event-ID`, or else `after`; an event `gone` tells that something between is
    not kept any more.
    """
    place = request.headers.get("Last-Event-ID") or query["after"]
    try:
        cursor = read_cursor(place, int)
    except Invalid:
        raise Invalid({"after": [Said(_NO_PLACE, {})]}) from None
    wanted = partial(_wanted, query)
    wanted(actor())  # names that mean nothing are told before anything else
    reader = Reader(
        actor=actor(),
        renewed=partial(load_actor, bearer()),
        wanted=wanted,
        is_gone=is_client_gone(),
        place=0,
    )
    _put(reader, cursor[0] if cursor else None)
    return streamed(follow(reader), MEDIA, reader=str(actor().member_id))


def _put(reader: Reader, place: int | None) -> None:
    """Have the reader go on from ``place``, or as far behind it as the log still goes."""
    workspace_id = reader.actor.workspace_id
    with reading() as session:
        if place is None:
            reader.place = head(session, workspace_id)
            return
        _last, forgotten_to = place_of(session, workspace_id, place)
    reader.place = place if forgotten_to is None else forgotten_to
    if forgotten_to is not None:
        error = Forgotten(forgotten_to)
        told = {"type": error.type, "detail": error.say(reader_language()), "after": error.after}
        reader.opening = frame("gone", to_json(told), forgotten_to)


def _wanted(query: Mapping[str, Any], reader: Actor) -> Wanted:
    topics, own = split(reader, asked_for(query["type"], public_types()))
    return Wanted(
        topics=topics,
        own=own,
        member_id=reader.member_id,
        project_id=query["project_id"],
        object_id=query["object"],
    )
