"""A board of Trello's read whole, to be brought here once."""

from typing import Any, Final

from tracker.connectors.board_copy import BoardCopy
from tracker.connectors.boards import Keeper
from tracker.connectors.trello import names, parse
from tracker.connectors.trello.export import NoBoard, read_board
from tracker.connectors.trello.wire import ask
from tracker.connectors.trouble import PlatformError
from tracker.connectors.wire import segment, understood

_CARD_FIELDS: Final = f"{names.CARD_FIELDS},shortUrl,isTemplate,cardRole,pos"
_ASKED: Final = {
    "fields": "id,name,closed,url,shortUrl",
    "lists": "all",
    "cards": "all",
    "card_fields": _CARD_FIELDS,
    "card_attachments": "true",
    "card_customFieldItems": "true",
    "checklists": "all",
    "members": "all",
    "member_fields": names.MEMBER_FIELDS,
    "customFields": "true",
}
_OF_CARDS: Final = {
    "fields": _CARD_FIELDS,
    "attachments": "true",
    "customFieldItems": "true",
    "limit": str(names.A_PAGE),
}


def copy_board(keeper: Keeper, board_id: str) -> BoardCopy:
    """The board, a closed one, too. Raises PlatformError."""
    path = f"{names.BOARDS}{segment(parse.board_id(board_id))}"
    document = ask(keeper, path, **_ASKED)
    with understood():
        rows = page = list(document["cards"])
    for _ in range(names.MOST_PAGES):
        if len(page) < names.A_PAGE:
            break
        with understood():
            before = min(row["id"] for row in page)
        page = _older(keeper, path, before)
        rows += page
    try:
        return read_board({**document, "cards": rows})
    except NoBoard:
        raise PlatformError("our_fault", "no board") from None


def _older(keeper: Keeper, path: str, before: str) -> list[Any]:
    """Cards are told a thousand at a time, the newest first."""
    with understood():
        return list(ask(keeper, f"{path}/cards/all", **_OF_CARDS, before=before))
