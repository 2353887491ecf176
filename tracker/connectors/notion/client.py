"""Notion as a port of boards: a page for each card, in one data source of one database."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from tracker.connectors.boards import Allowance, Card, Keeper, Place, Told, Wanted
from tracker.connectors.figures import FieldSpec
from tracker.connectors.notion.columns import CHOSEN, is_meant
from tracker.connectors.notion.names import A_PAGE, BASE_URL, CALLS, QUIET, WINDOW
from tracker.connectors.notion.parse import (
    elsewhere,
    has_a_new_option,
    is_ours,
    meanwhile,
    plain_text,
    read_card,
    title_of,
)
from tracker.connectors.notion.preparing import PAGE, prepared, read_again
from tracker.connectors.notion.problems import (
    CAPABILITY,
    CHOSEN_ONCE,
    COLUMNS,
    NO_PEOPLE,
    NOT_SHARED,
    PARENT,
    PROBLEMS,
    REFUSED,
    WILL_USE,
)
from tracker.connectors.notion.reading import all_rows, changed_rows, rows_marked
from tracker.connectors.notion.wire import InTrash, Saved, ask, at
from tracker.connectors.notion.writing import SPEAKS_OF, pieces, properties
from tracker.connectors.trouble import PlatformError
from tracker.connectors.wire import understood
from tracker.kernel.texts import Said, Sentence, Text

_TITLE: Final = {"en": "Notion", "fr": "Notion"}
_MOST_CHOICES: Final = 500


class Notion:
    """The port ``notion``."""

    kind: str = "notion"
    title: Text = _TITLE
    default_url: str = BASE_URL
    fields: Sequence[FieldSpec] = (
        FieldSpec(
            "token",
            {"en": "Token of the connection", "fr": "Jeton de la connexion"},
            is_secret=True,
            help={
                "en": "Notion → Settings → Connections → Develop or manage → a new internal "
                "connection that may read, insert and update content, read and insert comments, "
                "and read users with their e-mail addresses. Then open the page, ••• → "
                "Connections, and add it.",
                "fr": "Notion → Réglages → Connexions → Développer ou gérer → une nouvelle "
                "connexion interne qui puisse lire, insérer et modifier le contenu, lire et "
                "insérer des commentaires, et lire les utilisateurs avec leurs adresses. Puis "
                "ouvrir la page, ••• → Connexions, et l'y ajouter.",
            },
        ),
    )
    allowance: Allowance = Allowance(calls=CALLS, window=WINDOW)
    speaks_of: frozenset[str] = SPEAKS_OF
    settings: frozenset[str] = frozenset({"columns", "parent"})
    problems: Mapping[str, Sentence] = PROBLEMS
    settle: timedelta = QUIET

    def setting_faults(
        self, settings: Mapping[str, Any], before: Mapping[str, Any] | None
    ) -> Mapping[str, Said]:
        """Columns are chosen once: what was agreed on stands in them."""
        faults, was = {}, (before or {}).get("columns")
        if not is_meant(settings):
            faults["columns"] = Said(COLUMNS, {"names": ", ".join(CHOSEN)})
        elif before is not None and settings.get("columns", was) != was:
            faults["columns"] = Said(CHOSEN_ONCE, {})
        if not isinstance(settings.get("parent", ""), str):
            faults["parent"] = Said(PARENT, {})
        return faults

    def who(self, keeper: Keeper) -> tuple[str, str]:
        """The bot, and the workspace that it is in."""
        user = ask(keeper, "GET", "/v1/users/me")
        with understood():
            name = (user.get("bot") or {}).get("workspace_name") or user.get("name") or "Notion"
            return str(user["id"]), str(name)[:255]

    def choices(self, keeper: Keeper) -> Sequence[tuple[str, str]]:
        """Tables that are shared with us, and pages in which one can be made."""
        found: list[tuple[str, str]] = []
        cursor: str | None = None
        while len(found) < _MOST_CHOICES:
            body = {"page_size": A_PAGE} | ({"start_cursor": cursor} if cursor else {})
            answer = ask(keeper, "POST", "/v1/search", body)
            with understood():
                found += [choice for row in answer["results"] for choice in _choices(row)]
                cursor = answer["next_cursor"] if answer["has_more"] else None
            if cursor is None:
                break
        return found

    def prepare(self, place: Place) -> Place:
        """Make the database in a page, or adopt one, and add the columns that it lacks."""
        return prepared(place)

    def notices(self, place: Place, new_cards: int) -> Sequence[Said]:
        """The blocks that will be used, and whether people can be kept in step."""
        blocks = new_cards + (0 if place.layout else 1)
        said = [Said(WILL_USE, {"blocks": blocks})] if new_cards else []
        if place.layout and place.layout.get("people") is None:
            said.append(Said(NO_PEOPLE, {}))
        return said

    def cards(self, place: Place) -> Iterator[Card]:
        """Every row, those in the trash, too."""
        for row in all_rows(place):
            place = _knowing_options(place, row)
            with understood():
                card = read_card(place, row)
            yield card

    def card(self, place: Place, card_id: str) -> Card | None:
        """One page; None where it is deleted for good. In another table it is gone from here."""
        try:
            page = ask(place.keeper, "GET", at("pages", card_id))
        except PlatformError as error:
            if error.detail != NOT_SHARED:
                raise
            self._check_shared(place)
            return None
        with understood():
            if not is_ours(place, page):
                return elsewhere(page)
        return _card(place, page)

    def find(self, place: Place, marker: str) -> Card | None:
        """By the column with our ids."""
        for row in rows_marked(place, marker):
            return _card(place, row)
        return None

    def make(self, place: Place, wanted: Wanted) -> Card:
        """A new page, all of it in one call."""
        names = [*wanted.fields, "own"]
        table = {"type": "data_source_id", "data_source_id": place.layout["data_source"]}

        def write(here: Place) -> Card:
            body = {"parent": table, "properties": properties(here, wanted, names, {})}
            return self._written(here, "POST", "/v1/pages", body)

        return _by_columns_of_now(place, write)

    def change(self, place: Place, card: Card, wanted: Wanted, names: Sequence[str]) -> Card:
        """Set the columns behind ``names``. What has gone meanwhile comes back as gone."""

        def write(here: Place) -> Card:
            changed = {"properties": properties(here, wanted, names, card.parts)}
            if not changed["properties"]:
                return card
            answered = self._written(here, "PATCH", at("pages", card.id), changed)
            return meanwhile(card, answered, names)

        try:
            return _by_columns_of_now(place, write)
        except InTrash:
            pass
        except PlatformError as error:
            if error.detail != NOT_SHARED:
                raise
        return self.card(place, card.id) or replace(card, is_gone=True)

    def comment(self, place: Place, card_id: str, text: str) -> None:
        """On the page; without a word where the connection may not: conflicts tell as much."""
        body = {"parent": {"page_id": card_id}, "rich_text": pieces(text)}
        try:
            ask(place.keeper, "POST", "/v1/comments", body)
        except (Saved, InTrash):
            return
        except PlatformError as error:
            if error.detail == NOT_SHARED:
                self._check_shared(place)
            elif error.detail != CAPABILITY:
                raise

    def archive(self, place: Place, card_id: str) -> None:
        """Into the trash."""
        try:
            self._written(place, "PATCH", at("pages", card_id), {"in_trash": True})
        except InTrash:
            return
        except PlatformError as error:
            if error.detail != NOT_SHARED:
                raise
            self._check_shared(place)

    def bring_back(self, place: Place, card_id: str) -> Card | None:
        """Out of the trash, or back from another table."""
        table = {"type": "data_source_id", "data_source_id": place.layout["data_source"]}
        try:
            card = self.card(place, card_id)
            if card is None or not card.is_gone:
                return card
            if not card.fields:
                return self._written(place, "POST", at("pages", card_id, "move"), {"parent": table})
            return self._written(place, "PATCH", at("pages", card_id), {"in_trash": False})
        except PlatformError as error:
            if error.detail != NOT_SHARED:
                raise
            self._check_shared(place)
            return None

    def missed(
        self, place: Place, cursor: Mapping[str, Any] | None
    ) -> tuple[Sequence[Told], Mapping[str, Any]]:
        """By the times of the last edits, with an overlap, since these are cut to the minute."""
        return changed_rows(place, cursor)

    def hang(self, place: Place, address: str) -> str | None:
        """Subscriptions are made by a person, in the settings of the connection."""

    def is_hanging(self, place: Place, hook_id: str) -> bool:
        """Nobody can be asked: whether it tells is seen by what it tells."""
        return True

    def unhang(self, place: Place, hook_id: str) -> None:
        """Done by a person, too."""

    def _written(self, place: Place, method: str, path: str, body: Any) -> Card:
        """Written once; where it was saved without an answer it is read, not written again."""
        try:
            page = ask(place.keeper, method, path, body)
        except Saved as saved:
            page = ask(place.keeper, "GET", at("pages", saved.resource_id))
        return _card(place, page)

    def _check_shared(self, place: Place) -> None:
        """Raise where it is all of the table that is hidden from us, and not one page."""
        ask(place.keeper, "GET", at("data_sources", place.layout["data_source"]))


def _by_columns_of_now(place: Place, write: Callable[[Place], Card]) -> Card:
    """What was refused for a column that is not there any more, without it: nothing was saved."""
    try:
        return write(place)
    except PlatformError as error:
        if error.detail != REFUSED:
            raise
        fresh = read_again(place)
        if fresh.layout == place.layout:
            raise
        return write(fresh)


def _card(place: Place, page: Mapping[str, Any]) -> Card:
    place = _knowing_options(place, page)
    with understood():
        return read_card(place, page)


def _knowing_options(place: Place, page: Mapping[str, Any]) -> Place:
    with understood():
        is_known = not has_a_new_option(place, page)
    return place if is_known else read_again(place)


def _choices(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if row.get("in_trash"):
        return
    if row["object"] == "data_source":
        yield str(row["id"]), plain_text(row.get("title")) or "?"
    elif row["object"] == "page" and (row.get("parent") or {}).get("type") != "data_source_id":
        yield f"{PAGE}{row['id']}", f"{title_of(row) or '?'} (page)"
