"""How many requests a token has made this minute."""

from collections import Counter
from datetime import datetime
from math import ceil
from threading import Lock
from typing import Final

_WINDOW_SECONDS: Final = 60


class Pace:
    """Counts requests in windows of a minute, in this process alone.

    A counter on Redis would stop the API when Redis goes away.
    """

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._lock = Lock()
        self._window = 0
        self._made: Counter[object] = Counter()

    def allows(self, token_id: object, now: datetime) -> bool:
        """Count one request; False where the token has used its minute up."""
        window = int(now.timestamp()) // _WINDOW_SECONDS
        with self._lock:
            if window != self._window:
                self._window = window
                self._made.clear()
            self._made[token_id] += 1
            return self._made[token_id] <= self.per_minute

    def next_window_in(self, now: datetime) -> int:
        """Seconds until counting begins anew; at least one."""
        return ceil(_WINDOW_SECONDS - now.timestamp() % _WINDOW_SECONDS)
