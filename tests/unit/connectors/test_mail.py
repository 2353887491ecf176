"""Letters as mails: what arrives is read again, as a mail client does it."""

from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import pytest
from icalendar import Calendar

from tracker.connectors.email.message import message
from tracker.connectors.letter import Action, Due, Item, Letter, Section
from tracker.kernel.mail import Mailbox
from tracker.kernel.texts import Language

HOME = "https://tracker.example.org"
SENDER = Mailbox("tracker@example.org", "Suivi de l'été")
NOW = datetime(2027, 3, 1, 8, 30, tzinfo=UTC)
THURSDAY = date(2027, 3, 4)

HEADERS = [
    "x\r\nBcc: evil@x",
    "x\nBcc: evil@x",
    "x%0d%0aBcc: evil@x",
    "=?utf-8?q?=0ABcc:_evil=40x?=",
    "x\0y",
    "long " * 300,
    "é" * 1200,
    "x\u2028Bcc: evil@x",
    "x\x85Bcc: evil@x\x0b\x0c\x1b[31m",
    '"a" <evil@x>',
    "half \ud83d of a pair",
    "日本語の題名がここにあります" * 5,
    "{greeting} %(x)s ${jndi} {{7*7}}",
]
PAGES = [
    "</a><img src=//t.example/p.png>",
    "<script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    '<a href="javascript:alert(1)">x</a>',
    '<iframe src="data:text/html,x">',
    '<p style="background:url(//t.example/p.png)">',
    "</style><style>@import '//t.example'",
    '<form action="https://evil.example"><input name=x>',
    "[x](javascript:alert(1))",
    "</div></body></html><meta http-equiv=refresh content=0>",
    "invoice\u202egpj.exe\u2066 \u2069",
    "<!--",
    "&lt;script&gt; &amp; &#x3c;",
]
DAYS = [
    "Meeting\r\nATTACH:https://evil",
    "a;b,c\\d\\n",
    "é" * 200,
    "日本" * 60,
    "BEGIN:VALARM",
    "x\nEND:VEVENT\nBEGIN:VEVENT",
    "x\u2028ATTACH:https://evil",
]


def a_letter(text: str = "Say why", **given: Any) -> Letter:
    """A letter in which ``text`` stands wherever a text may stand."""
    usual: dict[str, Any] = {
        "id": UUID(int=7),
        "language": "en",
        "subject": text,
        "greeting": f"Hello {text},",
        "opening": f"{text} is due.",
        "sections": (
            Section(
                heading=text,
                items=(
                    Item(
                        title=text,
                        details=(text, f"Next: {text}"),
                        url=f"{HOME}/api/v1/tasks/1",
                        actions=(Action(label=text, url=f"{HOME}/a/item?x=1&y=2"),),
                        is_urgent=True,
                    ),
                ),
            ),
        ),
        "actions": (Action(label="Done", url=f"{HOME}/a/done"), Action(label=text, url=HOME)),
        "closing": (f"You get this because of {text}.",),
        "unsubscribe_url": f"{HOME}/a/less/{'x' * 120}",
        "due": Due(uid="task.1@community-tracker", title=text, on=THURSDAY, sequence=3),
    }
    return Letter(**{**usual, **given})


