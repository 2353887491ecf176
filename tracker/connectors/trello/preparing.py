"""Making or adopting a board on Trello: its lists, its labels, its people."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tracker.connectors.boards import Place
from tracker.connectors.trello import layout, names, parse, writing
from tracker.connectors.trello.layout import Board, Lack
from tracker.connectors.trello.wire import ask, write
from tracker.connectors.trouble import PlatformError
from tracker.connectors.wire import segment, understood


def prepared(place: Place) -> Place:
    """The board, with all that our cards need."""
    if not layout.is_understood(place.settings):
        raise PlatformError("our_fault", names.SETTINGS)
    board = _there(place) if place.id else _adopted(place) or _made(place)
    place = replace(place, id=board.id)
    with understood():
        found, lacks = layout.layout(place, board)
    for lack in lacks:
        found[lack.kind][lack.key] = _make(place, lack)
    if place.settings.get("invite"):
        board = _inviting(place, board)
        with understood():
            found |= layout.people(place, board)
    lists = {key: found["lists"][key] for key, _title in layout.lists(place)}
    return replace(place, layout={**found, "lists": lists})


def whole_board(place: Place, **more: str) -> Mapping[str, Any]:
    """The board with its lists and ``more``, in one call."""
    path = f"{names.BOARDS}{segment(parse.board_id(place.id or ''))}"
    asked = {"fields": names.BOARD_FIELDS, "lists": "all", **more}
    raw: Mapping[str, Any] = ask(place.keeper, path, **asked)
    with understood():
        is_closed = raw["closed"]
    if is_closed:
        raise PlatformError("permission", names.CLOSED_BOARD)
    return raw


def _there(place: Place) -> Board:
    """As it is, and how many open cards are on it."""
    raw = whole_board(
        place,
        labels="all",
        labels_limit=str(names.A_PAGE),
        members="all",
        member_fields=names.MEMBER_FIELDS,
        cards="open",
        card_fields="id",
    )
    with understood():
        return layout.board(raw)


def _adopted(place: Place) -> Board | None:
    """The board that we have made already, though its id never arrived."""
    rows = ask(place.keeper, names.MY_BOARDS, filter="open", fields="id,desc")
    with understood():
        ids = [row["id"] for row in rows if parse.marker(row["desc"] or "") == place.marker]
    return _there(replace(place, id=min(ids))) if ids else None


def _made(place: Place) -> Board:
    sent = {
        "name": writing.title(place.name),
        "desc": f"{names.MARK}{place.marker}",
        "defaultLists": False,
        "defaultLabels": False,
    }
    if place.settings.get("organization"):
        sent["idOrganization"] = place.settings["organization"]
    raw = write(place, "POST", names.BOARDS, **sent)
    with understood():
        return layout.board(raw)


def _inviting(place: Place, board: Board) -> Board:
    """Have Trello invite by e-mail whoever is not on the board; one call each, and once.

    Where it may not go on, those who were invited are kept, and the others have their turn when
    the board is prepared next: what ended here would begin with the same people every time.
    """
    with understood():
        found = layout.people(place, board)
    called, members = dict(place.people), list(board.members)
    invited: dict[str, str | None] = {}
    for email in found["strangers"]:
        if email in found["invited"]:
            continue  # a member already, and Trello does not tell which
        path = f"{names.BOARDS}{segment(board.id)}/members"
        sent = {"email": email, "type": "normal", "fullName": called.get(email, email)}
        try:
            raw = write(place, "PUT", path, **sent)
        except PlatformError as error:
            if error.trouble != "our_fault":
                break
            invited[email] = None  # no address to Trello, and will be none
            continue
        with understood():
            known = {row["id"] for row in members}
            new = [row for row in raw["members"] if row["id"] not in known]
            invited[email] = new[0]["id"] if new else None
        members += new
    return replace(board, members=members, invited=invited)


def _make(place: Place, lack: Lack) -> str:
    sent = {"name": lack.title, "idBoard": place.id}
    if lack.kind == "lists":
        raw = write(place, "POST", names.LISTS, **sent, pos="bottom")
    else:
        raw = write(place, "POST", names.LABELS, **sent, color=lack.color)
    with understood():
        return str(raw["id"])
