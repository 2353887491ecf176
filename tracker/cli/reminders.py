"""``tracker reminders``: who will be reminded of what, when and why."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import click
from orjson import loads
from sqlalchemy.orm import Session

from tracker.cli.opening import acting, open_database
from tracker.cli.options import format_option
from tracker.cli.reminders_log import COMMANDS
from tracker.cli.render.json import dump
from tracker.cli.render.rows import echo_rows
from tracker.cli.show import project_named
from tracker.cli.speech import spoken_language
from tracker.kernel.cells import csv_page
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Language, Said, Sentence
from tracker.people.queries import workspaces
from tracker.reminders.asking_schemas import ForeseenOut
from tracker.reminders.preview import MOST_DAYS, Foreseen
from tracker.reminders.preview import preview as foresee
from tracker.reminders.why import waiting_for
from tracker.web.jsons import to_json

_COLUMNS: Final = (
    *("due_at", "member", "stands_in_for", "subject", "title", "project", "rule", "step", "why"),
    *("way", "is_owed", "waits", "waits_for", "subject_id", "member_id", "project_id"),
)
_WHICH: Final = Sentence(
    en="Say in which workspace, with --workspace: {slugs}.",
    fr="Dire dans quel espace, avec --workspace : {slugs}.",
)
_NONE: Final = Sentence(
    en="There is no workspace yet. `tracker workspace create SLUG` makes one.",
    fr="Il n'y a pas encore d'espace. `tracker workspace create SLUG` en crée un.",
)
_NOTHING: Final = Sentence(
    en="Nobody is reminded of anything in the next {days} {days:day|days}.",
    fr="Personne ne reçoit de rappel d'ici {days} {days:jour|jours}.",
)
_WHEN: Final = Sentence(en="when", fr="quand")
_WHO: Final = Sentence(en="who", fr="qui")
_WHAT: Final = Sentence(en="what", fr="quoi")
_WHY: Final = Sentence(en="why", fr="pourquoi")
_STATE: Final = Sentence(en="state", fr="état")
_FOR: Final = Sentence(en="{member}, for {other}", fr="{member}, pour {other}")
_OWED: Final = Sentence(en="owed", fr="prévu")
_PLANNED: Final = Sentence(en="to come", fr="à venir")
_WAITS: Final = Sentence(en="waits for a gate", fr="attend un point de passage")
_DIGEST: Final = Sentence(en="{state}, in a digest", fr="{state}, dans un résumé")


@click.group()
def reminders() -> None:
    """Show who was, and who will be reminded of what; send again."""


for command in COMMANDS:
    reminders.add_command(command)


@reminders.command()
@click.option("--workspace", "slug", help="Its slug; not needed where there is one only.")
@click.option("--as", "acting_as", help="Member to act for; the first owner by default.")
@click.option("--project", "named", help="Id or name; all of them by default.")
@click.option(
    "--days",
    type=click.IntRange(1, MOST_DAYS),
    default=14,
    show_default=True,
    help="How far to look.",
)
@format_option("table", "json", "csv")
def preview(
    *, slug: str | None, acting_as: str | None, named: str | None, days: int, output: str
) -> None:
    """Who will get what, when and why, as things stand. Nothing is sent."""
    open_database()
    with reading() as session:
        slug = slug or _only_workspace(session)
        workspace, actor = acting(session, slug, acting_as)
        found = named and project_named(session, workspace.id, slug=slug, name=named)
        wanted = found.id if found else None
        foreseen = foresee(session, actor, wanted, days=days, now=utcnow())
    language = spoken_language()
    if output == "table":
        echo_rows([_line(one, language) for one in foreseen], output)
        if not foreseen:
            click.echo(_NOTHING.say(language, days=days))
        return
    shown = [one.told(language) for one in foreseen]
    if output == "json":
        click.echo(dump([_plain(one) for one in shown]), nl=False)
    else:
        page = csv_page(_COLUMNS, ([_cell(one[name]) for name in _COLUMNS] for one in shown))
        click.echo(page, nl=False)


def _only_workspace(session: Session) -> str:
    slugs = [one.slug for one in workspaces(session)]
    if len(slugs) != 1:
        raise NotFound(_WHICH, slugs=", ".join(slugs)) if slugs else NotFound(_NONE)
    return slugs[0]


def _plain(told: Mapping[str, Any]) -> Any:
    """As the API answers it."""
    return loads(to_json(ForeseenOut().dump(told)))


def _cell(value: object) -> object:
    if isinstance(value, list):
        return "; ".join(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _states(one: Foreseen) -> Iterator[Said]:
    if one.is_behind_gate:
        yield Said(_WAITS, {})
    if one.waits_for:
        yield waiting_for(one.waits_for)
    if not one.waits:
        yield Said(_OWED if one.is_owed else _PLANNED, {})


def _line(one: Foreseen, language: Language) -> dict[str, object]:
    """One reminder for people: its moment is told where its reader is."""
    told = one.told(language)
    who = one.reader.name
    if one.absent is not None:
        who = _FOR.say(language, member=who, other=one.absent.name)
    said = ", ".join(state.say(language) for state in _states(one))
    if told["way"] == "digest":
        said = _DIGEST.say(language, state=said)
    at = told["due_at"].astimezone(one.reader.zone)
    return {
        _WHEN.say(language): f"{at:%Y-%m-%d %H:%M %Z}",
        _WHO.say(language): who,
        _WHAT.say(language): one.title,
        _WHY.say(language): told["why"],
        _STATE.say(language): said,
    }
