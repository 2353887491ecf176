"""Routes of one's channels."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.channels import queries, schemas, service
from tracker.channels.addresses import check_address
from tracker.channels.models import Channel
from tracker.channels.testing import send_test
from tracker.channels.words import Kind
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.web.api import Blueprint
from tracker.web.etags import check_if_match, tagged
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language
from tracker.web.lists import list_of

P = ParamSpec("P")
blp = Blueprint("channels", __name__, url_prefix="/api/v1", description="How one is reached")


@blp.route("/me/channels")
@needs(Permission.LOOK)
@blp.answers(200, list_of(schemas.ChannelOut))
def list_channels() -> ResponseReturnValue:
    """How you are reached beside your own e-mail address, the preferred way first; at most 20."""
    with reading() as session:
        found = queries.channels(session, actor().workspace_id, actor().member_id)
    return json_response({"items": schemas.ChannelOut(many=True).dump(found), "next": None})


def _ask_the_door(
    view: Callable[P, ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Have the address judged first: it may take the network, and a key opens a transaction."""

    @wraps(view)
    def judged(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        body = request.get_json(silent=True)
        kind, address = (
            (body.get(name) for name in ("kind", "address"))
            if isinstance(body, dict)
            else (None, None)
        )
        if kind in list(Kind) and isinstance(address, str):
            check_address(Kind(kind), address.strip())
        return view(*args, **kwargs)

    return judged


@blp.route("/me/channels", methods=["POST"])
@needs(Permission.CHANGE_ONESELF)
@_ask_the_door
@idempotent
@blp.arguments(schemas.ChannelIn)
@blp.answers(201, schemas.ChannelOut)
def add_channel(data: dict[str, Any]) -> ResponseReturnValue:
    """Be reached there, too, once the one message that goes there has been confirmed."""
    kind, address, position = Kind(data["kind"]), data["address"] or "", data["position"]
    with unit_of_work() as session:
        channel = service.add(session, actor(), kind, address, position=position, now=utcnow())
    location = url_for("channels.read_channel", channel_id=channel.id)
    return _answer(channel, 201, location)


def _answer(
    channel: Channel, status: int = 200, location: str | None = None
) -> ResponseReturnValue:
    shown = schemas.ChannelOut().dump(channel)
    return tagged(json_response(shown, status, location=location), channel.version)


def _mine(session: Session, channel_id: UUID, *, to_change: bool = False) -> Channel:
    me = actor()
    return queries.channel(session, me.workspace_id, me.member_id, channel_id, to_change=to_change)


@blp.route("/me/channels/<uuid:channel_id>")
@needs(Permission.LOOK)
@blp.answers(200, schemas.ChannelOut)
def read_channel(channel_id: UUID) -> ResponseReturnValue:
    """One of your channels."""
    with reading() as session:
        return _answer(_mine(session, channel_id))


@blp.route("/me/channels/<uuid:channel_id>", methods=["PATCH"])
@needs(Permission.CHANGE_ONESELF)
@blp.arguments(schemas.ChannelChange)
@blp.answers(200, schemas.ChannelOut)
def change_channel(changes: dict[str, Any], channel_id: UUID) -> ResponseReturnValue:
    """Put it elsewhere in the order, or switch it on and off."""
    with unit_of_work() as session:
        channel = _mine(session, channel_id, to_change=True)
        check_if_match(channel.version)
        return _answer(service.change(channel, changes))


@blp.route("/me/channels/<uuid:channel_id>", methods=["DELETE"])
@needs(Permission.CHANGE_ONESELF)
@blp.answers(204, description="Forgotten, address and all.")
def remove_channel(channel_id: UUID) -> ResponseReturnValue:
    """Not be reached there any more."""
    with unit_of_work() as session:
        channel = _mine(session, channel_id, to_change=True)
        check_if_match(channel.version)
        service.remove(session, channel)
    return "", 204


@blp.route("/me/channels/<uuid:channel_id>/confirm", methods=["POST"])
@needs(Permission.CHANGE_ONESELF)
@idempotent
@blp.answers(200, schemas.ChannelOut)
def ask_channel_again(channel_id: UUID) -> ResponseReturnValue:
    """Have the message that asks for confirmation sent again (429 within a day)."""
    with unit_of_work() as session:
        channel = _mine(session, channel_id, to_change=True)
        return _answer(service.ask_again(session, channel, now=utcnow()))


@blp.route("/me/channels/<uuid:channel_id>/test", methods=["POST"])
@needs(Permission.CHANGE_ONESELF)
@blp.answers(200, schemas.TestOut)
def test_channel(channel_id: UUID) -> ResponseReturnValue:
    """Send a test by it now, and tell what came of it (429 within a minute)."""
    answer = send_test(actor(), channel_id, reader_language(), now=utcnow())
    return json_response(schemas.TestOut().dump(answer))
