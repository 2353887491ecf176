"""The commands of ``tracker project``."""

from typing import Any, Final

import click
from sqlalchemy.orm import Session

from tracker.cli.member import EVERYTHING, workspace_options
from tracker.cli.opening import acting, checked, open_database
from tracker.cli.options import format_option
from tracker.cli.render.answer import shown_as_json
from tracker.cli.render.rows import echo_rows
from tracker.cli.show import project_named, project_option
from tracker.cli.speech import spoken_language
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.texts import Sentence
from tracker.people.rules import Actor, Permission
from tracker.projects import queries, service
from tracker.projects.life import turn
from tracker.projects.life_rules import Act, possible_acts
from tracker.projects.models import Project
from tracker.projects.rules import STATES
from tracker.projects.schemas import TurnIn
from tracker.projects.showing import project_out

_STATES: Final = {
    "active": Sentence(en="“{name}” is running.", fr="« {name} » est en cours."),
    "paused": Sentence(
        en="“{name}” is paused: reminders and pulls stop, dates stay.",
        fr="« {name} » est en pause : rappels et relevés s'arrêtent, les dates restent.",
    ),
    "cancelled": Sentence(
        en="“{name}” is cancelled; it can be read, and archived.",
        fr="« {name} » est annulé ; il peut être lu et archivé.",
    ),
    "archived": Sentence(
        en="“{name}” is archived; it can be read.", fr="« {name} » est archivé ; il peut être lu."
    ),
}
_SURE: Final = {
    "cancel": Sentence(
        en="Cancel “{name}”? It cannot be resumed.",
        fr="Annuler « {name} » ? Il ne pourra pas être repris.",
    ),
    "archive": Sentence(
        en="Archive “{name}”? It cannot be changed any more.",
        fr="Archiver « {name} » ? Il ne pourra plus être modifié.",
    ),
    "delete": Sentence(
        en="Delete “{name}” with its tasks, its roster and its history, for good?",
        fr="Supprimer « {name} » avec ses tâches, son carnet et son historique, pour toujours ?",
    ),
}
_DELETED: Final = Sentence(en="“{name}” is deleted.", fr="« {name} » est supprimé.")


@workspace_options
@click.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only these.")
@format_option("table", "json")
def list_projects(*, state: str | None, output: str, slug: str, acting_as: str | None) -> None:
    """List projects, the newest first."""
    open_database()
    with reading() as session:
        workspace, actor = acting(session, slug, acting_as)
        actor.must(Permission.LOOK)
        found = queries.projects(session, workspace.id, state=state, after=None, limit=EVERYTHING)
    echo_rows([_row(one) for one in found], output)


def _row(one: Project) -> dict[str, Any]:
    return {
        "name": one.name,
        "state": one.state,
        "phase": one.phase,
        "launch_on": one.launch_on.isoformat(),
        "id": str(one.id),
    }


@workspace_options
@project_option
@click.command()
@format_option("table", "json")
def show(*, named: str, output: str, slug: str, acting_as: str | None) -> None:
    """Show a project, without its tasks; `tracker plan show` draws them."""
    open_database()
    with reading() as session:
        one, _actor = _found(session, slug, acting_as, named=named)
    shown = project_out(one, spoken_language())
    if output == "json":
        click.echo(shown_as_json(shown), nl=False)
        return
    shown["possible"] = ", ".join(possible_acts(one.state))
    people = shown.pop("parameters")["people"]
    for name, value in {**shown, **people}.items():
        lines = value if isinstance(value, list) else [value]
        for line in lines:
            click.echo(f"{name + ':':<20}{'' if line is None else line}".rstrip())


def _found(
    session: Session, slug: str, acting_as: str | None, *, named: str
) -> tuple[Project, Actor]:
    workspace, actor = acting(session, slug, acting_as)
    actor.must(Permission.LOOK)
    return project_named(session, workspace.id, slug=slug, name=named), actor


def _turn_options(command: click.Command) -> click.Command:
    """Whose project, which one, and why."""
    command.params.append(click.Option(["--reason"], help="Kept in the history."))
    return workspace_options(project_option(command))


def _ask_option(command: click.Command) -> click.Command:
    """``--yes``, for what cannot be taken back."""
    command.params.append(click.Option(["--yes"], is_flag=True, help="Do not ask."))
    return command


@_turn_options
@click.command()
def pause(**wanted: Any) -> None:
    """Stop reminders and pulls of a project; its dates stay."""
    _turn("pause", **wanted)


@_turn_options
@click.command()
def resume(**wanted: Any) -> None:
    """Go on after a pause."""
    _turn("resume", **wanted)


@_ask_option
@_turn_options
@click.command()
def cancel(**wanted: Any) -> None:
    """Give a project up; it can still be read, and archived."""
    _turn("cancel", **wanted)


@_ask_option
@_turn_options
@click.command()
def archive(**wanted: Any) -> None:
    """Put a project away for good; it can still be read."""
    _turn("archive", **wanted)


def _turn(
    act: Act,
    *,
    named: str,
    reason: str | None,
    slug: str,
    acting_as: str | None,
    yes: bool = False,
) -> None:
    given = checked(TurnIn, reason=reason)
    open_database()
    if act in _SURE and not yes:
        _ask(act, slug, acting_as, named=named)
    with unit_of_work() as session:
        one, actor = _found(session, slug, acting_as, named=named)
        one = queries.project(session, one.workspace_id, one.id, to_change=True)
        turn(session, actor, one, act, reason=given.get("reason"), now=utcnow())
    click.echo(_STATES[one.state].say(spoken_language(), name=one.name))


@_ask_option
@workspace_options
@project_option
@click.command()
def delete(*, named: str, yes: bool, slug: str, acting_as: str | None) -> None:
    """Delete a project with everything in it, its history, too."""
    open_database()
    if not yes:
        _ask("delete", slug, acting_as, named=named)
    with unit_of_work() as session:
        one, actor = _found(session, slug, acting_as, named=named)
        actor.must(Permission.MANAGE_PROJECTS)
        service.remove(session, actor, one, now=utcnow())
    click.echo(_DELETED.say(spoken_language(), name=one.name))


def _ask(act: str, slug: str, acting_as: str | None, *, named: str) -> None:
    """Have the name read before anything is done that cannot be taken back."""
    with reading() as session:
        one, actor = _found(session, slug, acting_as, named=named)
        actor.must(Permission.MANAGE_PROJECTS)
    click.confirm(_SURE[act].say(spoken_language(), name=one.name), abort=True)
