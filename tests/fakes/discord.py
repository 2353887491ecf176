"""A server on Discord that plays a story, by that vendor's rules."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from tests.fakes.serving import Asked, Told
from tests.fakes.story import D0, SECRETS, Act, Person, Story

TOKEN: Final = "b0t-t0ken"
GUILD: Final = "100000000000000001"
STAFF: Final = "300000000000000001"
SOLVED: Final = "500000000000000001"
EPOCH: Final = 1_420_070_400_000


def snowflake(at: datetime, number: int = 0) -> int:
    return (int(at.timestamp() * 1000) - EPOCH << 22) + number


class FakeDiscord:
    """What has happened until ``now`` can be asked for. Questions are threads of a forum."""

    token = TOKEN

    def __init__(self, story: Story, now: datetime) -> None:
        self.story, self.now = story, now
        self.closed: set[str] = set()  # names of channels, and resources, that the bot may not see
        self.invites: dict[str, int] = {"newsl": 41, "partner": 7}
        self.archived: set[str] = set()  # keys of questions whose thread is asleep
        self.is_indexing = False
        self._ids: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._places: dict[str, tuple[list[int], list[Act]]] = {}
        self._known = -1

    # The platform's own words.

    def limited(self, seconds: int) -> Told:
        body = {"message": "You are being rate limited.", "retry_after": seconds - 0.4}
        headers = {"Retry-After": str(seconds), "X-RateLimit-Scope": "user"}
        return Told(429, body | {"global": False}, headers)

    def unknown_token(self) -> Told:
        return Told(401, {"message": "401: Unauthorized", "code": 0})

    def forbidden(self) -> Told:
        headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "1.000"}
        return Told(403, {"message": "Missing Access", "code": 50001}, headers)

    def rows(self, body: Any) -> list[Any] | None:
        return body if isinstance(body, list) else None

    def answer(self, asked: Asked) -> Told:
        if asked.headers.get("authorization") != f"Bot {self.token}":
            return self.unknown_token()
        if "DiscordBot" not in asked.headers.get("user-agent", ""):
            return Told(403, {"message": "internal network error", "code": 40333})
        self._look()
        found = self._found(asked)
        return found or Told(404, {"message": "404: Not Found", "code": 0})

    def _found(self, asked: Asked) -> Told | None:
        match asked.parts:
            case ("guilds", guild, *_) if guild != GUILD:
                return Told(404, {"message": "Unknown Guild", "code": 10004})
            case ("guilds", _):
                return Told(200, self._guild())
            case ("guilds", _, *rest):
                return self._part("/".join(rest), asked.query)
            case ("channels", channel, "messages"):
                return self._messages(channel, asked.query)
            case ("channels", channel, "threads", "archived", "public"):
                return self._archive(channel, asked.query)
        return None

    def _part(self, name: str, query: Mapping[str, str]) -> Told:
        parts: dict[str, Callable[[Mapping[str, str]], Any]] = {
            "channels": lambda _query: self._channels(),
            "threads/active": lambda _query: {"threads": self._threads(), "members": []},
            "members": self._members,
            "roles/member-counts": lambda _query: {
                STAFF: sum(one.role == "staff" for one in self._present())
            },
            "invites": lambda _query: self._invites(),
            "messages/search": self._search,
        }
        if name in self.closed:
            return self.forbidden()
        if name == "messages/search" and self.is_indexing:
            body = {"message": "Index not yet available. Try again later", "code": 110000}
            return Told(202, body | {"documents_indexed": 0, "retry_after": 2})
        return Told(200, parts[name](query))

    # Who is where.

    def _look(self) -> None:
        """Put what has been added to the story into its places."""
        if self._known == len(self.story.acts):
            return
        self._known = len(self.story.acts)
        self._places = {}
        for act in self.story.acts:
            if act.kind == "reaction":
                continue
            own = self._ids.setdefault(act.key, snowflake(act.at, len(self._ids)))
            ids, acts = self._places.setdefault(self._place(act), ([], []))
            ids.append(own)
            acts.append(act)

    def _place(self, act: Act) -> str:
        root = self.story.root(act)
        return str(self._ids[root.key]) if root.is_question else self._channel(act.channel)

    def _channel(self, name: str) -> str:
        return str(snowflake(D0 - timedelta(days=90), self.story.channels().index(name)))

    def _is_closed(self, channel: str) -> bool:
        return any(
            self._channel(name) == channel for name in self.story.channels() if name in self.closed
        )

    def _forum(self) -> str:
        return self._channel("help") if "help" in self.story.channels() else ""

    def _user_id(self, key: str) -> str:
        if len(self._numbers) != len(self.story.people):
            self._numbers = {name: n for n, name in enumerate(self.story.people)}
        first = snowflake(D0 - timedelta(days=400))
        return str(first + (self._numbers[key] * 60_000 << 22))

    def _present(self) -> list[Person]:
        return self.story.present(self.now)

    def _seen(self, place: str) -> tuple[list[int], list[Act]]:
        ids, acts = self._places.get(place, ([], []))
        end = bisect_right(acts, self.now, key=lambda act: act.at)
        return ids[:end], acts[:end]

    # What there is.

    def _guild(self) -> dict[str, Any]:
        people = len(self._present())
        return {
            "id": GUILD,
            "name": "Launch",
            "approximate_member_count": people,
            "approximate_presence_count": people // 3,
        }

    def _channels(self) -> list[dict[str, Any]]:
        found = []
        for name in self.story.channels():
            ids, _acts = self._seen(self._channel(name))
            one: dict[str, Any] = {
                "id": self._channel(name),
                "type": 15 if name == "help" else 0,
                "name": f"{name}-{SECRETS[0]}",
                "guild_id": GUILD,
                "last_message_id": str(ids[-1]) if ids else None,
            }
            if name == "help":
                tag = {"id": SOLVED, "name": "Solved", "moderated": False}
                one["available_tags"] = [tag | {"emoji_id": None, "emoji_name": "✅"}]
            found.append(one)
        return found

    def _threads(self, *, archived: bool = False) -> list[dict[str, Any]]:
        questions = [act for act in self.story.written() if act.is_question and act.at <= self.now]
        return [self._thread(act) for act in questions if (act.key in self.archived) == archived]

    def _thread(self, act: Act) -> dict[str, Any]:
        own = str(self._ids[act.key])
        ids, acts = self._seen(own)
        is_solved = any(one.is_accepted for one in acts)
        return {
            "id": own,
            "type": 11,
            "name": act.text,
            "guild_id": GUILD,
            "parent_id": self._forum(),
            "owner_id": self._user_id(act.by),
            "last_message_id": str(ids[-1]),
            "total_message_sent": len(ids),
            "applied_tags": [SOLVED] if is_solved else [],
            "thread_metadata": {
                "archived": act.key in self.archived,
                "archive_timestamp": _iso(acts[-1].at + timedelta(hours=1)),
                "auto_archive_duration": 60,
                "locked": False,
            },
        }

    def _archive(self, channel: str, query: Mapping[str, str]) -> Told:
        if self._is_closed(channel):
            return self.forbidden()
        threads = self._threads(archived=True) if channel == self._forum() else []
        times = sorted(threads, key=_archived_at, reverse=True)
        before = query.get("before")
        rest = [one for one in times if before is None or _archived_at(one) < before]
        limit = min(int(query.get("limit", 50)), 100)
        body = {"threads": rest[:limit], "members": [], "has_more": len(rest) > limit}
        return Told(200, body)

    def _messages(self, channel: str, query: Mapping[str, str]) -> Told:
        if self._is_closed(channel):
            return self.forbidden()
        if channel not in self._places:
            return Told(404, {"message": "Unknown Channel", "code": 10003})
        limit = int(query.get("limit", 50))
        if not 1 <= limit <= 100:
            return Told(400, {"message": "Invalid Form Body", "code": 50035})
        ids, acts = self._seen(channel)
        if "after" in query:
            start = bisect_right(ids, int(query["after"]))
            page = range(start, min(start + limit, len(ids)))
        else:
            end = bisect_left(ids, int(query["before"])) if "before" in query else len(ids)
            page = range(max(end - limit, 0), end)
        return Told(200, [self._message(channel, ids[n], acts[n]) for n in reversed(page)])

    def _message(self, channel: str, own: int, act: Act) -> dict[str, Any]:
        person = self.story.people[act.by]
        row: dict[str, Any] = {
            "id": str(own),
            "type": 0,
            "channel_id": channel,
            "content": act.text,
            "timestamp": _iso(act.at),
            "edited_timestamp": None,
            "author": {**self._user(person), "avatar": f"{SECRETS[0]}"},
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": False,
            "attachments": [],
            "embeds": [],
            "pinned": False,
            "tts": False,
            "flags": 0,
            "components": [],
        }
        if act.answers is not None and channel != str(self._ids[self.story.root(act).key]):
            answered = str(self._ids[act.answers])
            row["type"] = 19
            row["message_reference"] = {"message_id": answered, "channel_id": channel, "type": 0}
        counts = {"👍": sum(one.at <= self.now for one in self.story.reactions.get(act.key, ()))}
        counts["✅"] = int(act.is_accepted)
        row["reactions"] = [_reaction(emoji, count) for emoji, count in counts.items() if count]
        return row

    def _user(self, person: Person) -> dict[str, Any]:
        return {
            "id": self._user_id(person.key),
            "username": f"{person.key}.{SECRETS[0]}",
            "discriminator": "0",
            "global_name": person.name,
            "avatar": None,
            "public_flags": 0,
            "flags": 0,
            **({"bot": True} if person.role == "bot" else {}),
        }

    def _members(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        after, limit = int(query.get("after", 0)), int(query.get("limit", 1))
        people = {int(self._user_id(one.key)): one for one in self._present()}
        page = [user_id for user_id in sorted(people) if user_id > after][:limit]
        return [
            {
                "user": self._user(people[user_id]),
                "nick": people[user_id].name,
                "roles": [STAFF] if people[user_id].role == "staff" else [],
                "joined_at": _iso(people[user_id].joined_at),
                "premium_since": None,
                "flags": 2,
                "pending": False,
                "deaf": False,
                "mute": False,
            }
            for user_id in page
        ]

    def _invites(self) -> list[dict[str, Any]]:
        return [
            {"code": code, "uses": uses, "max_uses": 0, "created_at": _iso(D0), "type": 0}
            for code, uses in self.invites.items()
        ]

    def _search(self, query: Mapping[str, str]) -> dict[str, Any]:
        least, most = int(query["min_id"]), int(query["max_id"])
        found = [
            act
            for place in self._places
            for own, act in zip(*self._seen(place), strict=True)
            if least <= own < most and self.story.people[act.by].role != "bot"
        ]
        return {"total_results": len(found), "doing_deep_historical_index": False, "messages": []}


def _reaction(emoji: str, count: int) -> dict[str, Any]:
    return {
        "count": count,
        "count_details": {"burst": 0, "normal": count},
        "emoji": {"id": None, "name": emoji},
        "me": False,
        "me_burst": False,
        "burst_colors": [],
    }


def _archived_at(thread: Mapping[str, Any]) -> str:
    return str(thread["thread_metadata"]["archive_timestamp"])


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
