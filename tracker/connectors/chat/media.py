"""What chats do with text, undone: mentions, markup and links that people wrote stay text. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

from tracker.kernel.plain import line

# It parts what a chat would read as one word, and nobody sees it.
_GAP: Final = "\u200b"
_MENTION: Final = re.compile(r"@(?=\S)")
_SCHEME: Final = re.compile(r"(?<=\w):(?=//)")
_DOMAIN: Final = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")
_MARKDOWN: Final = re.compile(r"([\\`*_\[\]()#|~])")  # what both dialects let be escaped
# Slack knows no escape for its marks: look-alikes instead.
_SLACK_MARKS: Final = str.maketrans("*_~`|", "\u2217\u02cd\u223c\u02cb\u00a6")
_ANGLES: Final = str.maketrans("<>", "\u2039\u203a")
_PARENTHESES: Final = str.maketrans({"(": "%28", ")": "%29"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """How one kind of chat writes. ``most`` counts as it does: in UTF-16 units."""

    most: int
    escape: Callable[[str], str]
    bold: Callable[[str], str]
    link: Callable[[str, str], str]  # a label that is escaped already, and an address of our own

    def text(self, written: str, most: int = 300) -> str:
        """What somebody wrote, as one line that is only text: at most ``most`` units of it."""
        said, room = self._only_text(written, most), most
        while units(said) > most:  # escapes have made it longer
            room = min(room - 1, room * most // units(said))
            said = self._only_text(written, room)
        return said

    def _only_text(self, written: str, most: int) -> str:
        return self.escape(unlinked(line(written, max(most, 1))))


def unlinked(text: str) -> str:
    """No mention and no link: chats make both out of plain words."""
    text = _MENTION.sub(f"@{_GAP}", text)
    return _DOMAIN.sub(f"{_GAP}.", _SCHEME.sub(f":{_GAP}", text))


def units(text: str) -> int:
    """The length of ``text`` in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def _in_slack(text: str) -> str:
    return escape(text.translate(_SLACK_MARKS), quote=False)


def _in_markdown(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text.translate(_ANGLES))


def _plainly(text: str) -> str:
    return text.translate(_ANGLES)


SLACK: Final = Medium(
    most=2900,  # of the 3 000 of a section
    escape=_in_slack,
    bold=lambda text: f"*{text}*",
    link=lambda label, url: f"<{escape(url, quote=False)}|{label}>",
)
DISCORD: Final = Medium(
    most=1990,
    escape=_in_markdown,
    bold=lambda text: f"**{text}**",
    link=lambda label, url: f"[{label}](<{url}>)",  # in angles: without a preview
)
TELEGRAM: Final = Medium(
    most=4000,
    escape=escape,
    bold=lambda text: f"<b>{text}</b>",
    link=lambda label, url: f'<a href="{escape(url)}">{label}</a>',
)
MATTERMOST: Final = Medium(
    most=12_000,
    escape=_in_markdown,
    bold=lambda text: f"**{text}**",
    link=lambda label, url: f"[{label}]({url.translate(_PARENTHESES)})",
)
PLAIN: Final = Medium(
    most=3900, escape=_plainly, bold=lambda text: text, link=lambda label, url: f"{label}: {url}"
)
SHORT: Final = Medium(
    most=1000, escape=_plainly, bold=lambda text: text, link=lambda label, url: f"{label}: {url}"
)
MEDIA: Final[Mapping[str, Medium]] = {
    "slack": SLACK,
    "discord": DISCORD,
    "telegram": TELEGRAM,
    "mattermost": MATTERMOST,
    "google_chat": PLAIN,
    "webex": PLAIN,
    "pushover": SHORT,
}
