"""The one clock: views, jobs and commands read it once and hand the instant down as ``now``."""

from datetime import UTC, date, datetime, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

_offset = timedelta()


def set_offset(offset: timedelta) -> None:
    """Shift the clock for rehearsals and tests; only the composition root calls this."""
    global _offset  # noqa: PLW0603 - one clock for the process is the point
    _offset = offset


def utcnow() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC) + _offset


def is_zone(name: str) -> bool:
    """Whether the tz database knows a zone of this name."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not found, not a name, a folder of the database
        return False
    return True


def local_today(zone: str, now: datetime) -> date:
    """The day that it is at ``now`` in a zone; UTC's where the zone is not known."""
    return now.astimezone(ZoneInfo(zone if is_zone(zone) else "UTC")).date()


class Watch:
    """The instant of a look, and how it moves on: untouched by whoever sets the clock meanwhile."""

    def __init__(self, now: datetime) -> None:
        self._from, self._started = now, monotonic()

    @property
    def passed(self) -> timedelta:
        """How long it has been at work."""
        return timedelta(seconds=monotonic() - self._started)

    def now(self) -> datetime:
        """The present instant."""
        return self._from + self.passed
