"""Changing workspaces, members and tokens; and telling who holds a token."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.kernel.clock import utcnow
from tracker.kernel.db import new_id, reading, unit_of_work
from tracker.kernel.errors import Conflict, Invalid, Unauthenticated
from tracker.kernel.outbox import publish
from tracker.kernel.texts import DEFAULT_LANGUAGE, Said, Sentence
from tracker.people import queries, secret_tokens
from tracker.people.events import MemberAdded, MemberAsked, MemberRemoved
from tracker.people.models import Member, Token, Workspace
from tracker.people.rules import Actor, Permission, Role, Scope
from tracker.people.secret_tokens import SecretToken
from tracker.people.time_service import redating

_USE_NOTED_EVERY: Final = timedelta(minutes=1)
_BAD_TOKEN: Final = Sentence(
    en="This token is unknown, expired or revoked. `tracker token create` makes a new one.",
    fr="Ce jeton est inconnu, expiré ou révoqué. `tracker token create` en crée un autre.",
)
_SLUG_TAKEN: Final = Sentence(
    en="The workspace “{slug}” exists already.", fr="L'espace « {slug} » existe déjà."
)
_EMAIL_TAKEN: Final = Sentence(
    en="{email} is a member of this workspace already.", fr="{email} est déjà membre de cet espace."
)
_LAST_OWNER: Final = Sentence(
    en="This is the last owner. Make another member an owner first.",
    fr="C'est le dernier owner. Donner d'abord ce rôle à un autre membre.",
)
_NEEDS_SUCCESSOR: Final = Sentence(
    en="{name} has {count} open {count:task|tasks}, listed under “open_tasks”. Say who takes "
    "{count:it|them} over: send successor, a member's id or e-mail.",
    fr="{name} a {count} {count:tâche ouverte, listée|tâches ouvertes, listées} sous « open_tasks "
    "». Dire qui {count:la|les} reprend : envoyer successor, l'identifiant ou l'e-mail d'un "
    "membre.",
)
_CONFIRMED: Final = Sentence(
    en="{email} is confirmed; there is nothing to ask.",
    fr="{email} est confirmée ; il n'y a rien à demander.",
)
_NO_SUCH_SUCCESSOR: Final = Sentence(
    en="“{value}” is not another member of this workspace.",
    fr="« {value} » n'est pas un autre membre de cet espace.",
)
_EXPIRED_ALREADY: Final = Sentence(
    en="This instant has passed; the token would never work.",
    fr="Cet instant est passé ; le jeton ne marcherait jamais.",
)
_MORE_THAN_YOURS: Final = Sentence(
    en="Your own token lacks the scope {scope}, so it cannot give it.",
    fr="Votre propre jeton n'a pas la portée {scope}, il ne peut donc pas la donner.",
)


class NeedsSuccessor(Conflict):
    """A member cannot go while open tasks wait for them."""

    type = "needs-successor"
    extensions = ("open_tasks",)

    def __init__(self, name: str, open_tasks: Sequence[Mapping[str, Any]]) -> None:
        self.open_tasks = open_tasks
        super().__init__(_NEEDS_SUCCESSOR, name=name, count=len(open_tasks))


@dataclass(frozen=True, slots=True)
class OpenTasks:
    """What higher rooms know of a member's work; ``wiring`` fills it.

    ``hand_over`` takes the keywords successor_id and now.
    """

    of: Callable[[Session, UUID, UUID], Sequence[Mapping[str, Any]]]
    hand_over: Callable[..., None]


def _unfilled(*_args: Any, **_keywords: Any) -> Any:
    raise RuntimeError("another room is asked for, but wiring.py has not filled the hook")


open_tasks = OpenTasks(_unfilled, _unfilled)


def fill_open_tasks(filled: OpenTasks) -> None:
    """Tell this room how to find and hand over tasks; only ``wiring`` calls it."""
    global open_tasks  # noqa: PLW0603 - a hook that a lower room declares
    open_tasks = filled


_policy_changed: Callable[..., None] = _unfilled


def fill_policy_changed(filled: Callable[..., None]) -> None:
    """Tell this room whom to tell of a workspace's new policy; only ``wiring`` calls it."""
    global _policy_changed  # noqa: PLW0603 - a hook that a lower room declares
    _policy_changed = filled


