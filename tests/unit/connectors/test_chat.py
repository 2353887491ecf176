"""Letters in chats: what people write stays text, whatever they write."""

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.letters import a_letter
from tracker.connectors.chat.addresses import EXAMPLES, check_form, label
from tracker.connectors.chat.media import DISCORD, MEDIA, SLACK, TELEGRAM, units
from tracker.connectors.chat.message import hook_body, message, teams_card
from tracker.connectors.letter import Action, Item, Letter, Section
from tracker.kernel.egress_rules import EgressRefused
from tracker.kernel.errors import Invalid

EVIL = [
    *(
        "@everyone",
        "@here",
        "@channel",
        "@all",
        "@evil_user",
        "<!channel>",
        "<!here|x>",
        "<!everyone>",
    ),
    *("<@U123>", "<@!123456789>", "<@&42>", "<#123>", "<users/all>", "<:x:1>", "<t:0:R>"),
    *("<http://evil.example|ok>", "<https://evil.example>", "[ok](http://evil.example)"),
    *(
        "[ok](<http://evil.example>)",
        "![x](https://evil.example/p.png)",
        "[a]: http://evil.example",
    ),
    *("https://evil.example/x", "http://evil.example", "www.evil.example", "evil.example/x"),
    *("ftp://evil.example", "tg://resolve?domain=evil", "//evil.example", "mailto:a@evil.example"),
    *("<a href='https://evil.example'>ok</a>", '"><script>alert(1)</script>', "<b>x", "</b></a>"),
    *(
        "*bold* _it_ ~s~ `code`",
        "```\ncode",
        "`",
        "**",
        "||spoiler||",
        "# big",
        "> quote",
        "- list",
    ),
    *("\\*x\\*", "\\", "\\[ok](http://evil.example)", "*](http://evil.example)", "\u200b@everyone"),
    *("x\u202egpj.exe", "\u2066x", "a\x00b\x07", "a\r\nb", "a\u2028b", "\ud800", "|", "x|y", "$a$"),
    *("&lt;!channel&gt;", "&amp;", "&#64;everyone", "{{7*7}}", "${jndi:ldap://x}", "%(x)s", "%n%s"),
    "\ufeff@everyone",
    "x" * 40_000,
    "<@U1> " * 8_000,
    "&" * 40_000,
]
OURS = "https://tracker.example/a/abc_-.~"


def evil(text: str) -> Letter:
    """A letter that says ``text`` wherever something may be said."""
    action = Action(label=text, url=OURS)
    item = Item(title=text, details=(text,), url=OURS, actions=(action,))
    return a_letter(
        subject=text,
        opening=text,
        sections=(Section(heading=text, items=(item, item)),),
        actions=(action,),
        closing=(text,),
    )


def test_in_slack_nothing_but_our_links_is_in_angles(subtests: pytest.Subtests) -> None:
    for text in EVIL:
        with subtests.test(ascii(text[:40])):
            said = message(evil(text), SLACK)
            ours = re.sub(rf"<{re.escape(OURS)}\|[^<>|]*>", "", said)
            assert "<" not in ours
            assert ">" not in ours
            assert all(ours.count(mark) == 0 for mark in "_~`|")
            assert all(line.count("*") in {0, 2} for line in ours.split("\n"))
            _has_no_link_or_mention(ours)


def test_in_discord_and_mattermost_every_mark_of_theirs_is_text(subtests: pytest.Subtests) -> None:
    for name in ("discord", "mattermost"):
        for text in EVIL:
            with subtests.test(f"{name} {text[:40]!a}"):
                said = message(evil(text), MEDIA[name])
                ours = re.sub(rf"\]\(<?{re.escape(OURS)}>?\)", "", said)
                left = re.sub(r"\\.", "", ours)
                left = re.sub(r"(?m)^(\s*[•❗] |\s*)\[|( · )\[", "", left)
                left = re.sub(r"(?m)^\*\*(.*)\*\*$", r"\1", left)
                assert not re.search(r"[*_`~|<>\[\]()#\\]", left), left[:200]
                _has_no_link_or_mention(ours)


