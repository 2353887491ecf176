"""Whom to believe when a platform tells of changes: tokens that it sends once, and a person pastes.

States of a hook: ``pending``, waited for; ``verifying``, its token has come and is to be pasted
back; ``active``. Only what is waited for can be set, so that nobody can put theirs in its place.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from tracker.boards.models import Board
from tracker.kernel.activity import record
from tracker.kernel.errors import Conflict, Unauthenticated
from tracker.kernel.secrets import decrypt, encrypt
from tracker.kernel.texts import Sentence
from tracker.people.rules import Actor
from tracker.projects.history import entry

_TABLE: Final = Board.__tablename__
_BY_HAND: Final = frozenset({"notion"})  # platforms that only a person can have tell us
_AWAITING: Final = frozenset({"pending", "verifying", "active"})
_WRONG: Final = Sentence(
    en="The signature does not fit the body and the secret of this board.",
    fr="La signature ne correspond pas au corps et au secret de ce tableau.",
)
_NOT_YET: Final = Sentence(
    en="The verification token has not come yet. Create the subscription in Notion with the "
    "address in “hook”, or choose “Resend token” there.",
    fr="Le jeton de vérification n'est pas encore arrivé. Créer l'abonnement chez Notion avec "
    "l'adresse indiquée dans « hook », ou y choisir « Resend token ».",
)
_SHOWN: Final = Sentence(
    en="The verification token was shown already. If it is lost, POST /boards/{id}/hook and choose "
    "“Resend token” in Notion.",
    fr="Le jeton de vérification a déjà été montré. S'il est perdu, POST /boards/{id}/hook puis "
    "choisir « Resend token » chez Notion.",
)
_BY_ITSELF: Final = Sentence(
    en="This platform is asked to tell us by the tracker itself: there is nothing to paste.",
    fr="C'est le tracker lui-même qui demande à cette plateforme de nous prévenir : il n'y a rien "
    "à coller.",
)


class WrongSignature(Unauthenticated):
    """A delivery that does not show that it comes from the platform."""

    type = "bad-signature"

    def __init__(self) -> None:
        super().__init__(_WRONG)


class NoToken(Conflict):
    """There is no verification token to show."""

    type = "no-verification-token"


def secret_of(board: Board) -> str:
    """By which deliveries are signed; empty where there is none yet. Raises Undecipherable."""
    return "" if board.hook_secret is None else decrypt(board.hook_secret, _TABLE, board.id)


def is_awaited(board: Board) -> bool:
    """Whether a token would be taken from whoever brings one."""
    return board.hook_state == "pending" and board.hook_secret is None


def take_token(board: Board, token: str, *, now: datetime) -> None:
    """Keep the token of a locked board that awaits one. Raises WrongSignature for any other."""
    if not is_awaited(board):
        raise WrongSignature
    board.hook_secret = encrypt(token, _TABLE, board.id)
    _set(board, "verifying", now)


def show_token(session: Session, actor: Actor, board: Board, *, now: datetime) -> str:
    """The token of a locked board, this once. Raises NoToken."""
    _check_by_hand(board)
    if board.hook_state != "verifying":
        raise NoToken(_NOT_YET if board.hook_state == "pending" else _SHOWN, id=board.id)
    token = secret_of(board)
    _tell(session, actor, board, "active", now=now)
    return token


def await_token(session: Session, actor: Actor, board: Board, *, now: datetime) -> None:
    """Forget the token of a locked board and wait for another, at the same address."""
    _check_by_hand(board)
    board.hook_secret = None
    _tell(session, actor, board, "pending", now=now)


def _check_by_hand(board: Board) -> None:
    if board.kind not in _BY_HAND or board.hook_state not in _AWAITING:
        raise NoToken(_BY_ITSELF)


def _tell(session: Session, actor: Actor, board: Board, state: str, *, now: datetime) -> None:
    changes = {"hook": (board.hook_state, state)}
    _set(board, state, now)
    board.version += 1
    subject = ("board", board.id)
    told = entry(actor, board.project_id, subject, action="changed", changes=changes, now=now)
    record(session, told)


def _set(board: Board, state: str, now: datetime) -> None:
    board.hook_state, board.hook_checked_at, board.updated_at = state, now, now
