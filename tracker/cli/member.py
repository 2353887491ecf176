"""``tracker member``: add, change, list and remove members."""

from typing import Any, Final

import click
from sqlalchemy.orm import Session

from tracker.cli.opening import acting, checked, open_database
from tracker.cli.render.rows import echo_rows
from tracker.cli.speech import spoken_language
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import LANGUAGES, Sentence
from tracker.people import queries, service
from tracker.people.models import Member
from tracker.people.rules import Permission, Role
from tracker.people.schemas import MemberIn

ROLES: Final = [role.value for role in Role]
EVERYTHING: Final = 10**9
_ADDED: Final = Sentence(
    en="{email} is in “{slug}” as {role}.", fr="{email} est dans « {slug} » comme {role}."
)
_REMOVED: Final = Sentence(
    en="{email} is no longer a member of “{slug}”; their tokens are dead.",
    fr="{email} n'est plus membre de « {slug} » ; ses jetons sont morts.",
)
_SURE: Final = Sentence(en="Remove {email} from “{slug}”?", fr="Retirer {email} de « {slug} » ?")
_NOBODY: Final = Sentence(
    en="{email} is not a member of the workspace “{slug}”.",
    fr="{email} n'est pas membre de l'espace « {slug} ».",
)


def workspace_options(command: click.Command) -> click.Command:
    """``--workspace`` and ``--as``: where a command works, and for whom it acts."""
    command.params += [
        click.Option(["--workspace", "slug"], required=True, help="Its slug."),
        click.Option(["--as", "acting_as"], help="Member to act for; the first owner by default."),
    ]
    return command


@click.group()
def member() -> None:
    """Add, change and remove members."""


@workspace_options
@member.command()
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), default="contributor", show_default=True)
@click.option("--name", help="By default what stands before the @.")
@click.option("--language", type=click.Choice(LANGUAGES), help="The language that they read.")
def add(
    *,
    email: str,
    role: str,
    name: str | None,
    language: str | None,
    slug: str,
    acting_as: str | None,
) -> None:
    """Take EMAIL into a workspace."""
    wanted = checked(MemberIn, email=email, role=role, name=name, language=language)
    open_database()
    with unit_of_work() as session:
        found, actor = acting(session, slug, acting_as)
        actor.must(Permission.ADMINISTER)
        added = service.add_member(
            session, found.id, wanted.pop("email"), **{**wanted, "role": Role(role)}, now=utcnow()
        )
        shown = added.email
    click.echo(_ADDED.say(spoken_language(), email=shown, role=role, slug=slug))


@workspace_options
@member.command("list")
@click.option("--format", "output", type=click.Choice(["table", "json"]), default="table")
def list_members(*, output: str, slug: str, acting_as: str | None) -> None:
    """Members of a workspace, by e-mail."""
    open_database()
    with reading() as session:
        found, actor = acting(session, slug, acting_as)
        actor.must(Permission.LOOK)
        members = queries.members(session, found.id, after=None, limit=EVERYTHING)
    echo_rows([_row(one) for one in members], output)


def _row(one: Member) -> dict[str, Any]:
    return {"email": one.email, "name": one.name, "role": one.role, "id": str(one.id)}


@workspace_options
@member.command()
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True)
def change(*, email: str, role: str, slug: str, acting_as: str | None) -> None:
    """Give EMAIL another role."""
    open_database()
    with unit_of_work() as session:
        one = _find(session, email, slug, acting_as)
        service.change_member(session, one, {"role": role}, now=utcnow())
    click.echo(_ADDED.say(spoken_language(), email=email, role=role, slug=slug))


@workspace_options
@member.command()
@click.argument("email")
@click.option("--successor", help="E-mail of who takes over the open tasks.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(
    *, email: str, successor: str | None, yes: bool, slug: str, acting_as: str | None
) -> None:
    """Remove EMAIL from a workspace; their tokens die at once."""
    open_database()
    if not yes:
        click.confirm(_SURE.say(spoken_language(), email=email, slug=slug), abort=True)
    with unit_of_work() as session:
        one = _find(session, email, slug, acting_as)
        service.remove_member(session, one, successor, now=utcnow())
    click.echo(_REMOVED.say(spoken_language(), email=email, slug=slug))


def _find(session: Session, email: str, slug: str, acting_as: str | None) -> Member:
    found, actor = acting(session, slug, acting_as)
    actor.must(Permission.ADMINISTER)
    one = queries.member_by_email(session, found.id, email)
    if one is None:
        raise NotFound(_NOBODY, email=email, slug=slug)
    return one
