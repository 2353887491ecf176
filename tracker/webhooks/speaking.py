"""An event as other programs get it, by webhook or from the log. Pure.

The form is that of Standard Webhooks 1.0.0: ids and small facts; whoever wants more asks for it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from tracker.kernel.event_log import Numbered

MOST_BYTES: Final = 20_000
Spoken = dict[str, Any]


def speak(event: Numbered) -> Spoken:
    """The public form of ``event``, of at most 20 KB.

    What makes it longer is left out, the longest first and values from before ahead of all others;
    ``cut`` names it.
    """
    spoken = {
        "id": public_id(event),
        "type": event.topic,
        "timestamp": instant(event.occurred_at),
        "sequence": event.sequence,
        "data": event.payload,
    }
    return spoken if _size(spoken) <= MOST_BYTES else _shortened(spoken)


def public_id(event: Numbered) -> str:
    """What names ``event`` outside, wherever and however often it is told."""
    return f"evt_{event.id}"


def instant(at: datetime) -> str:
    """RFC 3339, in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _shortened(spoken: Spoken) -> Spoken:
    data = dict(spoken["data"])
    cut: list[str] = []
    previous = dict(data.get("previous") or {})
    for name in _longest_first(previous):
        if _size({**spoken, "data": data, "cut": cut}) > MOST_BYTES:
            del previous[name]
            data["previous"] = previous
            cut.append(f"previous.{name}")
    for name in _longest_first(data):
        if _size({**spoken, "data": data, "cut": cut}) > MOST_BYTES:
            del data[name]
            cut.append(name)
    return {**spoken, "data": data, "cut": cut}


def _longest_first(values: Mapping[str, object]) -> Sequence[str]:
    return sorted(values, key=lambda name: _size(values[name]), reverse=True)


def _size(value: object) -> int:
    return len(orjson.dumps(value))
