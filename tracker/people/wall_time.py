"""Times of day as clocks on walls show them, and the instants that they stand for. Pure.

A time of day is the number of its minutes after midnight; 1440 is the midnight that ends the day.
A wall time that a change of clocks leaves out is shifted by what is left out; of one that comes
twice the first is meant (RFC 5545 §3.3.5, and what zoneinfo does).
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

A_DAY: Final = 24 * 60
_FORM: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00", re.ASCII)


def minute_of(text: str) -> int | None:
    """The minute behind ``HH:MM``, up to 24:00; None where it is no time of day."""
    if not _FORM.fullmatch(text):
        return None
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def written(minute: int) -> str:
    """``HH:MM``."""
    return f"{minute // 60:02}:{minute % 60:02}"


def instant(zone: ZoneInfo, day: date, minute: int, *, again: bool = False) -> datetime:
    """When clocks in ``zone`` show this; with ``again`` the second time, where it comes twice."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    return wall.replace(tzinfo=zone, fold=int(again)).astimezone(UTC)


def shown(zone: ZoneInfo, at: datetime) -> tuple[date, int]:
    """The day and the minute that clocks in ``zone`` show at an instant."""
    local = at.astimezone(zone)
    return local.date(), local.hour * 60 + local.minute
