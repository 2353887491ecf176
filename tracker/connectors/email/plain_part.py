"""A letter for those who read plain text. Pure."""

from collections.abc import Iterator

from tracker.connectors.email.addresses import followed
from tracker.connectors.email.words import COLON, UNSUBSCRIBE
from tracker.connectors.letter import Action, Item, Letter
from tracker.kernel.plain import line, prose


def plain_part(letter: Letter) -> str:
    """The whole letter, with each link written out."""
    return "\n".join(_lines(letter)) + "\n"


def _lines(letter: Letter) -> Iterator[str]:
    yield from (line(letter.greeting), "", prose(letter.opening), "")
    for section in letter.sections:
        if section.heading:
            heading = line(section.heading)
            yield from (heading, "-" * min(len(heading), 60), "")
        for item in section.items:
            yield from _item(item, letter)
    if letter.actions:
        yield from (*_actions(letter.actions, letter, ""), "")
    yield "-- "  # the mark before a signature (RFC 3676 §4.3): readers fold it away
    yield from (prose(said) for said in letter.closing)
    if url := followed(letter.unsubscribe_url):
        yield _link(UNSUBSCRIBE.say(letter.language), url, letter)


def _item(item: Item, letter: Letter) -> Iterator[str]:
    yield f"{'!' if item.is_urgent else '*'} {line(item.title)}"
    for detail in item.details:
        yield from (f"  {one}" for one in prose(detail).split("\n"))
    if url := followed(item.url):
        yield f"  {url}"
    yield from _actions(item.actions, letter, "  ")
    yield ""


def _actions(actions: tuple[Action, ...], letter: Letter, indent: str) -> Iterator[str]:
    for action in actions:
        if url := followed(action.url):
            yield indent + _link(line(action.label), url, letter)


def _link(label: str, url: str, letter: Letter) -> str:
    return f"{label}{COLON[letter.language]}{url}"
