"""``tracker db mute`` and ``unmute``: whether anything leaves this installation."""

from typing import Final

import click
from sqlalchemy.orm import Session

from tracker.cli.opening import open_database, shown_url
from tracker.cli.speech import spoken_language
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.muting import mute as begin
from tracker.kernel.muting import muting
from tracker.kernel.muting import unmute as end
from tracker.kernel.texts import Said, Sentence
from tracker.reminders.backlog import waiting as reminders_waiting
from tracker.webhooks.backlog import waiting as deliveries_waiting

_OWED: Final = Sentence(
    en="Due by now: {reminders} reminders, {deliveries} deliveries to webhooks. Deliveries go at "
    "once, in their order. Reminders are looked at again: what does not hold any more is dropped, "
    "what is many for one person becomes one message, what is more than three days late stands in "
    "their digest or is left out. Boards are compared and figures pulled from where they stood.",
    fr="Échu à cet instant : {reminders} rappels, {deliveries} envois à des webhooks. Les envois "
    "partent aussitôt, dans leur ordre. Les rappels sont revus : ce qui ne vaut plus est "
    "abandonné, ce qui est trop pour une personne devient un seul message, ce qui a plus de trois "
    "jours de retard va dans son résumé ou est omis. Les tableaux sont comparés et les chiffres "
    "relevés d'où ils en étaient.",
)
_SURE: Final = Sentence(
    en="Let {url} send again? Only if no other copy does: two would tell everybody everything "
    "twice.",
    fr="Laisser {url} envoyer de nouveau ? Seulement si aucune autre copie ne le fait : à deux, "
    "tout serait dit deux fois à tous.",
)
_UNMUTED: Final = Sentence(en="Unmuted: {url} sends.", fr="Sourdine levée : {url} envoie.")
_NOT_MUTED: Final = Sentence(
    en="{url} is not muted; nothing was changed.",
    fr="{url} n'est pas en sourdine ; rien n'a été modifié.",
)


@click.command()
def mute() -> None:
    """Have nothing leave: no reminder, webhook or card; what is owed is kept. Twice is once."""
    open_database()
    with unit_of_work() as session:
        begin(session, now=utcnow())
    tell_if_muted()


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def unmute(*, yes: bool) -> None:
    """Have what is owed leave again, from this copy of the database."""
    url = shown_url(open_database())
    language = spoken_language()
    with reading() as session:
        if muting(session) is None:
            click.echo(_NOT_MUTED.say(language, url=url))
            return
        click.echo(_owed(session).say(language))
    if not yes:
        click.confirm(_SURE.say(language, url=url), abort=True)
    with unit_of_work() as session:
        end(session)
    click.echo(_UNMUTED.say(language, url=url))


def _owed(session: Session) -> Said:
    now = utcnow()
    due = {
        "reminders": reminders_waiting(session, now).ready,
        "deliveries": deliveries_waiting(session, now).ready,
    }
    return Said(_OWED, due)


def tell_if_muted() -> None:
    """So that nobody waits for what does not leave."""
    with reading() as session:
        found = muting(session)
    if found is not None:
        click.echo(found.said.say(spoken_language()))
