"""``tracker token``: create, list and revoke tokens."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import click
from sqlalchemy.orm import Session

from tracker.cli.member import EVERYTHING, ROLES, workspace_options
from tracker.cli.opening import acting, checked, open_database
from tracker.cli.render.rows import echo_rows
from tracker.cli.speech import spoken_language
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.people import queries, service
from tracker.people.models import Member, Token, Workspace
from tracker.people.rules import Permission, Role, Scope
from tracker.people.schemas import TokenIn

_OTHER_ROLE: Final = Sentence(
    en="{email} is in “{slug}” as {actual}, not as {wanted}. Leave --role out, or change the "
    "member.",
    fr="{email} est dans « {slug} » comme {actual}, pas comme {wanted}. Omettre --role, ou changer "
    "le membre.",
)
_NOBODY: Final = Sentence(
    en="{email} is not a member of the workspace “{slug}”. Add them with `tracker member add`.",
    fr="{email} n'est pas membre de l'espace « {slug} ». L'ajouter avec `tracker member add`.",
)
_REVOKED: Final = Sentence(en="The token is dead.", fr="Le jeton est mort.")


@click.group()
def token() -> None:
    """Create, list and revoke tokens."""


@workspace_options
@token.command()
@click.option("--role", type=click.Choice(ROLES), help="Role of the member that is made for it.")
@click.option("--name", required=True, help="What the token is for.")
@click.option("--member", "email", help="Whose it is; without it a member is made.")
@click.option("--scope", "scopes", type=click.Choice([s.value for s in Scope]), multiple=True)
@click.option(
    "--days", type=click.IntRange(1, 3650), help="How long it is good; for ever if left out."
)
def create(
    *,
    slug: str,
    acting_as: str | None,
    role: str | None,
    name: str,
    email: str | None,
    scopes: tuple[str, ...],
    days: int | None,
) -> None:
    """Make a token and print it, alone. It is shown this once."""
    name = checked(TokenIn, name=name)["name"]
    open_database()
    now = utcnow()
    with unit_of_work() as session:
        found, actor = acting(session, slug, acting_as)
        actor.must(Permission.ADMINISTER)
        member = _holder(session, found, email=email, role=role, name=name)
        _row, secret = service.create_token(
            session,
            member,
            name,
            scopes=[Scope(scope) for scope in scopes or tuple(Scope)],
            expires_at=now + timedelta(days=days) if days else None,
            now=now,
        )
    click.echo(str(secret))


def _holder(
    session: Session, found: Workspace, *, email: str | None, role: str | None, name: str
) -> Member:
    """The named member; or one made for the token, since every token belongs to one."""
    if email is None:
        made = f"{_address(name)}-{utcnow():%Y%m%d%H%M%S%f}@{found.slug}.invalid"
        wanted = Role(role or Role.CONTRIBUTOR)
        return service.add_member(session, found.id, made, role=wanted, name=name, now=utcnow())
    member = queries.member_by_email(session, found.id, email)
    if member is None:
        raise NotFound(_NOBODY, email=email, slug=found.slug)
    if role is not None and member.role != role:
        raise NotFound(_OTHER_ROLE, email=email, slug=found.slug, actual=member.role, wanted=role)
    return member


def _address(name: str) -> str:
    letters = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)
    return letters.strip("-").lower()[:40] or "token"


@workspace_options
@token.command("list")
@click.option("--format", "output", type=click.Choice(["table", "json"]), default="table")
def list_tokens(*, output: str, slug: str, acting_as: str | None) -> None:
    """Tokens of a workspace, the oldest first, without their secrets."""
    open_database()
    with reading() as session:
        found, actor = acting(session, slug, acting_as)
        actor.must(Permission.ADMINISTER)
        tokens = queries.tokens(session, found.id, after=None, limit=EVERYTHING)
    echo_rows([_shown(one) for one in tokens], output)


def _shown(one: Token) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "name": one.name,
        "prefix": one.prefix,
        "scopes": ",".join(one.scopes),
        "expires_at": one.expires_at and one.expires_at.isoformat(timespec="minutes"),
        "last_used_at": one.last_used_at and one.last_used_at.isoformat(timespec="minutes"),
        "revoked_at": one.revoked_at and one.revoked_at.isoformat(timespec="minutes"),
    }


@workspace_options
@token.command()
@click.argument("token_id", type=click.UUID)
def revoke(*, token_id: UUID, slug: str, acting_as: str | None) -> None:
    """End the token TOKEN_ID now."""
    open_database()
    with unit_of_work() as session:
        found, actor = acting(session, slug, acting_as)
        actor.must(Permission.ADMINISTER)
        service.revoke_token(queries.token(session, found.id, token_id), now=utcnow())
    click.echo(_REVOKED.say(spoken_language()))
