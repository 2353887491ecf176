"""``tracker reminders list|show|replay``: what is owed, what was sent, and sending it again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import click
from orjson import loads
from sqlalchemy import Row
from sqlalchemy.orm import Session

from tracker.cli.member import workspace_options
from tracker.cli.opening import acting, open_database
from tracker.cli.options import format_option
from tracker.cli.render.json import dump
from tracker.cli.render.rows import echo_rows
from tracker.cli.speech import spoken_language
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.people.queries import every_email
from tracker.people.rules import Actor, Permission
from tracker.reminders import queries, service
from tracker.reminders.queries import Wanted
from tracker.reminders.showing import in_full, reminder_out
from tracker.reminders.starting import waited_for
from tracker.reminders.why import waiting_for
from tracker.reminders.words import Rule, State
from tracker.web.jsons import to_json

_PAGE: Final = 500
_NOBODY: Final = Sentence(
    en="{email} has never been a member of the workspace “{slug}”.",
    fr="{email} n'a jamais été membre de l'espace « {slug} ».",
)
_AGAIN: Final = Sentence(
    en="{count} {count:reminder|reminders} will be sent again.",
    fr="{count} {count:rappel sera renvoyé|rappels seront renvoyés}.",
)
_WHICH: Final = Sentence(
    en="Name reminders by their ids, or all of a state with --state.",
    fr="Nommer les rappels par leur identifiant, ou tous ceux d'un état avec --state.",
)


@workspace_options
@click.command("list")
@click.option("--member", "email", help="Of one member; of all by default.")
@click.option("--state", type=click.Choice([state.value for state in State]))
@click.option("--rule", type=click.Choice([rule.value for rule in Rule]))
@format_option("table", "json")
def list_reminders(
    *,
    slug: str,
    acting_as: str | None,
    email: str | None,
    state: str | None,
    rule: str | None,
    output: str,
) -> None:
    """What is owed and was sent, in the order in which it is due."""
    open_database()
    with reading() as session:
        _workspace, actor = acting(session, slug, acting_as)
        emails = every_email(session, actor.workspace_id)
        member_id = _member(actor, emails, email, slug)
        wanted = Wanted(member_id=member_id, state=state, rule=rule)
        rows = list(_every(session, actor, wanted))
        waiting = waited_for(session, rows)
    if output == "json":
        click.echo(dump([_shown(row, waiting.get(row.id, ())) for row in rows]), nl=False)
        return
    echo_rows([_line(row, emails) for row in rows], output)


def _member(actor: Actor, emails: Mapping[UUID, str], email: str | None, slug: str) -> UUID | None:
    """Whose; others' are for managers. Raises Forbidden, NotFound."""
    if email is None:
        return None if actor.may(Permission.SEE_EVERYBODY) else actor.member_id
    found = next((one for one, known in emails.items() if known == email.lower()), None)
    if found is None:
        raise NotFound(_NOBODY, email=email, slug=slug)
    if found != actor.member_id:
        actor.must(Permission.SEE_EVERYBODY)
    return found


def _every(session: Session, actor: Actor, wanted: Wanted) -> Iterator[Row[Any]]:
    after: Sequence[Any] | None = None
    while True:
        rows = queries.reminders(session, actor.workspace_id, wanted, after=after, limit=_PAGE)
        yield from rows[:_PAGE]
        if len(rows) <= _PAGE:
            return
        after = (rows[_PAGE - 1].due_at, rows[_PAGE - 1].id)


def _shown(row: Row[Any], waits_for: Sequence[str]) -> Any:
    return _plain(reminder_out(row, waits_for, spoken_language()))


def _plain(told: Mapping[str, Any]) -> Any:
    """As the API answers it."""
    return loads(to_json(told))


def _line(row: Row[Any], emails: Mapping[UUID, str]) -> dict[str, object]:
    return {
        "due_at": row.due_at.isoformat(timespec="minutes"),
        "member": emails.get(row.member_id, ""),
        "rule": f"{row.rule} {row.step}".strip(),
        "title": row.title,
        "state": row.state,
        "reason": row.reason,
        "id": row.id,
    }


@workspace_options
@click.command()
@click.argument("reminder_id", type=click.UUID)
@format_option("table", "json")
def show(*, slug: str, acting_as: str | None, reminder_id: UUID, output: str) -> None:
    """One reminder, why it is as it is, and every try to send it."""
    open_database()
    with reading() as session:
        _workspace, actor = acting(session, slug, acting_as)
        reader_id = None if actor.may(Permission.SEE_EVERYBODY) else actor.member_id
        row = queries.shown(session, actor.workspace_id, reminder_id, reader_id=reader_id)
        tries = queries.attempts(session, actor.workspace_id, reminder_id)
        emails = every_email(session, actor.workspace_id)
        waits_for = waited_for(session, [row]).get(row.id, ())
    told = in_full(row, tries, waits_for, spoken_language())
    if output == "json":
        click.echo(dump(_plain(told)), nl=False)
        return
    echo_rows([_line(row, emails)], output)
    click.echo(told["why"])
    if waits_for:
        click.echo(waiting_for(waits_for).say(spoken_language()))
    echo_rows([_try(each) for each in told["attempts"]], output)


def _try(told: Mapping[str, Any]) -> dict[str, object]:
    return {
        "number": told["number"],
        "started_at": told["started_at"].isoformat(timespec="seconds"),
        "channel": told["channel"],
        "outcome": told["outcome"],
        "detail": told["detail"],
        "why": told["why"],
    }


@workspace_options
@click.command()
@click.argument("reminder_ids", type=click.UUID, nargs=-1)
@click.option(
    "--state",
    type=click.Choice([state.value for state in service.REPLAYED]),
    help="All that are in this state.",
)
def replay(
    *, slug: str, acting_as: str | None, reminder_ids: tuple[UUID, ...], state: str | None
) -> None:
    """Send again what has failed, has expired or may not have arrived."""
    if bool(reminder_ids) == bool(state):
        raise click.UsageError(_WHICH.say(spoken_language()))
    open_database()
    with unit_of_work() as session:
        _workspace, actor = acting(session, slug, acting_as)
        actor.must(Permission.MANAGE_PROJECTS)
        ids = list(reminder_ids)
        ids += [row.id for row in _every(session, actor, Wanted(state=state))] if state else []
        for one in ids:
            found = queries.locked(session, actor.workspace_id, one, reader_id=None)
            service.replay(found, now=utcnow())
    click.echo(_AGAIN.say(spoken_language(), count=len(ids)))


COMMANDS: Final = (list_reminders, show, replay)
