"""Instants and days as platforms write them. Pure."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def instant(text: str) -> datetime:
    """An instant in ISO 8601; without a zone it is UTC. Raises ValueError, TypeError."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is UTC:
        return found
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def of_milliseconds(milliseconds: int) -> datetime:
    """An instant counted from 1970. Raises ValueError, OverflowError, TypeError."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def milliseconds(at: datetime) -> int:
    """As above, the other way."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def local_day(at: datetime, zone: str) -> date:
    """The day in ``zone``."""
    return at.astimezone(ZoneInfo(zone)).date()


def midnight(day: date, zone: str) -> datetime:
    """When ``day`` begins in ``zone``."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
