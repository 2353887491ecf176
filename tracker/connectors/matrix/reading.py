"""Reading rooms, each forwards from where it was left: its stream tells all that happened."""

import hmac
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from tracker.connectors.figures import Account, Page, Role
from tracker.connectors.matrix import parse
from tracker.connectors.matrix.names import A_PAGE, JOINED_ROOMS, ROOM
from tracker.connectors.matrix.wire import ask
from tracker.connectors.settings import listed
from tracker.connectors.trouble import PlatformError
from tracker.connectors.wire import segment, understood

Cursor = Mapping[str, Any]


def messages(account: Account, cursor: Cursor) -> Page:
    """One page of one room; first of all, which rooms there are and who moderates.

    A cursor that rests holds how far each room has been read; under way also the ``queue`` of rooms
    and the ``staff``, by marks that only our token's holder could make.
    """
    if "queue" not in cursor:
        return _set_out(account, cursor)
    room, *queue = cursor["queue"]
    places = dict(cursor["rooms"])
    try:
        found = _page(account, room, places.get(room))
    except PlatformError as error:
        if error.trouble != "permission" or room == account.config["main_room"]:
            raise
        return Page(*_going_on(cursor, queue, places))
    with understood():
        role_of = _roles(account, frozenset(cursor["staff"]))
        is_main = room == account.config["main_room"]
        events = parse.events(found["chunk"], room, role_of, is_main=is_main)
        end = found.get("end")
    if end and end != places.get(room):
        places[room] = str(end)
        queue = [room, *queue]
    return Page(*_going_on(cursor, queue, places), events=events)


def _going_on(cursor: Cursor, queue: list[str], places: Mapping[str, str]) -> tuple[Cursor, bool]:
    if not queue:
        return {"rooms": places}, True
    return {"rooms": places, "queue": queue, "staff": cursor["staff"]}, False


def _set_out(account: Account, cursor: Cursor) -> Page:
    main = str(account.config["main_room"])
    rooms, calls = listed(account.config, "rooms"), 2
    if not rooms:
        answer, calls = ask(account, JOINED_ROOMS, is_root=True), 3
        with understood():
            rooms = tuple(map(str, answer.json["joined_rooms"]))
    staff = sorted(_mark(account, user) for user in _moderators(account, main))
    queue = list(dict.fromkeys([main, *sorted(rooms)]))
    begun = {"rooms": dict(cursor.get("rooms") or {}), "queue": queue, "staff": staff}
    return Page(begun, is_last=False, calls=calls)


def _moderators(account: Account, room: str) -> Iterable[str]:
    state = f"{ROOM}/{segment(room)}/state"
    levels = ask(account, f"{state}/m.room.power_levels")
    create = ask(account, f"{state}/m.room.create", {"format": "event"})
    with understood():
        return parse.moderators(levels.json, create.json)


def _page(account: Account, room: str, since: str | None) -> Any:
    query = {"dir": "f", "from": since, "limit": A_PAGE}
    return ask(account, f"{ROOM}/{segment(room)}/messages", query).json


def _roles(account: Account, staff: frozenset[str]) -> parse.RoleOf:
    bots = frozenset(listed(account.config, "bots"))
    known: dict[str, Role] = {}

    def role_of(user: str) -> Role:
        if user not in known:
            is_staff = _mark(account, user) in staff
            known[user] = "bot" if user in bots else "staff" if is_staff else "member"
        return known[user]

    return role_of


def _mark(account: Account, user: str) -> str:
    """A user in a cursor: no id of a member is kept."""
    key = account.secrets.get("access_token", "").encode()
    return hmac.new(key, user.encode(), sha256).hexdigest()[:16]
