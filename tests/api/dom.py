"""Reading a page as a browser does: its elements and what they say."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from werkzeug.test import TestResponse

# What our own pages are made of; anything else came in with somebody's text.
OURS: Final = frozenset(
    {
        *("html", "head", "meta", "title", "style", "body", "main", "footer"),
        *("h1", "p", "dl", "dt", "dd", "bdi", "form", "button"),
        *("label", "input", "textarea", "a"),
    }
)

READER: Final = "/api/docs/"  # the only place that a page leads to


@dataclass
class Page(HTMLParser):
    """Elements with their attributes, in their order, and the text of each kind of element."""

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._within.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self._within):
            self.said[tag] = self.said.get(tag, "") + data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each element of this kind."""
        return [attributes for name, attributes in self.elements if name == tag]


def page(response: TestResponse, status: int = 200) -> Page:
    """The page behind ``response``, once it is known to hold nothing but what we make."""
    assert response.status_code == status, response.text
    assert response.content_type == "text/html; charset=utf-8"
    headers = response.headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["X-Frame-Options"] == "DENY"
    found = Page()
    found.feed(response.text)
    found.close()
    assert found.all("html") == [{"lang": headers["Content-Language"]}]
    assert {tag for tag, _attributes in found.elements} <= OURS
    for tag, attributes in found.elements:
        assert not {name for name in attributes if name.startswith("on") or name == "src"}
        assert attributes.get("href") == (READER if tag == "a" else None)
    return found
