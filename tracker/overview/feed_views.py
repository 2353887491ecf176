"""Routes of feeds, and the addresses that calendars subscribe to."""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint as Pages
from flask import Response, current_app
from flask.typing import ResponseReturnValue

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.overview import queries, schemas, service
from tracker.overview.models import Feed
from tracker.overview.views import CALENDAR
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.web.api import Blueprint
from tracker.web.etags import check_if_match, tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.lists import list_of
from tracker.web.paging import PageIn, page, read_cursor

blp = Blueprint("feeds", __name__, url_prefix="/api/v1", description="Calendars to subscribe to")
calendars = Pages("calendars", __name__)
_ONLY_VERSION: Final = 1  # a feed never changes; it ends
# A subscriber may show what it has for five minutes, and shows it to nobody else.
_KEPT: Final = "private, max-age=300"


@blp.route("/feeds")
@needs(Permission.LOOK)
@blp.arguments(PageIn, location="query")
@blp.answers(200, list_of(schemas.FeedOut))
def list_feeds(query: dict[str, Any]) -> ResponseReturnValue:
    """Your feeds that work, the oldest first; an owner's list holds everybody's."""
    after = read_cursor(query["cursor"], UUID)
    with reading() as session:
        found = queries.feeds(
            session,
            actor().workspace_id,
            of=service.whose_feeds(actor()),
            after=after,
            limit=query["limit"],
        )
    rows, cursor = page(found, query["limit"], lambda feed: [feed.id])
    return json_response({"items": [_shown(feed) for feed in rows], "next": cursor})


def _shown(feed: Feed) -> dict[str, Any]:
    return {
        "id": feed.id,
        "member_id": feed.member_id,
        "project_id": feed.project_id,
        "created_at": feed.created_at,
    }


@blp.route("/feeds", methods=["POST"])
@needs(Permission.MAKE_FEEDS)
@idempotent
@blp.arguments(schemas.FeedIn)
@blp.answers(201, schemas.NewFeedOut)
def make_feed(data: dict[str, Any]) -> ResponseReturnValue:
    """A calendar address, of a project or of all you have to do. It is shown this once."""
    with unit_of_work() as session:
        feed, secret = service.make_feed(session, actor(), data["project_id"], now=utcnow())
    url = f"{current_app.config['BASE_URL']}/cal/{secret}.ics"
    return tagged(json_response({**_shown(feed), "url": url}, 201), _ONLY_VERSION)


@blp.route("/feeds/<uuid:feed_id>", methods=["DELETE"])
@needs(Permission.MAKE_FEEDS)
@blp.answers(204, description="Its address is dead, at once.")
def revoke_feed(feed_id: UUID) -> ResponseReturnValue:
    """End a feed of yours; an owner ends anybody's."""
    with unit_of_work() as session:
        whose = service.whose_feeds(actor())
        feed = queries.feed(session, actor().workspace_id, feed_id, of=whose)
        check_if_match(_ONLY_VERSION)
        service.revoke_feed(feed, now=utcnow())
    return "", 204


@calendars.get("/cal/<secret>.ics")
def read_feed(secret: str) -> ResponseReturnValue:
    """The calendar behind a secret address; whoever has the address may read it."""
    with reading() as session:
        base_url = current_app.config["BASE_URL"]
        content = service.calendar_behind(session, secret, base_url, now=utcnow())
    response = Response(content, content_type=CALENDAR)
    response.headers["Cache-Control"] = _KEPT
    return tagged(response, _ONLY_VERSION)
