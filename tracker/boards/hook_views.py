"""What platforms tell by themselves: believed by its signature, kept, answered; nothing more.

A job reads what was kept. Addresses are secrets of their own; 410 is said of a board that somebody
has disconnected, or whose project was deleted, and of nothing else.
"""

from typing import Any, Final
from uuid import UUID

from flask import Blueprint as Pages
from flask import request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from tracker.boards import hook_service as service
from tracker.boards import inbox, queries
from tracker.boards.accounts import credentials_of
from tracker.boards.hook_keys import was_ours
from tracker.boards.models import Board
from tracker.boards.schemas import BoardOut
from tracker.boards.views import answer_with, board_to_change
from tracker.connectors.notion.hook import SIGNATURE, handshake, is_signed, read_told
from tracker.connectors.trello import hook as trello
from tracker.connectors.wire import loads
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.people.caller import actor, needs
from tracker.people.rules import Permission
from tracker.web.api import Blueprint
from tracker.web.bodies import takes
from tracker.web.idempotency import idempotent
from tracker.web.jsons import json_response

hooks = Pages("hooks", __name__, url_prefix="/hooks")
blp = Blueprint("board hooks", __name__, url_prefix="/api/v1", description="What platforms tell")
_LARGEST: Final = 1  # megabytes; checked before anything is hashed
_NOBODY: Final = Sentence(
    en="No board is told of here. Take the address from GET /boards/{id}.",
    fr="Aucun tableau n'est suivi ici. Reprendre l'adresse de GET /boards/{id}.",
)


class HookTokenOut(Schema):
    """What a person pastes into the platform's own page; shown this once."""

    verification_token = fields.String()


@blp.route("/boards/<uuid:board_id>/hook/token", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@blp.answers(200, HookTokenOut)
def show_hook_token(board_id: UUID) -> ResponseReturnValue:
    """The token that Notion has sent, to be pasted back there; shown once (409 otherwise)."""
    with unit_of_work() as session:
        found = board_to_change(session, board_id)
        token = service.show_token(session, actor(), found, now=utcnow())
    return json_response({"verification_token": token})


@blp.route("/boards/<uuid:board_id>/hook", methods=["POST"])
@needs(Permission.MANAGE_PROJECTS)
@idempotent
@blp.answers(200, BoardOut)
def await_hook_token(board_id: UUID) -> ResponseReturnValue:
    """Forget the token, and wait for another at the same address (409 where none is needed)."""
    with unit_of_work() as session:
        found = board_to_change(session, board_id)
        service.await_token(session, actor(), found, now=utcnow())
        return answer_with(session, found)


@hooks.post("/notion/<key>")
@takes(_LARGEST)
def take_from_notion(key: str) -> ResponseReturnValue:
    """Keep an event of Notion once, or the token that it sends before the first."""
    body, now = request.get_data(), utcnow()
    signature = request.headers.get(SIGNATURE)
    with unit_of_work() as session:
        board = _board(session, key, "notion")
        if board is None:
            return "", 410
        if is_signed(service.secret_of(board), body, signature):
            account = queries.account(session, board.workspace_id, board.account_id)
            told = read_told(_read(body), own_id=account.own_id, layout=board.layout)
            inbox.keep(session, board, [told] if told else [], now)
            return "", 200
        token = handshake(_read(body)) if service.is_awaited(board) else None
        # Whether this first one is signed Notion's own documents do not agree on.
        if token is None or not (signature is None or is_signed(token, body, signature)):
            raise service.WrongSignature
        locked = queries.board(session, board.workspace_id, board.id, to_change=True)
        service.take_token(locked, token, now=now)
    return "", 200


@hooks.route("/trello/<key>", methods=["HEAD", "POST"])
@takes(_LARGEST)
def take_from_trello(key: str) -> ResponseReturnValue:
    """Keep an action of Trello once; by HEAD it only asks whether somebody is there."""
    if request.method == "HEAD":
        return "", 200
    body, signature = request.get_data(), request.headers.get(trello.SIGNATURE)
    with unit_of_work() as session:
        board = _board(session, key, "trello")
        if board is None:
            return "", 410
        account = queries.account(session, board.workspace_id, board.account_id)
        secret = credentials_of(account).get("app_secret", "")
        # The address as it was registered: what a proxy says it was proves nothing.
        if not trello.is_genuine(body, signature, secret=secret, address=board.hook_url or ""):
            raise service.WrongSignature
        is_echo = request.headers.get(trello.ECHO) == trello.identity(str(board.id))
        told = trello.read(body, is_echo=is_echo)
        inbox.keep(session, board, [told] if told else [], utcnow())
    return "", 200


def _board(session: Session, key: str, kind: str) -> Board | None:
    """The board behind an address; None of one that is gone for good. Raises NotFound."""
    found = queries.board_by_hook_key(session, key)
    if found is None and was_ours(kind, key):
        return None
    if found is None or found.kind != kind:
        raise NotFound(_NOBODY)
    return None if found.state == queries.OFF else found


def _read(body: bytes) -> Any:
    """Signed, it is theirs, and answered whatever it is; unreadable, it is nothing."""
    try:
        return loads(body)
    except ValueError:
        return None
