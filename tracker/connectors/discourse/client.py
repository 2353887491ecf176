"""A forum on Discourse, pulled: by a key of its staff, or as far as it is public."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from tracker.connectors.days import local_day
from tracker.connectors.discourse import parse
from tracker.connectors.discourse.names import ABOUT, BULK, MEMBERS, POSTS, REPORTS
from tracker.connectors.discourse.walk import next_members, next_posts, page_of_members
from tracker.connectors.figures import Account, FieldSpec, Page, StreamSpec, Tested
from tracker.connectors.settings import check_settings, listed
from tracker.connectors.trouble import PlatformError
from tracker.connectors.wire import Answer, Manners, call_json, throttled, understood
from tracker.kernel.texts import Sentence, Text

OVERLAP: Final = timedelta(days=2)  # posts are edited, hidden and accepted as answers
CLOSING: Final = timedelta(days=3)  # the figures of a day change for so long
FIRST_WINDOW: Final = timedelta(days=30)
PAST_WINDOW: Final = timedelta(days=90)
FURTHEST: Final = timedelta(days=1100)

_AS_WHOM: Final = Sentence(
    en="The forum {forum} answers; it has {members} {members:member|members}.",
    fr="Le forum {forum} répond ; il compte {members} {members:membre|membres}.",
)
_TITLE: Final = {"en": "Discourse", "fr": "Discourse"}


class Discourse:
    """The source ``discourse``. Without a key only the public counters and posts are read."""

    kind: str = "discourse"
    title: Text = _TITLE
    default_url: str | None = None
    most_calls: int = 2000
    fields: Sequence[FieldSpec] = (
        FieldSpec(
            "api_key",
            {"en": "API key", "fr": "Clé d'API"},
            is_secret=True,
            is_required=False,
            help={
                "en": "Admin → API keys: a global, read-only key. Without one only public figures.",
                "fr": "Admin → Clés d'API : une clé globale en lecture seule. Sans elle, "
                "seulement ce qui est public.",
            },
        ),
        FieldSpec(
            "api_username",
            {"en": "User of the key", "fr": "Utilisateur de la clé"},
            is_required=False,
            help={
                "en": "A member of the staff; “system” where nothing is given.",
                "fr": "Un membre de l'équipe ; « system » si rien n'est donné.",
            },
        ),
        FieldSpec(
            "question_categories",
            {"en": "Categories of questions", "fr": "Catégories de questions"},
            is_required=False,
            help={
                "en": "Their numbers, with commas. Without them a title that ends in “?” asks.",
                "fr": "Leurs numéros, séparés par des virgules. Sinon, un titre qui finit par "
                "« ? » est une question.",
            },
        ),
    )
    streams: Sequence[StreamSpec] = (
        StreamSpec("about", timedelta(hours=6)),
        StreamSpec("members", timedelta(days=1)),
        StreamSpec("posts", timedelta(hours=6)),
        StreamSpec("reports", timedelta(days=1)),
        StreamSpec("past_posts", timedelta(minutes=1), is_backfill=True),
        StreamSpec("past_reports", timedelta(minutes=1), is_backfill=True),
    )

    def check(self, account: Account) -> None:
        """Refuse what cannot be meant. Raises Invalid."""
        check_settings(account, forms={"question_categories": r"\d{1,9}"})

    def test(self, account: Account, *, now: datetime) -> Tested:
        """The public counters, and with a key one report."""
        about = _get(account, ABOUT).json
        today = local_day(now, account.zone)
        with understood():
            samples = parse.counters(about, today)
            forum = str(about["about"].get("title") or "")[:100]
        if account.secrets.get("api_key"):
            _reports(account, today, today)
        members = next(round(one.value) for one in samples if one.metric == "members_total")
        return Tested(
            account=forum,
            sentence=_AS_WHOM,
            values={"forum": forum, "members": members},
            sample=[{"metric": one.metric, "value": one.value, **one.dims} for one in samples],
        )

    def fetch(
        self, account: Account, stream: str, cursor: Mapping[str, Any] | None, *, now: datetime
    ) -> Page:
        """One more page."""
        has_key = bool(account.secrets.get("api_key"))
        if stream in {"members", "reports", "past_reports"} and not has_key:
            return Page({}, is_last=True, calls=0)
        read = {
            "about": _about,
            "members": _members,
            "posts": _posts,
            "past_posts": _past_posts,
            "reports": _recent_reports,
            "past_reports": _past_reports,
        }[stream]
        return read(account, cursor or {}, now)


def _about(account: Account, _cursor: Mapping[str, Any], now: datetime) -> Page:
    answer, has_key = _get(account, ABOUT), bool(account.secrets.get("api_key"))
    with understood():
        today = local_day(now, account.zone)
        samples = parse.counters(answer.json, today, has_reports=has_key)
    return Page({}, is_last=True, samples=samples)


def _members(account: Account, cursor: Mapping[str, Any], _now: datetime) -> Page:
    query = {"order": "created", "asc": "true", "page": page_of_members(cursor)}
    answer = _get(account, MEMBERS, query)
    with understood():
        members = parse.members(answer.json)
    going_on, is_last, is_whole = next_members(cursor, is_empty=not answer.json)
    return Page(going_on, is_last, members=members, whole_list=is_whole)


def _posts(account: Account, cursor: Mapping[str, Any], now: datetime) -> Page:
    page = _read_posts(account, cursor, now - OVERLAP)
    asked = cursor.get("before")
    going_on, is_last = next_posts(cursor, lowest=page.lowest, settled=page.settled, asked=asked)
    return Page(going_on, is_last, events=page.events)


def _past_posts(account: Account, cursor: Mapping[str, Any], now: datetime) -> Page:
    """From the newest to the first: a floor that nothing is under."""
    page = _read_posts(account, cursor, now)
    asked = cursor.get("before")
    floored = {**cursor, "floor": 0}
    going_on, is_last = next_posts(floored, lowest=page.lowest, settled=None, asked=asked)
    return Page(going_on, is_last, events=page.events)


def _read_posts(account: Account, cursor: Mapping[str, Any], settles_at: datetime) -> parse.Posts:
    answer = _get(account, POSTS, {"before": cursor.get("before")})
    categories = frozenset(listed(account.config, "question_categories"))
    with understood():
        return parse.posts(answer.json, categories, settles_at=settles_at)


def _recent_reports(account: Account, cursor: Mapping[str, Any], now: datetime) -> Page:
    today = local_day(now, account.zone)
    since = today - FIRST_WINDOW
    if cursor:
        since = max(since, date.fromisoformat(cursor["through"]) - CLOSING)
    answer = _reports(account, min(since, today), today)
    with understood():
        samples = parse.reports(answer.json, min(since, today), today)
    return Page({"through": today.isoformat()}, is_last=True, samples=samples)


def _past_reports(account: Account, cursor: Mapping[str, Any], now: datetime) -> Page:
    """Window by window into the past, until one is empty."""
    today = local_day(now, account.zone)
    until = date.fromisoformat(cursor["until"]) if cursor else today - FIRST_WINDOW
    since = until - PAST_WINDOW
    answer = _reports(account, since, until)
    with understood():
        samples = parse.reports(answer.json, since, until)
    is_last = not any(sample.value for sample in samples) or today - since > FURTHEST
    kept = [] if not any(sample.value for sample in samples) else samples
    before = (since - timedelta(days=1)).isoformat()
    return Page({"until": before}, is_last, samples=kept)


def _reports(account: Account, since: date, until: date) -> Answer:
    query = {
        f"reports[{name}][{end}_date]": day.isoformat()
        for name in REPORTS
        for end, day in (("start", since), ("end", until))
    }
    return _get(account, BULK, query)


def _get(account: Account, path: str, query: Mapping[str, object] | None = None) -> Answer:
    key = account.secrets.get("api_key")
    user = str(account.config.get("api_username") or "system")
    headers = {"Api-Key": key, "Api-Username": user} if key else {}
    manners = Manners(
        judge=_with_key if key else _limits, missing="gone" if path == ABOUT else "permission"
    )
    return call_json(account, "GET", path, query=query, headers=headers, manners=manners)


def _limits(answer: Answer) -> PlatformError | None:
    """Some limiters tell the wait in the body alone."""
    if answer.status != 429:  # noqa: PLR2004
        return None
    extras = answer.field("extras")
    seconds = extras.get("wait_seconds") if isinstance(extras, dict) else None
    return throttled(
        answer, "HTTP 429", seconds=seconds if isinstance(seconds, (int, float)) else None
    )


def _with_key(answer: Answer) -> PlatformError | None:
    """A key that is not good (any more) is refused with 403; what it may not see, with 404."""
    if answer.status == 403 and answer.field("error_type") == "invalid_access":  # noqa: PLR2004
        return PlatformError("credential", "HTTP 403")
    return _limits(answer)
