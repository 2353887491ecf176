"""Where to go on in a forum's lists, so that nobody is missed while rows shift. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from tracker.connectors.discourse.names import POSTS_A_PAGE

_MOST_EMPTY: Final = 20

Cursor = Mapping[str, Any]


def next_posts(
    cursor: Cursor, *, lowest: int | None, settled: int | None, asked: int | None
) -> tuple[Cursor, bool]:
    """Downwards from the newest post to ``floor``: (where to go on, whether that is all).

    ``floor`` is the newest post that was two days old when it was last read, for posts change. A
    page may be empty, since what may not be seen is left out of it after counting.
    """
    floor = cursor.get("floor")
    settled = max(
        (one for one in (cursor.get("settled"), settled) if one is not None), default=None
    )
    empty = 0 if lowest is not None else cursor.get("empty", 0) + 1
    going_on = (asked or 0) - POSTS_A_PAGE if lowest is None else lowest - 1
    is_through = going_on <= floor if floor is not None else settled is not None
    if is_through or going_on <= 0 or empty >= _MOST_EMPTY:
        new_floor = max((one for one in (floor, settled) if one is not None), default=None)
        return ({} if new_floor is None else {"floor": new_floor}), True
    going: dict[str, Any] = {"floor": floor, "settled": settled, "before": going_on, "empty": empty}
    return {name: value for name, value in going.items() if value is not None}, False


def page_of_members(cursor: Cursor) -> int:
    """The page to ask for: on the way, else the last one of the walk before."""
    return int(cursor.get("page") or cursor.get("last") or 1)


def next_members(cursor: Cursor, *, is_empty: bool) -> tuple[Cursor, bool, bool]:
    """(Where to go on, whether that is all, whether nobody can have been missed).

    Oldest first: newcomers only lengthen the list. Who leaves moves the others to lower pages, so
    the list is walked downwards from its end: those who move are met twice, never missed. Only on
    the first walk the end is not known, and nobody yet who could have left. A walk on which a page
    was empty that should not be proves nothing.
    """
    page, is_sure = page_of_members(cursor), cursor.get("is_sure", True)
    if cursor.get("is_down"):
        is_sure = is_sure and not is_empty
        rest = {name: cursor[name] for name in ("last", "is_doubted") if name in cursor}
        if page <= 1:
            return rest, True, is_sure
        return {**rest, "page": page - 1, "is_down": True, "is_sure": is_sure}, False, False
    began = cursor.get("began", page)
    if not is_empty:
        return {**cursor, "page": page + 1, "began": began}, False, False
    last = max(page - 1, 1)
    if "last" not in cursor:
        return {"last": last}, True, page > 1
    # Where a page used to be there is none: at the first time that is doubted.
    is_sure = last >= cursor["last"] or cursor.get("is_doubted", False)
    rest = {"last": last} if is_sure else {"last": cursor["last"], "is_doubted": True}
    down = last if last > began else began - 1
    if down < 1:
        return rest, True, is_sure and page > 1
    return {**rest, "page": down, "is_down": True, "is_sure": is_sure}, False, False
