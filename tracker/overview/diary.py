"""A plan as an iCalendar file (RFC 5545): all-day events that invite nobody. Pure.

One builder for previews, projects and feeds. What people wrote stays text, whatever it looks like.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from icalendar import Calendar, Event, vCategory, vDuration, vRecur, vText

from tracker.overview.entries import Entry

PRODUCT: Final = "-//community-tracker//plan//EN"
REFRESH: Final = timedelta(hours=1)
# RFC 5545 §3.3.11 knows no control character but the tab; half a surrogate pair is no character.
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
# What some reader takes for the end of a line; in a text it becomes the one that all agree on.
_ENDS: Final = re.compile("\r\n|[\r\x85\u2028\u2029]")
_ESCAPED: Final = (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n"))


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
