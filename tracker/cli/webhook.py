"""``tracker webhook``: the programs that are told what happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import click

from tracker.cli.member import workspace_options
from tracker.cli.opening import acting, open_database
from tracker.cli.render.rows import echo_rows
from tracker.cli.speech import Refusal, spoken_language
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.texts import Sentence
from tracker.people.rules import Actor, Permission
from tracker.web.paging import MAX_LIMIT
from tracker.webhooks import queries, service
from tracker.webhooks.models import Webhook
from tracker.webhooks.replaying import replay
from tracker.webhooks.showing import STATES, tested_out
from tracker.webhooks.testing import send_test

_PAUSED: Final = Sentence(
    en="“{name}” is sent nothing; what happens is held for it.",
    fr="« {name} » ne reçoit rien ; ce qui se passe est gardé pour lui.",
)
_RESUMED: Final = Sentence(
    en="“{name}” is sent what was held, and what happens.",
    fr="« {name} » reçoit ce qui était gardé, et ce qui se passe.",
)


@click.group()
def webhook() -> None:
    """List webhooks, test, pause and resume them, and send again what they were owed."""


@workspace_options
@webhook.command("list")
@click.option("--format", "output", type=click.Choice(["table", "json"]), default="table")
def list_webhooks(*, output: str, slug: str, acting_as: str | None) -> None:
    """Webhooks of a workspace, the oldest first; addresses and secrets are not shown."""
    open_database()
    with reading() as session:
        _, actor = acting(session, slug, acting_as)
        actor.must(Permission.SEE_EVERYBODY)
        found = queries.webhooks(session, actor.workspace_id, after=None, limit=MAX_LIMIT)
        waiting = queries.waiting(session, actor.workspace_id, [one.id for one in found])
    rows = [
        {
            "id": str(one.id),
            "name": one.name,
            "host": one.host,
            "state": one.state if output == "json" else STATES[one.state].say(spoken_language()),
            "reason": one.reason,
            **{state: waiting[one.id].get(state, 0) for state in ("owed", "held", "failed")},
        }
        for one in found
    ]
    echo_rows(rows, output)


@workspace_options
@webhook.command()
@click.argument("webhook_id", type=click.UUID)
def test(*, webhook_id: UUID, slug: str, acting_as: str | None) -> None:
    """Send a test to WEBHOOK_ID now, and tell what came of it."""
    open_database()
    with reading() as session:
        _, actor = acting(session, slug, acting_as)
    told = tested_out(send_test(actor, webhook_id, now=utcnow()), spoken_language())
    if not told["ok"]:
        raise Refusal(told["sentence"])
    click.echo(told["sentence"])


@contextmanager
def _changing(
    webhook_id: UUID, slug: str, acting_as: str | None
) -> Iterator[tuple[Actor, Webhook]]:
    open_database()
    with unit_of_work() as session:
        _, actor = acting(session, slug, acting_as)
        actor.must(Permission.MANAGE_PROJECTS)
        yield actor, queries.webhook(session, actor.workspace_id, webhook_id, to_change=True)


@workspace_options
@webhook.command()
@click.argument("webhook_id", type=click.UUID)
def pause(*, webhook_id: UUID, slug: str, acting_as: str | None) -> None:
    """Send WEBHOOK_ID nothing for now, and keep what happens."""
    with _changing(webhook_id, slug, acting_as) as (actor, found), unit_of_work() as session:
        service.pause(session, actor, found, now=utcnow())
        name = found.name
    click.echo(_PAUSED.say(spoken_language(), name=name))


@workspace_options
@webhook.command()
@click.argument("webhook_id", type=click.UUID)
def resume(*, webhook_id: UUID, slug: str, acting_as: str | None) -> None:
    """Send WEBHOOK_ID what was held, and what happens; also after it was disabled."""
    with _changing(webhook_id, slug, acting_as) as (actor, found), unit_of_work() as session:
        service.resume(session, actor, found, now=utcnow())
        name = found.name
    click.echo(_RESUMED.say(spoken_language(), name=name))


@workspace_options
@webhook.command("replay")
@click.argument("webhook_id", type=click.UUID)
@click.option("--failed", is_flag=True, help="All that failed.")
@click.option("--delivery", "delivery_id", type=click.UUID, help="One delivery.")
@click.option("--since", type=click.DateTime(), help="What was owed from this instant on, UTC.")
@click.option("--until", type=click.DateTime(), help="By default, now.")
def replay_some(
    *, webhook_id: UUID, slug: str, acting_as: str | None, failed: bool, **given: object
) -> None:
    """Send again, under the same ids, one of: what failed, one delivery, what was owed then."""
    wish = {name: _in_utc(value) for name, value in given.items() if value is not None}
    if failed:
        wish["failed"] = True
    with _changing(webhook_id, slug, acting_as) as (_actor, found), unit_of_work() as session:
        told = replay(session, found, wish, now=utcnow())
    click.echo(told.said.say(spoken_language()))


def _in_utc(value: object) -> object:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
