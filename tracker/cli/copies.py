"""``tracker project export`` and ``import``: a project as a file, and back."""

from typing import IO, Any, Final

import click

from tracker.cli.member import workspace_options
from tracker.cli.opening import acting, checked, open_database
from tracker.cli.options import format_option
from tracker.cli.render.json import dump
from tracker.cli.show import project_named, project_option
from tracker.cli.speech import Refusal, spoken_language
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.overview.copies.restoring import Restored, restore
from tracker.overview.copies.writing import document_of, may_see_roster
from tracker.overview.schemas import CopyIn
from tracker.overview.sheet import STORED, sheet
from tracker.overview.timeline import rows_of_sheet
from tracker.people.rules import Permission
from tracker.web.jsons import from_json

_MADE: Final = Sentence(
    en="“{name}” is there, with {tasks} {tasks:task|tasks}. Its id is {id}.",
    fr="« {name} » est créé, avec {tasks} {tasks:tâche|tâches}. Son identifiant est {id}.",
)
_ABSENT: Final = Sentence(
    en="Not a member here: {email} ({sections})", fr="Pas membre ici : {email} ({sections})"
)
_NO_OBJECT: Final = Sentence(
    en="The file holds no copy of a project: `tracker project export` makes one.",
    fr="Le fichier ne contient pas de copie de projet : `tracker project export` en fait une.",
)


@workspace_options
@project_option
@click.command()
@format_option("json", "csv")
@click.option("--output", "file", type=click.File("wb", lazy=True), default="-", help="A file.")
def export(*, slug: str, acting_as: str | None, named: str, output: str, file: IO[bytes]) -> None:
    """Write everything in a project into a sealed file, or its tasks as CSV."""
    open_database()
    now = utcnow()
    with reading() as session:
        workspace, actor = acting(session, slug, acting_as)
        actor.must(Permission.LOOK)
        project = project_named(session, workspace.id, slug=slug, name=named)
        if output == "csv":
            rows = rows_of_sheet(session, project, spoken_language(), now=now)
            content = sheet(STORED, rows)
        else:
            with_roster = may_see_roster(session, actor, project.id)
            content = dump(document_of(session, project, with_roster=with_roster, now=now))
    file.write(content)


@workspace_options
@click.command("import")
@click.argument("file", type=click.File("rb"))
def import_(*, slug: str, acting_as: str | None, file: IO[bytes]) -> None:
    """Make a project from FILE, which `tracker project export` wrote; - is standard input."""
    document = from_json(file.read())
    if not isinstance(document, dict):
        raise Refusal(_NO_OBJECT.say(spoken_language()))
    wanted = _checked(document)
    open_database()
    with unit_of_work() as session:
        _workspace, actor = acting(session, slug, acting_as)
        restored = restore(session, actor, wanted, now=utcnow())
    _tell(wanted["project"]["name"], restored)


def _checked(document: dict[str, Any]) -> dict[str, Any]:
    """The sections of a copy and nothing else; names that no option could have are refused."""
    unknown = [name for name in document if name not in CopyIn().fields]
    if unknown:
        raise Invalid({str(unknown[0])[:100]: [Said(_NO_OBJECT, {})]})
    return checked(CopyIn, **document)


def _tell(name: str, restored: Restored) -> None:
    language = spoken_language()
    tasks = restored.counts["tasks"]
    click.echo(_MADE.say(language, name=name, tasks=tasks, id=restored.project_id))
    for note in restored.notes:
        click.echo(note.say(language))
    for row in restored.unknown_members:
        click.echo(_ABSENT.say(language, email=row["email"], sections=", ".join(row["named_in"])))
