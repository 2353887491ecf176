"""The platform behind ``tests.fakes.connectors.Forum``: posts and members, in pages."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.serving import Asked, Told

TOKEN = "forum-token"
BEGAN = datetime(2026, 8, 1, 12, tzinfo=UTC)


class FakeForum:
    """``posts`` posts by ``members`` members; what is asked for beyond them is not there yet."""

    def __init__(self, *, posts: int, members: int, size: int = 10) -> None:
        self.token, self.size = TOKEN, size
        self.closed: set[str] = set()  # what the token may not read
        self.posts = [a_post(number, members) for number in range(posts)]
        joined = (BEGAN - timedelta(days=1)).isoformat()
        self.members = [{"id": f"member-{n}", "joined": joined} for n in range(members)]

    def limited(self, seconds: int) -> Told:
        return Told(429, {"error": "slow down"}, {"Retry-After": str(seconds)})

    def unknown_token(self) -> Told:
        return Told(401, {"error": "who are you"})

    def rows(self, body: Any) -> list[Any] | None:
        return (body.get("events") or body.get("members")) if isinstance(body, dict) else None

    def answer(self, asked: Asked) -> Told:
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return self.unknown_token()
        if asked.parts[0] in self.closed:
            return Told(403, {"error": "not for you"})
        start = int(asked.query.get("after", "0"))
        match asked.parts[0]:
            case "posts" | "past":
                return Told(200, self._page("events", self.posts, start))
            case "members":
                page = self._page("members", self.members, start)
                if page["is_last"]:
                    page |= {"next": "0", "whole": True}
                return Told(200, page)
            case _:
                return Told(404, {"error": "no such thing"})

    def _page(self, name: str, rows: Sequence[Any], start: int) -> dict[str, Any]:
        found = rows[start : start + self.size]
        end = start + len(found)
        return {name: list(found), "next": str(end), "is_last": end >= len(rows)}


def a_post(number: int, members: int) -> dict[str, Any]:
    at = BEGAN + timedelta(minutes=number)
    return {"id": f"post-{number}", "who": f"member-{number % members}", "at": at.isoformat()}
