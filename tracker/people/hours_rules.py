"""The hours of a week in which somebody may be reached. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from tracker.people.wall_time import A_DAY, instant, shown

Window = tuple[int, int]
"""From one minute of a day to another, without the last."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours and days, less the quiet hours, which may span midnight."""

    work_from: int = 9 * 60
    work_until: int = 18 * 60
    work_days: frozenset[int] = frozenset(range(1, 6))  # 1 is Monday, as in ISO 8601
    quiet_from: int | None = 20 * 60
    quiet_until: int | None = 8 * 60

    @property
    def windows(self) -> tuple[Window, ...]:
        """When messages are accepted on a day that is worked."""
        work = (self.work_from, self.work_until)
        return _windows(work, _quiet(self.quiet_from, self.quiet_until))

    def is_quiet(self, minute: int) -> bool:
        """Whether nothing may disturb then."""
        quiet = _quiet(self.quiet_from, self.quiet_until)
        return any(start <= minute < end for start, end in quiet)

    def are_worked_on(self, day: date) -> bool:
        """Whether this day of the week is one of theirs."""
        return day.isoweekday() in self.work_days

    def first_on(self, zone: ZoneInfo, day: date, now: datetime) -> datetime | None:
        """The first accepted instant of a worked day that is not before ``now``; None if none."""
        for start, end in self.windows:
            for again in (False, True):
                found = max(instant(zone, day, start, again=again), now)
                on, minute = shown(zone, found)
                if on == day and start <= minute < end:
                    return found
        return None

    def first_undisturbed(self, zone: ZoneInfo, now: datetime) -> datetime:
        """``now``, or the end of the quiet hours in which it lies; work or no work."""
        day, minute = shown(zone, now)
        if self.quiet_until is None or not self.is_quiet(minute):
            return now
        ends = (instant(zone, day, self.quiet_until + late) for late in (0, A_DAY))
        return next((end for end in ends if end > now), now)


USUAL_HOURS: Final = Hours()
"""Those of who never said anything."""


@lru_cache(maxsize=1024)
def _quiet(quiet_from: int | None, quiet_until: int | None) -> tuple[Window, ...]:
    if quiet_from is None or quiet_until is None:
        return ()
    if quiet_from < quiet_until:
        return ((quiet_from, quiet_until),)
    return ((0, quiet_until), (quiet_from, A_DAY))


@lru_cache(maxsize=1024)
def _windows(work: Window, quiet: tuple[Window, ...]) -> tuple[Window, ...]:
    """Working hours, less each stretch of quiet ones; both in the order of the day."""
    left, start = [], work[0]
    for begins, ends in quiet:
        left.append((start, min(begins, work[1])))
        start = max(start, ends)
    left.append((start, work[1]))
    return tuple((first, last) for first, last in left if first < last)