def load_actor(text: str) -> Actor:
    """Who holds this token now. Raises Unauthenticated."""
    now = utcnow()
    token = secret_tokens.parse(text)
    with reading() as session:
        row = queries.holder_of(session, token.prefix) if token else None
    if token is None or row is None or not token.matches(row.secret_hash):
        raise Unauthenticated(_BAD_TOKEN)
    if row.expires_at is not None and row.expires_at <= now:
        raise Unauthenticated(_BAD_TOKEN)
    if row.last_used_at is None or now - row.last_used_at >= _USE_NOTED_EVERY:
        with unit_of_work() as session:
            queries.note_use(session, row.workspace_id, row.token_id, now)
    return Actor(
        workspace_id=row.workspace_id,
        member_id=row.member_id,
        role=Role(row.role),
        scopes=frozenset(map(Scope, row.scopes)),
        language=row.language,
        token_id=row.token_id,
    )


def actor_of(member: Member) -> Actor:
    """A member acting without a token: from the command line."""
    return Actor(
        member.workspace_id,
        member.id,
        Role(member.role),
        language=member.language,
        door="cli",
    )


def create_workspace(
    session: Session, slug: str, name: str, *, language: str = DEFAULT_LANGUAGE, now: datetime
) -> Workspace:
    """Open a closed world. Raises Conflict where the slug is taken."""
    if session.scalar(select(Workspace.id).where(Workspace.slug == slug)):
        raise Conflict(_SLUG_TAKEN, slug=slug)
    workspace = Workspace(id=new_id(), slug=slug, name=name, language=language, created_at=now)
    session.add(workspace)
    session.flush()  # members that follow in the same transaction refer to it
    return workspace


def change_workspace(
    session: Session, actor: Actor, changes: Mapping[str, Any], *, now: datetime
) -> Workspace:
    """Rename it, or change the language that it reads by default, or its reminder policy."""
    actor.must(Permission.ADMINISTER)
    workspace = queries.workspace(session, actor.workspace_id)
    policy = workspace.reminder_policy
    _apply(workspace, changes)
    if workspace.reminder_policy != policy:
        _policy_changed(session, workspace.id, now=now)
    return workspace


def _apply(row: Workspace | Member, changes: Mapping[str, Any]) -> None:
    changed = {name: new for name, new in changes.items() if getattr(row, name) != new}
    for name, new in changed.items():
        setattr(row, name, new)
    if changed:
        row.version += 1


def add_member(  # noqa: PLR0913 - a member is this many facts
    session: Session,
    workspace_id: UUID,
    email: str,
    *,
    role: Role,
    name: str | None = None,
    language: str | None = None,
    timezone: str = "UTC",
    is_confirmed: bool = True,
    now: datetime,
) -> Member:
    """Take somebody in. Raises Conflict where the address is a member already.

    ``is_confirmed`` tells that the address is known to be theirs: until then it gets no reminders.
    """
    if queries.member_by_email(session, workspace_id, email):
        raise Conflict(_EMAIL_TAKEN, email=email)
    member = Member(
        workspace_id=workspace_id,
        id=new_id(),
        email=email.lower(),
        name=name or email.split("@", maxsplit=1)[0],
        role=role.value,
        language=language,
        timezone=timezone,
        created_at=now,
        confirmed_at=now if is_confirmed else None,
    )
    session.add(member)
    session.flush()  # tokens and assignees that follow refer to it
    publish(
        session,
        MemberAdded(workspace_id=workspace_id, at=now, member_id=member.id, role=role.value),
    )
    return member


def change_member(
    session: Session, member: Member, changes: Mapping[str, Any], *, now: datetime
) -> Member:
    """Change name, role, language or zone. Raises Conflict where no owner would remain."""
    role = changes.get("role")
    if role is not None and member.role == Role.OWNER and role != Role.OWNER:
        _keep_an_owner(session, member)
    with redating(session, member.workspace_id, member.id, now=now):
        _apply(member, changes)
    return member


