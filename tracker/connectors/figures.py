"""What every connector gives, whatever the platform: samples, events, members, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, NamedTuple, Protocol

from tracker.kernel.texts import Sentence, Text

Method = Literal["native", "derived", "snapshot_diff", "estimated", "manual"]
Role = Literal["member", "staff", "bot"]
EventKind = Literal[
    "join",
    "leave",
    "post",
    "reply",
    "reaction",
    "question",
    "answer_accepted",
    "rsvp",
    "checkin",
    "subscribe",
    "unsubscribe",
    "star",
]
CONTRIBUTIONS: Final[frozenset[EventKind]] = frozenset(
    {"post", "reply", "question", "answer_accepted"}
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A figure that the platform gives itself, for ``day`` in the connection's zone.

    ``count`` is how many observations it stands on; None where nobody said.
    """

    metric: str
    day: date
    value: float
    method: Method
    dims: Mapping[str, str] = field(default_factory=dict)
    count: int | None = None


class Event(NamedTuple):
    """Something that somebody did. ``actor`` is the platform's id: it is hashed before it is kept.

    ``source_id`` is unique among its kind; ``parent`` is what it answers, ``root`` where the thread
    began.
    """

    source_id: str
    kind: EventKind
    at: datetime
    actor: str | None
    role: Role = "member"
    parent: str | None = None
    root: str | None = None
    channel: str | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class MemberState:
    """What the platform says of one member now. ``actor`` as in Event."""

    actor: str
    joined_at: datetime
    role: Role = "member"
    left_at: datetime | None = None
    last_seen_at: datetime | None = None
    acquisition: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the platform, read.

    ``cursor`` is where to go on: once this page is kept, and not before. ``is_last`` says that
    there is no more for now. ``whole_list`` marks the last page of a list of all members: whoever
    was not on its pages has left.
    """

    cursor: Mapping[str, Any]
    is_last: bool
    samples: Sequence[Sample] = ()
    events: Sequence[Event] = ()
    members: Sequence[MemberState] = ()
    whole_list: bool = False
    calls: int = 1


@dataclass(frozen=True, slots=True)
class Account:
    """A connection as its connector sees it. ``secrets`` are plain, and must not be kept."""

    base_url: str
    config: Mapping[str, Any]
    secrets: Mapping[str, str]
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """A resource that is pulled by itself.

    ``backfill`` goes back in time, once, and slower than the others.
    """

    name: str
    every: timedelta
    is_backfill: bool = False


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A value that whoever connects must give; ``is_secret`` goes into the credentials."""

    name: str
    title: Text
    is_secret: bool = False
    is_required: bool = True
    help: Text | None = None


@dataclass(frozen=True, slots=True)
class Tested:
    """What a test found: who we are to the platform, and what can be read."""

    account: str
    sentence: Sentence
    values: Mapping[str, object] = field(default_factory=dict)
    sample: Sequence[Mapping[str, Any]] = ()


class Source(Protocol):
    """A platform that is pulled. A connector is a folder that gives one of these."""

    kind: str
    title: Text
    fields: Sequence[FieldSpec]
    streams: Sequence[StreamSpec]
    default_url: str | None
    most_calls: int  # a day, unless the manager says otherwise

    def check(self, account: Account) -> None:
        """Refuse a configuration that cannot work. Raises Invalid, by field."""

    def test(self, account: Account, *, now: datetime) -> Tested:
        """Ask the platform the least that shows that it can be read. Raises PlatformError."""

    def fetch(
        self, account: Account, stream: str, cursor: Mapping[str, Any] | None, *, now: datetime
    ) -> Page:
        """One more page of ``stream``; ``cursor`` is None at its beginning.

        Raises PlatformError.
        """
