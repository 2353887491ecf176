"""``tracker events``: announcements that nobody could hear."""

from typing import Final

import click

from tracker.cli.opening import open_database
from tracker.cli.speech import spoken_language
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.kernel.hearing import replay_parked
from tracker.kernel.texts import Sentence

_AGAIN: Final = Sentence(
    en="{count} {count:event|events} will be handed on again.",
    fr="{count} {count:événement sera retransmis|événements seront retransmis}.",
)


@click.group()
def events() -> None:
    """Hand on events that were left alone."""


@events.command()
def replay() -> None:
    """Hand on again, in all workspaces, what was left alone after three crashes."""
    open_database()
    with unit_of_work() as session:
        count = replay_parked(session, now=utcnow())
    click.echo(_AGAIN.say(spoken_language(), count=count))
