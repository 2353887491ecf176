"""Accounts on platforms: boards of one token share one, and its allowance of calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.boards.models import Board, BoardAccount
from tracker.boards.queries import OFF
from tracker.connectors.boards import Keeper, Port
from tracker.kernel.db import new_id
from tracker.kernel.errors import Invalid
from tracker.kernel.hearing import Heard
from tracker.kernel.keys import sign
from tracker.kernel.secrets import decrypt, encrypt
from tracker.kernel.texts import Said, Sentence

_TABLE: Final = BoardAccount.__tablename__
_FORGOTTEN: Final = "forgotten "
_UNKNOWN: Final = Sentence(
    en="Unknown here; this platform takes {names}.",
    fr="Inconnu ici ; cette plateforme accepte {names}.",
)
_MISSING: Final = Sentence(en="This is needed: {title}.", fr="Il faut donner : {title}.")


@dataclass(frozen=True, slots=True)
class Given:
    """What makes an account: the platform, where it is, and the secrets for it."""

    port: Port
    base_url: str
    credentials: Mapping[str, str]

    def digest(self) -> str:
        """Tells accounts apart, and nothing of their secrets."""
        told = [self.port.kind, self.base_url, dict(self.credentials)]
        return sign("board accounts", orjson.dumps(told, option=orjson.OPT_SORT_KEYS))


def account_with(
    session: Session, workspace_id: UUID, given: Given, *, now: datetime
) -> BoardAccount:
    """The account with these credentials, made where there is none yet. Raises Invalid."""
    check_credentials(given.port, given.credentials)
    wanted = select(BoardAccount).where(
        BoardAccount.workspace_id == workspace_id,
        BoardAccount.kind == given.port.kind,
        BoardAccount.digest == given.digest(),
    )
    found = session.scalars(wanted).one_or_none()
    if found is None:
        found = _made(workspace_id, given, now)
        session.add(found)
        session.flush()  # its boards refer to it
    return found


def _made(workspace_id: UUID, given: Given, now: datetime) -> BoardAccount:
    account_id, secrets = new_id(), orjson.dumps(dict(given.credentials)).decode()
    return BoardAccount(
        workspace_id=workspace_id,
        id=account_id,
        kind=given.port.kind,
        base_url=given.base_url,
        digest=given.digest(),
        credentials=encrypt(secrets, _TABLE, account_id),
        window_calls=0,
        created_at=now,
    )


def forget_unused(session: Session, workspace_id: UUID) -> None:
    """Forget the secrets of accounts that no board needs any more, nor has to be left with."""
    session.flush()
    needed = select(Board.account_id).where(
        Board.workspace_id == workspace_id, or_(Board.state != OFF, Board.ready_at.is_not(None))
    )
    unused = select(BoardAccount).where(
        BoardAccount.workspace_id == workspace_id,
        BoardAccount.id.not_in(needed),
        BoardAccount.digest.not_like(f"{_FORGOTTEN}%"),
    )
    for account in session.scalars(unused):
        account.digest = f"{_FORGOTTEN}{account.id}"
        account.credentials = encrypt("{}", _TABLE, account.id)
        account.label = account.own_id = None


def forget_with_project(session: Session, heard: Heard, *, now: datetime) -> None:  # noqa: ARG001
    """The boards of a project that was deleted went with it."""
    forget_unused(session, heard.workspace_id)


def credentials_of(account: BoardAccount) -> dict[str, str]:
    """The credentials themselves, for ports and hooks alone. Raises Undecipherable."""
    opened: dict[str, str] = orjson.loads(decrypt(account.credentials, _TABLE, account.id))
    return opened


def keeper_of(account: BoardAccount) -> Keeper:
    """The account as its port sees it, without a pace. Raises Undecipherable."""
    return Keeper(base_url=account.base_url, secrets=credentials_of(account), own_id=account.own_id)


def check_credentials(port: Port, given: Mapping[str, Any]) -> None:
    """Raise Invalid where they are not what the platform wants, by field."""
    known = {field.name: field for field in port.fields}
    faults: dict[str, list[Said]] = {
        name: [Said(_UNKNOWN, {"names": ", ".join(known)})] for name in given.keys() - known.keys()
    }
    for name, field in known.items():
        if field.is_required and not given.get(name):
            faults[name] = [Said(_MISSING, {"title": field.title})]
    if faults:
        raise Invalid({"credentials": faults})
