"""What people do in the pages of Trello."""

from typing import Any

from tests.fakes.trello.state import Hand, Row, State


class People:
    """Ada, by whose token the API is asked, too. A card is found by its name, id or description."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.ada = state.new_member("ada_example", "ada@example.org", "Ada Example")
        self.hand = Hand(self.ada)

    def card(self, word: str) -> Row:
        (found,) = [
            row
            for row in self.state.cards.values()
            if word in (row["id"], row["name"]) or word in row["desc"]
        ]
        return found

    def list_named(self, name: str, board: str | None = None) -> str:
        (found,) = [
            row["id"]
            for row in self.state.lists.values()
            if row["name"] == name and board in (None, row["idBoard"])
        ]
        return str(found)

    def drag(self, word: str, list_name: str) -> None:
        card = self.card(word)
        there = self.list_named(list_name, card["idBoard"])
        self.edit(word, idList=there)

    def edit(self, word: str, **changes: Any) -> None:
        """Through the page: ``due``, ``dueComplete``, ``name``, ``closed``, ``idMembers``, …"""
        self.state.change_card(self.card(word), changes, self.hand)

    def tick(self, word: str, step: str, *, is_done: bool = True) -> None:
        card = self.card(word)
        state = "complete" if is_done else "incomplete"
        for checklist, item in list(self.state.items_of(card["id"])):
            if item["name"] == step:
                self.state.change_item(checklist, item, {"state": state}, self.hand)

    def write(self, list_name: str, name: str, **more: Any) -> Row:
        """A card made in the page."""
        given = {"name": name, **more}
        return self.state.new_card(self.list_named(list_name), given, self.hand)

    def copy(self, word: str) -> Row:
        """With its description, and all that stands in it."""
        card = self.card(word)
        given = {name: card[name] for name in ("name", "desc", "idLabels", "due", "start")}
        return self.state.new_card(card["idList"], given, self.hand)

    def delete(self, word: str) -> None:
        self.state.delete_card(self.card(word), self.hand)

    def archive_list(self, name: str, *, is_archived: bool = True) -> None:
        row = self.state.lists[self.list_named(name)]
        self.state.change_list(row, {"closed": is_archived}, self.hand)

    def move_away(self, word: str, board: Row) -> None:
        self.edit(word, idBoard=board["id"])
