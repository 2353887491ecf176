"""A plan as an iCalendar file (RFC 5545): all-day events that invite nobody. Pure.

One builder for previews, projects and feeds. What people wrote stays text, whatever it looks like.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from icalendar import Calendar, Event, vCategory, vDuration, vRecur, vText

PRODUCT: Final = "-//community-tracker//plan//EN"
REFRESH: Final = timedelta(hours=1)
# RFC 5545 §3.3.11 knows no control character but the tab; half a surrogate pair is no character.
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
# What some reader takes for the end of a line; in a text it becomes the one that all agree on.
_ENDS: Final = re.compile("\r\n|[\r\x85\u2028\u2029]")
_ESCAPED: Final = (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event, on all days from ``first`` to ``last``. ``changed_at`` is when it became so."""

    uid: str
    title: str
    text: str
    first: date
    last: date
    changed_at: datetime
    sequence: int = 0  # grows whenever something of it changes
    status: str = "CONFIRMED"  # or TENTATIVE, CANCELLED
    categories: tuple[str, ...] = ()
    url: str | None = None
    rrule: str | None = None
    until: date | None = None


class Plain(vText):
    """A text. The library's own turns a backslash and an N into the end of a line."""

    def to_ical(self) -> bytes:
        """Escaped as §3.3.11 says."""
        said = str(self)
        for letter, written in _ESCAPED:
            said = said.replace(letter, written)
        return said.encode()


class Categories(vCategory):
    """Names, each escaped as a text of its own."""

    def to_ical(self) -> bytes:
        """The names, one comma between two of them."""
        return b",".join(Plain(name).to_ical() for name in self.cats)


def plain(said: str) -> Plain:
    """``said`` without what no calendar can hold."""
    return Plain(_CONTROLS.sub("\ufffd", _ENDS.sub("\n", said)))


def diary(name: str, entries: Iterable[Entry], *, refreshes: bool = False) -> bytes:
    """The calendar. It has no METHOD: it is published, and asks for no answer.

    ``refreshes`` tells readers to ask again every hour (RFC 7986 §5.7).
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for key in ("name", "x-wr-calname"):
        calendar[key] = plain(name)
    if refreshes:
        calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", vDuration(REFRESH))
    for entry in entries:
        calendar.add_component(_event(entry))
    content: bytes = calendar.to_ical()
    return content


def _event(entry: Entry) -> Event:
    event = Event()
    event["uid"] = plain(entry.uid)
    event["summary"] = plain(entry.title)
    event["description"] = plain(entry.text)
    event.add("dtstart", entry.first)
    # All-day events end on the day after their last one (§3.6.1).
    event.add("dtend", entry.last + timedelta(days=1))
    event.add("dtstamp", entry.changed_at)  # without a METHOD it is when the event was revised
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.sequence)
    event.add("status", entry.status)
    event.add("transp", "TRANSPARENT")  # a plan must not show people as busy for weeks
    if entry.categories:
        event["categories"] = Categories([plain(name) for name in entry.categories])
    if entry.url:
        event.add("url", entry.url)
    if entry.rrule:
        event.add("rrule", _recurrence(entry.rrule, entry.until))
    return event


def _recurrence(rrule: str, until: date | None) -> vRecur:
    """UNTIL is a day because DTSTART is one (§3.3.10)."""
    rule: vRecur = vRecur.from_ical(rrule)
    if until:
        rule["UNTIL"] = [until]
    return rule


_MARKS: Final[Mapping[str, str]] = {"done": "✓ ", "blocked": "⚠ "}
_TASKS: Final[Mapping[str, str]] = {"blocked": "TENTATIVE", "not_applicable": "CANCELLED"}
_OPEN_GATES: Final = ("passed", "conditional", "waived")


def task_entry(
    task: Mapping[str, Any],
    *,
    uid: str,
    categories: tuple[str, ...],
    changed_at: datetime,
    url: str | None = None,
) -> Entry:
    """A task of a timeline. A ritual is one event that comes back until its last day."""
    status, recurring = task.get("status", "todo"), task["recurring"] or {}
    until = recurring.get("until")
    return Entry(
        uid=uid,
        title=f"{_MARKS.get(status, '')}{task['title']}",
        text=_joined(task["description"], _steps(task), task.get("notes"), task.get("why")),
        first=_day(task["start_on"]),
        last=_day(task["due_on"]),
        changed_at=changed_at,
        sequence=task.get("version", 1) - 1,
        status=_TASKS.get(status, "CONFIRMED"),
        categories=categories,
        url=url,
        rrule=recurring.get("rrule"),
        until=_day(until) if until else None,
    )


def gate_entry(
    gate: Mapping[str, Any],
    *,
    uid: str,
    categories: tuple[str, ...],
    changed_at: datetime,
    url: str | None = None,
) -> Entry:
    """A gate of a timeline, on the day on which it is to be decided."""
    criteria = "\n".join(f"• {criterion['title']}" for criterion in gate["criteria"])
    is_settled = gate.get("state", "pending") in _OPEN_GATES
    return Entry(
        uid=uid,
        title=f"{'✓ ' if is_settled else ''}◆ {gate['title']}",
        text=_joined(gate["description"], criteria),
        first=_day(gate["on"]),
        last=_day(gate["on"]),
        changed_at=changed_at,
        sequence=gate.get("version", 1) - 1,
        status="CONFIRMED" if is_settled or "state" not in gate else "TENTATIVE",
        categories=categories,
        url=url,
    )


def _steps(task: Mapping[str, Any]) -> str:
    return "\n".join(
        f"{'✓' if step.get('done_at') else '•'} {step['title']}" for step in task["steps"]
    )


def _joined(*parts: str | None) -> str:
    return "\n\n".join(part for part in parts if part)


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
