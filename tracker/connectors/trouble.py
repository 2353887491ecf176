"""What a platform says when it does not answer as wished, in the words of the engine."""

from datetime import timedelta
from typing import Literal

Trouble = Literal[
    "throttled", "not_ready", "credential", "permission", "gone", "our_fault", "transient"
]


class PlatformError(Exception):
    """Raised by connectors; the engine decides what follows from its kind.

    ``retry_in`` is what the platform asked for, None where it asked for nothing. ``detail`` is for
    the log and the manager: never a text of a member, an address or a secret.
    """

    def __init__(self, trouble: Trouble, detail: str, *, retry_in: timedelta | None = None) -> None:
        self.trouble = trouble
        self.detail = detail
        self.retry_in = retry_in
        super().__init__(f"{trouble}: {detail}")
