"""Notion's manners on the wire.

Sources: https://developers.notion.com/reference/request-limits, …/reference/status-codes
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from tracker.connectors.boards import Keeper
from tracker.connectors.notion.names import VERSION
from tracker.connectors.notion.problems import (
    BLOCKED,
    BLOCKS,
    CAPABILITY,
    NOT_SHARED,
    REFUSED,
    TOKEN,
)
from tracker.connectors.trouble import PlatformError, Trouble
from tracker.connectors.wire import Answer, Manners, call_json, segment, throttled

_ONE_WORD: Final = re.compile(r"[!-~]{1,1000}")  # what can stand in a header
_AGAIN: Final = timedelta(seconds=1)
_INVALID, _FORBIDDEN, _LIMITED, _UNAVAILABLE, _OVERLOADED = 400, 403, 429, 503, 529
_TROUBLES: Final[Mapping[int, tuple[Trouble, str, timedelta | None]]] = {
    400: ("our_fault", REFUSED, None),
    401: ("credential", TOKEN, None),
    404: ("gone", NOT_SHARED, None),
    409: ("transient", "conflict while saving", _AGAIN),
}


class Saved(PlatformError):
    """They could not answer, and have saved it all the same: ``resource_id`` is what they made.

    It is not to be sent again.
    """

    def __init__(self, resource_id: str) -> None:
        self.resource_id = resource_id
        super().__init__("transient", "saved without an answer")


class InTrash(PlatformError):
    """A page in the trash cannot be changed."""

    def __init__(self) -> None:
        super().__init__("our_fault", "page in trash")


def ask(
    keeper: Keeper,
    method: str,
    path: str,
    body: Any = None,
    *,
    query: Mapping[str, object] | None = None,
) -> Any:
    """One request; the JSON of its answer. Raises PlatformError."""
    keeper.pace()
    token = keeper.secrets.get("token", "").strip()
    if not _ONE_WORD.fullmatch(token):
        raise PlatformError("credential", TOKEN)
    headers = {"Authorization": f"Bearer {token}", "Notion-Version": VERSION}
    answer = call_json(
        keeper, method, path, query=query, headers=headers, body=body, manners=_MANNERS
    )
    return answer.json


def at(kind: str, resource_id: str, *rest: str) -> str:
    """The path of a resource."""
    return "/".join(["/v1", kind, segment(resource_id), *rest])


def _judge(answer: Answer) -> PlatformError | None:
    more = answer.field("additional_data")
    said: Mapping[str, Any] = more if isinstance(more, dict) else {}
    if answer.status in {_LIMITED, _OVERLOADED}:
        return _slow_down(answer, said)
    if answer.status == _FORBIDDEN:
        return PlatformError("permission", BLOCKS if said.get("block_limit") else CAPABILITY)
    saved = said.get("committed_resource_id")
    if answer.status == _UNAVAILABLE and isinstance(saved, str):
        return Saved(saved)
    if answer.status == _INVALID and "is archived" in str(answer.field("message")):
        return InTrash()
    trouble, detail, wait = _TROUBLES.get(answer.status, (None, "", None))
    return None if trouble is None else PlatformError(trouble, detail, retry_in=wait)


def _slow_down(answer: Answer, more: Mapping[str, Any]) -> PlatformError:
    if more.get("rate_limit_reason") == "public_api_request_blocked":
        return PlatformError("permission", BLOCKED)
    try:
        seconds = float(more.get("retry_after", "nan"))
    except (TypeError, ValueError):
        seconds = None
    return throttled(answer, f"HTTP {answer.status}", seconds=seconds)


_MANNERS: Final = Manners(judge=_judge)
