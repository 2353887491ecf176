"""When to look at something next, and which days a look covers. Pure.

A day begins first in UTC+14, so that a look at that instant is early enough for everybody. Looks
that were planned lie a microsecond behind it: so they can be told from those that a change asked
for, which look at the day of the change, although that may have been looked at before.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from tracker.kernel.clock import local_today
from tracker.reminders.series import Span

_EARLIEST: Final = timedelta(hours=14)
_MARK: Final = timedelta(microseconds=1)


def planned_at(day: date) -> datetime:
    """When to look for what is due on a day."""
    return datetime.combine(day, time(), UTC) - _EARLIEST + _MARK


def last_begun(now: datetime) -> date:
    """The latest day that has begun anywhere."""
    return (now + _EARLIEST).date()


def span_of(chase_at: datetime, zone: str, now: datetime) -> Span:
    """What a look covers that was due at ``chase_at``: all days since, however long ago."""
    shifted = chase_at + _EARLIEST - _MARK
    is_planned = shifted.astimezone(UTC).time() == time()
    since = shifted.astimezone(UTC).date() if is_planned else local_today(zone, chase_at)
    return Span(since, local_today(zone, now), last_begun(now))
