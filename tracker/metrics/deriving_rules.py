"""Which days are to be derived, and when to look again. Pure."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from tracker.kernel.clock import local_today
from tracker.metrics.days import end_of

RECENT: Final = 4
"""Days that are derived anew each night: platforms tell late, and people correct themselves."""
MOST: Final = 760
"""Days: two years, and the month before."""
_ONE: Final = timedelta(days=1)
_SPREAD: Final = 3600  # seconds after midnight within which projects are looked at


def wanted_days(
    yesterday: date, dirty_on: date | None, derived_on: date | None, *, is_pulling: bool
) -> list[date]:
    """Whole days only; none where nothing is new. While more comes in, once a night will do."""
    is_dirty = dirty_on is not None and dirty_on <= yesterday
    if derived_on is None and not is_dirty:
        return []
    if derived_on is not None and derived_on >= yesterday and (is_pulling or not is_dirty):
        return []
    since = [yesterday - (RECENT - 1) * _ONE]
    since += [dirty_on] if dirty_on else []
    since += [derived_on] if derived_on else []
    first = max(min(since), yesterday - (MOST - 1) * _ONE)
    return [first + n * _ONE for n in range((yesterday - first).days + 1)]


def next_look(project_id: UUID, zones: Iterable[str], now: datetime) -> datetime:
    """Soon after the next midnight of any of these zones; not all projects at once."""
    later = timedelta(seconds=project_id.int % _SPREAD)
    return min(end_of(local_today(zone, now), zone) for zone in zones) + later
