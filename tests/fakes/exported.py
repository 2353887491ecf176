"""Files as Trello writes them, made up: only what its export is known to hold."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

Raw = dict[str, Any]


def an_id(kind: str, number: int) -> str:
    """24 hexadecimal digits, as Trello's."""
    return f"6700{ord(kind):02x}{number:018x}"


def at(day: date | str, time: str = "17:00:00.000") -> str:
    """An instant as Trello writes it."""
    return f"{day}T{time}Z"


def a_list(number: int, name: str, **more: Any) -> Raw:
    """A list of the board."""
    return {"id": an_id("l", number), "name": name, "closed": False, "pos": number * 16384} | more


def a_card(number: int, name: str, on: Raw, **more: Any) -> Raw:
    """A card of the list ``on``."""
    return {
        "id": an_id("c", number),
        "idShort": number,
        "name": name,
        "desc": "",
        "closed": False,
        "due": None,
        "start": None,
        "dueComplete": False,
        "idBoard": an_id("b", 1),
        "idList": on["id"],
        "idMembers": [],
        "labels": [],
        "attachments": [],
        "customFieldItems": [],
        "idChecklists": [],
        "isTemplate": False,
        "pos": number * 16384,
        "dateLastActivity": "2026-11-02T09:30:00.123Z",
        "shortUrl": f"https://trello.com/c/card{number:04d}",
    } | more


def a_label(name: str, color: str = "blue") -> Raw:
    """A label as it stands on a card."""
    return {"id": an_id("t", len(name)), "name": name, "color": color}


def a_checklist(number: int, on: Raw, items: Mapping[str, bool], name: str = "Steps") -> Raw:
    """A checklist of the card ``on``: its items, and whether they are ticked."""
    return {
        "id": an_id("k", number),
        "idCard": on["id"],
        "name": name,
        "pos": number,
        "checkItems": [
            {
                "id": an_id("i", n),
                "name": item,
                "pos": n,
                "state": "complete" if is_done else "incomplete",
            }
            for n, (item, is_done) in enumerate(items.items())
        ],
    }


def a_member(number: int, name: str, username: str, **more: Any) -> Raw:
    """Somebody on the board; Trello tells no e-mail."""
    return {"id": an_id("m", number), "fullName": name, "username": username} | more


def an_export(lists: Sequence[Raw], cards: Sequence[Raw], **more: Any) -> Raw:
    """The whole file."""
    return {
        "id": an_id("b", 1),
        "name": "Our community",
        "desc": "",
        "closed": False,
        "shortUrl": "https://trello.com/b/boardAbc",
        "lists": list(lists),
        "cards": list(cards),
        "checklists": [],
        "labels": [],
        "members": [],
        "customFields": [],
        "actions": [],
    } | more
