"""When a day's figure can be trusted: up to when it tells, and from when it is final. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tracker.kernel.clock import is_zone, local_today

# Late edits, and platforms that are up to 48 hours behind.
SETTLES_IN: Final = timedelta(days=3)
_USUAL_SPAN: Final = timedelta(days=400)


def span_of(since: date | None, until: date | None, today: date) -> tuple[date, date]:
    """The days that are asked for: a year and some before the last one, unless somebody says."""
    last = until or today
    return since or last - _USUAL_SPAN, last


def end_of(day: date, zone: str) -> datetime:
    """The instant at which a local day is over."""
    known = ZoneInfo(zone if is_zone(zone) else "UTC")
    return datetime.combine(day + timedelta(days=1), time(), known).astimezone(UTC)


def tells_up_to(day: date, zone: str, now: datetime) -> datetime:
    """What a figure of ``day`` knows of: all of it once it is over, until then up to now."""
    return min(end_of(day, zone), now)


def is_settled(day: date, zone: str, now: datetime) -> bool:
    """Whether a figure of ``day`` is final: what differs afterwards is a correction."""
    return local_today(zone, now) >= day + SETTLES_IN
