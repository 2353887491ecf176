"""Somebody's own address with figures, in whichever way it pages."""

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.serving import Asked, Told

TOKEN = "f1gures"
A_PAGE = 2


@dataclass
class FakeFigures:
    """Rows, two a page. ``elsewhere`` is where its links lead instead of to itself."""

    paging: str = "none"
    rows_: list[dict[str, Any]] = field(default_factory=list)
    elsewhere: str = ""
    is_stuck: bool = False

    def limited(self, seconds: int) -> Told:
        return Told(429, {"error": "slow down"}, {"Retry-After": str(seconds)})

    def unknown_token(self) -> Told:
        return Told(401, {"error": "who are you"})

    def rows(self, body: Any) -> list[Any] | None:
        found = body.get("data") if isinstance(body, dict) else None
        return found if isinstance(found, list) else None

    def answer(self, asked: Asked) -> Told:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return self.unknown_token()
        if self.paging == "none":
            return Told(200, {"data": self.rows_})
        start = self._start(asked)
        page, end = self.rows_[start : start + A_PAGE], start + A_PAGE
        told = Told(200, {"data": page, "meta": {"next": None}})
        if self.is_stuck or end < len(self.rows_):
            self._lead_on(told, asked, 0 if self.is_stuck else end)
        return told

    def _start(self, asked: Asked) -> int:
        if self.paging == "page":
            return (int(asked.query.get("page", 1)) - 1) * A_PAGE
        return int(asked.query.get("cursor", asked.query.get("offset", 0)))

    def _lead_on(self, told: Told, asked: Asked, end: int) -> None:
        url = f"{self.elsewhere}{asked.path}?offset={end}"
        if self.paging == "cursor":
            told.body["meta"]["next"] = str(end)
        elif self.paging == "next_url":
            told.body["meta"]["next"] = url
        elif self.paging == "link_header":
            told.headers["Link"] = f'<{url}>; rel="next", </>; rel="first"'
