"""Chats on fixed hosts, through apprise: one service, one request, no retry of its own.

apprise tells True or False. Why it was False is only said to its logger, so each plugin gets one
that listens. What that cannot give: the header Retry-After (a wait is known where the body repeats
it), and a sure word on whether a request that failed had left (guessed from the error's text; in
doubt *unknown*). It reads proxies from the environment, as requests does, and cannot be told not
to; redirects are off. Its plugins are imported one by one: all of them take a second and 30 MB.
"""

import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib import import_module
from typing import Any, Final

from tracker.connectors.chat.addresses import FORMS
from tracker.connectors.chat.media import MEDIA
from tracker.connectors.chat.message import message
from tracker.connectors.chat.replies import judged
from tracker.connectors.letter import Answer, Outcome, Parcel

# Where the plugin is, the address that it understands, and the format that its text is in.
_SERVICES: Final[Mapping[str, tuple[str, str, str]]] = {
    "slack": ("slack:NotifySlack", "slack://{a}/{b}/{c}/?blocks=yes&footer=no", "markdown"),
    "discord": ("discord:NotifyDiscord", "discord://{a}/{b}/?avatar=no&flags=4", "text"),
    "telegram": ("telegram:NotifyTelegram", "tgram://{a}/{b}/?preview=no", "html"),
    "google_chat": ("google_chat:NotifyGoogleChat", "gchat://{a}/{b}/{c}/?", "text"),
    "webex": ("webexteams:NotifyWebexTeams", "wxteams://{a}/?", "text"),
    "pushover": ("pushover:NotifyPushover", "pover://{a}@{b}/?", "text"),
}
_ALWAYS: Final = "&image=no&verify=yes&redirect=no&cto=3&rto=12&format={format}"
_NAME: Final = "Community tracker"
_STATUS: Final = re.compile(r"error=(\d{3})\b")
_RETRY_AFTER: Final = re.compile(r"retry_after\W{1,5}(\d{1,6})")
# In the words of requests and urllib3, where nothing had been sent yet.
_NOT_LEFT: Final = (
    "NewConnectionError",
    "NameResolutionError",
    "ConnectTimeoutError",
    "SSLCertVerificationError",
    "CERTIFICATE_VERIFY_FAILED",
)


class _Throttled(Exception):
    """The plugin wants to wait, or to try again: that is for the reminder to do."""


class _Listener:
    """Stands where a plugin's logger was: what it says holds addresses, and goes nowhere else."""

    def __init__(self) -> None:
        self.heard = ""

    def __getattr__(self, _level: str) -> Any:
        return self._hear

    def _hear(self, text: str, *values: object, **_more: object) -> None:
        self.heard += f"{text % values if values else text}\n"


def send(kind: str, parcel: Parcel) -> Answer:
    """One letter to one address. Raises nothing."""
    form = FORMS[kind].fullmatch(parcel.address)
    if form is None:
        return Answer(outcome=Outcome.REFUSED, detail="not an address of this kind")
    plugin, listener = _plugin(kind, form.groupdict()), _Listener()
    plugin.logger = listener
    plugin.throttle = _once()
    try:
        is_sent = plugin.send(
            body=message(parcel.letter, MEDIA[kind]),
            title="",
            body_format=_format_of(kind),
        )
    except _Throttled:
        return judged(kind, 429, _asked_for(listener.heard))
    return _judged(kind, is_sent=bool(is_sent), heard=listener.heard)


def _judged(kind: str, *, is_sent: bool, heard: str) -> Answer:
    if is_sent:
        return Answer(outcome=Outcome.ACCEPTED)
    if status := _STATUS.search(heard):
        return judged(kind, int(status[1]), _asked_for(heard))
    if "Socket Exception" not in heard:
        return Answer(outcome=Outcome.REFUSED, detail="apprise gave no reason")
    if any(mark in heard for mark in _NOT_LEFT):
        return Answer(outcome=Outcome.DEFERRED, detail="not reached")
    return Answer(outcome=Outcome.UNKNOWN, detail="no answer")


def _asked_for(heard: str) -> timedelta | None:
    found = _RETRY_AFTER.search(heard)
    return timedelta(seconds=int(found[1])) if found else None


def _once() -> Any:
    """A throttle that lets one request pass."""
    passed = iter([True])

    def throttle(*_args: object, **_more: object) -> None:
        if not next(passed, False):
            raise _Throttled

    return throttle


def _plugin(kind: str, parts: Mapping[str, str]) -> Any:
    where, address, written = _SERVICES[kind]
    service = _service(where)
    url = address.format(**parts) + _ALWAYS.format(format=written)
    return service(asset=_asset(), **service.parse_url(url.replace("?&", "?")))


@cache
def _service(where: str) -> Any:
    # It names whole addresses, tokens and all, and the texts that it sends.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    module, _, name = where.partition(":")
    return getattr(import_module(f"apprise.plugins.{module}"), name)


@cache
def _asset() -> Any:
    """What apprise says of itself, in our name."""
    asset = import_module("apprise.asset").AppriseAsset
    return asset(app_id=_NAME, app_desc=_NAME, app_url="", http_redirects=False)


def _format_of(kind: str) -> Any:
    return import_module("apprise.common").NotifyFormat(_SERVICES[kind][2])
