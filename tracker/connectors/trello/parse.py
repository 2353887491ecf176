"""From what Trello gives to cards and boards of ours. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import blake2b
from typing import Any, Final
from zoneinfo import ZoneInfo

from tracker.connectors.boards import Card, Place
from tracker.connectors.days import instant, local_day
from tracker.connectors.trello import steps
from tracker.connectors.trello.names import CHECKLIST, MARK
from tracker.connectors.trello.steps import Steps, plain

_MARKED: Final = re.compile(rf"^\s*{MARK}([0-9a-fA-F-]{{36}})\s*$", re.MULTILINE)
_SHORT_LINK: Final = re.compile(r"https?://trello\.com/b/([0-9A-Za-z]{8})(?:[/?#].*)?")


def board_id(given: str) -> str:
    """What a board is asked for by: its id, or what its address holds."""
    found = _SHORT_LINK.fullmatch(given.strip())
    return found[1] if found else given.strip()


def marker(desc: str) -> str | None:
    """The id that the last line is meant to hold; people write below it, too."""
    found = _MARKED.findall(desc)
    return found[-1].lower() if found else None


def digest(desc: str) -> str:
    """Tells descriptions apart."""
    return blake2b(desc.strip().encode(), digest_size=8).hexdigest()


def lists_by(place: Place) -> str:
    """What the lists are: status or phase."""
    return str(place.settings.get("lists", "status"))


def is_by_status(place: Place) -> bool:
    """Whether the lists are statuses; else they are phases."""
    return lists_by(place) == "status"


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a card is read with: lists that nobody sees, and checklists by card."""

    archived: frozenset[str]
    checklists: Mapping[str, Sequence[Mapping[str, Any]]]


def shelf(lists: Iterable[Mapping[str, Any]], checklists: Iterable[Mapping[str, Any]]) -> Shelf:
    """From the rows of a board, or of one card."""
    by_card: dict[str, list[Mapping[str, Any]]] = {}
    for row in checklists:
        by_card.setdefault(row["idCard"], []).append(row)
    return Shelf(frozenset(row["id"] for row in lists if row.get("closed")), by_card)


def card(place: Place, raw: Mapping[str, Any], shelf: Shelf) -> Card:
    """A card as it was read. Raises what ``understood`` understands."""
    known = place.parts.get(raw["id"]) or {}
    checklists, titles = shelf.checklists.get(raw["id"], ()), (CHECKLIST.en, CHECKLIST.fr)
    return standing(place, raw, steps.read(checklists, known, titles), shelf.archived)


def standing(
    place: Place, raw: Mapping[str, Any], found: Steps, archived: frozenset[str] = frozenset()
) -> Card:
    """A card with these steps."""
    known = place.parts.get(raw["id"]) or {}
    by, was_by = lists_by(place), known.get("by") or lists_by(place)
    has_turned = by != was_by  # a manager wants lists of the other kind since
    status, is_untidy = _before(raw, known) if has_turned else _status(place, raw, known)
    desc, people = raw.get("desc") or "", _people(place)
    title, is_gone = plain(raw["name"]), raw.get("closed") or raw["idList"] in archived
    home = known.get("home") or raw["idList"]  # where we have put it
    return Card(
        id=raw["id"],
        title=title,
        fields={
            "title": title,
            "status": status,
            "start_on": _day(raw.get("start"), place.zone),
            "due_on": _day(raw.get("due"), place.zone),
            "assignees": sorted(people[one] for one in raw["idMembers"] if one in people),
            "steps": found.done,
        },
        marker=marker(desc),
        url=raw.get("url"),
        phase=_phase(place, raw),
        labels=_labels(place, raw),
        steps=[(item.name, item.is_done) for item in found.loose],
        parts={
            "list": raw["idList"],
            "home": home,
            "by": was_by,
            "complete": bool(raw.get("dueComplete")),
            "status": status,
            "labels": list(raw["idLabels"]),
            "others": [one for one in raw["idMembers"] if one not in people],
            "desc": digest(desc),
            "said": known.get("said") or (digest(desc) if marker(desc) else None),
            **found.parts(),
        },
        edited_at=instant(raw["dateLastActivity"]) if raw.get("dateLastActivity") else None,
        untidy=[
            *(["status"] if is_untidy else []),
            *(["own"] if has_turned or _is_in_another_phase(place, raw["idList"], home) else []),
        ],
        is_gone=bool(is_gone) or raw["idBoard"] != place.id,
    )


