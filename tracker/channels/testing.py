"""A test of a channel: one letter, sent at once, and what came of it."""

from datetime import datetime
from typing import Final
from uuid import UUID

from tracker.channels import queries, service
from tracker.channels.routes import deliver
from tracker.connectors.letter import Answer, Letter, Outcome, Parcel
from tracker.kernel.db import new_id, unit_of_work
from tracker.kernel.muting import check_may_send
from tracker.kernel.texts import Language, Sentence
from tracker.people.rules import Actor, Permission

_SUBJECT: Final = Sentence(en="A test of this channel", fr="Un essai de ce canal")
_HELLO: Final = Sentence(en="Hello,", fr="Bonjour,")
_OPENING: Final = Sentence(
    en="Your reminders can reach you here. There is nothing to do.",
    fr="Vos rappels peuvent arriver ici. Il n'y a rien à faire.",
)
_CLOSING: Final = Sentence(
    en="You get this because you have asked for a test.",
    fr="Vous recevez ce message parce que vous avez demandé un essai.",
)


def send_test(actor: Actor, channel_id: UUID, language: Language, *, now: datetime) -> Answer:
    """Send a letter by a channel of the actor's. Raises Conflict, Muted, NotFound, TooMany.

    Opens transactions of its own, before and after: none is open while it speaks to the network.
    """
    actor.must(Permission.CHANGE_ONESELF)
    own = (actor.workspace_id, actor.member_id)
    with unit_of_work() as session:
        channel = queries.channel(session, *own, channel_id, to_change=True)
        check_may_send(session)
        service.begin_test(channel, now=now)
        kind, address = channel.kind, service.address_of(channel)
    (answer,) = deliver(kind, [Parcel(address=address, letter=_letter(language))])
    if answer.outcome == Outcome.GONE:
        with unit_of_work() as session:
            service.switch_off(session, *own, channel_id, now=now)
    return answer


def _letter(language: Language) -> Letter:
    return Letter(
        id=new_id(),
        language=language,
        subject=_SUBJECT.say(language),
        greeting=_HELLO.say(language),
        opening=_OPENING.say(language),
        closing=(_CLOSING.say(language),),
    )
