"""A day for the reader's calendar: one all-day event (RFC 5545) that invites nobody. Pure.

Written by hand: with a library it would cost more than the whole mail around it.
"""

from datetime import datetime, timedelta
from typing import Final

from tracker.connectors.letter import Due
from tracker.kernel.plain import line

_ESCAPES: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,"})
_OCTETS: Final = 75


def appointment(due: Due, *, at: datetime) -> bytes:
    """The calendar with its one event; it has no METHOD, since it asks for no answer."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//community-tracker//reminder//EN",
        "CALSCALE:GREGORIAN",
        "BEGIN:VEVENT",
        f"UID:{_text(due.uid)}",
        f"DTSTAMP:{at:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{due.on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{due.on + timedelta(days=1):%Y%m%d}",
        f"SEQUENCE:{due.sequence}",
        f"SUMMARY:{_text(due.title)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return b"".join(_folded(one) for one in lines)


def _text(said: str) -> str:
    return line(said).translate(_ESCAPES)


def _folded(one: str) -> bytes:
    """Cut after 75 octets at most, never within a character (§3.1)."""
    written = one.encode()
    parts = []
    while len(written) > _OCTETS:
        end = _OCTETS
        while written[end] & 0xC0 == 0x80:  # noqa: PLR2004 - a byte that continues a character
            end -= 1
        parts.append(written[:end])
        written = b" " + written[end:]
    return b"".join(part + b"\r\n" for part in (*parts, written))
