"""``tracker channel``: the channels by which a member is reached."""

import sys
from typing import Any, Final
from uuid import UUID

import click
from sqlalchemy.orm import Session

from tracker.channels import queries, service
from tracker.channels.addresses import check_address
from tracker.channels.models import Channel
from tracker.channels.schemas import ChannelIn
from tracker.channels.testing import send_test
from tracker.channels.words import Kind, State
from tracker.cli.member import workspace_options
from tracker.cli.opening import acting, checked, open_database
from tracker.cli.render.rows import echo_rows
from tracker.cli.speech import Refusal, spoken_language
from tracker.connectors.letter import Outcome
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.texts import Sentence
from tracker.people.rules import Actor, Permission

_ADDED: Final = Sentence(
    en="{label} is added as {id}. One message goes there: it is used once that is confirmed.",
    fr="{label} est ajouté comme {id}. Un message y part : il servira une fois confirmé.",
)
_SENT: Final = Sentence(en="The test was accepted.", fr="L'essai a été accepté.")
_FAILED: Final = Sentence(
    en="The test was not accepted: {outcome}, {detail}.",
    fr="L'essai n'a pas été accepté : {outcome}, {detail}.",
)
_OFF: Final = Sentence(en="{label} is off.", fr="{label} est désactivé.")
_REMOVED: Final = Sentence(en="{label} is forgotten.", fr="{label} est oublié.")


@click.group()
def channel() -> None:
    """List, add, test, switch off and remove the channels of a member (--as)."""


@workspace_options
@channel.command("list")
@click.option("--format", "output", type=click.Choice(["table", "json"]), default="table")
def list_channels(*, output: str, slug: str, acting_as: str | None) -> None:
    """Channels of a member, the preferred first; addresses are not shown."""
    open_database()
    with reading() as session:
        _, actor = acting(session, slug, acting_as)
        actor.must(Permission.LOOK)
        found = queries.channels(session, actor.workspace_id, actor.member_id)
    echo_rows([_row(one) for one in found], output)


def _row(one: Channel) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "kind": one.kind,
        "label": one.label,
        "position": one.position,
        "state": one.state,
        "reason": one.reason,
    }


@workspace_options
@channel.command()
@click.argument("kind", type=click.Choice([kind.value for kind in Kind]))
@click.argument("address", required=False)
def add(*, kind: str, address: str | None, slug: str, acting_as: str | None) -> None:
    """Have a member be reached at ADDRESS, too; ``-`` reads it from standard input."""
    given = sys.stdin.readline().strip() if address == "-" else address
    wanted = checked(ChannelIn, kind=kind, address=given)["address"] or ""
    open_database()
    check_address(Kind(kind), wanted)
    with unit_of_work() as session:
        _, actor = acting(session, slug, acting_as)
        added = service.add(session, actor, Kind(kind), wanted, now=utcnow())
        told = {"label": added.label, "id": added.id}
    click.echo(_ADDED.say(spoken_language(), **told))


@workspace_options
@channel.command()
@click.argument("channel_id", type=click.UUID)
def test(*, channel_id: UUID, slug: str, acting_as: str | None) -> None:
    """Send a test by the channel CHANNEL_ID and tell what came of it."""
    open_database()
    with reading() as session:
        _, actor = acting(session, slug, acting_as)
    answer = send_test(actor, channel_id, spoken_language(), now=utcnow())
    if answer.outcome != Outcome.ACCEPTED:
        told = {"outcome": answer.outcome, "detail": answer.detail}
        raise Refusal(_FAILED.say(spoken_language(), **told))
    click.echo(_SENT.say(spoken_language()))


@workspace_options
@channel.command()
@click.argument("channel_id", type=click.UUID)
def off(*, channel_id: UUID, slug: str, acting_as: str | None) -> None:
    """Use the channel CHANNEL_ID no more, and keep it."""
    open_database()
    with unit_of_work() as session:
        one = _mine(session, _acting_oneself(session, slug, acting_as), channel_id)
        service.change(one, {"state": State.OFF})
        label = one.label
    click.echo(_OFF.say(spoken_language(), label=label))


@workspace_options
@channel.command()
@click.argument("channel_id", type=click.UUID)
def remove(*, channel_id: UUID, slug: str, acting_as: str | None) -> None:
    """Forget the channel CHANNEL_ID, address and all."""
    open_database()
    with unit_of_work() as session:
        one = _mine(session, _acting_oneself(session, slug, acting_as), channel_id)
        service.remove(session, one)
        label = one.label
    click.echo(_REMOVED.say(spoken_language(), label=label))


def _acting_oneself(session: Session, slug: str, acting_as: str | None) -> Actor:
    _, actor = acting(session, slug, acting_as)
    actor.must(Permission.CHANGE_ONESELF)
    return actor


def _mine(session: Session, actor: Actor, channel_id: UUID) -> Channel:
    own = (actor.workspace_id, actor.member_id)
    return queries.channel(session, *own, channel_id, to_change=True)
