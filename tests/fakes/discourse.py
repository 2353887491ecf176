"""A forum on Discourse that plays a story, by that vendor's rules."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

from tests.fakes.serving import Asked, Told
from tests.fakes.story import SECRETS, Act, Person, Story

KEY: Final = "k3y-of-the-forum"
POSTS_A_PAGE: Final = 50
MEMBERS_A_PAGE: Final = 100
DAY: Final = timedelta(days=1)


class FakeDiscourse:
    """What has happened until ``now`` can be asked for. Who leaves is deleted."""

    token = KEY

    def __init__(self, story: Story, now: datetime, *, is_staff: bool = True) -> None:
        self.story, self.now, self.is_staff = story, now, is_staff
        self.private: set[str] = set()  # keys of posts that are left out of a page

    # The platform's own words.

    def limited(self, seconds: int) -> Told:
        body = {
            "errors": ["You've performed this action too many times."],
            "error_type": "rate_limit",
            "extras": {"wait_seconds": seconds},
        }
        headers = {
            "Retry-After": str(seconds),
            "Discourse-Rate-Limit-Error-Code": "ip_60_secs_limit",
        }
        return Told(429, body, headers)

    def unknown_token(self) -> Told:
        return Told(403, {"errors": ["invalid key"], "error_type": "invalid_access"})

    def forbidden(self) -> Told:
        return Told(404, {"errors": ["not found"], "error_type": "not_found"})

    def rows(self, body: Any) -> list[Any] | None:
        rows = body.get("latest_posts") if isinstance(body, dict) else body
        return rows if isinstance(rows, list) else None

    def answer(self, asked: Asked) -> Told:
        key = asked.headers.get("api-key")
        if key is not None and key != self.token:
            return self.unknown_token()
        is_staff = key == self.token and self.is_staff
        match asked.parts:
            case ("about.json",):
                return Told(200, self._about())
            case ("posts.json",):
                return Told(200, {"latest_posts": self._posts(asked.query)})
            case ("admin", "users", "list", "active.json") if is_staff:
                return Told(200, self._members(int(asked.query.get("page", 1))))
            case ("admin", "reports", "bulk.json") if is_staff:
                return self._reports(asked.query)
        return self.forbidden()

    # What there is.

    def _written(self) -> list[Act]:
        written = self.story.written()
        return written[: bisect_right(written, self.now, key=lambda act: act.at)]

    def _acts(self) -> list[Act]:
        return [act for act in self.story.acts if act.at <= self.now]

    def _people(self) -> list[Person]:
        """Without the system and what it plays: they are on no list."""
        return [one for one in self.story.present(self.now) if one.role != "bot"]

    def _user_id(self, key: str) -> int:
        person = self.story.people[key]
        number = list(self.story.people).index(key) + 1
        return -number if person.role == "bot" else number

    def _posts(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        written = self._written()
        before = min(int(query.get("before", 0)) or len(written), len(written))
        topics, numbers = self._places(written[:before])
        page = range(before, max(before - POSTS_A_PAGE, 0), -1)
        return [
            self._post(post_id, act, topics[self.story.root(act).key], numbers[act.key])
            for post_id in page
            if (act := written[post_id - 1]).key not in self.private
        ]

    def _places(self, written: Iterable[Act]) -> tuple[dict[str, int], dict[str, int]]:
        """The number of each topic, and of each post in its topic."""
        topics: dict[str, int] = {}
        numbers: dict[str, int] = {}
        lengths: Counter[str] = Counter()
        for act in written:
            root = self.story.root(act).key
            topics.setdefault(root, len(topics) + 1)
            lengths[root] += 1
            numbers[act.key] = lengths[root]
        return topics, numbers

    def _post(self, post_id: int, act: Act, topic: int, number: int) -> dict[str, Any]:
        person, root = self.story.people[act.by], self.story.root(act)
        staff = person.role == "staff"
        row = {
            "id": post_id,
            "name": person.name,
            "username": f"{act.by}.{SECRETS[0]}",
            "avatar_template": f"/user_avatar/{SECRETS[0]}/{act.by}/{{size}}.png",
            "created_at": _iso(act.at),
            "updated_at": _iso(act.at),
            "cooked": f"<p>{act.text}</p>",
            "raw": act.text,
            "excerpt": act.text,
            "post_number": number,
            "post_type": 1,
            "topic_id": topic,
            "topic_slug": f"{SECRETS[1]}-{topic}",
            "topic_title": root.text,
            "topic_html_title": root.text,
            "category_id": self.story.channels().index(act.channel) + 5,
            "reply_to_post_number": None,
            "user_id": self._user_id(act.by),
            "staff": staff,
            "admin": staff,
            "moderator": False,
            "actions_summary": [{"id": 2, "can_act": True}],
            **_USUAL,
        }
        if act.is_accepted:
            row["accepted_answer"] = True  # by the plugin “solved”
        return row

    def _members(self, page: int) -> list[dict[str, Any]]:
        start = (max(page, 1) - 1) * MEMBERS_A_PAGE
        return [self._member(one) for one in self._people()[start : start + MEMBERS_A_PAGE]]

    def _member(self, person: Person) -> dict[str, Any]:
        return {
            "id": self._user_id(person.key),
            "username": f"{person.key}.{SECRETS[0]}",
            "name": person.name,
            "avatar_template": f"/user_avatar/{SECRETS[0]}/{{size}}.png",
            "email": f"{person.key}@{SECRETS[0]}.example",
            "active": True,
            "admin": person.role == "staff",
            "moderator": False,
            "last_seen_at": None,
            "last_emailed_at": None,
            "created_at": _iso(person.joined_at),
            "last_seen_age": None,
            "last_emailed_age": None,
            "created_at_age": 86400.0,
            "trust_level": 1,
            "manual_locked_trust_level": None,
            "title": None,
            "time_read": 60,
            "staged": False,
            "days_visited": 1,
            "posts_read_count": 1,
            "topics_entered": 1,
            "post_count": 1,
        }

    def _about(self) -> dict[str, Any]:
        people, acts = self._people(), self._acts()

        def active(days: int) -> int:
            return len({act.by for act in acts if act.at > self.now - days * DAY})

        stats = {
            "users_count": len(people),
            "users_last_day": sum(one.joined_at > self.now - DAY for one in people),
            "active_users_last_day": active(1),
            "active_users_7_days": active(7),
            "active_users_30_days": active(30),
            "participating_users_30_days": active(30),
            "topics_7_days": 3,
            "posts_7_days": 7,
            "likes_7_days": 1,
        }
        return {"about": {"title": "Launch forum", "stats": stats}}

    def _reports(self, query: Mapping[str, str]) -> Told:
        asked: dict[str, dict[str, str]] = {}
        for name, value in query.items():
            kind, _, edge = name.removeprefix("reports[").removesuffix("]").partition("][")
            asked.setdefault(kind, {})[edge] = value
        try:
            spans = {
                kind: (date.fromisoformat(span["start_date"]), date.fromisoformat(span["end_date"]))
                for kind, span in asked.items()
            }
        except ValueError:
            return Told(400, {"errors": ["malformed date"]})
        return Told(200, {"reports": [self._report(kind, *span) for kind, span in spans.items()]})

    def _report(self, kind: str, since: date, until: date) -> dict[str, Any]:
        values = self._values(kind)
        if values is None:
            return {"type": kind, "error": "not_found", "data": None}
        data = [
            {"x": day.isoformat(), "y": value}
            for day, value in sorted(values.items())
            if since <= day <= until
        ]
        return {"type": kind, "data": data, "total": sum(values.values()), "average": False}

    def _values(self, kind: str) -> Mapping[date, float] | None:
        """By day; a day without any is left out."""
        acts = [act for act in self._acts() if self.story.people[act.by].role != "bot"]
        written = [act for act in acts if act.kind != "reaction"]
        by_day = {
            day: {act.by for act in done}
            for day, done in groupby(acts, key=lambda act: act.at.date())
        }
        first: dict[str, date] = {}
        for act in written:
            first.setdefault(act.by, act.at.date())
        known: dict[str, Mapping[date, float]] = {
            "signups": Counter(one.joined_at.date() for one in self._people()),
            "visits": {day: len(who) for day, who in by_day.items()},
            "daily_engaged_users": {day: len(who) for day, who in by_day.items()},
            "dau_by_mau": {day: round(100 * len(who) / 40, 2) for day, who in by_day.items()},
            "topics": Counter(act.at.date() for act in written if act.answers is None),
            "posts": Counter(act.at.date() for act in written),
            "likes": Counter(act.at.date() for act in acts if act.kind == "reaction"),
            "time_to_first_response": {act.at.date(): 1.5 for act in written if act.answers},
            "topics_with_no_response": Counter(
                act.at.date()
                for act in written
                if act.answers is None and not any(one.answers == act.key for one in written)
            ),
            "new_contributors": Counter(first.values()),
        }
        return known.get(kind)  # the others come with plugins that are not there


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


_USUAL: Final[dict[str, Any]] = {
    "posts_count": 3,
    "reply_count": 0,
    "quote_count": 0,
    "incoming_link_count": 0,
    "reads": 1,
    "readers_count": 0,
    "score": 0.2,
    "yours": False,
    "display_username": None,
    "primary_group_name": None,
    "flair_name": None,
    "flair_url": None,
    "flair_bg_color": None,
    "flair_color": None,
    "flair_group_id": None,
    "badges_granted": [],
    "version": 1,
    "can_edit": False,
    "can_delete": False,
    "can_recover": False,
    "can_see_hidden_post": False,
    "can_wiki": False,
    "user_title": None,
    "bookmarked": False,
    "hidden": False,
    "trust_level": 1,
    "deleted_at": None,
    "user_deleted": False,
    "edit_reason": None,
    "can_view_edit_history": True,
    "wiki": False,
    "truncated": False,
    "reviewable_id": None,
    "reviewable_score_count": 0,
    "reviewable_score_pending_count": 0,
    "post_url": "/t/x/1/1",
}