def test_in_telegram_there_are_only_our_tags(subtests: pytest.Subtests) -> None:
    for text in EVIL:
        with subtests.test(ascii(text[:40])):
            read = _Tags()
            read.feed(message(evil(text), TELEGRAM))
            read.close()
            assert set(read.tags) <= {"b", "a"}
            assert set(read.links) <= {OURS}
            assert read.open == []
            _has_no_link_or_mention(read.text)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.open.append(tag)
        assert [name for name, _ in attrs] == (["href"] if tag == "a" else [])
        self.links += [value for _, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_elsewhere_text_is_text(subtests: pytest.Subtests) -> None:
    for name in ("google_chat", "webex", "pushover"):
        for text in EVIL:
            with subtests.test(f"{name} {text[:40]!a}"):
                said = message(evil(text), MEDIA[name]).replace(OURS, "")
                assert "<" not in said
                _has_no_link_or_mention(said)


def test_a_card_holds_text_in_runs_and_links_of_ours(subtests: pytest.Subtests) -> None:
    for text in EVIL:
        with subtests.test(ascii(text[:40])):
            card = teams_card(evil(text))
            assert len(json.dumps(card)) < 28_000
            for key, value in _leaves(card["attachments"][0]["content"]):
                if key == "url":
                    assert value == OURS
                elif key in {"text", "title"}:
                    _has_no_link_or_mention(value)
            kinds = {value for key, value in _leaves(card) if key == "type"}
            assert "TextBlock" not in kinds, "it reads markdown"


def _leaves(value: Any, key: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [leaf for name, inner in value.items() for leaf in _leaves(inner, name)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in _leaves(inner, key)]
    return [(key, value)]


def _has_no_link_or_mention(said: str) -> None:
    assert not re.search(r"@\w", said), "a mention"
    assert not re.search(r"\w://", said), "a link"
    assert not re.search(r"\w\.[a-z]{2}", said), "a domain"
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069\u2028\ud800]", said)


def test_a_hook_gets_what_was_written_as_json_without_what_nobody_sees() -> None:
    for text in EVIL:
        body = json.loads(json.dumps(hook_body(evil(text))))
        assert not re.search("[\u202a-\u202e\x00\ud800]", json.dumps(body, ensure_ascii=False))
        assert body["sections"][0]["items"][0]["actions"] == [
            {"label": body["actions"][0]["label"], "url": OURS}
        ]


def test_no_message_is_longer_than_its_chat_takes(subtests: pytest.Subtests) -> None:
    many = tuple(Item(title=f"Task {n} 😀 & more", url=OURS) for n in range(500))
    letter = a_letter(sections=(Section(heading="Late", items=many),), closing=("Why.", "How."))
    for name, medium in MEDIA.items():
        with subtests.test(name):
            said = message(letter, medium)
            assert medium.most * 0.8 < units(said) <= medium.most
            assert said.index("…") > said.rindex("Task"), "what gives way is told"
            assert said.endswith("How."), "the end stays"
        for text in EVIL:
            with subtests.test(f"{name} {text[:20]!a}"):
                assert units(message(evil(text), medium)) <= medium.most


def test_an_ordinary_letter_reads_well() -> None:
    item = Item(
        title="Fix the FAQ (v2.1)",
        details=("Due on Friday",),
        url=OURS,
        actions=(Action(label="Done", url=OURS), Action(label="Tomorrow", url=OURS)),
        is_urgent=True,
    )
    letter = a_letter(
        subject="Due today: Fix the FAQ",
        opening="One task of yours is due today.",
        sections=(Section(items=(item,)),),
        closing=("You get this because it is yours.",),
    )
    assert message(letter, SLACK) == (
        "*Due today: Fix the FAQ*\n"
        "One task of yours is due today.\n"
        f"❗ <{OURS}|Fix the FAQ (v2.1)>\n"
        "   Due on Friday\n"
        f"   <{OURS}|Done> · <{OURS}|Tomorrow>\n"
        "You get this because it is yours."
    )
    assert f"[Done](<{OURS}>)" in message(letter, DISCORD)
    assert f'<a href="{OURS}">Done</a>' in message(letter, TELEGRAM)


# Addresses.

GOOD = {
    "slack": "https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx",
    "discord": "https://discord.com/api/webhooks/123456789012345678/abcdefghijklmnopqrstuvwxyz_-",
    "telegram": "tgram://123456789:AAabcdefghijklmnopqrstuvwxyz0123456/-1001234567",
    "google_chat": "https://chat.googleapis.com/v1/spaces/AAAAbbbb/messages?key=abcdefghijk&token=abcdefghijkl",
    "webex": f"https://webexapis.com/v1/webhooks/incoming/{'Ab1' * 30}",
    "pushover": f"pover://{'u' * 30}@{'a' * 30}",
    "teams": "https://prod-1.westeurope.logic.azure.com/workflows/abc/triggers/manual?sig=xyz",
    "mattermost": "https://chat.example.org/hooks/abcdefghijklmnop",
    "hook": "https://example.org/in",
}
OPTIONS = [
    "?template=/etc/passwd",
    "/?verify=no",
    "?redirect=yes",
    "&x=y",
    "/../x",
    "%0d%0a",
    "#x",
    "\n",
]


def test_each_kind_takes_its_form_alone(subtests: pytest.Subtests) -> None:
    assert GOOD.keys() == EXAMPLES.keys()
    own_hosts = {"mattermost", "hook"}
    for kind in GOOD:
        for other, address in GOOD.items():
            with subtests.test(f"{kind} {other!a}"):
                if kind == other or (kind in own_hosts and address.startswith("https")):
                    check_form(kind, address)
                else:
                    with pytest.raises((Invalid, EgressRefused)):
                        check_form(kind, address)


def test_no_option_of_apprise_comes_in(subtests: pytest.Subtests) -> None:
    for kind in GOOD.keys() - {"teams", "mattermost", "hook"}:
        for option in OPTIONS:
            with subtests.test(f"{kind} {option!a}"), pytest.raises(Invalid):
                check_form(kind, GOOD[kind] + option)
    for address in (
        *(
            "json://169.254.169.254/",
            "syslog://",
            "mailto://x:y@evil.example",
            "file:///etc/passwd",
        ),
        *(
            "mmost://127.0.0.1:8077/token",
            "slack://T1/B1/c",
            "https://hooks.slack.com.evil.example/",
        ),
        "https://hooks.slack.com@evil.example/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx",
    ):
        for kind in GOOD:
            with subtests.test(f"{kind} {address!a}"):
                if (
                    kind in {"mattermost", "hook"}
                    and "evil.example/" in address
                    and "@" not in address
                ):
                    continue  # a host of somebody's own
                with pytest.raises((Invalid, EgressRefused)):
                    check_form(kind, address)


@pytest.mark.parametrize("kind", ["teams"])
def test_teams_is_where_microsoft_says(kind: str) -> None:
    for host in ("logic.azure.com.evil.example", "evil.example", "xlogic.azure.com"):
        with pytest.raises(Invalid):
            check_form(kind, f"https://{host}/workflows/x")
    with pytest.raises(Invalid):
        check_form(kind, GOOD["teams"].replace("https", "http"))


def test_a_label_tells_where_it_leads_and_no_secret(subtests: pytest.Subtests) -> None:
    for kind, address in GOOD.items():
        with subtests.test(kind):
            shown = label(kind, address)
            assert len(shown.partition("/…")[2]) <= 3
            assert len(shown) < 60
    assert label("slack", GOOD["slack"]) == "hooks.slack.com/…vwx"
    assert label("telegram", GOOD["telegram"]) == "telegram/…567"
    assert label("hook", "https://example.org/in") == "example.org/…"


def test_nonsense_is_refused_at_once() -> None:
    for kind in GOOD:
        for text in ("a" * 50_000, "https://" + "a." * 20_000, "tgram://" + "1" * 50_000 + "!"):
            with pytest.raises((Invalid, EgressRefused)):
                check_form(kind, text)
