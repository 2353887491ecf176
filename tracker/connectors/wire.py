"""One question to a platform, and what its answer means: the wire that all connectors share.

What a vendor does differently stands in its ``Manners``; what is common to all stands here.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from math import ceil, isnan
from typing import Any, Final, Protocol
from urllib.parse import quote, urlencode

import orjson
from msgspec import DecodeError, ValidationError, convert
from msgspec.json import Decoder

from tracker.connectors.trouble import PlatformError, Trouble
from tracker.kernel.egress import EgressRefused, RemoteError, Reply, door

MOST_READ: Final = 10 * 1024 * 1024
MOST_DEPTH: Final = 50
MOST_TEXT: Final = 300
SECONDS: Final = 30.0
SHORTEST_WAIT: Final = timedelta(seconds=1)
LONGEST_WAIT: Final = timedelta(days=1)
USUAL_WAIT: Final = timedelta(seconds=60)  # where nothing is said, as GitHub asks for

_TROUBLES: Final[Mapping[int, Trouble]] = {
    202: "not_ready",
    401: "credential",
    403: "permission",
    408: "transient",
    425: "transient",
    429: "throttled",
}
_SERVER_FAULT: Final = 500
_UNCHANGED: Final = 304
_FORBIDDEN: Final = 403
_ANOTHER_SHAPE: Final = "not the documented shape"
_NESTING: Final = frozenset({dict, list})


class Addressed(Protocol):
    """An account, or whoever else has an address there."""

    @property
    def base_url(self) -> str:
        """Where its API begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered. ``json`` is None where there was no body, or nothing that is JSON.

    ``text`` is the beginning of what is not: some vendors say in plain words what is wrong.
    """

    status: int
    headers: Mapping[str, str]
    json: Any = None
    text: str = ""
    asked: timedelta | None = None  # by Retry-After

    @property
    def is_unchanged(self) -> bool:
        """Nothing new since the ETag that was sent along."""
        return self.status == _UNCHANGED

    def field(self, name: str) -> Any:
        """A field of the body, None where it has none."""
        return self.json.get(name) if isinstance(self.json, dict) else None


def _nothing_special(_answer: Answer) -> PlatformError | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What a vendor, or one of its resources, does differently.

    ``judge`` sees each answer first, good ones too: some vendors say what is wrong in the body.
    ``missing`` is what 404 means: of the root object it is gone, of a part it cannot be had.
    ``shape`` declares what is read of a good answer, for where there is much of it; else it may be
    any JSON.
    """

    judge: Callable[[Answer], PlatformError | None] = _nothing_special
    missing: Trouble = "gone"
    shape: Decoder[Any] | None = None


PLAIN: Final = Manners()


def call_json(
    account: Addressed,
    method: str,
    path: str,
    *,
    query: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
    body: Any = None,
    manners: Manners = PLAIN,
) -> Answer:
    """Ask once; a good answer, or one that says that nothing has changed.

    ``path`` follows the account's base address, unless it is an address itself. Raises
    PlatformError; its detail is a number or a word of ours, since texts of others repeat secrets.
    """
    reply = _reply(method, _address(account.base_url, path, query), headers or {}, body)
    value, is_readable = _parsed(reply, manners.shape if reply.is_ok else None)
    answer = Answer(
        status=reply.status,
        headers=reply.headers,
        json=value,
        text="" if is_readable else reply.body[:MOST_TEXT].decode(errors="replace"),
        asked=reply.retry_in,
    )
    trouble = manners.judge(answer) or _trouble(answer, manners.missing)
    if trouble is not None:
        raise trouble
    if not is_readable:
        raise PlatformError("transient", "cut off" if reply.is_cut else "not JSON")
    return answer


@contextmanager
def understood() -> Iterator[None]:
    """Have JSON that is not of the documented shape be the platform's trouble, not a crash."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        raise PlatformError("transient", _ANOTHER_SHAPE) from None


def segment(part: str) -> str:
    """Someone else's id as one part of a path."""
    return quote(part, safe="")


