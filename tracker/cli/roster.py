"""``tracker roster``: the people a project's team works on by name."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import click
from sqlalchemy.orm import Session

from tracker.cli.member import workspace_options
from tracker.cli.opening import acting, checked, open_database
from tracker.cli.options import format_option
from tracker.cli.render.rows import echo_rows
from tracker.cli.show import project_named, project_option
from tracker.cli.speech import Refusal, spoken_language
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.errors import FieldErrors
from tracker.kernel.texts import Language, Sentence
from tracker.people.queries import emails_of
from tracker.people.rules import Actor, Permission
from tracker.projects.models import Project
from tracker.roster import queries, service
from tracker.roster.importing import BadRows, Planned, carry_out, plan_import, tally
from tracker.roster.models import RosterContact
from tracker.roster.rules import ROLES, STAGES
from tracker.roster.schemas import ImportIn
from tracker.roster.sheet import read_rows, written
from tracker.roster.words import COLUMN_WORDS, CONSENT_WORDS, ROLE_WORDS, STAGE_WORDS

_NO_TEXT: Final = Sentence(
    en="{path} is not a text in UTF-8; save it as “CSV UTF-8”.",
    fr="{path} n'est pas un texte en UTF-8 ; l'enregistrer en « CSV UTF-8 ».",
)
_LINE: Final = Sentence(en="line {line}: {what}", fr="ligne {line} : {what}")
_ACTIONS: Final = {
    "add": Sentence(en="{name} is added", fr="{name} est ajouté au carnet"),
    "change": Sentence(
        en="{name} is known and changes: {fields}", fr="{name} est au carnet et change : {fields}"
    ),
    "leave": Sentence(
        en="{name} is known and stays as it is", fr="{name} est au carnet et reste tel quel"
    ),
}
_DONE: Final = Sentence(
    en="{added} added, {changed} changed, {left} left as they were.",
    fr="Ajoutés : {added} ; modifiés : {changed} ; inchangés : {left}.",
)
_NOTHING_WRITTEN: Final = Sentence(
    en="Nothing was written: this was a preview.",
    fr="Rien n'a été enregistré : c'était un aperçu.",
)


@click.group()
def roster() -> None:
    """Import, list and export the people a project's team works on by name."""


@workspace_options
@project_option
@roster.command("list")
@click.option("--role", type=click.Choice(ROLES), help="Only these.")
@click.option("--stage", type=click.Choice(STAGES), help="Only these.")
@format_option("table", "json")
def list_people(
    *,
    role: str | None,
    stage: str | None,
    output: str,
    named: str,
    slug: str,
    acting_as: str | None,
) -> None:
    """People of a project's roster, for its team."""
    open_database()
    with reading() as session:
        project, _actor = _entered(session, slug, acting_as, named=named)
        people, owners = _everybody(session, project)
    wanted = [one for one in people if role in (None, one.role) and stage in (None, one.stage)]
    language = spoken_language()
    show = _facts if output == "json" else _words
    echo_rows([show(one, owners, language) for one in wanted], output)


def _entered(
    session: Session, slug: str, acting_as: str | None, *, named: str
) -> tuple[Project, Actor]:
    """The project, for a member who is on its team. Raises NotFound, Forbidden."""
    workspace, actor = acting(session, slug, acting_as)
    actor.must(Permission.LOOK)
    found = project_named(session, workspace.id, slug=slug, name=named)
    return service.enter(session, actor, found.id), actor


def _everybody(
    session: Session, project: Project
) -> tuple[list[RosterContact], Mapping[UUID, str]]:
    people = list(queries.everybody(session, project.workspace_id, project.id))
    return people, emails_of(session, project.workspace_id, {one.owner_id for one in people})


def _facts(one: RosterContact, owners: Mapping[UUID, str], _language: Language) -> dict[str, Any]:
    """One person for programs: the keys and values of the API."""
    return {
        "id": str(one.id),
        "name": one.name,
        "role": one.role,
        "stage": one.stage,
        "consent": one.consent,
        "email": one.email,
        "owner": owners.get(one.owner_id) if one.owner_id else None,
        "strategic": one.is_strategic,
        "next_contact_on": one.next_contact_on.isoformat() if one.next_contact_on else None,
    }


def _words(one: RosterContact, owners: Mapping[UUID, str], language: Language) -> dict[str, Any]:
    """One person for people, in their language."""
    facts = _facts(one, owners, language)
    facts["role"] = ROLE_WORDS[one.role].say(language)
    facts["stage"] = STAGE_WORDS[one.stage].say(language)
    facts["consent"] = CONSENT_WORDS[one.consent].say(language)
    facts["strategic"] = "x" if one.is_strategic else ""
    del facts["id"]
    return {COLUMN_WORDS[name].say(language): value for name, value in facts.items()}


@workspace_options
@project_option
@roster.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Tell what would become of each line.")
def import_people(
    *, path: Path, dry_run: bool, named: str, slug: str, acting_as: str | None
) -> None:
    """Put the people of a CSV file on the roster, all or nothing."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(_NO_TEXT.say(spoken_language(), path=path)) from None
    rows = read_rows(checked(ImportIn, csv=text)["csv"])
    open_database()
    with unit_of_work() as session:
        project, actor = _entered(session, slug, acting_as, named=named)
        actor.must(Permission.MANAGE_PROJECTS)
        project = service.enter(session, actor, project.id, to_change=True)
        plan = plan_import(session, project, rows, now=utcnow())
        if not dry_run:
            _carry_out(session, actor, project, plan)
    for line in _told(plan, spoken_language()) if dry_run else ():
        click.echo(line)
    click.echo(_DONE.say(spoken_language(), **tally(plan)))
    if dry_run:
        click.echo(_NOTHING_WRITTEN.say(spoken_language()))


def _carry_out(session: Session, actor: Actor, project: Project, plan: list[Planned]) -> None:
    language = spoken_language()
    try:
        carry_out(session, actor, project, plan, now=utcnow())
    except BadRows as error:
        bad = [row for row in plan if row.errors]
        raise Refusal("\n".join([error.summary.say(language), *_told(bad, language)])) from None


def _told(plan: list[Planned], language: Language) -> Iterator[str]:
    for row in plan:
        if row.errors:
            for what in _faults(row.errors, language):
                yield _LINE.say(language, line=row.line, what=what)
            continue
        fields = ", ".join(sorted(row.values))
        what = _ACTIONS[row.action].say(language, name=row.name, fields=fields)
        yield _LINE.say(language, line=row.line, what=what)


def _faults(errors: FieldErrors, language: Language) -> Iterator[str]:
    for name, faults in errors.items():
        if isinstance(faults, list):
            yield from (f"{name}: {fault.say(language)}" for fault in faults)


@workspace_options
@project_option
@roster.command("export")
def export_people(*, named: str, slug: str, acting_as: str | None) -> None:
    """Print the roster as CSV, which `import` reads; no cell runs as a formula."""
    open_database()
    with reading() as session:
        project, _actor = _entered(session, slug, acting_as, named=named)
        people, owners = _everybody(session, project)
    click.echo(written(people, owners, spoken_language()), nl=False)
