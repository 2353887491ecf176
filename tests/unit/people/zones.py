"""Every zone of the tz database and each of its changes of clocks, found by looking at offsets."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from tracker.people.time_rules import Person

FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
WEEK, SECOND = timedelta(weeks=1), timedelta(seconds=1)
NOBODY = UUID(int=0)


def somebody(zone: str = "UTC", **wishes: object) -> Person:
    known = {"workspace_id": NOBODY, "member_id": NOBODY, "email": "a@b.org", "name": "Ada"}
    return Person(**known, zone=ZoneInfo(zone), **wishes)  # type: ignore[arg-type]  # a test's own


@dataclass(frozen=True)
class Change:
    """An instant at which the clocks of a zone change, and how they stand before and after."""

    at: datetime
    before: timedelta
    after: timedelta

    def instant(self, wall: datetime) -> datetime:
        """Of a wall time near it: the first of two; past a gap, shifted by it."""
        first, second = wall - self.before, wall - self.after
        return first if first < self.at or second < self.at else second

    @property
    def day(self) -> date:
        return (self.at + self.before).date()


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[Change]:
    """By halves, from weeks that begin and end with different offsets."""
    while first < last:
        early, late = first, first + WEEK
        before, after = _offset(zone, early), _offset(zone, late)
        while before != after and late - early > SECOND:
            middle = early + (late - early) // 2
            early, late = (middle, late) if _offset(zone, middle) == before else (early, middle)
        if before != after:
            yield Change(late.replace(microsecond=0), before, after)
        first += WEEK


@lru_cache(maxsize=1)
def kinds_of_zones() -> dict[str, tuple[Change, ...]]:
    """One zone for all that change their clocks alike, with its changes."""
    alike: dict[tuple[object, ...], str] = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        key = (_offset(zone, FIRST), *_changes(zone, FIRST, LAST))
        alike.setdefault(key, name)
    return {name: key[1:] for key, name in alike.items()}  # type: ignore[misc]  # all but the first
