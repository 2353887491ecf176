"""From facts to a letter, whatever the rule. Pure."""

from typing import Final

from tracker.connectors.letter import Letter
from tracker.reminders.composing.facts import Facts, Gathered, Reader
from tracker.reminders.composing.gathered import LinksOf, gathered
from tracker.reminders.composing.single import single
from tracker.reminders.composing.way import about_the_way

_GATHERING: Final = frozenset({"digest", "catch_up"})
_WAYS: Final = frozenset({"confirm", "channel_off", "webhook_off"})
_NOTHING: Final = Gathered(told=(), count=0)


def letter(facts: Facts, reader: Reader, links_of: LinksOf, found: Gathered = _NOTHING) -> Letter:
    """The letter that tells ``facts``; ``found`` is what a digest or a catch-up gathers."""
    if facts.rule in _GATHERING:
        return gathered(facts, found, reader, links_of)
    if facts.rule in _WAYS:
        return about_the_way(facts, reader, links_of(facts))
    return single(facts, reader, links_of(facts))
