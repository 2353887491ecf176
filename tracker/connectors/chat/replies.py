"""What a chat's answer means for a letter. Pure."""

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from tracker.connectors.letter import Answer, Outcome

# The hook was deleted or its token revoked; 403 says so with some only.
_GONE: Final = frozenset({401, 404, 410})
_FORBIDDEN_IS_GONE: Final = frozenset({"slack", "telegram"})
_LATER: Final = frozenset({408, 425, 429})


def judged(kind: str, status: int, retry_in: timedelta | None = None) -> Answer:
    """What came of an attempt that was answered with ``status``."""
    detail = f"HTTP {status}"
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Answer(outcome=Outcome.ACCEPTED, detail=detail)
    if status in _LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # Too many requests were those to one hook, or of one bot; the service is there.
        is_of_one = status == HTTPStatus.TOO_MANY_REQUESTS
        return Answer(
            outcome=Outcome.DEFERRED, detail=detail, retry_in=retry_in, is_of_one=is_of_one
        )
    if status in _GONE or (status == HTTPStatus.FORBIDDEN and kind in _FORBIDDEN_IS_GONE):
        return Answer(outcome=Outcome.GONE, detail=detail)
    return Answer(outcome=Outcome.REFUSED, detail=detail)  # redirects, too: none is followed
