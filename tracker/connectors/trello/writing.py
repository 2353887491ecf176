"""From what a card is to look like to what Trello is sent. Pure."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from tracker.connectors.boards import Card, Place, Wanted
from tracker.connectors.trello.names import DUE_TIME, MARK, MOST_TEXT, START_TIME
from tracker.connectors.trello.parse import at, digest, is_by_status, own_labels
from tracker.connectors.trello.steps import plain

_ALL: Final = ("title", "status", "start_on", "due_on", "assignees", "own")


def title(text: str) -> str:
    """As Trello keeps it."""
    return plain(text)[:MOST_TEXT]


def description(wanted: Wanted) -> str:
    """Ours, the way back, and in the last line the marker."""
    tail = "\n\n".join(filter(None, (wanted.url, f"{MARK}{wanted.marker}")))
    room = MOST_TEXT - len(tail) - 2
    return f"{wanted.description.strip()[:room]}\n\n{tail}".strip()


def new_card(place: Place, wanted: Wanted) -> dict[str, Any]:
    """All that a creation can carry, and that is not nothing."""
    found = {**_values(place, wanted, _ALL), "desc": description(wanted), "pos": "bottom"}
    found["idLabels"] = ",".join(_label_ids(place, wanted))
    found["idList"] = list_of(place, wanted)
    return {name: value for name, value in found.items() if value not in (None, "", False)}


def changes(place: Place, card: Card, wanted: Wanted, names: Collection[str]) -> dict[str, Any]:
    """What is sent so that these of its fields become the wanted ones."""
    found = _values(place, wanted, names, others=card.parts.get("others") or ())
    if is_by_status(place):
        moves, marks = "status" in names, False
    else:
        moves, marks = "own" in names and list_of(place, wanted) != card.parts.get("list"), True
    if moves:
        found["idList"] = list_of(place, wanted)
    if "own" in names or (marks and "status" in names):
        there = card.parts.get("labels") or ()
        labels = [one for one in there if one not in own_labels(place)]
        labels += _label_ids(place, wanted)
        if set(labels) != set(there):
            found["idLabels"] = ",".join(labels)
    if "own" in names and may_describe(card):
        desc = description(wanted)
        if digest(desc) != card.parts.get("desc"):
            found["desc"] = desc
    return found


def may_describe(card: Card) -> bool:
    """Whether the description is still as we left it: what people have written stays."""
    said = card.parts.get("said")
    return said is not None and said == card.parts.get("desc")


def list_of(place: Place, wanted: Wanted) -> str:
    """The list that it belongs on."""
    lists = place.layout["lists"]
    key = wanted.fields.get("status", "todo") if is_by_status(place) else wanted.phase
    found: str = lists.get(key) or next(iter(lists.values()))
    return found


def _values(
    place: Place, wanted: Wanted, names: Collection[str], *, others: Sequence[str] = ()
) -> dict[str, Any]:
    fields, found = wanted.fields, dict[str, Any]()
    if "title" in names and "title" in fields:
        found["name"] = title(fields["title"])
    if "status" in names and "status" in fields:
        found["dueComplete"] = fields["status"] == "done"
    if "start_on" in names and "start_on" in fields:
        found["start"] = at(fields["start_on"], START_TIME, place.zone)
    if "due_on" in names and "due_on" in fields:
        found["due"] = at(fields["due_on"], DUE_TIME, place.zone)
    if "assignees" in names and "assignees" in fields:
        people = place.layout.get("people") or {}
        ours = [people[one] for one in fields["assignees"] if one in people]
        found["idMembers"] = ",".join([*ours, *others])
    return found


def _label_ids(place: Place, wanted: Wanted) -> list[str]:
    layout = place.layout
    found = [
        (layout.get("phases") or {}).get(wanted.phase),
        *((layout.get("labels") or {}).get(one) for one in wanted.labels),
        (layout.get("marks") or {}).get(wanted.fields.get("status")),
    ]
    return list(dict.fromkeys(filter(None, found)))
