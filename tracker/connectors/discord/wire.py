"""Discord's manners on the wire.

Sources: https://discord.com/developers/docs/topics/rate-limits, …/topics/opcodes-and-status-codes
"""

from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from typing import Any, Final

from msgspec.json import Decoder

from tracker.connectors.discord.names import AGENT
from tracker.connectors.figures import Account
from tracker.connectors.trouble import PlatformError, Trouble
from tracker.connectors.wire import Answer, Manners, call_json, throttled

_NOT_YET: Final = 202
_FORBIDDEN: Final = 403
_LIMITED: Final = 429
_LONGEST_INDEXING: Final = 3600


def ask(
    account: Account,
    path: str,
    query: Mapping[str, object] | None = None,
    *,
    is_root: bool = False,
    shape: Decoder[Any] | None = None,
) -> Answer:
    """GET by the bot's token; 404 means gone for the server, and no access for its parts."""
    headers = {"Authorization": f"Bot {account.secrets.get('bot_token', '')}", "User-Agent": AGENT}
    missing: Trouble = "gone" if is_root else "permission"
    manners = Manners(judge=_judge, missing=missing, shape=shape)
    return call_json(account, "GET", path, query=query, headers=headers, manners=manners)


def _judge(answer: Answer) -> PlatformError | None:
    said = answer.field("retry_after")
    seconds = said if isinstance(said, (int, float)) and said >= 0 else None
    if answer.status == _LIMITED:
        return throttled(answer, "HTTP 429", seconds=seconds)
    if answer.status == _FORBIDDEN:  # its headers tell of the limit with every answer
        code = answer.field("code")
        return PlatformError("permission", f"HTTP 403 {code if isinstance(code, int) else ''}")
    if answer.status == _NOT_YET:  # the search still makes its index
        wait = timedelta(seconds=ceil(min(max(seconds or 5, 1), _LONGEST_INDEXING)))
        return PlatformError("not_ready", "HTTP 202", retry_in=wait)
    return None
