"""What is on Trello: boards, lists, cards, and the log of what was done to them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final

from tracker.kernel.clock import utcnow

Row = dict[str, Any]
FIRST: Final = datetime(2026, 11, 1, tzinfo=UTC)
_KEPT_FIELDS: Final = (
    "name",
    "desc",
    "closed",
    "due",
    "start",
    "dueComplete",
    "idList",
    "pos",
)


@dataclass(frozen=True)
class Hand:
    """Whose doing it is; ``echo`` is the header that came with it."""

    by: str
    echo: str | None = None


def when(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"


@dataclass
class State:
    """All of it, and what is done to it."""

    clock: Callable[[], datetime] = utcnow
    members: dict[str, Row] = field(default_factory=dict)
    boards: dict[str, Row] = field(default_factory=dict)
    lists: dict[str, Row] = field(default_factory=dict)
    labels: dict[str, Row] = field(default_factory=dict)
    cards: dict[str, Row] = field(default_factory=dict)
    checklists: dict[str, Row] = field(default_factory=dict)
    comments: list[tuple[str, str]] = field(default_factory=list)
    log: list[Row] = field(default_factory=list)
    heard: Callable[[Row, str | None], None] = lambda _action, _echo: None
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def new_id(self) -> str:
        """24 digits that grow."""
        return f"{int(FIRST.timestamp()):08x}{next(self.numbers):016x}"

    def new_member(self, username: str, email: str | None = None, name: str | None = None) -> str:
        made = self.new_id()
        self.members[made] = {
            "id": made,
            "username": username,
            "fullName": name or username.title(),
            "email": email,
        }
        return made

    # Boards.

    def new_board(self, name: str, hand: Hand, *, desc: str = "") -> Row:
        made, number = self.new_id(), next(self.numbers)
        row: Row = {
            "id": made,
            "name": name,
            "desc": desc,
            "closed": False,
            "shortLink": f"B{number:07d}",
            "url": f"https://trello.com/b/B{number:07d}/board",
            "members": [hand.by],
        }
        self.boards[made] = row
        self.act("createBoard", row, hand, {})
        return row

    def board_behind(self, given: str) -> Row | None:
        by_link = (row for row in self.boards.values() if row["shortLink"] == given)
        return self.boards.get(given) or next(by_link, None)

    def new_list(self, board: str, name: str, hand: Hand) -> Row:
        row: Row = {
            "id": self.new_id(),
            "name": name,
            "idBoard": board,
            "closed": False,
            "pos": 1024 * (len(self.lists) + 1),
        }
        self.lists[row["id"]] = row
        self.act("createList", self.boards[board], hand, {"list": _named(row)})
        return row

    def change_list(self, row: Row, changes: Mapping[str, Any], hand: Hand) -> Row:
        """Nothing is told of the cards on it."""
        for name, value in changes.items():
            old, row[name] = row[name], value
            data = {"list": {**_named(row), name: value}, "old": {name: old}}
            self.act("updateList", self.boards[row["idBoard"]], hand, data)
        return row

    def new_label(self, board: str, name: str, color: str | None = None) -> Row:
        row: Row = {"id": self.new_id(), "idBoard": board, "name": name, "color": color}
        self.labels[row["id"]] = row
        return row

    # Cards.

    def new_card(self, list_id: str, given: Mapping[str, Any], hand: Hand) -> Row:
        made, board = self.new_id(), self.boards[self.lists[list_id]["idBoard"]]
        row: Row = {
            "id": made,
            "idShort": next(self.numbers),
            "shortLink": f"C{made[-7:]}",
            "name": "",
            "desc": "",
            "closed": False,
            "due": None,
            "start": None,
            "dueComplete": False,
            "idBoard": board["id"],
            "idList": list_id,
            "idMembers": [],
            "idLabels": [],
            "pos": 65536 * next(self.numbers),
            "dateLastActivity": when(self.clock()),
            "url": f"https://trello.com/c/C{made[-7:]}",
            **given,
        }
        self.cards[made] = row
        data = {"card": _card(row), "list": _named(self.lists[list_id])}
        self.act("createCard", board, hand, data)
        return row

    def change_card(self, row: Row, changes: Mapping[str, Any], hand: Hand) -> None:
        """One action for each field; members and labels have their own."""
        if changes.get("idBoard", row["idBoard"]) != row["idBoard"]:
            self._move_away(row, changes, hand)
        row["dateLastActivity"] = when(self.clock())
        for name in _KEPT_FIELDS:
            if name in changes and changes[name] != row[name]:
                old, row[name] = row[name], changes[name]
                self._updated(row, name, old, hand)
        for name in ("idMembers", "idLabels"):
            if name in changes and set(changes[name]) != set(row[name]):
                self._set_many(row, name, list(changes[name]), hand)

    def _updated(self, row: Row, name: str, old: Any, hand: Hand) -> None:
        data: Row = {"card": {**_card(row), name: row[name]}, "old": {name: old}}
        if name == "idList":
            data["listBefore"] = _named(self.lists[old])
            data["listAfter"] = _named(self.lists[row[name]])
        else:
            data["list"] = _named(self.lists[row["idList"]])
        self.act("updateCard", self.boards[row["idBoard"]], hand, data)

    def _set_many(self, row: Row, name: str, new: list[str], hand: Hand) -> None:
        """A gesture with a member or a label is told twice."""
        thing = "Member" if name == "idMembers" else "Label"
        old, row[name] = row[name], new
        board = self.boards[row["idBoard"]]
        for verb, ids in (("remove", set(old) - set(new)), ("add", set(new) - set(old))):
            way = "To" if verb == "add" else "From"
            for one in sorted(ids):
                data = {"card": _card(row), f"id{thing}": one}
                self.act(f"{verb}{thing}{way}Card", board, hand, data)
        data = {"card": {**_card(row), name: new}, "old": {name: old}}
        self.act("updateCard", board, hand, data)

    def _move_away(self, row: Row, changes: Mapping[str, Any], hand: Hand) -> None:
        """To another board; the labels of the old one are left behind."""
        source, target = self.boards[row["idBoard"]], self.boards[changes["idBoard"]]
        data = {"card": _card(row), "boardTarget": {"id": target["id"]}}
        self.act("moveCardFromBoard", source, hand, data)
        row["idBoard"], row["idLabels"] = target["id"], []
        row["idList"] = changes.get("idList") or self.first_list(target["id"])
        data = {"card": _card(row), "boardSource": {"id": source["id"]}}
        self.act("moveCardToBoard", target, hand, data)

    def first_list(self, board: str) -> str:
        return next(key for key, row in self.lists.items() if row["idBoard"] == board)

    def delete_card(self, row: Row, hand: Hand) -> None:
        """Neither its name nor its link is told."""
        del self.cards[row["id"]]
        for checklist in [one for one in self.checklists.values() if one["idCard"] == row["id"]]:
            del self.checklists[checklist["id"]]
        data = {"card": {"id": row["id"], "idShort": row["idShort"]}}
        self.act("deleteCard", self.boards[row["idBoard"]], hand, data)

    def comment(self, row: Row, text: str, hand: Hand) -> Row:
        self.comments.append((row["id"], text))
        data = {"card": _card(row), "text": text}
        return self.act("commentCard", self.boards[row["idBoard"]], hand, data)

    # Checklists.

    def new_checklist(self, card: Row, name: str, hand: Hand) -> Row:
        row: Row = {
            "id": self.new_id(),
            "idCard": card["id"],
            "idBoard": card["idBoard"],
            "name": name,
            "checkItems": [],
        }
        self.checklists[row["id"]] = row
        data = {"card": _card(card), "checklist": _named(row)}
        self.act("addChecklistToCard", self.boards[card["idBoard"]], hand, data)
        return row

    def new_item(self, checklist: Row, name: str, hand: Hand, *, done: bool = False) -> Row:
        row = {
            "id": self.new_id(),
            "idChecklist": checklist["id"],
            "name": name,
            "state": "complete" if done else "incomplete",
            "pos": 16384 * (len(checklist["checkItems"]) + 1),
        }
        checklist["checkItems"].append(row)
        self._item_act("createCheckItem", checklist, row, hand)
        return row

    def change_item(
        self, checklist: Row, item: Row, changes: Mapping[str, Any], hand: Hand
    ) -> None:
        for name, type_ in (("state", "updateCheckItemStateOnCard"), ("name", "updateCheckItem")):
            if name in changes and changes[name] != item[name]:
                item[name] = changes[name]
                self._item_act(type_, checklist, item, hand)

    def delete_item(self, checklist: Row, item: Row, hand: Hand) -> None:
        checklist["checkItems"].remove(item)
        self._item_act("deleteCheckItem", checklist, item, hand)

    def items_of(self, card: str) -> Iterator[tuple[Row, Row]]:
        """Checklists and their items."""
        for checklist in self.checklists.values():
            if checklist["idCard"] == card:
                for item in checklist["checkItems"]:
                    yield checklist, item

    def _item_act(self, type_: str, checklist: Row, item: Row, hand: Hand) -> None:
        """There is no list in it."""
        card = self.cards[checklist["idCard"]]
        card["dateLastActivity"] = when(self.clock())
        shown = {name: item[name] for name in ("id", "name", "state")}
        data = {"card": _card(card), "checklist": _named(checklist), "checkItem": shown}
        self.act(type_, self.boards[card["idBoard"]], hand, data)

    # The log.

    def act(self, type_: str, board: Row, hand: Hand, data: Row) -> Row:
        """Something was done: it stands in the board's log, and whoever listens is told."""
        member = self.members[hand.by]
        action = {
            "id": self.new_id(),
            "idMemberCreator": hand.by,
            "type": type_,
            "date": when(self.clock()),
            "appCreator": None,
            "limits": None,
            "data": {
                **data,
                "board": {name: board[name] for name in ("id", "name", "shortLink")},
            },
            "display": {"translationKey": "unknown", "entities": {}},
            "memberCreator": {name: member[name] for name in ("id", "fullName", "username")},
        }
        self.log.append(action)
        self.heard(action, hand.echo)
        return action


def _named(row: Row) -> Row:
    return {"id": row["id"], "name": row["name"]}


def _card(row: Row) -> Row:
    return {name: row[name] for name in ("id", "name", "idShort", "shortLink")}
