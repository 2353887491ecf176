"""What Trello tells: by the log of a board, and by webhooks."""

from collections.abc import Iterator

from tracker.connectors.boards import Place, Told
from tracker.connectors.trello import hook, names
from tracker.connectors.trello.wire import ask, write
from tracker.connectors.trouble import PlatformError
from tracker.connectors.wire import segment, understood


def log(place: Place, *, since: str | None, limit: int = names.A_PAGE) -> Iterator[list[Told]]:
    """Pages of the board's log, the newest first, back to ``since``."""
    path = f"{names.BOARDS}{segment(place.id or '')}/actions"
    before: str | None = None
    for _ in range(names.MOST_PAGES):
        rows = ask(place.keeper, path, filter="all", limit=limit, since=since, before=before)
        with understood():
            told = [hook.told(action) for action in rows]
        yield told
        if len(told) < names.A_PAGE:
            return
        before = min(one.key for one in told)


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
