"""Reading the messages of a server, place by place: what is new, and what has been."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final

from tracker.connectors.discord import parse
from tracker.connectors.discord.messages import MESSAGES, events, message_ids
from tracker.connectors.discord.names import MESSAGES_A_PAGE, SOLVED
from tracker.connectors.discord.parse import Place, place_of
from tracker.connectors.discord.snowflakes import earlier, snowflake
from tracker.connectors.discord.wire import ask
from tracker.connectors.figures import Account, Event, Page
from tracker.connectors.settings import listed
from tracker.connectors.trouble import PlatformError
from tracker.connectors.wire import segment, understood

OVERLAP: Final = timedelta(days=2)  # reactions come late, and so do tags
MOST_CALLS: Final = 10  # for one page
LONGEST_SECONDS: Final = 5.0  # after which none is begun
MARGIN: Final = timedelta(minutes=1)  # ids of different machines of theirs
_ARCHIVES: Final = frozenset({"archive", "archived questions"})


@dataclass(frozen=True, slots=True)
class Round:
    """One round through all places, which take turns, a page each.

    The limits of Discord's are of each place, and what was written at the same time is kept
    together. ``since`` is the id behind which messages are read; None: all, from the newest down.
    ``newest`` is where the next round begins.
    """

    queue: Sequence[Sequence[str]]  # places, as they stand in the cursor
    since: int | None
    newest: int
    solved_tags: Sequence[str] = ()
    is_denied: bool = False  # some place could not be read
    is_read: bool = False  # some place could
    overlapped_at: str | None = None

    def cursor(self) -> Mapping[str, Any]:
        """Where to go on; or where the next round begins."""
        if not self.queue:
            return {"since": self.newest, "overlapped_at": self.overlapped_at}
        return {
            "queue": self.queue,
            "since": self.since,
            "newest": self.newest,
            "solved_tags": list(self.solved_tags),
            "is_denied": self.is_denied,
            "is_read": self.is_read,
            "overlapped_at": self.overlapped_at,
        }

    def after_first(self, *, denied: bool = False, more: Sequence[Place] = ()) -> "Round":
        """The first place is through; ``more`` has come to light in it."""
        return replace(
            self,
            queue=[*(place.row() for place in more), *self.queue[1:]],
            is_denied=self.is_denied or denied,
            is_read=self.is_read or not denied,
        )

    def after_page(self, place: Place, mark: str, more: Sequence[Place] = ()) -> "Round":
        """The first place is read up to there; it goes on once the others had their turn."""
        rest = [*more, replace(place, mark=mark)]
        return replace(self, queue=[*self.queue[1:], *(one.row() for one in rest)], is_read=True)


def under_way(cursor: Mapping[str, Any]) -> Round:
    """The round that a cursor stands in."""
    return Round(**{name: value for name, value in cursor.items() if name != "wait_until"})


def new_messages(account: Account, cursor: Mapping[str, Any], now: datetime) -> Page:
    """What has been written since the round before; once a day, the last two days once more."""
    if "queue" in cursor:
        return _read(account, cursor, now)
    last = cursor.get("overlapped_at")
    is_overlapping = not last or now - datetime.fromisoformat(last) >= timedelta(hours=20)
    found, events, tags = _look_around(account)
    newest = max((place.newest for place in found), default=0) or snowflake(now)
    since = cursor.get("since", newest)
    if is_overlapping:
        since = earlier(since, OVERLAP)
    queue = [
        place.row()
        for place in found
        if place.newest > since or (is_overlapping and place.kind in _ARCHIVES)
    ]
    begun = Round(
        queue,
        since,
        earlier(max(newest, cursor.get("since", 0)), MARGIN),
        solved_tags=tags,
        overlapped_at=now.isoformat() if is_overlapping else last,
    )
    return Page(begun.cursor(), is_last=not queue, events=events, calls=2)


def past_messages(account: Account, cursor: Mapping[str, Any], now: datetime) -> Page:
    """All that has ever been written, each place from its newest message down."""
    if "queue" in cursor:
        return _read(account, cursor, now)
    found, events, tags = _look_around(account)
    queue = [place.row() for place in found if place.newest or place.kind in _ARCHIVES]
    begun = Round(queue, None, 0, solved_tags=tags)
    return Page(begun.cursor(), is_last=not queue, events=events, calls=2)


def _look_around(account: Account) -> tuple[list[Place], list[Event], list[str]]:
    guild = segment(str(account.config["guild_id"]))
    channels = ask(account, f"/guilds/{guild}/channels").json
    active = ask(account, f"/guilds/{guild}/threads/active").json
    wanted = frozenset(listed(account.config, "channels"))
    named = listed(account.config, "solved_tags", between=r"\s*,\s*") or SOLVED
    names = frozenset(one.casefold() for one in named)
    with understood():
        tags = parse.solved_tags(channels, names)
        places = parse.places(channels)
        forums = {place.id for place in places if place.kind == "archived questions"}
        found = [*places, *parse.threads(active, forums)]
        chosen = [one for one in found if not wanted or (one.parent or one.id) in wanted]
        return chosen, parse.solved(active, tags), tags


def _read(account: Account, cursor: Mapping[str, Any], now: datetime) -> Page:
    """Places until a page's worth of messages has come: threads are short.

    What has been read is not lost to an error: it is met again, or in the case of a limit told
    again, with the next page.
    """
    _wait(cursor, now)
    doing, events, calls, began = under_way(cursor), list[Event](), 0, monotonic()
    while doing.queue and calls < MOST_CALLS and len(events) < MESSAGES_A_PAGE:
        try:
            doing, found = _read_first(account, doing)
        except PlatformError as error:
            if not calls:
                raise
            cursor = _with_wait(doing.cursor(), error, now)
            return Page(cursor, is_last=False, events=events, calls=calls)
        events += found
        calls += 1
        if monotonic() - began > LONGEST_SECONDS:
            break
    return Page(doing.cursor(), is_last=not doing.queue, events=events, calls=calls)


def _wait(cursor: Mapping[str, Any], now: datetime) -> None:
    until = cursor.get("wait_until")
    if until and now < datetime.fromisoformat(until):
        left = datetime.fromisoformat(until) - now
        raise PlatformError("throttled", "still to wait", retry_in=left)


def _with_wait(cursor: Mapping[str, Any], error: PlatformError, now: datetime) -> Mapping[str, Any]:
    if error.trouble != "throttled" or error.retry_in is None:
        return cursor
    return {**cursor, "wait_until": (now + error.retry_in).isoformat()}


def _read_first(account: Account, doing: Round) -> tuple[Round, list[Event]]:
    """One call for the first place in the queue; a place that may not be seen is passed by."""
    place = place_of(doing.queue[0])
    read = _read_archive if place.kind in _ARCHIVES else _read_place
    try:
        return read(account, doing, place)
    except PlatformError as error:
        passed = doing.after_first(denied=True)
        is_nothing_left = not passed.queue and not passed.is_read
        if error.trouble != "permission" or is_nothing_left:  # there is nothing that it may read
            raise
        return passed, []


def _read_place(account: Account, doing: Round, place: Place) -> tuple[Round, list[Event]]:
    """A page of messages: forwards what is new, backwards what has been."""
    edge = {"after": place.mark or doing.since} if doing.since is not None else {}
    edge = edge or ({"before": place.mark} if place.mark else {})
    path = f"/channels/{segment(place.id)}/messages"
    rows = ask(account, path, {**edge, "limit": MESSAGES_A_PAGE}, shape=MESSAGES).json
    with understood():
        found, ids = events(rows, place), message_ids(rows)
    if len(ids) < MESSAGES_A_PAGE:
        return doing.after_first(), found
    mark = min(ids) if doing.since is None else max(ids)
    return doing.after_page(place, str(mark)), found


def _read_archive(account: Account, doing: Round, place: Place) -> tuple[Round, list[Event]]:
    """A page of old threads, newest first; those with what is wanted are put into the queue."""
    path = f"/channels/{segment(place.id)}/threads/archived/public"
    body = ask(account, path, {"before": place.mark or None, "limit": 100}).json
    forums = {place.id} if place.kind == "archived questions" else set()
    with understood():
        found, events = parse.threads(body, forums), parse.solved(body, doing.solved_tags)
        since = doing.since
        wanted = [one for one in found if since is None or one.newest > since]
        mark = parse.oldest_archiving(body) if body.get("has_more") and wanted else None
    if mark:
        return doing.after_page(place, mark, wanted), events
    return doing.after_first(more=wanted), events
