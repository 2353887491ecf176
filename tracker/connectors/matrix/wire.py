"""The manners of Matrix homeservers on the wire.

Source: https://spec.matrix.org/latest/client-server-api/#standard-error-response
"""

from collections.abc import Mapping
from typing import Final

from tracker.connectors.figures import Account
from tracker.connectors.trouble import PlatformError, Trouble
from tracker.connectors.wire import Answer, Manners, call_json, throttled

_TROUBLES: Final[Mapping[str, Trouble]] = {
    "M_UNKNOWN_TOKEN": "credential",
    "M_MISSING_TOKEN": "credential",
    "M_USER_DEACTIVATED": "credential",
    "M_USER_SUSPENDED": "credential",
    "M_FORBIDDEN": "permission",
    "M_GUEST_ACCESS_FORBIDDEN": "permission",
}
_LIMITED: Final = 429
_GOOD: Final = 400


def ask(
    account: Account,
    path: str,
    query: Mapping[str, object] | None = None,
    *,
    is_root: bool = False,
) -> Answer:
    """GET by the access token; 404 means gone for the homeserver, and no access for its parts."""
    headers = {"Authorization": f"Bearer {account.secrets.get('access_token', '')}"}
    manners = Manners(judge=judge, missing="gone" if is_root else "permission")
    return call_json(account, "GET", path, query=query, headers=headers, manners=manners)


def judge(answer: Answer) -> PlatformError | None:
    """What a refusal means, by the word in its body; None where status alone says it."""
    code = answer.field("errcode")
    if answer.status < _GOOD or not isinstance(code, str):
        return None
    if answer.status == _LIMITED or code == "M_LIMIT_EXCEEDED":
        wait = answer.field("retry_after_ms")
        seconds = wait / 1000 if isinstance(wait, (int, float)) else None
        return throttled(answer, code[:40], seconds=seconds)
    if code in _TROUBLES:
        return PlatformError(_TROUBLES[code], f"HTTP {answer.status} {code}")
    return None
