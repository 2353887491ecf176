"""What a board of another program is to us: cards, and what can be asked of those who keep them.

Values only, and one protocol. A platform is a folder that gives a ``Port``; what is done with the
cards is decided in ``boards``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from tracker.connectors.figures import FieldSpec
from tracker.kernel.texts import DEFAULT_LANGUAGE, Language, Said, Sentence, Text

Fields = Mapping[str, Any]
"""What can be changed on both sides, as plain JSON.

``title``, ``status``, ``start_on`` and ``due_on`` (ISO days of the project's zone, or None),
``assignees`` (sorted e-mails), ``steps`` ({our key: is done}).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a card is to look like: a task, or a gate, of ours.

    ``fields`` go both ways, the others are ours alone. ``phase`` is a key, ``labels`` are shown
    texts. ``steps`` gives titles in order. ``after`` are the ids of predecessors there.
    """

    marker: str  # the id of our task or gate
    kind: str  # task or gate
    fields: Fields
    phase: str
    labels: Sequence[str] = ()
    steps: Sequence[tuple[str, str]] = ()
    description: str = ""
    url: str = ""
    after: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card as it was read. ``fields`` holds what the platform can tell, and nothing else.

    ``parts`` is what the port wants to be told again about it: ids of its parts there.
    ``labels`` and ``phase`` help to place what was made there. ``is_gone``: archived, or in trash,
    or moved elsewhere. ``untidy`` are fields that it shows in two ways, since a person has changed
    one of them only: they are sent again once they are agreed on, although they are equal.
    """

    id: str
    title: str
    fields: Fields
    marker: str | None = None
    url: str | None = None
    phase: str | None = None
    labels: Sequence[str] = ()
    steps: Sequence[tuple[str, bool]] = ()  # titles of those made there
    parts: Mapping[str, Any] = field(default_factory=dict)
    edited_at: datetime | None = None
    untidy: Sequence[str] = ()
    is_gone: bool = False


def unpaced() -> None:
    """Let every call go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """An account there, as its port sees it. ``secrets`` are plain, and must not be kept.

    ``pace`` is called before each request; it raises PlatformError("throttled") where the allowance
    is used up.
    """

    base_url: str
    secrets: Mapping[str, str]
    own_id: str | None = None
    pace: Callable[[], None] = unpaced


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A board there: ``settings`` are the manager's, ``layout`` is what ``prepare`` gave.

    ``marker`` is the id of our board, by which what was made there of unknown outcome is found.
    ``phases`` are keys and titles in their order, ``statuses`` are titles by our words. ``people``
    are e-mails and names of whoever may be assigned, ``assigned`` the e-mails of those who are.
    ``parts`` are those of cards that are known, as they were read last, by the ids of the cards.
    """

    keeper: Keeper
    id: str | None
    name: str
    zone: str
    marker: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    layout: Mapping[str, Any] = field(default_factory=dict)
    phases: Sequence[tuple[str, str]] = ()
    statuses: Mapping[str, str] = field(default_factory=dict)
    labels: Sequence[str] = ()
    people: Sequence[tuple[str, str]] = ()
    assigned: frozenset[str] = frozenset()
    parts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    language: Language = DEFAULT_LANGUAGE  # the project's


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A delivery, verified and read: what it is about, never what is to be done.

    ``card`` is None where it concerns all of the board.
    """

    key: str
    type: str
    card: str | None
    at: datetime | None = None
    is_echo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How many calls a token has in a window."""

    calls: int
    window: timedelta


class Port(Protocol):
    """A platform that keeps boards.

    Every call may raise PlatformError, and none is repeated by the port itself. One call of these
    makes as few requests as the platform allows, each after the keeper's ``pace``.

    ``problems`` are sentences for troubles that only it knows, by the ``detail`` of PlatformError:
    they say what to do. ``settle`` is how long a card must have been quiet before it is read.
    """

    kind: str
    title: Text
    default_url: str
    fields: Sequence[FieldSpec]  # what whoever connects must give
    allowance: Allowance
    speaks_of: frozenset[str]  # the names of Fields that it can hold
    settings: frozenset[str]  # what a manager can set of its boards, beside what all have
    problems: Mapping[str, Sentence]
    settle: timedelta

    def setting_faults(
        self, settings: Mapping[str, Any], before: Mapping[str, Any] | None
    ) -> Mapping[str, Said]:
        """What is wrong with settings of its own, by name.

        ``before`` are those by which the board was made or adopted; None where it was not yet.
        """

    def who(self, keeper: Keeper) -> tuple[str, str]:
        """Our id and our name there."""

    def choices(self, keeper: Keeper) -> Sequence[tuple[str, str]]:
        """Ids and names of what can be kept in step: boards, or pages and databases."""

    def prepare(self, place: Place) -> Place:
        """Make or adopt the board, and what it lacks; what is there already is not made twice.

        The answer has ``id`` and ``layout``; it holds after an interruption, too. Asked again
        before everything is compared: lists, properties and people may have changed there.
        """

    def notices(self, place: Place, new_cards: int) -> Sequence[Said]:
        """What whoever pushes this many new cards should know beforehand; nobody is asked."""

    def cards(self, place: Place) -> Iterator[Card]:
        """Everything on the board, what is archived, too."""

    def card(self, place: Place, card_id: str) -> Card | None:
        """One card, read again; None where it is deleted."""

    def find(self, place: Place, marker: str) -> Card | None:
        """The card with this marker: asked before a creation of unknown outcome is repeated."""

    def make(self, place: Place, wanted: Wanted) -> Card:
        """A new card."""

    def change(self, place: Place, card: Card, wanted: Wanted, names: Sequence[str]) -> Card:
        """Set these of its fields, or ``own`` for all that is ours alone.

        A step that has none there yet takes over the one of the same title that was made there.
        """

    def comment(self, place: Place, card_id: str, text: str) -> None:
        """Say something on a card."""

    def archive(self, place: Place, card_id: str) -> None:
        """Take a card off the board, so that a person could bring it back; gone already is fine."""

    def bring_back(self, place: Place, card_id: str) -> Card | None:
        """A card out of the archive, or the trash; None where it is deleted for good."""

    def missed(
        self, place: Place, cursor: Mapping[str, Any] | None
    ) -> tuple[Sequence[Told], Mapping[str, Any]]:
        """What has happened there since ``cursor``, and the next one. None: from now on."""

    def hang(self, place: Place, address: str) -> str | None:
        """Have the platform tell ``address`` of changes, or adopt what does; its id there.

        None where only a person can do that, in the platform's own pages.
        """

    def is_hanging(self, place: Place, hook_id: str) -> bool:
        """Whether it still tells us; where it can be woken, it is."""

    def unhang(self, place: Place, hook_id: str) -> None:
        """Have it tell us no more."""