def sent(letter: Letter) -> EmailMessage:
    content = message(letter, SENDER, "bob@example.org", at=NOW)
    assert content.isascii()
    assert all(len(line) < 998 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    return message_from_bytes(content, policy=policy.default)


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def parts(mail: EmailMessage) -> list[str]:
    assert not any(part.defects for part in mail.walk())
    return [part.get_content_type() for part in mail.walk()]


class Page(HTMLParser):
    """What a browser makes of a page, as far as it can do harm."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.values: list[str] = []
        self.language = ""
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.values += [value or "" for name, value in attrs if name != "href"]
        self.links += [value or "" for name, value in attrs if name == "href"]
        self.language = dict(attrs).get("lang") or self.language

    def handle_data(self, data: str) -> None:
        self.text += data


PLAIN_TAGS = {"html", "head", "meta", "title", "style", "body", "div", "p", "h2", "a", "br"}
PLAIN_ATTRIBUTES = {"lang", "dir", "charset", "name", "content", "class", "style", "href"}
NAMES = {
    *("message-id", "date", "from", "to", "subject", "content-language", "auto-submitted"),
    *("x-auto-response-suppress", "list-unsubscribe", "list-unsubscribe-post"),
    *("mime-version", "content-type"),
}


def test_a_letter_becomes_text_and_a_page_and_a_day() -> None:
    mail = sent(a_letter())
    assert parts(mail) == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "text/html"),
        "text/calendar",
    ]
    assert mail["from"].addresses[0].display_name == "Suivi de l'été"
    assert mail["from"].addresses[0].addr_spec == "tracker@example.org"
    assert mail["to"] == "bob@example.org"
    assert mail["subject"] == "Say why"
    assert mail["date"].datetime == NOW
    assert mail["message-id"] == "<00000000-0000-0000-0000-000000000007@example.org>"
    assert mail["auto-submitted"] == "auto-generated"
    assert mail["list-unsubscribe"].strip() == f"<{a_letter().unsubscribe_url}>"
    assert mail["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert parts(sent(a_letter(due=None))) == ["multipart/alternative", "text/plain", "text/html"]


def test_it_is_the_same_mail_on_every_try() -> None:
    one, other = (message(a_letter(), SENDER, "bob@example.org", at=NOW) for _ in range(2))
    assert one == other
    assert sent(a_letter(id=uuid4()))["message-id"] != sent(a_letter())["message-id"]


def test_the_text_tells_everything_and_writes_links_out() -> None:
    text = body(sent(a_letter("Dire « pourquoi »", language="fr")), "plain")
    assert text.splitlines() == [
        "Hello Dire « pourquoi »,",
        "",
        "Dire « pourquoi » is due.",
        "",
        "Dire « pourquoi »",
        "-----------------",
        "",
        "! Dire « pourquoi »",
        "  Dire « pourquoi »",
        "  Next: Dire « pourquoi »",
        f"  {HOME}/api/v1/tasks/1",
        f"  Dire « pourquoi » : {HOME}/a/item?x=1&y=2",
        "",
        f"Done : {HOME}/a/done",
        f"Dire « pourquoi » : {HOME}",
        "",
        "-- ",
        "You get this because of Dire « pourquoi ».",
        f"Ne plus recevoir de mails : {a_letter().unsubscribe_url}",
    ]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_loads_nothing_and_is_read_in_its_language(language: Language) -> None:
    page = Page(body(sent(a_letter(language=language)), "html"))
    assert page.language == language
    assert set(page.tags) <= PLAIN_TAGS
    assert page.tags.count("a") == 5
    assert all(link.startswith(HOME) for link in page.links)
    assert f"{HOME}/a/item?x=1&y=2" in page.links
    assert "viewport" in page.values
    assert "light dark" in page.values


@pytest.mark.parametrize("text", [*HEADERS, *PAGES, *DAYS])
def test_what_people_write_stays_text(text: str) -> None:
    mail = sent(a_letter(text))
    assert {name.lower() for name in mail.keys()} == NAMES  # noqa: SIM118 - a mail is no mapping
    assert len(mail.keys()) == len(NAMES)
    assert len(mail["subject"]) <= 150
    assert not {"\0", "\n", "\r", "\u2028", "\u202e", "\x1b"} & set(mail["subject"])
    assert len(parts(mail)) == 5
    for kind in ("plain", "html"):
        assert not {"\0", "\u2028", "\u202e", "\u2066", "\x1b"} & set(body(mail, kind))
    page = Page(body(mail, "html"))
    assert set(page.tags) <= PLAIN_TAGS
    assert page.tags.count("a") == 5
    assert page.tags.count("style") == 1
    assert page.attributes <= PLAIN_ATTRIBUTES
    assert not any("url(" in value for value in page.values)
    assert all(link.startswith(HOME) for link in page.links)


@pytest.mark.parametrize("text", ["<b>&amp;", "ein „Titel“ & mehr", "=?utf-8?q?=41?=", "日本 題名"])
def test_what_can_be_read_arrives_as_it_was_written(text: str) -> None:
    mail = sent(a_letter(text))
    assert mail["subject"] == text
    assert f"{text} is due." in body(mail, "plain")
    assert f"{text} is due." in Page(body(mail, "html")).text
    assert day(mail)["summary"] == text


def day(mail: EmailMessage) -> Any:
    (part,) = (one for one in mail.walk() if one.get_content_type() == "text/calendar")
    written = part.get_payload(decode=True)
    assert isinstance(written, bytes)
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    (event,) = Calendar.from_ical(written).walk("VEVENT")
    return event


@pytest.mark.parametrize("text", ["Say why", *DAYS])
def test_the_day_is_one_event_that_says_nothing_else(text: str) -> None:
    event = day(sent(a_letter(text)))
    assert set(event) == {
        *("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY", "TRANSP"),
    }
    assert (event.decoded("dtstart"), event["sequence"]) == (THURSDAY, 3)
    assert event.subcomponents == []


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "https://x\r\nBcc: evil", "https://x>,<https://evil", 'https://x"', ""],
)
def test_a_link_that_is_none_is_left_out(url: str) -> None:
    letter = a_letter(
        sections=(Section(items=(Item(title="x", url=url),)),),
        actions=(Action(label="Go", url=url),),
        unsubscribe_url=url,
    )
    mail = sent(letter)
    assert mail["list-unsubscribe"] is None
    assert Page(body(mail, "html")).links == []
    assert "Go" not in body(mail, "plain")


def test_endless_texts_cost_little() -> None:
    begun = perf_counter()
    for text in ("a" * 50_000 + "!", "\r\n" * 50_000, "\u202e" * 50_000, "é" * 50_000):
        assert len(message(a_letter(text), SENDER, "bob@example.org", at=NOW)) < 200_000
    assert perf_counter() - begun < 1
