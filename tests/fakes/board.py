"""A platform that keeps boards in memory, with everything that goes wrong with real ones."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tracker.boards.ports import all_ports, use_ports
from tracker.connectors.boards import (
    Allowance,
    Card,
    Fields,
    Keeper,
    Place,
    Port,
    Told,
    Wanted,
)
from tracker.connectors.figures import FieldSpec
from tracker.connectors.trouble import PlatformError, Trouble
from tracker.kernel.clock import utcnow
from tracker.kernel.texts import Said, Sentence, Text

_WILL_MAKE = Sentence(
    en="{count} {count:card|cards} to make", fr="{count} {count:carte|cartes} à créer"
)
EVERYTHING = frozenset({"title", "status", "start_on", "due_on", "assignees", "steps", "after"})


@dataclass
class Kept:
    """A card, as the platform keeps it."""

    id: str
    board: str
    fields: dict[str, Any]
    marker: str | None = None
    phase: str | None = None
    labels: list[str] = field(default_factory=list)
    steps: dict[str, list[Any]] = field(default_factory=dict)  # our key: title, is it done
    made_there: list[tuple[str, bool]] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    description: str = ""
    comments: list[str] = field(default_factory=list)
    made_at: datetime = field(default_factory=utcnow)
    edited_at: datetime = field(default_factory=utcnow)
    is_archived: bool = False


@dataclass
class Memory:
    """The port, and the platform behind it.

    ``fails`` is asked before each call, and may raise; ``forgets`` after each, when all is done:
    then it is as if the answer got lost. ``lag`` is how long what was made is not found.
    """

    kind: str = "memory"
    title: Text = field(default_factory=lambda: {"en": "Memory", "fr": "Mémoire"})
    default_url: str = "https://memory.example"
    fields: Sequence[FieldSpec] = (
        FieldSpec("token", {"en": "Token", "fr": "Jeton"}, is_secret=True),
    )
    allowance: Allowance = field(
        default_factory=lambda: Allowance(calls=1_000_000, window=timedelta(seconds=10))
    )
    speaks_of: frozenset[str] = EVERYTHING
    settings: frozenset[str] = frozenset({"note"})
    problems: Mapping[str, Sentence] = field(default_factory=dict)
    settle: timedelta = timedelta()

    fails: Callable[[str], None] = lambda _call: None
    forgets: Callable[[str], None] = lambda _call: None
    lag: timedelta = timedelta()
    strangers: frozenset[str] = frozenset()  # e-mails that have no account there
    tells: bool = True  # whether it can be hung a hook
    by_hand: bool = False  # whether only a person can hang it
    boards: dict[str, dict[str, Kept]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    deliveries: list[Told] = field(default_factory=list)
    log: list[Told] = field(default_factory=list)
    hooks: dict[str, str] = field(default_factory=dict)
    asked_about: str = ""  # the card that is to be changed
    _last: int = 0

    @property
    def writes(self) -> int:
        """How many calls have changed something."""
        reads = ("who", "choices", "prepare", "cards", "card", "find", "missed", "is_hanging")
        return sum(call not in reads for call in self.calls)

    # What people do there.

    def on(self, board: str) -> list[Kept]:
        """The cards that stand on a board."""
        return [card for card in self.boards[board].values() if not card.is_archived]

    def card_of(self, marker: object) -> Kept:
        """The one card with this marker."""
        (found,) = [
            card
            for cards in self.boards.values()
            for card in cards.values()
            if card.marker == str(marker)
        ]
        return found

    def edit(self, card: Kept, **changes: Any) -> None:
        """Somebody changes fields of a card; a step by ``steps={key: is_done}``."""
        for name, value in changes.items():
            if name == "steps":
                for key, done in value.items():
                    card.steps[key][1] = done
            else:
                card.fields[name] = value
        self._touched(card, "changed")

    def write(self, board: str, title: str, **more: Any) -> Kept:
        """Somebody makes a card."""
        card = self._new(board, {"title": title, **more.pop("fields", {})})
        for name, value in more.items():
            setattr(card, name, value)
        self._touched(card, "made")
        return card

    def archive_card(self, card: Kept, *, is_archived: bool = True) -> None:
        """Somebody archives a card, or brings it back."""
        card.is_archived = is_archived
        self._touched(card, "archived")

    def delete_card(self, card: Kept) -> None:
        """Somebody deletes a card."""
        del self.boards[card.board][card.id]
        self._touched(card, "deleted")

    def _touched(self, card: Kept, type_: str, *, is_echo: bool = False) -> None:
        card.edited_at = utcnow()
        self._last += 1
        told = Told(
            key=f"t{self._last}", type=type_, card=card.id, at=card.edited_at, is_echo=is_echo
        )
        self.deliveries.append(told)
        self.log.append(told)

    def _new(self, board: str, fields: Mapping[str, Any]) -> Kept:
        self._last += 1
        empty: dict[str, Any] = {
            "status": "todo",
            "start_on": None,
            "due_on": None,
            "assignees": [],
        }
        given = {name: value for name, value in fields.items() if name != "steps"}
        card = Kept(f"c{self._last}", board, {**empty, **given})
        self.boards[board][card.id] = card
        return card

    # The port.

    @contextmanager
    def _call(self, name: str, keeper: Keeper) -> Iterator[None]:
        keeper.pace()
        self.calls.append(name)
        self.fails(name)
        yield
        self.forgets(name)

    def _board(self, place: Place) -> dict[str, Kept]:
        if place.id not in self.boards:
            raise PlatformError("gone", "no such board")
        return self.boards[place.id]

    def who(self, keeper: Keeper) -> tuple[str, str]:
        with self._call("who", keeper):
            if keeper.secrets["token"] == "wrong":
                raise PlatformError("credential", "HTTP 401")
            return "me", "The tracker"

    def choices(self, keeper: Keeper) -> Sequence[tuple[str, str]]:
        with self._call("choices", keeper):
            return [(board, f"Board {board}") for board in self.boards]

    def prepare(self, place: Place) -> Place:
        with self._call("prepare", place.keeper):
            board = place.id or f"b-{place.name}"
            if place.id is None:
                self.boards.setdefault(board, {})
            elif board not in self.boards:
                raise PlatformError("gone", "no such board")
            return replace(place, id=board, layout={"lists": [key for key, _ in place.phases]})

    def setting_faults(
        self, settings: Mapping[str, Any], before: Mapping[str, Any] | None
    ) -> Mapping[str, Said]:
        return {}

    def notices(self, place: Place, new_cards: int) -> Sequence[Said]:
        return [Said(_WILL_MAKE, {"count": new_cards})] if new_cards else []

    def _shown_of(self, fields: Fields) -> Fields:
        held = {name: value for name, value in fields.items() if name in self.speaks_of}
        if "assignees" in held:
            held["assignees"] = [one for one in held["assignees"] if one not in self.strangers]
        return held

    def _seen(self, card: Kept) -> bool:
        return utcnow() >= card.made_at + self.lag

    def cards(self, place: Place) -> Iterator[Card]:
        with self._call("cards", place.keeper):
            yield from [
                self._shown(card) for card in self._board(place).values() if self._seen(card)
            ]

    def card(self, place: Place, card_id: str) -> Card | None:
        with self._call("card", place.keeper):
            found = self._board(place).get(card_id)
            return self._shown(found) if found is not None else None

    def find(self, place: Place, marker: str) -> Card | None:
        with self._call("find", place.keeper):
            for card in self._board(place).values():
                if card.marker == marker and self._seen(card):
                    return self._shown(card)
            return None

    def make(self, place: Place, wanted: Wanted) -> Card:
        with self._call("make", place.keeper):
            self._board(place)
            card = self._new(str(place.id), self._shown_of(wanted.fields))
            card.marker = wanted.marker
            self._set(place, card, wanted, ["own", "steps"])
        return self._shown(card)

    def change(self, place: Place, card: Card, wanted: Wanted, names: Sequence[str]) -> Card:
        self.asked_about = card.id
        with self._call("change", place.keeper):
            found = self._found(place, card.id)
            self._set(place, found, wanted, names)
        return self._shown(found)

    def _found(self, place: Place, card_id: str) -> Kept:
        found = self._board(place).get(card_id)
        if found is None or found.is_archived:
            raise PlatformError("gone", "no such card")
        return found

    def _set(self, place: Place, card: Kept, wanted: Wanted, names: Sequence[str]) -> None:
        held = self._shown_of(wanted.fields)
        for name in names:
            if name == "own":
                card.marker, card.phase = wanted.marker, wanted.phase
                card.labels, card.description = list(wanted.labels), wanted.description
                card.after = list(wanted.after)
            elif name != "steps" and name in held:
                card.fields[name] = deepcopy(held[name])
        if {"own", "steps"} & set(names):
            self._set_steps(card, wanted, is_ticking="steps" in names)
        self._touched(card, "changed", is_echo=True)

    def _set_steps(self, card: Kept, wanted: Wanted, *, is_ticking: bool) -> None:
        done = wanted.fields.get("steps", {})
        titles = {title for _key, title in wanted.steps}
        there = {key: is_done for key, (_title, is_done) in card.steps.items()}
        ticked = done if is_ticking else {**done, **there}
        card.steps = {key: [title, bool(ticked.get(key))] for key, title in wanted.steps}
        card.made_there = [one for one in card.made_there if one[0] not in titles]

    def _shown(self, card: Kept) -> Card:
        fields = {
            **deepcopy(card.fields),
            "steps": {key: done for key, (_title, done) in card.steps.items()},
        }
        return Card(
            id=card.id,
            title=card.fields["title"],
            fields={name: fields[name] for name in fields if name in self.speaks_of},
            marker=card.marker,
            phase=card.phase,
            labels=list(card.labels),
            steps=list(card.made_there),
            parts={"steps": list(card.steps)},
            edited_at=card.edited_at,
            is_gone=card.is_archived,
        )

    def comment(self, place: Place, card_id: str, text: str) -> None:
        with self._call("comment", place.keeper):
            self._found(place, card_id).comments.append(text)

    def archive(self, place: Place, card_id: str) -> None:
        with self._call("archive", place.keeper):
            if card_id in self._board(place):
                self.boards[str(place.id)][card_id].is_archived = True

    def bring_back(self, place: Place, card_id: str) -> Card | None:
        with self._call("bring_back", place.keeper):
            found = self._board(place).get(card_id)
            if found is not None:
                found.is_archived = False
            return self._shown(found) if found is not None else None

    def missed(
        self, place: Place, cursor: Mapping[str, Any] | None
    ) -> tuple[Sequence[Told], Mapping[str, Any]]:
        with self._call("missed", place.keeper):
            since = len(self.log) if cursor is None else cursor["since"]
            return self.log[since:], {"since": len(self.log)}

    def hang(self, place: Place, address: str) -> str | None:
        with self._call("hang", place.keeper):
            if not self.tells:
                raise PlatformError("our_fault", "no answer to HEAD")
            if self.by_hand:
                return None
            self.hooks["h1"] = address
            return "h1"

    def is_hanging(self, place: Place, hook_id: str) -> bool:
        with self._call("is_hanging", place.keeper):
            return hook_id in self.hooks

    def unhang(self, place: Place, hook_id: str) -> None:
        with self._call("unhang", place.keeper):
            self.hooks.pop(hook_id, None)


def failing(trouble: Trouble, *calls: str, detail: str = "HTTP 500") -> Callable[[str], None]:
    """A platform that refuses these calls, or all."""

    def fails(call: str) -> None:
        if not calls or call in calls:
            raise PlatformError(trouble, detail)

    return fails


def also_use_ports(*ports: Port) -> None:
    """Have these platforms beside those that wiring has registered."""
    use_ports([*all_ports(), *ports])
