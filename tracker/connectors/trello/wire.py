"""One question to Trello, and what its plain words mean.

Source: https://developer.atlassian.com/cloud/trello/guides/rest-api/rate-limits/
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from tracker.connectors.boards import Keeper, Place
from tracker.connectors.trello import names
from tracker.connectors.trello.hook import ECHO, identity
from tracker.connectors.trouble import PlatformError, Trouble
from tracker.connectors.wire import Answer, Manners, call_json, throttled

_BAD: Final = 400
_UNAUTHORISED: Final = 401
_MISSING: Final = 404
_LIMITED: Final = 429
_SERVER_FAULT: Final = 500
_WINDOW_SECONDS: Final = 10.0  # of keys and tokens; nothing is documented that would tell it
_MEMBERS_SECONDS: Final = 900.0  # of /members alone
_ONE_WORD: Final = re.compile(r"[!#-\[\]-~]{1,1000}")  # what can stand between quotes


def ask(keeper: Keeper, path: str, **query: Any) -> Any:
    """What is there."""
    keeper.pace()
    headers = _signed(keeper.secrets)
    return call_json(keeper, "GET", path, query=query, headers=headers, manners=_manners(path)).json


def write(place: Place, method: str, path: str, **body: Any) -> Any:
    """Change something; whatever Trello tells of this carries our identity back."""
    place.keeper.pace()
    headers = {**_signed(place.keeper.secrets), ECHO: identity(place.marker)}
    return call_json(
        place.keeper, method, path, headers=headers, body=body or None, manners=_manners(path)
    ).json


def _signed(secrets: Mapping[str, str]) -> dict[str, str]:
    """Key and token stand in a header: addresses are logged, by others, too."""
    key, token = secrets.get("api_key", "").strip(), secrets.get("token", "").strip()
    for given, word in ((key, names.WRONG_KEY), (token, names.WRONG_TOKEN)):
        if not _ONE_WORD.fullmatch(given):
            raise PlatformError("credential", word)
    return {"Authorization": f'OAuth oauth_consumer_key="{key}", oauth_token="{token}"'}


def _manners(path: str) -> Manners:
    missing = names.NO_CARD if path.startswith((names.CARDS, names.CHECKLISTS)) else names.NO_BOARD
    return Manners(judge=partial(_judge, missing=missing))


def _judge(answer: Answer, *, missing: str) -> PlatformError | None:
    """What a refusal means: most are a line of text, and none is of the documented shape."""
    if answer.status < _BAD:
        return None
    if answer.status == _LIMITED:
        word = str(answer.field("error") or "HTTP 429")[:40]
        return throttled(answer, word, seconds=_wait(word, answer))
    if answer.status == _UNAUTHORISED:
        return PlatformError(*_unauthorised(_said(answer)))
    if answer.status == _MISSING:
        return PlatformError("gone", missing)
    if answer.status >= _SERVER_FAULT:
        return None
    return _refusal(_said(answer), answer.status, missing)


def _refusal(said: str, status: int, missing: str) -> PlatformError | None:
    if "limit" in said:  # of objects: nobody has written down under which status, and in what form
        return PlatformError("permission", names.FULL)
    if status != _BAD:
        return None
    if "invalid id" in said:
        return PlatformError("gone", missing)
    if "already exists" in said:
        return PlatformError("our_fault", names.HANGING)
    if "did not return 200" in said or "callback" in said:
        return PlatformError("our_fault", names.CALLBACK)
    return PlatformError("our_fault", names.REFUSED)


def _unauthorised(said: str) -> tuple[Trouble, str]:
    if "permission" in said:
        return "permission", names.NOT_SHARED
    return "credential", names.WRONG_KEY if "key" in said else names.WRONG_TOKEN


def _wait(word: str, answer: Answer) -> float:
    """By the headers that are there at times, else by the documented windows."""
    interval = answer.headers.get("x-rate-limit-api-token-interval-ms", "")
    usual = _MEMBERS_SECONDS if word == "RATE_LIMIT_EXCEEDED" else _WINDOW_SECONDS
    return max(usual, int(interval) / 1000) if interval.isdecimal() else usual


def _said(answer: Answer) -> str:
    words = (answer.text, answer.field("error"), answer.field("message"))
    return " ".join(word for word in words if isinstance(word, str)).lower()
