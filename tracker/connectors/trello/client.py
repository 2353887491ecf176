"""Boards on Trello, kept in step."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from tracker.connectors.boards import Allowance, Card, Keeper, Place, Told, Wanted
from tracker.connectors.figures import FieldSpec
from tracker.connectors.trello import cards, layout, listening, names, parse, writing
from tracker.connectors.trello.preparing import prepared, whole_board
from tracker.connectors.trello.wire import ask, write
from tracker.connectors.trouble import PlatformError
from tracker.connectors.wire import understood
from tracker.kernel.texts import Said, Sentence, Text

_TITLE: Final = {"en": "Trello", "fr": "Trello"}
_FIELDS: Final = (
    FieldSpec(
        "api_key",
        {"en": "API key", "fr": "Clé d'API"},
        is_secret=True,
        help={
            "en": "At https://trello.com/power-ups/admin: make an app, then “API key”.",
            "fr": "Sur https://trello.com/power-ups/admin : créer une application, puis « API "
            "key ».",
        },
    ),
    FieldSpec(
        "token",
        {"en": "Token", "fr": "Jeton"},
        is_secret=True,
        help={
            "en": "Beside the key, “Token”: signed in as whoever shall be seen writing there.",
            "fr": "À côté de la clé, « Token » : connecté avec le compte qui doit y écrire.",
        },
    ),
    FieldSpec(
        "app_secret",
        {"en": "Secret of the app", "fr": "Secret de l'application"},
        is_secret=True,
        help={
            "en": "Under the key, “Secret”: what Trello tells by itself is signed with it.",
            "fr": "Sous la clé, « Secret » : ce que Trello annonce de lui-même en est signé.",
        },
    ),
)


class Trello:
    """The port ``trello``."""

    kind: str = "trello"
    title: Text = _TITLE
    default_url: str = "https://api.trello.com/1"
    fields: Sequence[FieldSpec] = _FIELDS
    # Fewer than the hundred that are allowed: the token's owner may use it for something else.
    allowance: Allowance = Allowance(calls=90, window=timedelta(seconds=10))
    speaks_of: frozenset[str] = frozenset(
        {"title", "status", "start_on", "due_on", "assignees", "steps"}
    )
    settings: frozenset[str] = frozenset(layout.FAULTS)
    problems: Mapping[str, Sentence] = names.PROBLEMS
    settle: timedelta = timedelta(seconds=2)  # one gesture makes several deliveries

    def setting_faults(
        self,
        settings: Mapping[str, Any],
        before: Mapping[str, Any] | None,
    ) -> Mapping[str, Said]:
        """Each by itself."""
        return layout.setting_faults(settings)

    def who(self, keeper: Keeper) -> tuple[str, str]:
        """Whose token it is."""
        me = ask(keeper, names.ME, fields="id,username,fullName")
        with understood():
            return me["id"], f"{me['fullName']} (@{me['username']})"[:255]

    def choices(self, keeper: Keeper) -> Sequence[tuple[str, str]]:
        """The open boards of whose token it is."""
        rows = ask(keeper, names.MY_BOARDS, filter="open", fields="id,name")
        with understood():
            return [(row["id"], row["name"]) for row in rows]

    def prepare(self, place: Place) -> Place:
        """Make or adopt the board, its lists and labels, and find the people."""
        return prepared(place)

    def notices(self, place: Place, new_cards: int) -> Sequence[Said]:
        """Whether they fit, and who cannot be shown."""
        room, strangers = place.layout.get("room"), place.layout.get("strangers")
        said = []
        if room is not None and new_cards > room:
            said.append(Said(names.ROOM, {"room": room, "cards": new_cards}))
        if strangers:
            said.append(Said(names.STRANGERS, {"people": ", ".join(strangers)}))
        return said

    def cards(self, place: Place) -> Iterator[Card]:
        """Everything, in one call where there are less than a thousand cards."""
        raw = whole_board(place, cards="all", checklists="all", card_fields=names.CARD_FIELDS)
        with understood():
            shelf, rows = parse.shelf(raw["lists"], raw["checklists"]), raw["cards"]
        for _ in range(names.MOST_PAGES):
            with understood():
                found = [parse.card(place, row, shelf) for row in rows]
            yield from found
            if len(found) < names.A_PAGE:
                return
            rows = cards.page(place, before=min(card.id for card in found))

    def card(self, place: Place, card_id: str) -> Card | None:
        """One card; None, too, where it was moved to where we may not look."""
        asked = {"fields": names.CARD_FIELDS, "checklists": "all", "list": "true"}
        try:
            raw = ask(place.keeper, cards.path_of(card_id), **asked)
        except PlatformError as error:
            if error.trouble not in {"gone", "permission"}:
                raise
            if error.trouble == "permission":
                whole_board(place)  # raises, where it is the board that we may not look at
            return None
        with understood():
            return parse.card(place, raw, parse.shelf([raw["list"]], raw["checklists"]))

    def find(self, place: Place, marker: str) -> Card | None:
        """The first that was made with it: copies have it, too."""
        found = [card for card in self.cards(place) if card.marker == marker]
        return min(found, key=lambda card: card.id, default=None)

    def make(self, place: Place, wanted: Wanted) -> Card:
        """A card with all that its creation can carry; each of its steps is a call of its own."""
        card = cards.made(place, writing.new_card(place, wanted))
        return cards.with_steps(place, card, wanted, ("steps", "own"))

    def change(self, place: Place, card: Card, wanted: Wanted, names: Sequence[str]) -> Card:
        """One call for the card, one for each step that changes."""
        sent = writing.changes(place, card, wanted, names)
        if sent:
            card = cards.changed(place, card, sent)
        return cards.with_steps(place, card, wanted, names)

    def comment(self, place: Place, card_id: str, text: str) -> None:
        """Say something on a card."""
        path = f"{cards.path_of(card_id)}/actions/comments"
        write(place, "POST", path, text=text[: names.MOST_TEXT])

    def archive(self, place: Place, card_id: str) -> None:
        """Put it into Trello's archive."""
        cards.gone_is_fine(place, "PUT", cards.path_of(card_id), closed=True)

    def bring_back(self, place: Place, card_id: str) -> Card | None:
        """Out of the archive, and from wherever it was moved to."""
        card = self.card(place, card_id)
        if card is None or not card.is_gone:
            return card
        lists = list(place.layout["lists"].values())
        home = card.parts["list"] if card.parts["list"] in lists else lists[0]
        opened = replace(place, layout={**place.layout, "archived": [home]})
        return cards.changed(opened, card, {"closed": False, "idBoard": place.id, "idList": home})

    def missed(
        self, place: Place, cursor: Mapping[str, Any] | None
    ) -> tuple[Sequence[Told], Mapping[str, Any]]:
        """By the log of the board."""
        if cursor is None:
            newest = listening.newest(place)
            return (), listening.cursor_after(newest, {})
        seen = frozenset(cursor["seen"])
        told = [one for one in listening.since(place, cursor["since"]) if one.key not in seen]
        return told, listening.cursor_after(told, cursor)

    def hang(self, place: Place, address: str) -> str | None:
        """A webhook on the board."""
        return listening.hang(place, address)

    def is_hanging(self, place: Place, hook_id: str) -> bool:
        """Whether it is there; one that sleeps is woken."""
        try:
            raw = ask(place.keeper, listening.path_of(hook_id))
        except PlatformError as error:
            if error.trouble != "gone":
                raise
            return False
        with understood():
            is_awake = bool(raw["active"])
        if not is_awake:
            listening.wake(place, hook_id)
        return True

    def unhang(self, place: Place, hook_id: str) -> None:
        """Take the webhook off."""
        cards.gone_is_fine(place, "DELETE", listening.path_of(hook_id))
