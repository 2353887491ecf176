"""Addresses of chats as people paste them, held to the one form that each has. Pure.

Only what fits is ever handed on: apprise takes options behind a ``?`` that read files, switch TLS
off or name another host, and no pattern here lets one in.
"""

import re
from collections.abc import Mapping
from typing import Final

from tracker.kernel.egress_rules import Target, parse_target
from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Said, Sentence

LONGEST: Final = 1000
THROUGH_THE_DOOR: Final = frozenset({"mattermost", "hook", "teams"})
_LONG_ENOUGH: Final = 16  # a secret that loses three letters and stays one
_TEAMS_HOSTS: Final = (
    ".logic.azure.com",
    ".api.powerplatform.com",
    ".webhook.office.com",
)

FORMS: Final[Mapping[str, re.Pattern[str]]] = {
    "slack": re.compile(
        r"https://hooks\.slack\.com/services/"
        r"(?P<a>[A-Z0-9]{5,24})/(?P<b>[A-Z0-9]{5,24})/(?P<c>[A-Za-z0-9]{16,64})"
    ),
    "discord": re.compile(
        r"https://(?:discord|discordapp)\.com/api/webhooks/"
        r"(?P<a>[0-9]{10,24})/(?P<b>[A-Za-z0-9_-]{20,120})"
    ),
    "telegram": re.compile(
        r"tgram://(?P<a>[0-9]{5,14}:[A-Za-z0-9_-]{30,60})/(?P<b>-?[0-9]{3,20}|@[A-Za-z0-9_]{5,32})"
    ),
    "google_chat": re.compile(
        r"https://chat\.googleapis\.com/v1/spaces/(?P<a>[A-Za-z0-9_-]{5,40})/messages"
        r"\?key=(?P<b>[A-Za-z0-9_-]{10,100})&token=(?P<c>[A-Za-z0-9_-]{10,120})(?:%3D)?"
    ),
    "webex": re.compile(
        r"https://(?:webexapis|api\.ciscospark)\.com/v1/webhooks/incoming/(?P<a>[A-Za-z0-9]{80,160})"
    ),
    "pushover": re.compile(r"pover://(?P<a>[A-Za-z0-9]{30})@(?P<b>[A-Za-z0-9]{30})"),
}
EXAMPLES: Final[Mapping[str, str]] = {
    "slack": "https://hooks.slack.com/services/T…/B…/…",
    "discord": "https://discord.com/api/webhooks/…/…",
    "telegram": "tgram://BOT_TOKEN/CHAT_ID",
    "google_chat": "https://chat.googleapis.com/v1/spaces/…/messages?key=…&token=…",
    "webex": "https://webexapis.com/v1/webhooks/incoming/…",
    "pushover": "pover://USER_KEY@APP_TOKEN",
    "teams": "https://….logic.azure.com/workflows/…",
    "mattermost": "https://chat.example.org/hooks/…",
    "hook": "https://example.org/…",
}
_OTHER_FORM: Final = Sentence(
    en="This is not an address of this kind. It looks like {example}",
    fr="Ce n'est pas une adresse de ce genre. Elle ressemble à {example}",
)


def check_form(kind: str, address: str) -> None:
    """Raise Invalid unless ``address`` has the form of its kind; EgressRefused where it is a URL.

    Of what goes through the door the door is to be asked, too.
    """
    if kind in THROUGH_THE_DOOR:
        target = parse_target(address)
        is_right = kind != "teams" or _is_of_teams(target)
    else:
        is_right = FORMS[kind].fullmatch(address) is not None
    if not is_right:
        raise Invalid({"address": [Said(_OTHER_FORM, {"example": EXAMPLES[kind]})]})


def _is_of_teams(target: Target) -> bool:
    return target.scheme == "https" and target.host.endswith(_TEAMS_HOSTS)


def label(kind: str, address: str) -> str:
    """What may be shown: where it leads, and the last letters of it to know it by."""
    if kind in THROUGH_THE_DOOR:
        target = parse_target(address)
        return _masked(target.host, target.path)
    if address.startswith("https://"):
        host, _, rest = address.removeprefix("https://").partition("/")
        return _masked(host, rest)
    return _masked(kind, address)


def _masked(place: str, secret: str) -> str:
    return f"{place}/…{secret[-3:] if len(secret) >= _LONG_ENOUGH else ''}"
