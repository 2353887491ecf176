"""A message to one person, before it is a mail or a line in a chat; and what came of sending it."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from tracker.kernel.texts import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A link that answers the message. The address is of our own making."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that the message is about. Texts may come from users: each medium escapes them."""

    title: str
    details: tuple[str, ...] = ()
    url: str | None = None
    actions: tuple[Action, ...] = ()
    is_urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Items under a heading; a message about one thing has one section without heading."""

    heading: str | None = None
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A day for the reader's calendar. ``sequence`` grows with each change of it (RFC 5545)."""

    uid: str
    title: str
    on: date
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is sent. All texts are in ``language``; ``id`` stays the same on every retry."""

    id: UUID
    language: Language
    subject: str
    greeting: str
    opening: str
    sections: tuple[Section, ...] = ()
    actions: tuple[Action, ...] = ()
    closing: tuple[str, ...] = ()  # why they get it, and how to get less of it
    unsubscribe_url: str | None = None
    due: Due | None = None


class Outcome(StrEnum):
    """What came of one attempt."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"  # not now: try again
    REFUSED = "refused"  # this message never; the address may be fine
    GONE = "gone"  # the address is dead, or was revoked
    UNKNOWN = "unknown"  # it may have been accepted: nobody can tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the other side said. ``detail`` is for the log and the manager: no address, no text."""

    outcome: Outcome
    detail: str = ""
    retry_in: timedelta | None = None  # what the other side asked for
    is_of_one: bool = False  # put off for this address alone: what stands behind it works


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A letter with where it goes. ``address`` is never logged."""

    address: str = field(repr=False)
    letter: Letter