def _status(place: Place, raw: Mapping[str, Any], known: Mapping[str, Any]) -> tuple[str, bool]:
    """The status, and whether the card shows two."""
    is_complete = bool(raw.get("dueComplete"))
    if not is_by_status(place):
        marks = place.layout.get("marks") or {}
        marked = [status for status, label in marks.items() if label in raw["idLabels"]]
        if is_complete:
            return "done", bool(marked)
        return (marked[0], len(marked) > 1) if marked else ("todo", False)
    return _by_list(_listed(place, raw["idList"]), raw["idList"], known, is_complete=is_complete)


def _before(raw: Mapping[str, Any], known: Mapping[str, Any]) -> tuple[str, bool]:
    """As it was, until the card shows it in the new way; a tick says the same in both."""
    is_complete = bool(raw.get("dueComplete"))
    if is_complete != known.get("complete"):
        return "done" if is_complete else "todo", True
    return known.get("status") or "todo", True


def _by_list(
    listed: str | None, list_id: str, known: Mapping[str, Any], *, is_complete: bool
) -> tuple[str, bool]:
    """By the list that it stands on and by its tick, whichever a person has changed.

    Both say whether it is done, and a person changes one of them at a time: a card that is ticked
    stays in its list, and one that is dragged out of “done” stays ticked.
    """
    if listed is not None and (listed == "done") == is_complete:
        return listed, False
    by_tick = "done" if is_complete else "todo"
    if not known:
        return ("done" if listed is not None else by_tick), listed is not None
    if is_complete != known.get("complete"):
        return by_tick, listed is not None
    if listed is not None and list_id != known.get("list"):
        return listed, True
    return known.get("status") or by_tick, listed is not None


def _listed(place: Place, list_id: str) -> str | None:
    """The key of the list; None where it is none of ours."""
    lists = place.layout.get("lists") or {}
    return next((key for key, one in lists.items() if one == list_id), None)


def _phase(place: Place, raw: Mapping[str, Any]) -> str | None:
    if not is_by_status(place):
        return _listed(place, raw["idList"])
    phases = place.layout.get("phases") or {}
    return next((key for key, label in phases.items() if label in raw["idLabels"]), None)


def _is_in_another_phase(place: Place, list_id: str, home: str) -> bool:
    """A person has dragged it where it is not due; into a list of theirs it may go."""
    return not is_by_status(place) and list_id != home and _listed(place, list_id) is not None


def _labels(place: Place, raw: Mapping[str, Any]) -> list[str]:
    """Without those that say the phase or the status."""
    told = {
        *(place.layout.get("phases") or {}).values(),
        *(place.layout.get("marks") or {}).values(),
    }
    rows = raw.get("labels") or ()
    return [plain(row["name"]) for row in rows if row["name"] and row["id"] not in told]


def own_labels(place: Place) -> set[str]:
    """The ids of labels that are ours to put on and to take off."""
    kinds = ("phases", "labels", "marks")
    return {label for kind in kinds for label in (place.layout.get(kind) or {}).values()}


def _people(place: Place) -> dict[str, str]:
    """E-mails by the ids of members."""
    return {member: email for email, member in (place.layout.get("people") or {}).items()}


# A day and an instant.


def _day(text: str | None, zone: str) -> str | None:
    return local_day(instant(text), zone).isoformat() if text else None


def at(day: str | None, hour: time, zone: str) -> str | None:
    """The instant that stands for a day of the project's zone."""
    if day is None:
        return None
    local = datetime.combine(date.fromisoformat(day), hour, ZoneInfo(zone))
    return f"{local.astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%M:%S}.000Z"