def _keep_an_owner(session: Session, member: Member) -> None:
    # Two owners who demote each other at once must not both succeed.
    session.scalars(
        select(Workspace).where(Workspace.id == member.workspace_id).with_for_update()
    ).one()
    if queries.count_owners(session, member.workspace_id) <= 1:
        raise Conflict(_LAST_OWNER)


def remove_member(
    session: Session, member: Member, successor: str | None, *, now: datetime
) -> None:
    """Let a member go; tokens die at once. Raises NeedsSuccessor while tasks wait for them."""
    if member.role == Role.OWNER:
        _keep_an_owner(session, member)
    waiting = open_tasks.of(session, member.workspace_id, member.id)
    heir = _successor(session, member, successor)
    if waiting and heir is None:
        raise NeedsSuccessor(member.name, waiting)
    if waiting and heir is not None:
        open_tasks.hand_over(session, member.workspace_id, member.id, successor_id=heir, now=now)
    queries.revoke_tokens_of(session, member.workspace_id, member.id, now)
    member.removed_at = now
    member.email = f"removed:{member.id}"
    member.version += 1
    publish(
        session,
        MemberRemoved(
            workspace_id=member.workspace_id,
            at=now,
            member_id=member.id,
            successor_id=heir if waiting else None,
        ),
    )


def _successor(session: Session, member: Member, named: str | None) -> UUID | None:
    if named is None:
        return None
    found = queries.members_named(session, member.workspace_id, [named]).get(named)
    if found is None or found == member.id:
        raise Invalid({"successor": [Said(_NO_SUCH_SUCCESSOR, {"value": named})]})
    return found


def create_token(
    session: Session,
    member: Member,
    name: str,
    *,
    scopes: Iterable[Scope] = tuple(Scope),
    expires_at: datetime | None = None,
    now: datetime,
) -> tuple[Token, SecretToken]:
    """A token for ``member``. The secret is returned once and never again. Raises Invalid."""
    if expires_at is not None and expires_at <= now:
        raise Invalid({"expires_at": [Said(_EXPIRED_ALREADY, {})]})
    secret = secret_tokens.make()
    token = Token(
        workspace_id=member.workspace_id,
        id=new_id(),
        member_id=member.id,
        name=name,
        prefix=secret.prefix,
        secret_hash=secret.secret_hash,
        scopes=sorted(scope.value for scope in scopes),
        created_at=now,
        expires_at=expires_at,
    )
    session.add(token)
    return token, secret


def check_given_scopes(actor: Actor, scopes: Iterable[Scope]) -> None:
    """A token must not make a stronger one. Raises Invalid."""
    for scope in scopes:
        if scope not in actor.scopes:
            raise Invalid({"scopes": [Said(_MORE_THAN_YOURS, {"scope": scope})]})


def revoke_token(token: Token, *, now: datetime) -> None:
    """End a token now; again is no error."""
    if token.revoked_at is None:
        token.revoked_at = now
        token.version += 1


def end_mails(member: Member, *, now: datetime) -> None:
    """Have nothing mailed to a member's own address; again is no error."""
    if member.mail_off_at is None:
        member.mail_off_at = now
        member.version += 1


def resume_mails(member: Member) -> None:
    """Have mails go to a member's own address again."""
    if member.mail_off_at is not None:
        member.mail_off_at = None
        member.version += 1


def confirm_address(member: Member, *, now: datetime) -> None:
    """Know the address to be theirs: they have followed a link that went there."""
    if member.confirmed_at is None:
        member.confirmed_at = now
        member.version += 1


def ask_again(session: Session, member: Member, *, now: datetime) -> None:
    """Have a member asked once more whether their address is right, at most once a day.

    Raises Conflict where they have said so.
    """
    if member.confirmed_at is not None:
        raise Conflict(_CONFIRMED, email=member.email)
    publish(session, MemberAsked(workspace_id=member.workspace_id, at=now, member_id=member.id))
