"""What Trello tells: by the log of a board, and by webhooks."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tracker.connectors.boards import Place, Told
from tracker.connectors.trello import hook, names
from tracker.connectors.trello.wire import ask, write
from tracker.connectors.trouble import PlatformError
from tracker.connectors.wire import segment, understood

OVERLAP: Final = timedelta(seconds=10)
MOST_SEEN: Final = 200
_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


def newest(place: Place) -> list[Told]:
    """The last that has happened on the board."""
    return _page(place, since=None, before=None, limit=1)


def since(place: Place, at: str | None) -> list[Told]:
    """What has happened on the board since then, the oldest first."""
    found, before = list[Told](), None
    for _ in range(names.MOST_PAGES):
        page = _page(place, since=at, before=before, limit=names.A_PAGE)
        found += page
        if len(page) < names.A_PAGE:
            break
        before = min(one.key for one in page)
    return sorted(found, key=lambda one: (one.at or _EVER, one.key))


def cursor_after(told: Sequence[Told], cursor: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where to read on: a little before the newest, since ids of one second come in any order."""
    ends = max((one.at for one in told if one.at is not None), default=None)
    if ends is None:
        return {"since": None, "seen": [], **cursor}
    begins = ends - OVERLAP
    seen = [one.key for one in told if one.at is not None and one.at >= begins]
    kept = cursor.get("seen") or () if cursor.get("since") else ()
    return {"since": begins.isoformat(), "seen": sorted({*kept, *seen})[-MOST_SEEN:]}


def _page(place: Place, *, since: str | None, before: str | None, limit: int) -> list[Told]:
    path = f"{names.BOARDS}{segment(place.id or '')}/actions"
    rows = ask(place.keeper, path, filter="all", limit=limit, since=since, before=before)
    with understood():
        return [hook.told(action) for action in rows]


def hang(place: Place, address: str) -> str:
    """A webhook on the board; one of this token that tells the same address is taken over."""
    try:
        raw = write(
            place,
            "POST",
            names.WEBHOOKS,
            callbackURL=address,
            idModel=place.id,
            description="tracker",
            active=True,
        )
    except PlatformError as error:
        if error.detail != names.HANGING:
            raise
        return _taken_over(place, address)
    with understood():
        return str(raw["id"])


def _taken_over(place: Place, address: str) -> str:
    # The one address that holds a secret: there is no other way to ask for all webhooks.
    token = segment(place.keeper.secrets.get("token", ""))
    rows = ask(place.keeper, f"/tokens/{token}/webhooks")
    with understood():
        found, is_active = next(
            (str(row["id"]), bool(row["active"]))
            for row in rows
            if row["callbackURL"] == address and row["idModel"] == place.id
        )
    if not is_active:
        wake(place, found)
    return found


def wake(place: Place, hook_id: str) -> None:
    """Trello puts webhooks to sleep that have failed for a month, and tells nobody."""
    write(place, "PUT", path_of(hook_id), active=True)


def path_of(hook_id: str) -> str:
    """Where a webhook is."""
    return f"{names.WEBHOOKS}{segment(hook_id)}"