def throttled(answer: Answer, detail: str, *, seconds: float | None = None) -> PlatformError:
    """Asked too often. ``seconds`` is what the body says; the longer of both holds."""
    said = (answer.asked, _of_seconds(seconds), _until_reset(answer))
    longest = max((wait for wait in said if wait is not None), default=None)
    return PlatformError("throttled", detail, retry_in=_clamped(longest))


def _clamped(wait: timedelta | None) -> timedelta:
    return USUAL_WAIT if wait is None else min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)


def _of_seconds(seconds: float | None) -> timedelta | None:
    if seconds is None or isnan(seconds):
        return None
    return timedelta(seconds=ceil(min(max(seconds, 0.0), LONGEST_WAIT.total_seconds())))


def _until_reset(answer: Answer) -> timedelta | None:
    """By X-RateLimit-Reset, an instant on their clock, which Date tells."""
    try:
        reset = int(answer.headers["X-RateLimit-Reset"])
        now = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (KeyError, TypeError, ValueError):
        return None
    return _of_seconds(reset - now)


def _trouble(answer: Answer, missing: Trouble) -> PlatformError | None:
    status = answer.status
    detail = f"HTTP {status}"
    trouble = _TROUBLES.get(status)
    is_used_up = answer.headers.get("X-RateLimit-Remaining") == "0" or answer.asked is not None
    if trouble == "throttled" or (status == _FORBIDDEN and is_used_up):
        return throttled(answer, detail)
    if trouble is None and not (200 <= status < 300 or status == _UNCHANGED):  # noqa: PLR2004
        trouble = "transient" if status >= _SERVER_FAULT else "our_fault"
        trouble = missing if status in {404, 410} else trouble
    if trouble is None:
        return None
    wait = None if answer.asked is None else _clamped(answer.asked)
    return PlatformError(trouble, detail, retry_in=wait)


def _address(base: str, path: str, query: Mapping[str, object] | None) -> str:
    url = path if path.startswith(("https://", "http://")) else base.rstrip("/") + path
    if not query:
        return url
    pairs = [(name, value) for name, value in query.items() if value is not None]
    return f"{url}{'&' if '?' in url else '?'}{urlencode(pairs)}"


def _reply(method: str, url: str, headers: Mapping[str, str], body: Any) -> Reply:
    sent = {"Accept": "application/json", **headers}
    if body is not None:
        sent["Content-Type"] = "application/json"
    content = b"" if body is None else orjson.dumps(body)
    try:
        return door().call(
            method, url, headers=sent, body=content, seconds=SECONDS, most_read=MOST_READ
        )
    except EgressRefused:
        raise PlatformError("our_fault", "address refused") from None
    except RemoteError as error:
        raise PlatformError("transient", "no answer", retry_in=error.retry_in) from None


def _parsed(reply: Reply, shape: Decoder[Any] | None) -> tuple[Any, bool]:
    """The body, and whether it could be read. An empty one can: it says nothing."""
    if reply.is_cut:
        return None, False
    if not reply.body:
        return None, reply.status in {204, _UNCHANGED}
    try:
        value = loads(reply.body) if shape is None else _shaped(reply.body, shape)
    except ValueError:
        return None, False
    return (None, False) if shape is None and _is_deep(value) else (value, True)


def _shaped(body: bytes, shape: Decoder[Any]) -> Any:
    """Raises ValueError where it is no JSON at all."""
    try:
        return shape.decode(body)
    except (ValidationError, RecursionError):
        raise PlatformError("transient", _ANOTHER_SHAPE) from None
    except DecodeError:  # which lets pass less than what follows
        value = loads(body)
    with understood():
        return convert(value, shape.type)


def loads(body: bytes) -> Any:
    """JSON; half a surrogate pair, which vendors cut their excerpts to, is let pass.

    Raises ValueError.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        if b"\\u" not in body:
            raise
    try:
        return json.loads(body, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("too deep") from None


def _no_number(word: str) -> None:
    raise ValueError(word)


def _is_deep(value: Any) -> bool:
    level = [value] if type(value) in _NESTING else []
    for _ in range(MOST_DEPTH):
        if not level:
            return False
        level = [
            inner
            for each in level
            for inner in (each.values() if type(each) is dict else each)
            if type(inner) in _NESTING
        ]
    return bool(level)
