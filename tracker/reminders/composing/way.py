"""Letters about ways: whether an address is right, that one is off, to people or programs. Pure."""

from typing import Final

from tracker.connectors.letter import Letter
from tracker.kernel.plain import line
from tracker.kernel.texts import Sentence
from tracker.reminders.composing import sentences
from tracker.reminders.composing.facts import Facts, Reader
from tracker.reminders.composing.single import Links, actions
from tracker.reminders.links import Purpose

_CONFIRMS: Final = (Purpose.CONFIRM_CHANNEL, Purpose.CONFIRM_ADDRESS)


def about_the_way(facts: Facts, reader: Reader, links: Links) -> Letter:
    """The letter of these rules; nothing in it is to be ended."""
    is_webhook = facts.rule == "webhook_off"
    reasons = sentences.WEBHOOK_OFF_REASONS if is_webhook else sentences.OFF_REASONS
    values = {
        "label": line(facts.title) if facts.title else sentences.THIS_WAY,
        "name": line(facts.for_whom or ""),
        "reason": reasons.get(facts.reason or "", reasons["failing" if is_webhook else "refused"]),
        "workspace": line(facts.project),
    }
    subject, opening, closing = (one.say(reader.language, **values) for one in _said(facts))
    return Letter(
        id=facts.id,
        language=reader.language,
        subject=subject,
        greeting=sentences.HELLO.say(reader.language, name=reader.name),
        opening=opening,
        actions=actions(_CONFIRMS, reader, links),
        closing=(closing,),
    )


def _said(facts: Facts) -> tuple[Sentence, Sentence, Sentence]:
    """Subject, opening and closing."""
    if facts.rule == "confirm":
        return sentences.CONFIRM_SUBJECT, sentences.CONFIRM, sentences.CONFIRM_CLOSING
    if facts.rule == "webhook_off":
        return (
            sentences.WEBHOOK_OFF_SUBJECT,
            sentences.WEBHOOK_OFF,
            sentences.WEBHOOK_OFF_CLOSING,
        )
    if facts.for_whom:
        opening = sentences.UNWANTED_BY if facts.reason == "unsubscribed" else sentences.OFF_OF
        return sentences.OFF_OF_SUBJECT, opening, sentences.OFF_CLOSING
    return sentences.OFF_SUBJECT, sentences.OFF, sentences.OFF_CLOSING
