"""What was answered to an outgoing request. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Final

MOST_READ: Final = 64 * 1024
_LONGEST_WAIT: Final = timedelta(days=1)


class NoReply(Exception):
    """Nothing was answered. ``is_distrusted``: the certificate of the other side does not hold."""

    def __init__(self, *, is_distrusted: bool) -> None:
        self.is_distrusted = is_distrusted
        super().__init__()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was answered: any status, and the body as far as it was read."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    is_cut: bool = False  # there was more, or it broke off

    @property
    def is_ok(self) -> bool:
        """Only 2xx is success; a redirect is a failure, since it is not followed."""
        return 200 <= self.status < 300  # noqa: PLR2004

    @property
    def is_redirect(self) -> bool:
        """Whether it points elsewhere, where nobody goes."""
        return 300 <= self.status < 400  # noqa: PLR2004

    @property
    def retry_in(self) -> timedelta | None:
        """What Retry-After asks for, at most a day: seconds, or a date held against their own."""
        asked = self.headers.get("Retry-After", "").strip()
        if asked.isascii() and asked.isdigit():
            return min(timedelta(seconds=int(asked[:9])), _LONGEST_WAIT)
        try:
            wait = parsedate_to_datetime(asked) - parsedate_to_datetime(self.headers["Date"])
        except (KeyError, TypeError, ValueError, OverflowError):
            return None  # TypeError: one has a zone, the other has not; OverflowError: no number
        return max(timedelta(), min(wait, _LONGEST_WAIT))
