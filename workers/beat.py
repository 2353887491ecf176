"""The beat: rings for what is due, by a clock that nobody can set."""

import logging
from time import monotonic
from typing import Any, Final

from celery.beat import Scheduler, SchedulingError

_LONGEST_REST: Final = 1.0
_log = logging.getLogger(__name__)


class Bell(Scheduler):
    """Each entry at once and then every so many seconds; what was missed is not rung later.

    Any number may run at once. A broker that is away is told once, and once that it is back.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._due_at: dict[str, float] = {}
        self._is_away = False
        super().__init__(*args, **kwargs)

    def tick(self, *_: object, **__: object) -> float:
        """Ring for what is due; the seconds until there is something to do again."""
        now = monotonic()
        for name, entry in self.schedule.items():
            if now >= self._due_at.get(name, now):
                self._due_at[name] = now + _seconds(entry)
                self._ring(entry)
        return max(0.0, min(_LONGEST_REST, min(self._due_at.values()) - monotonic()))

    def _ring(self, entry: Any) -> None:
        was_away = self._is_away
        try:
            self.apply_async(entry, advance=False)
        except SchedulingError as error:
            self._is_away = True
            if not was_away:
                _log.warning("the broker is away: %s", error)
        else:
            self._is_away = False
            if was_away:
                _log.warning("the broker is back")


def _seconds(entry: Any) -> float:
    every: float = entry.schedule.run_every.total_seconds()
    return every
