"""Routes of webhooks and deliveries."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, ParamSpec
from uuid import UUID

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.egress import EgressRefused, RemoteError, door
from tracker.kernel.errors import FieldErrors, Invalid
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.web.api import Blueprint
from tracker.web.etags import check_if_match, tagged
from tracker.web.fields import is_web_address
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response
from tracker.web.language import reader_language
from tracker.web.lists import list_of
from tracker.web.paging import PageIn, page, read_cursor
from tracker.webhooks import queries, schemas, service
from tracker.webhooks.models import Webhook
from tracker.webhooks.replaying import Replayed, replay
from tracker.webhooks.showing import attempts_out, delivery_out, tested_out, webhook_out
from tracker.webhooks.testing import send_test

P = ParamSpec("P")
blp = Blueprint(
    "webhooks", __name__, url_prefix="/api/v1", description="Who else is told what happens"
)


@blp.route("/webhooks")
@needs(Permission.SEE_EVERYBODY)
@blp.arguments(PageIn, location="query")
@blp.answers(200, list_of(schemas.WebhookOut))
def list_webhooks(query: dict[str, Any]) -> ResponseReturnValue:
    """Webhooks of the workspace, the oldest first; addresses and secrets are not shown."""
    after, workspace_id = read_cursor(query["cursor"], UUID), actor().workspace_id
    with reading() as session:
        found = queries.webhooks(session, workspace_id, after=after, limit=query["limit"])
        rows, cursor = page(found, query["limit"], lambda one: [one.id])
        waiting = queries.waiting(session, workspace_id, [one.id for one in rows])
    language = reader_language()
    items = [webhook_out(one, waiting[one.id], language) for one in rows]
    return json_response({"items": items, "next": cursor})


def _ask_the_door(
    view: Callable[P, ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Have the address judged first: it may take the network, and a key opens a transaction.

    A name that nobody knows today is taken: the test button tells of it. What else is wrong is told
    together with the address.
    """

    @wraps(view)
    def judged(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        g.refused = _refused_by_the_door(request.get_json(silent=True))
        try:
            return view(*args, **kwargs)
        except Invalid as error:
            raise Invalid({**error.fields, **g.refused}) from None

    return judged


def _refused_by_the_door(body: object) -> FieldErrors:
    url = body.get("url") if isinstance(body, dict) else None
    if isinstance(url, str) and is_web_address(url.strip()):
        try:
            with suppress(RemoteError):
                door().check(url.strip())
        except EgressRefused as refusal:
            return {"url": [refusal.said]}
    return {}


@blp.route("/webhooks", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@_ask_the_door
@idempotent
@blp.arguments(schemas.WebhookIn)
@blp.answers(201, schemas.WebhookWithSecretOut)
def add_webhook(data: dict[str, Any]) -> ResponseReturnValue:
    """Have a program told of events, by your rights. Its secret is in this answer alone."""
    with unit_of_work() as session:
        made, secret = service.add(session, actor(), data, refused=g.refused, now=utcnow())
        location = url_for("webhooks.read_webhook", webhook_id=made.id)
        return _answer(session, made, 201, location=location, secret=secret)


def _answer(
    session: Session,
    webhook: Webhook,
    status: int = 200,
    *,
    location: str | None = None,
    secret: str | None = None,
) -> ResponseReturnValue:
    session.flush()  # what it holds now is counted past the session
    waiting = queries.waiting(session, webhook.workspace_id, [webhook.id])[webhook.id]
    shown = webhook_out(webhook, waiting, reader_language())
    if secret is not None:
        shown["secret"] = secret
    return tagged(json_response(shown, status, location=location), webhook.version)


@blp.route("/webhooks/<uuid:webhook_id>")
@needs(Permission.SEE_EVERYBODY)
@blp.answers(200, schemas.WebhookOut)
def read_webhook(webhook_id: UUID) -> ResponseReturnValue:
    """A webhook: its state, what to do where it is disabled, and how much is owed to it."""
    with reading() as session:
        return _answer(session, queries.webhook(session, actor().workspace_id, webhook_id))


def _to_change(session: Session, webhook_id: UUID) -> Webhook:
    found = queries.webhook(session, actor().workspace_id, webhook_id, to_change=True)
    check_if_match(found.version)
    return found


@blp.route("/webhooks/<uuid:webhook_id>", methods=["PATCH"])
@needs(Permission.MANAGE_PROJECTS)
@_ask_the_door
@blp.arguments(schemas.WebhookChange)
@blp.answers(200, schemas.WebhookOut)
def change_webhook(changes: dict[str, Any], webhook_id: UUID) -> ResponseReturnValue:
    """Rename it, give it another address, filter or headers, or hand it to another owner."""
    with unit_of_work() as session:
        found = _to_change(session, webhook_id)
        service.change(session, actor(), found, changes, refused=g.refused, now=utcnow())
        return _answer(session, found)


@blp.route("/webhooks/<uuid:webhook_id>", methods=["DELETE"])
@needs(Permission.MANAGE_PROJECTS)
@blp.answers(204, description="Forgotten, with what it was still owed.")
def remove_webhook(webhook_id: UUID) -> ResponseReturnValue:
    """Have nothing more sent there."""
    with unit_of_work() as session:
        service.remove(session, actor(), _to_change(session, webhook_id), now=utcnow())
    return "", 204


@blp.route("/webhooks/<uuid:webhook_id>/test", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@blp.answers(200, schemas.WebhookTestOut)
def test_webhook(webhook_id: UUID) -> ResponseReturnValue:
    """Send a test there now, whatever its state, and tell what came of it."""
    answer = send_test(actor(), webhook_id, now=utcnow())
    return json_response(tested_out(answer, reader_language()))


@blp.route("/webhooks/<uuid:webhook_id>/pause", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.answers(200, schemas.WebhookOut)
def pause_webhook(webhook_id: UUID) -> ResponseReturnValue:
    """Send nothing for now; what happens meanwhile is held for it, for 30 days."""
    with unit_of_work() as session:
        found = _to_change(session, webhook_id)
        service.pause(session, actor(), found, now=utcnow())
        return _answer(session, found)


@blp.route("/webhooks/<uuid:webhook_id>/resume", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.answers(200, schemas.WebhookOut)
def resume_webhook(webhook_id: UUID) -> ResponseReturnValue:
    """Send what was held, and what happens, also after it was disabled."""
    with unit_of_work() as session:
        found = _to_change(session, webhook_id)
        service.resume(session, actor(), found, now=utcnow())
        return _answer(session, found)


@blp.route("/webhooks/<uuid:webhook_id>/rotate", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.answers(200, schemas.WebhookWithSecretOut)
def rotate_webhook_secret(webhook_id: UUID) -> ResponseReturnValue:
    """Give it another secret, in this answer alone; for 24 hours the one before signs, too."""
    with unit_of_work() as session:
        found = _to_change(session, webhook_id)
        secret = service.rotate(session, actor(), found, now=utcnow())
        return _answer(session, found, secret=secret)


@blp.route("/webhooks/<uuid:webhook_id>/replay", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.arguments(schemas.ReplayIn)
@blp.answers(202, schemas.ReplayOut)
def replay_webhook(data: dict[str, Any], webhook_id: UUID) -> ResponseReturnValue:
    """Send again what failed, what was owed in a time, or one delivery, under the same ids."""
    with unit_of_work() as session:
        found = queries.webhook(session, actor().workspace_id, webhook_id, to_change=True)
        return _replayed(replay(session, found, data, now=utcnow()))


def _replayed(told: Replayed) -> ResponseReturnValue:
    shown = {"deliveries": told.count, "sentence": told.said.say(reader_language())}
    return json_response(shown, 202)


@blp.route("/webhooks/<uuid:webhook_id>/deliveries")
@needs(Permission.SEE_EVERYBODY)
@blp.arguments(schemas.DeliveryQuery, location="query")
@blp.answers(200, list_of(schemas.DeliveryOut))
def list_deliveries(query: dict[str, Any], webhook_id: UUID) -> ResponseReturnValue:
    """What is and was owed to it in the last 30 days, the newest first."""
    after, scope = read_cursor(query["cursor"], UUID), (actor().workspace_id, webhook_id)
    with reading() as session:
        queries.webhook(session, *scope)
        found = queries.deliveries(
            session, *scope, state=query["state"], after=after, limit=query["limit"]
        )
    rows, cursor = page(found, query["limit"], lambda one: [one.event_id])
    return json_response({"items": [delivery_out(one) for one in rows], "next": cursor})


@blp.route("/deliveries/<uuid:delivery_id>")
@needs(Permission.SEE_EVERYBODY)
@blp.answers(200, schemas.DeliveryWithAttemptsOut)
def read_delivery(delivery_id: UUID) -> ResponseReturnValue:
    """A delivery with every attempt: when, how long, what was answered."""
    scope = (actor().workspace_id, delivery_id)
    with reading() as session:
        found = queries.delivery(session, *scope)
        tried = queries.attempts(session, *scope)
    return json_response({**delivery_out(found), "tried": attempts_out(tried)})


@blp.route("/deliveries/<uuid:delivery_id>/replay", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.answers(202, schemas.ReplayOut)
def replay_delivery(delivery_id: UUID) -> ResponseReturnValue:
    """Send it again, under the same id."""
    with unit_of_work() as session:
        workspace_id = actor().workspace_id
        found = queries.delivery(session, workspace_id, delivery_id)
        webhook = queries.webhook(session, workspace_id, found.webhook_id, to_change=True)
        return _replayed(replay(session, webhook, {"delivery_id": delivery_id}, now=utcnow()))
