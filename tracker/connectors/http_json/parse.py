"""From JSON to samples, by the paths that were given. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any, Final
from zoneinfo import ZoneInfo

from tracker.connectors.figures import Sample
from tracker.connectors.http_json.paths import all_at, one_at
from tracker.connectors.trouble import PlatformError

MOST_ROWS: Final = 10_000  # a page
_LONGEST: Final = 200


def samples(config: Mapping[str, Any], body: Any, zone: str) -> Sequence[Sample]:
    """The figures of a page. Raises PlatformError where a row is not as was said."""
    rows = all_at(str(config["rows"]), body)
    if len(rows) > MOST_ROWS:
        raise PlatformError("our_fault", "too many rows on a page")
    return list(_read(config, rows, zone))


def _read(config: Mapping[str, Any], rows: Sequence[Any], zone: str) -> Iterator[Sample]:
    for number, row in enumerate(rows):
        day = _day(one_at(str(config["day"]), row), zone)
        value = _value(one_at(str(config["value"]), row))
        if day is None or value is None:
            what = "day" if day is None else "number"
            raise PlatformError("our_fault", f"row {number} has no {what}")
        yield Sample(str(config["metric"]), day, value, "native", _dims(config, row))


def _dims(config: Mapping[str, Any], row: Any) -> Mapping[str, str]:
    path = config.get("channel")
    found = one_at(str(path), row) if path else None
    return {} if found in (None, "") else {"channel": str(found)[:_LONGEST]}


def _day(found: Any, zone: str) -> date | None:
    """A day, or an instant of the connection's zone: as a text, or in seconds since 1970."""
    try:
        if isinstance(found, int | float) and not isinstance(found, bool):
            return datetime.fromtimestamp(found, UTC).astimezone(ZoneInfo(zone)).date()
        text = str(found)
        if len(text) == len("2027-09-06"):
            return date.fromisoformat(text)
        at = datetime.fromisoformat(text)
        return at.astimezone(ZoneInfo(zone)).date() if at.tzinfo else at.date()
    except (ValueError, OverflowError, OSError):
        return None


def _value(found: Any) -> float | None:
    if isinstance(found, bool) or not isinstance(found, int | float | str):
        return None
    try:
        value = float(found)
    except (ValueError, OverflowError):
        return None
    return value if isfinite(value) else None
