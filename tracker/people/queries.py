"""Looking members and tokens up. Nothing here can be asked without a workspace, but a token."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.people.models import Member, Token, Workspace
from tracker.people.rules import Role

_NO_WORKSPACE: Final = Sentence(
    en="There is no workspace “{slug}”. `tracker workspace create {slug}` makes it.",
    fr="Il n'y a pas d'espace « {slug} ». `tracker workspace create {slug}` le crée.",
)
_NO_MEMBER: Final = Sentence(
    en="There is no such member in this workspace.",
    fr="Il n'y a pas de tel membre dans cet espace.",
)
_NO_TOKEN: Final = Sentence(
    en="There is no such token in this workspace.",
    fr="Il n'y a pas de tel jeton dans cet espace.",
)


_TOKENS, _MEMBERS = Token.__table__, Member.__table__
# What requests ask all day is put into words once: with SQLAlchemy that takes longer than asking.
_HOLDER: Final = (
    select(
        _TOKENS.c.workspace_id,
        _TOKENS.c.id,
        _TOKENS.c.member_id,
        _TOKENS.c.secret_hash,
        _TOKENS.c.scopes,
        _TOKENS.c.expires_at,
        _TOKENS.c.last_used_at,
        _MEMBERS.c.role,
        _MEMBERS.c.language,
    )
    .join(
        _MEMBERS,
        and_(
            _MEMBERS.c.workspace_id == _TOKENS.c.workspace_id,
            _MEMBERS.c.id == _TOKENS.c.member_id,
        ),
    )
    .where(
        _TOKENS.c.prefix == bindparam("prefix"),
        _TOKENS.c.revoked_at.is_(None),
        _MEMBERS.c.removed_at.is_(None),
    )
)
_THERE: Final = select(_MEMBERS.c.id, _MEMBERS.c.email).where(
    _MEMBERS.c.workspace_id == bindparam("workspace_id"), _MEMBERS.c.removed_at.is_(None)
)
_NAMED: Final = _THERE.where(
    _MEMBERS.c.email.in_(bindparam("emails", expanding=True))
    | _MEMBERS.c.id.in_(bindparam("ids", expanding=True))
)
# A list of one would have to be written into the statement each time.
_CALLED: Final = _THERE.where(_MEMBERS.c.email == bindparam("email"))
_KNOWN: Final = _THERE.where(_MEMBERS.c.id == bindparam("id"))
# A present member, for questions of others: see ``values_of_name``.
IS_NAMED: Final = and_(
    _MEMBERS.c.removed_at.is_(None),
    or_(
        _MEMBERS.c.email == bindparam("named_email"),
        _MEMBERS.c.id == bindparam("named_id", type_=_MEMBERS.c.id.type),
    ),
)


def workspace(session: Session, workspace_id: UUID) -> Workspace:
    """The workspace itself."""
    return session.scalars(select(Workspace).where(Workspace.id == workspace_id)).one()


def workspace_by_slug(session: Session, slug: str) -> Workspace:
    """The workspace that operators know as ``slug``. Raises NotFound."""
    found = session.scalars(select(Workspace).where(Workspace.slug == slug)).one_or_none()
    if found is None:
        raise NotFound(_NO_WORKSPACE, slug=slug)
    return found


def workspaces(session: Session) -> Sequence[Workspace]:
    """All of them, for the operator."""
    return session.scalars(select(Workspace).order_by(Workspace.slug)).all()


def _present(workspace_id: UUID) -> Select[Member]:
    return select(Member).where(Member.workspace_id == workspace_id, Member.removed_at.is_(None))


def member(session: Session, workspace_id: UUID, member_id: UUID) -> Member:
    """A present member. Raises NotFound."""
    found = session.scalars(_present(workspace_id).where(Member.id == member_id)).one_or_none()
    if found is None:
        raise NotFound(_NO_MEMBER)
    return found


def member_by_email(session: Session, workspace_id: UUID, email: str) -> Member | None:
    """The present member with this address, if any."""
    wanted = _present(workspace_id).where(Member.email == email.lower())
    return session.scalars(wanted).one_or_none()


def members_named(session: Session, workspace_id: UUID, names: Sequence[str]) -> dict[str, UUID]:
    """Ids of present members under the e-mails or ids in ``names``; unknown ones are absent."""
    if not names:
        return {}
    rows = core(session).execute(*_asked(workspace_id, names)).all()
    return under_names(names, {row.email: row.id for row in rows})


def under_names(names: Sequence[str], found: Mapping[str, UUID]) -> dict[str, UUID]:
    """Ids under ``names``, e-mails or ids in any spelling, of members ``found`` by their e-mail."""
    by_name = {**found, **{str(member_id): member_id for member_id in found.values()}}
    return {name: by_name[name.lower()] for name in names if name.lower() in by_name}


def values_of_name(name: str) -> dict[str, Any]:
    """What ``IS_NAMED`` asks for."""
    return {"named_email": name.lower(), "named_id": UUID(name) if is_id(name) else None}


def _asked(workspace_id: UUID, names: Sequence[str]) -> tuple[Select[Any], dict[str, Any]]:
    """The statement that finds these members, and its values."""
    emails = [name.lower() for name in names]
    ids = [UUID(name) for name in names if is_id(name)]
    if len(names) > 1:
        return _NAMED, {"workspace_id": workspace_id, "emails": emails, "ids": ids}
    if ids:
        return _KNOWN, {"workspace_id": workspace_id, "id": ids[0]}
    return _CALLED, {"workspace_id": workspace_id, "email": emails[0]}


def emails_of(
    session: Session, workspace_id: UUID, member_ids: Iterable[UUID | None]
) -> dict[UUID, str]:
    """E-mails of present members under their ids; those who have left are absent."""
    wanted = _present(workspace_id).where(Member.id.in_([one for one in member_ids if one]))
    return {one.id: one.email for one in session.scalars(wanted)}


def every_email(session: Session, workspace_id: UUID) -> dict[UUID, str]:
    """E-mails under the ids of all members that there were: removed ones still have a place."""
    wanted = select(_MEMBERS.c.id, _MEMBERS.c.email).where(_MEMBERS.c.workspace_id == workspace_id)
    return {row.id: row.email for row in core(session).execute(wanted)}


def is_id(name: str) -> bool:
    """Whether ``name`` is written like an id."""
    try:
        return str(UUID(name)) == name.lower()
    except ValueError:
        return False


def first_owner(session: Session, workspace_id: UUID) -> Member | None:
    """The owner that commands act for unless told otherwise."""
    owners = _present(workspace_id).where(Member.role == Role.OWNER)
    return session.scalars(owners.order_by(Member.created_at, Member.id).limit(1)).one_or_none()


def count_owners(session: Session, workspace_id: UUID) -> int:
    """How many present members are owners."""
    owners = _present(workspace_id).where(Member.role == Role.OWNER).subquery()
    return session.scalar(select(func.count()).select_from(owners)) or 0


def members(
    session: Session, workspace_id: UUID, *, after: Sequence[Any] | None, limit: int
) -> Sequence[Member]:
    """Present members by e-mail, one more than ``limit``."""
    wanted = _present(workspace_id)
    if after:
        wanted = wanted.where(Member.email > after[0])
    return session.scalars(wanted.order_by(Member.email).limit(limit + 1)).all()


def tokens(
    session: Session, workspace_id: UUID, *, after: Sequence[Any] | None, limit: int
) -> Sequence[Token]:
    """Tokens by age, the oldest first, one more than ``limit``."""
    wanted = select(Token).where(Token.workspace_id == workspace_id)
    if after:
        wanted = wanted.where(Token.id > after[0])
    return session.scalars(wanted.order_by(Token.id).limit(limit + 1)).all()


def token(session: Session, workspace_id: UUID, token_id: UUID) -> Token:
    """One token. Raises NotFound."""
    wanted = select(Token).where(Token.workspace_id == workspace_id, Token.id == token_id)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(_NO_TOKEN)
    return found


@dataclass(frozen=True, slots=True)
class Holder:
    """A token that has not been revoked, and its present member."""

    workspace_id: UUID
    token_id: UUID
    member_id: UUID
    secret_hash: bytes
    scopes: list[str]
    expires_at: datetime | None
    last_used_at: datetime | None
    role: str
    language: str | None


def holder_of(session: Session, prefix: str) -> Holder | None:
    """A token with its member, by the token's prefix: the one question asked without workspace."""
    row = core(session).execute(_HOLDER, {"prefix": prefix}).one_or_none()
    return Holder(*row) if row else None


def note_use(session: Session, workspace_id: UUID, token_id: UUID, now: datetime) -> None:
    """Remember when a token was last used."""
    session.execute(
        update(Token)
        .where(Token.workspace_id == workspace_id, Token.id == token_id)
        .values(last_used_at=now)
    )


def revoke_tokens_of(session: Session, workspace_id: UUID, member_id: UUID, now: datetime) -> None:
    """End every token of a member at once."""
    session.execute(
        update(Token)
        .where(
            Token.workspace_id == workspace_id,
            Token.member_id == member_id,
            Token.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
