"""``tracker me``: when a member may be reached, and when they are away."""

from datetime import date
from typing import Any, Final
from uuid import UUID

import click

from tracker.cli.days import day, say_day
from tracker.cli.member import workspace_options
from tracker.cli.opening import acting, checked, open_database
from tracker.cli.options import format_option
from tracker.cli.render.answer import shown_as_json
from tracker.cli.render.rows import echo_rows
from tracker.cli.speech import spoken_language
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.texts import LANGUAGES, Sentence
from tracker.people import time_queries, time_service
from tracker.people.digest_rules import RHYTHMS
from tracker.people.queries import emails_of
from tracker.people.rules import Permission
from tracker.people.time_schemas import AbsenceIn, PreferencesChange
from tracker.people.time_showing import preferences_out

_KEPT: Final = Sentence(en="Kept.", fr="Enregistré.")
_AWAY: Final = Sentence(
    en="{email} is away from {first} to {last}.", fr="{email} est en absence du {first} au {last}."
)
_THERE: Final = Sentence(en="The absence is removed.", fr="L'absence est supprimée.")


@click.group()
def me() -> None:
    """Say when you may be reached, and when you are away. `--as` says who you are."""


@workspace_options
@me.command()
@format_option("table", "json")
def preferences(*, output: str, slug: str, acting_as: str | None) -> None:
    """Hours, quiet hours, days off, digest."""
    open_database()
    with reading() as session:
        _workspace, actor = acting(session, slug, acting_as)
        shown = preferences_out(*time_service.own_preferences(session, actor))
    if output == "json":
        click.echo(shown_as_json(shown), nl=False)
        return
    echo_rows([{"name": name, "value": _plain(value)} for name, value in shown.items()], output)


def _plain(value: Any) -> Any:
    return ",".join(map(str, value)) if isinstance(value, list | dict) else value


@workspace_options
@me.command("set")
@click.option("--timezone", metavar="ZONE", help="Such as Europe/Paris.")
@click.option("--language", type=click.Choice(LANGUAGES), help="The language that you read.")
@click.option("--work-from", metavar="HH:MM", help="When work begins.")
@click.option("--work-until", metavar="HH:MM", help="When it ends; 24:00 is the end of the day.")
@click.option("--work-day", "work_days", type=int, multiple=True, help="1 is Monday; repeat it.")
@click.option("--quiet-from", metavar="HH:MM", help="No message from then on.")
@click.option("--quiet-until", metavar="HH:MM", help="No message before; may span midnight.")
@click.option("--no-quiet", is_flag=True, help="No quiet hours.")
@click.option("--country", metavar="CODE", help="Whose public holidays you keep.")
@click.option("--subdivision", metavar="CODE", help="Region with holidays of its own.")
@click.option("--digest", type=click.Choice(RHYTHMS), help="One message instead of many.")
@click.option("--digest-time", metavar="HH:MM", help="When it comes.")
@click.option("--digest-weekday", type=int, help="Of a weekly one; 1 is Monday.")
def change(
    *,
    slug: str,
    acting_as: str | None,
    no_quiet: bool,
    work_days: tuple[int, ...],
    **wanted: Any,
) -> None:
    """Want something else; what is owed to you moves along."""
    changes = checked(PreferencesChange, work_days=list(work_days) or None, **wanted)
    if no_quiet:
        changes |= {"quiet_from": None, "quiet_until": None}
    open_database()
    with unit_of_work() as session:
        _workspace, actor = acting(session, slug, acting_as)
        actor.must(Permission.CHANGE_ONESELF)
        member, wishes = time_service.own_preferences(session, actor, to_change=True)
        time_service.change_preferences(session, member, wishes, changes, now=utcnow())
    click.echo(_KEPT.say(spoken_language()))


@workspace_options
@me.command()
@click.option("--from", "first", type=day, required=True, metavar="DATE", help="First day away.")
@click.option("--until", "last", type=day, required=True, metavar="DATE", help="Last day away.")
@click.option("--stand-in", metavar="EMAIL", help="Who hears for you.")
def absent(
    *, first: date, last: date, stand_in: str | None, slug: str, acting_as: str | None
) -> None:
    """Be away on some days."""
    days = {"start_on": first.isoformat(), "end_on": last.isoformat()}
    wanted = checked(AbsenceIn, **days, stand_in=stand_in)
    open_database()
    with unit_of_work() as session:
        _workspace, actor = acting(session, slug, acting_as)
        time_service.add_absence(session, actor, **wanted, now=utcnow())
        (email,) = emails_of(session, actor.workspace_id, [actor.member_id]).values()
    language = spoken_language()
    told = {"first": say_day(first, language), "last": say_day(last, language)}
    click.echo(_AWAY.say(language, email=email, **told))


@workspace_options
@me.command("absences")
@format_option("table", "json")
def list_absences(*, output: str, slug: str, acting_as: str | None) -> None:
    """When you are away, the latest days first."""
    open_database()
    with reading() as session:
        _workspace, actor = acting(session, slug, acting_as)
        found = time_queries.absences(session, actor.workspace_id, actor.member_id)
        emails = emails_of(session, actor.workspace_id, [one.stand_in_id for one in found])
    rows = [
        {
            "start_on": one.start_on.isoformat(),
            "end_on": one.end_on.isoformat(),
            "stand_in": emails.get(one.stand_in_id) if one.stand_in_id else None,
            "id": str(one.id),
        }
        for one in found
    ]
    echo_rows(rows, output)


@workspace_options
@me.command()
@click.argument("absence_id", type=click.UUID)
def present(*, absence_id: UUID, slug: str, acting_as: str | None) -> None:
    """Be there after all: remove the absence ABSENCE_ID."""
    open_database()
    with unit_of_work() as session:
        _workspace, actor = acting(session, slug, acting_as)
        time_service.remove_absence(session, actor, absence_id, now=utcnow())
    click.echo(_THERE.say(spoken_language()))
