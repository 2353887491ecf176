"""What a board must have for our cards: lists, labels and people, and what it lacks. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tracker.connectors.boards import Place
from tracker.connectors.trello.names import COLORS, STATUS_COLORS
from tracker.connectors.trello.parse import is_by_status
from tracker.connectors.trello.steps import plain
from tracker.kernel.texts import Said, Sentence

FAULTS: Final[Mapping[str, Sentence]] = {
    "lists": Sentence(
        en="Lists stand for “status” or for “phase”.",
        fr="Les listes correspondent à « status » ou à « phase ».",
    ),
    "members": Sentence(
        en="For each e-mail, the name of a Trello user.",
        fr="Pour chaque adresse, le nom d'un utilisateur Trello.",
    ),
    "invite": Sentence(
        en="Whether people are invited to the board: true or false.",
        fr="Si les personnes sont invitées sur le tableau : true ou false.",
    ),
    "organization": Sentence(
        en="The id of a Trello workspace, as text.",
        fr="L'identifiant d'un espace de travail Trello, en texte.",
    ),
}
_OF_ALL: Final = frozenset({"policies", "created_there"})
_OPEN: Final = "openPerBoard"


@dataclass(frozen=True, slots=True)
class Lack:
    """A list or a label that is still to be made. ``kind`` is where in the layout its id goes."""

    kind: str
    key: str
    title: str
    color: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A board as it was read. ``room`` is how many more cards it takes; None: nobody said."""

    id: str
    url: str | None
    lists: Sequence[Mapping[str, Any]] = ()
    labels: Sequence[Mapping[str, Any]] = ()
    members: Sequence[Mapping[str, Any]] = ()
    room: int | None = None
    invited: Mapping[str, str | None] = field(default_factory=dict)  # now, by e-mail


def board(raw: Mapping[str, Any]) -> Board:
    """From what was answered. Raises what ``understood`` understands."""
    return Board(
        id=raw["id"],
        url=raw.get("url"),
        lists=raw.get("lists") or (),
        labels=raw.get("labels") or (),
        members=raw.get("members") or (),
        room=_room(raw),
    )


def _room(raw: Mapping[str, Any]) -> int | None:
    limit = ((raw.get("limits") or {}).get("cards") or {}).get(_OPEN) or {}
    if limit.get("status") == "disabled":
        return 0
    most, cards = limit.get("disableAt"), raw.get("cards")
    return max(most - len(cards), 0) if isinstance(most, int) and cards is not None else None


def is_understood(settings: Mapping[str, Any]) -> bool:
    """Whether a manager's settings say what they can say."""
    return settings.keys() <= {*FAULTS, *_OF_ALL} and not setting_faults(settings)


def setting_faults(settings: Mapping[str, Any]) -> Mapping[str, Said]:
    """What cannot be meant, by name."""
    members = settings.get("members", {})
    is_meant = {
        "lists": settings.get("lists", "status") in ("status", "phase"),
        "members": isinstance(members, dict)
        and all(isinstance(name, str) for name in members.values()),
        "invite": isinstance(settings.get("invite", False), bool),
        "organization": isinstance(settings.get("organization", ""), str),
    }
    return {name: Said(FAULTS[name], {}) for name, is_so in is_meant.items() if not is_so}


def lists(place: Place) -> list[tuple[str, str]]:
    """Keys and titles of the lists, from the left."""
    found = place.statuses.items() if is_by_status(place) else place.phases
    return [(key, plain(title)) for key, title in found]


def layout(place: Place, there: Board) -> tuple[dict[str, Any], list[Lack]]:
    """Where things stand: known ids first, then equal names; and what has to be made.

    A known list that is archived keeps its place: it is opened again when something goes there.
    """
    found, lacks = dict[str, Any](), list[Lack]()
    for kind, wanted, rows in (
        ("lists", lists(place), _open_first(there.lists)),
        ("phases", _phases(place), there.labels),
        ("labels", _labels(place), there.labels),
        ("marks", _marks(place), there.labels),
    ):
        known = place.layout.get(kind) or {}
        ids = {row["id"] for row in rows}
        by_name = _by_name(row for row in rows if not row.get("closed"))
        found[kind] = {}
        for key, title in wanted:
            there_is = known[key] if known.get(key) in ids else by_name.get(title.casefold())
            if there_is is None:
                lacks.append(Lack(kind, key, title, _color(kind, key, len(found[kind]))))
            else:
                found[kind][key] = there_is
    archived = {row["id"] for row in there.lists if row.get("closed")}
    found["archived"] = [one for one in found["lists"].values() if one in archived]
    return {**found, **people(place, there), "room": there.room, "url": there.url}, lacks


def people(place: Place, there: Board) -> dict[str, Any]:
    """Members by e-mail, and the e-mails of those who have tasks and are not on the board.

    Trello tells hardly anybody's e-mail: the manager names them, or they were invited by it.
    """
    ids = {row["id"] for row in there.members}
    shown = _by(there.members, "email")
    by_name = _by(there.members, "username")
    named = place.settings.get("members") or {}
    asked = {email.strip().casefold(): name for email, name in named.items()}
    before = {**(place.layout.get("people") or {}), **there.invited}
    found = dict[str, str]()
    for email, _name in place.people:
        member = shown.get(email.casefold()) or by_name.get(
            asked.get(email.casefold(), "").lstrip("@").casefold()
        )
        if member is None and before.get(email) in ids:
            member = before[email]
        if member is not None and member not in found.values():
            found[email] = member
    strangers = sorted(place.assigned - found.keys())
    invited = sorted({*(place.layout.get("invited") or ()), *there.invited})
    return {"people": found, "strangers": strangers, "invited": invited}


def _by(rows: Iterable[Mapping[str, Any]], name: str) -> dict[str, str]:
    return {row[name].casefold(): row["id"] for row in rows if row.get(name)}


def _open_first(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    key: Callable[[Mapping[str, Any]], bool] = lambda row: bool(row.get("closed"))  # noqa: E731
    return sorted(rows, key=key)


def _by_name(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    found = dict[str, str]()
    for row in rows:
        found.setdefault(plain(row["name"]).casefold(), row["id"])
    return found


def _labels(place: Place) -> list[tuple[str, str]]:
    return [(text, plain(text)) for text in place.labels]


def _phases(place: Place) -> list[tuple[str, str]]:
    """Labels that say the phase where the lists do not."""
    return [(key, plain(title)) for key, title in place.phases] if is_by_status(place) else []


def _marks(place: Place) -> list[tuple[str, str]]:
    """Labels that say the status where the lists do not."""
    if is_by_status(place):
        return []
    return [(key, plain(place.statuses[key])) for key in STATUS_COLORS if key in place.statuses]


def _color(kind: str, key: str, index: int) -> str | None:
    if kind == "marks":
        return STATUS_COLORS[key]
    colors = COLORS.get(kind)
    return colors[index % len(colors)] if colors else None
