"""``tracker plan show``: a stored launch as it stands today."""

from collections.abc import Mapping, Sequence
from datetime import date
from shutil import get_terminal_size
from typing import Any, Final
from uuid import UUID

import click
from sqlalchemy.orm import Session

from tracker.cli.member import workspace_options
from tracker.cli.opening import acting, open_database
from tracker.cli.options import format_option
from tracker.cli.render.answer import shown_as_json
from tracker.cli.render.gantt import render
from tracker.cli.render.page import WIDTH
from tracker.cli.speech import spoken_language
from tracker.kernel.clock import local_today, utcnow
from tracker.kernel.db import reading
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Language, Sentence
from tracker.overview.chart import chart_of
from tracker.overview.gantt.draw import draw
from tracker.overview.sheet import STORED, sheet
from tracker.overview.timeline import timeline_out
from tracker.people import queries as people
from tracker.people.rules import Permission
from tracker.projects import queries
from tracker.projects.models import Project

_NO_PROJECT: Final = Sentence(
    en="There is no project “{name}” in the workspace “{slug}”.",
    fr="Il n'y a pas de projet « {name} » dans l'espace « {slug} ».",
)
_SEVERAL: Final = Sentence(
    en="“{name}” is the name of several projects. Give the id of one of them: {ids}.",
    fr="« {name} » est le nom de plusieurs projets. Donner l'identifiant de l'un d'eux : {ids}.",
)


def project_option(command: click.Command) -> click.Command:
    """``--project``, by id or by name."""
    command.params.append(click.Option(["--project", "named"], required=True, help="Id or name."))
    return command


@workspace_options
@project_option
@click.command()
@format_option("table", "json", "csv", "svg")
def show(*, slug: str, acting_as: str | None, named: str, output: str) -> None:
    """Show a stored launch: progress, gates, float and what is late, as of today."""
    open_database()
    with reading() as session:
        workspace, actor = acting(session, slug, acting_as)
        actor.must(Permission.LOOK)
        project = project_named(session, workspace.id, slug=slug, name=named)
        now = utcnow()
        shown = timeline_out(session, project, spoken_language(), now=now)
        emails = people.every_email(session, workspace.id)
    rendered = _rendered(shown, local_today(project.timezone, now), output, emails)
    click.echo(rendered, nl=not isinstance(rendered, bytes))


def project_named(session: Session, workspace_id: UUID, *, slug: str, name: str) -> Project:
    """The project of this id or name. Raises NotFound, also where the name is not enough."""
    if people.is_id(name):
        return queries.project(session, workspace_id, UUID(name))
    found = queries.projects_called(session, workspace_id, name)
    if len(found) > 1:
        raise NotFound(_SEVERAL, name=name, ids=", ".join(str(project.id) for project in found))
    if not found:
        raise NotFound(_NO_PROJECT, name=name, slug=slug)
    return found[0]


def _rendered(
    shown: Mapping[str, Any], today: date, output: str, emails: Mapping[UUID, str]
) -> str | bytes:
    language: Language = spoken_language()
    if output == "json":
        return shown_as_json(shown)
    if output == "csv":
        return sheet(STORED, [_with_names(task, emails) for task in shown["tasks"]])
    chart = chart_of(shown, today)
    if output == "svg":
        return draw(chart, language).encode()
    return render(chart, language, get_terminal_size((WIDTH, 24)).columns)


def _with_names(task: Mapping[str, Any], emails: Mapping[UUID, str]) -> dict[str, Any]:
    known: Sequence[str] = [emails[one] for one in task["assignees"] if one in emails]
    return {**task, "assignees": known}
