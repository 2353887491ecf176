"""``tracker workspace``: create and list workspaces."""

import re
from typing import Final

import click

from tracker.cli.opening import checked, open_database
from tracker.cli.render.rows import echo_rows
from tracker.cli.speech import Refusal, spoken_language
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.texts import LANGUAGES, Sentence
from tracker.people import queries, service
from tracker.people.rules import Role
from tracker.people.schemas import MemberIn, WorkspaceChange

_SLUG = re.compile(r"[a-z][a-z0-9-]{1,59}")
_BAD_SLUG: Final = Sentence(
    en="A workspace's name is 2 to 60 lower-case letters, digits and hyphens, such as our-brand.",
    fr="Le nom d'un espace a de 2 à 60 minuscules, chiffres et tirets, comme notre-marque.",
)
_MADE: Final = Sentence(
    en="The workspace “{slug}” is there, with {email} as its owner. Make a token with:\n"
    "  tracker token create --workspace {slug} --role owner --name first",
    fr="L'espace « {slug} » est créé, avec {email} comme owner. Créer un jeton avec :\n"
    "  tracker token create --workspace {slug} --role owner --name premier",
)


@click.group()
def workspace() -> None:
    """Create and list workspaces."""


@workspace.command()
@click.argument("slug")
@click.option("--name", help="For people; by default the slug.")
@click.option("--owner", "email", help="E-mail of the first owner; by default owner@SLUG.invalid.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
def create(slug: str, *, name: str | None, email: str | None, language: str) -> None:
    """Open the workspace SLUG, with a first owner."""
    if not _SLUG.fullmatch(slug):
        raise Refusal(_BAD_SLUG.say(spoken_language()))
    owner = checked(MemberIn, email=email or f"owner@{slug}.invalid", role=Role.OWNER.value)
    name = checked(WorkspaceChange, name=name or slug)["name"]
    open_database()
    now = utcnow()
    with unit_of_work() as session:
        made = service.create_workspace(session, slug, name, language=language, now=now)
        service.add_member(session, made.id, owner["email"], role=Role.OWNER, now=now)
    click.echo(_MADE.say(spoken_language(), slug=slug, email=owner["email"]))


@workspace.command("list")
@click.option("--format", "output", type=click.Choice(["table", "json"]), default="table")
def list_workspaces(output: str) -> None:
    """Every workspace."""
    open_database()
    with reading() as session:
        rows = [
            {"slug": found.slug, "name": found.name, "id": str(found.id)}
            for found in queries.workspaces(session)
        ]
    echo_rows(rows, output)
