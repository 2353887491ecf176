"""A Matrix homeserver (Synapse) that plays a story, by its rules."""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.fakes.serving import Asked, Told
from tests.fakes.story import SECRETS, Act, Story

TOKEN: Final = "syt_adm1n"
HOST: Final = "community.example"
MAIN: Final = f"!main:{HOST}"
BOT: Final = f"@robo:{HOST}"


def room_id(channel: str) -> str:
    return f"!{channel}:{HOST}"


def user_id(key: str) -> str:
    return f"@{key}:{HOST}"


class FakeMatrix:
    """What has happened until ``now`` can be asked for. Everyone is in the main room."""

    token = TOKEN

    def __init__(self, story: Story, now: datetime, *, is_admin: bool = True) -> None:
        self.story, self.now, self.is_admin = story, now, is_admin
        self.closed: set[str] = set()  # rooms that the account has been put out of
        self._known = (-1, -1)
        self._rooms: dict[str, tuple[list[datetime], list[dict[str, Any]]]] = {}

    # The platform's own words.

    def limited(self, seconds: int) -> Told:
        body = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests"}
        headers = {"Retry-After": str(seconds)}
        return Told(429, body | {"retry_after_ms": seconds * 1000 - 214}, headers)

    def unknown_token(self) -> Told:
        return Told(401, {"errcode": "M_UNKNOWN_TOKEN", "error": "x", "soft_logout": False})

    def forbidden(self) -> Told:
        return Told(403, {"errcode": "M_FORBIDDEN", "error": "You are not a server admin"})

    def rows(self, body: Any) -> list[Any] | None:
        found = body.get("chunk", body.get("users")) if isinstance(body, dict) else None
        return found if isinstance(found, list) else None

    def answer(self, asked: Asked) -> Told:
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return self.unknown_token()
        match asked.parts:
            case ("_synapse", "admin", _, *rest):
                found = self._administer(rest, asked.query) if self.is_admin else self.forbidden()
            case ("_matrix", "client", "v3", "rooms", room, *rest):
                found = self._room(room, rest, asked.query)
            case ("_matrix", "client", "v3", *rest):
                found = self._account(rest)
            case _:
                found = None
        return found or Told(404, {"errcode": "M_UNRECOGNIZED", "error": "Unrecognized request"})

    def _administer(self, rest: list[str], query: Mapping[str, str]) -> Told | None:
        match rest:
            case ["users"]:
                return Told(200, self._users(query))
            case ["rooms", room] if room == MAIN:
                joined = len(self.story.present(self.now))
                return Told(200, {"room_id": MAIN, "joined_members": joined, "encryption": None})
        return None

    def _account(self, rest: list[str]) -> Told | None:
        match rest:
            case ["account", "whoami"]:
                return Told(200, {"user_id": user_id("figures"), "device_id": "X"})
            case ["joined_rooms"]:
                rooms = [MAIN, *map(room_id, self.story.channels())]
                return Told(200, {"joined_rooms": rooms})
        return None

    def _room(self, room: str, rest: list[str], query: Mapping[str, str]) -> Told | None:
        if room in self.closed:
            return Told(403, {"errcode": "M_FORBIDDEN", "error": "not in room"})
        match rest:
            case ["messages"]:
                return self._messages(room, query)
            case ["joined_members"]:
                joined = {
                    user_id(one.key): {"display_name": one.name}
                    for one in self.story.present(self.now)
                }
                return Told(200, {"joined": joined})
            case ["state", "m.room.power_levels"]:
                staff = [one.key for one in self.story.people.values() if one.role == "staff"]
                return Told(200, {"users": {user_id(key): 50 for key in staff}})
            case ["state", "m.room.create"]:
                content = {"room_version": "11"}
                return Told(200, {"sender": user_id("figures"), "content": content})
        return None

    # What there is.

    def _users(self, query: Mapping[str, str]) -> dict[str, Any]:
        start, limit = int(query.get("from", 0)), int(query.get("limit", 100))
        people = sorted(self.story.present(self.now), key=lambda one: one.key)
        last_seen = {act.by: act.at for act in self.story.acts if act.at <= self.now}
        users = [
            {
                "name": user_id(one.key),
                "displayname": one.name,
                "avatar_url": f"mxc://{SECRETS[0]}/x",
                "user_type": None,
                "is_guest": False,
                "admin": one.role == "staff",
                "deactivated": False,
                "creation_ts": _ms(one.joined_at),
                "last_seen_ts": _ms(last_seen[one.key]) if one.key in last_seen else None,
            }
            for one in people[start : start + limit]
        ]
        more = {"next_token": str(start + limit)} if start + limit < len(people) else {}
        return {"users": users, "total": len(people), **more}

    def _messages(self, room: str, query: Mapping[str, str]) -> Told:
        if query.get("dir") != "f":
            return Told(400, {"errcode": "M_INVALID_PARAM", "error": "dir"})
        self._look()
        times, rows = self._rooms.get(room, ([], []))
        start, limit = int(query.get("from", "t0").removeprefix("t")), int(query.get("limit", 10))
        seen = bisect_right(times, self.now)
        chunk = rows[start : min(start + limit, seen)]
        more = {"end": f"t{start + len(chunk)}"} if chunk else {}
        return Told(200, {"chunk": list(chunk), "start": f"t{start}", **more})

    def _look(self) -> None:
        left = sum(one.left_at is not None for one in self.story.people.values())
        known = (len(self.story.acts), len(self.story.people) + left)
        if known == self._known:
            return
        self._known = known
        rooms: dict[str, list[dict[str, Any]]] = {MAIN: list(self._memberships())}
        for act in self.story.acts:
            rooms.setdefault(room_id(act.channel), []).append(self._event(act))
            if act.is_accepted:
                rooms[room_id(act.channel)].append(self._accepting(act))
        self._rooms = {
            name: ([_at(row) for row in rows], rows)
            for name, unsorted in rooms.items()
            for rows in [sorted(unsorted, key=_at)]
        }

    def _memberships(self) -> list[dict[str, Any]]:
        rows = []
        for one in self.story.people.values():
            rows.append(_member(one.key, "join", None, one.joined_at))
            renamed = one.joined_at + timedelta(hours=1)
            rows.append(_member(one.key, "join", "join", renamed))  # another name
            if one.left_at is not None:
                rows.append(_member(one.key, "leave", "join", one.left_at))
        return rows

    def _event(self, act: Act) -> dict[str, Any]:
        target = None if act.answers is None else f"${act.answers}"
        content: dict[str, Any] = {"msgtype": "m.text", "body": act.text}
        if act.kind == "reaction":
            content = {"m.relates_to": _annotates(target, "👍")}
        elif target is not None:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": target}}
        if self.story.people[act.by].role == "bot" and act.kind != "reaction":
            content["msgtype"] = "m.notice"
        kind = "m.reaction" if act.kind == "reaction" else "m.room.message"
        return _row(f"${act.key}", kind, act.by, act.at, content)

    def _accepting(self, act: Act) -> dict[str, Any]:
        """The asker puts a tick to the answer."""
        asker, at = self.story.root(act).by, act.at + timedelta(minutes=1)
        content = {"m.relates_to": _annotates(f"${act.key}", "✅")}
        return _row(f"$tick-{act.key}", "m.reaction", asker, at, content)


def _annotates(target: str | None, emoji: str) -> dict[str, Any]:
    return {"rel_type": "m.annotation", "event_id": target, "key": emoji}


def _row(  # noqa: PLR0917 - the five parts of every event
    event_id: str, kind: str, by: str, at: datetime, content: dict[str, Any]
) -> dict[str, Any]:
    return {
        "type": kind,
        "event_id": event_id,
        "sender": user_id(by),
        "origin_server_ts": _ms(at),
        "content": content,
        "unsigned": {"age": 1},
    }


def _member(key: str, membership: str, before: str | None, at: datetime) -> dict[str, Any]:
    name = f"{key} {SECRETS[0]}"
    row = _row(
        f"${membership}-{before}-{key}",
        "m.room.member",
        key,
        at,
        {"membership": membership, "displayname": name, "avatar_url": f"mxc://{SECRETS[0]}"},
    )
    row["state_key"] = user_id(key)
    if before:
        row["unsigned"]["prev_content"] = {"membership": before, "displayname": name}
    return row


def _at(row: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(row["origin_server_ts"] / 1000, tz=UTC)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
