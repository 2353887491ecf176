"""When somebody's digests are due: at a wall time, once a local day or once a week. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from tracker.people.wall_time import instant, shown

Rhythm = Literal["off", "daily", "weekly"]
RHYTHMS: Final[tuple[Rhythm, ...]] = ("off", "daily", "weekly")
_DAY: Final = timedelta(days=1)
# Longer than anybody may be away, so that a search always ends at what it looks for.
_FAR: Final = 5 * 366


@dataclass(frozen=True, slots=True)
class Digests:
    """The digests of one rhythm; none is due on a day that is ``off``.

    Each belongs to one local day. Where a change of clocks shifts one past midnight it still
    belongs to the day before; where a zone leaves a day out, the next day's comes at that moment.
    """

    rhythm: Rhythm
    minute: int
    weekday: int  # of the weekly ones; 1 is Monday
    zone: ZoneInfo
    off: Callable[[date], bool]

    def are_due_on(self, day: date) -> bool:
        """Whether this local day has one."""
        if self.rhythm == "off" or (self.rhythm == "weekly" and day.isoweekday() != self.weekday):
            return False
        return not self.off(day)

    def at(self, day: date) -> datetime:
        """When that of a day is due."""
        return instant(self.zone, day, self.minute)

    def after(self, moment: datetime) -> datetime | None:
        """When the next one is due; None where there are none."""
        days = self._from(shown(self.zone, moment)[0] - _DAY, _DAY)
        return next((at for at in map(self.at, days) if at > moment), None)

    def last_day(self, moment: datetime) -> date | None:
        """The day whose digest was the last one due at ``moment``; None where there are none."""
        days = self._from(shown(self.zone, moment)[0] + _DAY, -_DAY)
        return next((day for day in days if self.at(day) <= moment), None)

    def first_from(self, day: date, now: datetime) -> datetime | None:
        """The digest of ``day``, or the first one later; never before ``now``."""
        return next((at for at in map(self.at, self._from(day, _DAY)) if at >= now), None)

    def _from(self, first: date, step: timedelta) -> Iterator[date]:
        """Days with a digest, in the order of ``step``."""
        days = (first + step * number for number in range(_FAR if self.rhythm != "off" else 0))
        return filter(self.are_due_on, days)
