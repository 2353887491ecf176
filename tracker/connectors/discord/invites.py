"""Joins by invitation, from counters that only grow. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tracker.connectors.figures import Sample


def taken_up(
    cursor: Mapping[str, Any], uses: Mapping[str, int], day: date
) -> tuple[Mapping[str, Any], list[Sample]]:
    """What each code brought on ``day``: its counter now, less what it was when the day began.

    A code that is new began at 0; on the first day of all nobody knows, so today begins now.
    """
    today = day.isoformat()
    if not cursor:
        return {"day": today, "base": uses, "uses": uses}, []
    base = cursor["base"] if cursor["day"] == today else cursor["uses"]
    samples = [
        Sample("joins", day, max(number - base.get(code, 0), 0), "snapshot_diff", {"channel": code})
        for code, number in sorted(uses.items())
    ]
    return {"day": today, "base": base, "uses": uses}, samples
