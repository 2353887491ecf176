"""Events that other programs push, judged one by one. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, get_args

from tracker.connectors.figures import Event, EventKind, Role
from tracker.kernel.texts import Sentence
from tracker.metrics.reading_rows import Refused
from tracker.web.fields import UNPRINTABLE

_KINDS: Final = get_args(EventKind)
_ROLES: Final = get_args(Role)
_NEEDED: Final = ("source_id", "kind", "at")
_TEXTS: Final = ("source_id", "actor", "parent", "root", "channel")
_FIELDS: Final = frozenset({*_NEEDED, *_TEXTS, "role", "weight"})
_LONGEST: Final = 200
_MOST_WEIGHT: Final = 1000
_AHEAD: Final = timedelta(minutes=10)  # clocks differ
_NOT_SO: Final = Sentence(
    en="“{name}” is missing, unknown or not as it should be; an event has {fields}.",
    fr="« {name} » manque, est inconnu ou n'est pas comme il faut ; un événement a {fields}.",
)


def read_event(row: Any, *, now: datetime) -> Event:
    """One event. Raises Refused."""
    if not isinstance(row, dict):
        raise _wrong("event")
    for name in (*row.keys() - _FIELDS, *(n for n in _NEEDED if row.get(n) in (None, ""))):
        raise _wrong(str(name)[:60])
    texts = {name: _text(row, name) for name in _TEXTS}
    if row["kind"] not in _KINDS:
        raise _wrong("kind")
    if row.get("role", "member") not in _ROLES:
        raise _wrong("role")
    return Event(
        source_id=texts["source_id"] or "",
        kind=row["kind"],
        at=_instant(row["at"], now),
        actor=texts["actor"],
        role=row.get("role", "member"),
        parent=texts["parent"],
        root=texts["root"],
        channel=texts["channel"],
        weight=_weight(row),
    )


def _wrong(name: str) -> Refused:
    return Refused(_NOT_SO, name=UNPRINTABLE.sub("", name), fields=", ".join(sorted(_FIELDS)))


def _text(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST or UNPRINTABLE.search(value):
        raise _wrong(name)
    return value


def _instant(value: Any, now: datetime) -> datetime:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or at > now + _AHEAD or at.year < 2000:  # noqa: PLR2004
        raise _wrong("at")
    return at.astimezone(UTC)


def _weight(row: Mapping[str, Any]) -> float:
    value = row.get("weight", 1)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= _MOST_WEIGHT:
        raise _wrong("weight")
    return float(value)
