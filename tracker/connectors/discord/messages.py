"""Messages, most of what is ever read of Discord. Pure; no text and no name gets past here.

Their shape is declared: a page is not read into more than what is used of it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Final

from msgspec import Meta, Struct
from msgspec.json import Decoder

from tracker.connectors.discord.names import ACCEPTING, WRITTEN
from tracker.connectors.discord.parse import Place
from tracker.connectors.figures import Event, EventKind, Role


class Author(Struct):
    """Who wrote it."""

    id: str
    bot: bool = False


class Reference(Struct):
    """What it answers or passes on; without an id where that was never there."""

    message_id: str | None = None


class Emoji(Struct):
    """A sign of Unicode, or the name of one of the server's own."""

    name: str | None = None


class Reaction(Struct):
    """How many gave it."""

    count: int
    emoji: Emoji


class Message(Struct):
    """Source: https://discord.com/developers/docs/resources/message#message-object."""

    id: str
    type: int
    author: Author
    timestamp: Annotated[datetime, Meta(tz=True)]
    webhook_id: str | None = None
    message_reference: Reference | None = None
    reactions: Sequence[Reaction] = ()


MESSAGES: Final = Decoder(list[Message])


def message_ids(rows: Sequence[Message]) -> list[int]:
    """The ids on a page."""
    return [int(row.id) for row in rows]


def events(rows: Sequence[Message], place: Place) -> list[Event]:
    """What a page of messages tells."""
    roots: dict[str, str] = {}
    written = [row for row in rows if row.type in WRITTEN]
    written.sort(key=lambda row: int(row.id))
    return [event for row in written for event in _events(row, place, roots)]


def _events(row: Message, place: Place, roots: dict[str, str]) -> list[Event]:
    said = _said(row, place, roots)
    found, given = [said], row.reactions
    if place.kind == "question" and not said.parent:
        found.append(said._replace(kind="question"))
    if given and place.kind == "question" and said.parent and any(map(_accepts, given)):
        found.append(said._replace(kind="answer_accepted"))
        given = [one for one in given if not _accepts(one)]
    if given:
        weight = float(sum(one.count for one in given))
        own, at, root = said.source_id, said.at, said.root
        found.append(Event(own, "reaction", at, None, "member", own, root, said.channel, weight))
    return found


def _said(row: Message, place: Place, roots: dict[str, str]) -> Event:
    own, author, answers = row.id, row.author, row.message_reference
    role: Role = "bot" if author.bot or row.webhook_id else "member"
    answered = answers.message_id if answers and row.type else None
    in_thread = place.kind in {"thread", "question"} and own != place.id
    parent = answered or (place.id if in_thread else None)
    root = roots[own] = place.id if place.parent else roots.get(parent, parent) if parent else own
    kind: EventKind = "reply" if parent else "post"
    at, channel = row.timestamp.astimezone(UTC), place.parent or place.id
    return Event(own, kind, at, author.id, role, parent, root, channel)


def _accepts(reaction: Reaction) -> bool:
    return reaction.emoji.name in ACCEPTING
