"""A letter as the bytes of a mail (RFC 5322): text, HTML, and a day for the calendar. Pure.

Built by hand and only in ASCII: a mail costs a tenth of what the standard library takes, and passes
servers of any age. The same letter has the same Message-ID, however often it is sent.
"""

from binascii import b2a_qp
from datetime import datetime
from email.utils import format_datetime, formataddr
from functools import lru_cache
from typing import Final

from tracker.connectors.email.addresses import followed
from tracker.connectors.email.appointment import appointment
from tracker.connectors.email.headers import subject
from tracker.connectors.email.page import page
from tracker.connectors.email.plain_part import plain_part
from tracker.connectors.letter import Letter
from tracker.kernel.mail import Mailbox

_PART: Final = b"Content-Type: %b; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
_FILE: Final = b'Content-Disposition: attachment; filename="due.ics"\r\n'


def message(letter: Letter, sender: Mailbox, recipient: str, *, at: datetime) -> bytes:
    """The mail. ``recipient`` must be an address (``kernel.mail.is_mailbox``)."""
    mark = letter.id.hex.encode()
    readable = _readable(letter, b"=_a" + mark)
    body = _with_day(letter, readable, b"=_m" + mark, at=at) if letter.due else readable
    return _headers(letter, sender, recipient, at).encode() + body


def message_id(letter: Letter, sender: Mailbox) -> str:
    """What receivers, and we, know a letter by."""
    return f"<{letter.id}@{sender.domain}>"


def _headers(letter: Letter, sender: Mailbox, recipient: str, at: datetime) -> str:
    lines = [
        f"Message-ID: {message_id(letter, sender)}",
        f"Date: {format_datetime(at)}",
        f"From: {_from(sender)}",
        f"To: {recipient}",
        f"Subject: {subject(letter.subject)}",
        f"Content-Language: {letter.language}",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",  # Exchange answers what it takes for a person's mail
    ]
    if url := followed(letter.unsubscribe_url):
        lines.append(f"List-Unsubscribe:\r\n <{url}>")
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    lines.append("MIME-Version: 1.0\r\n")
    return "\r\n".join(lines)


@lru_cache(maxsize=16)
def _from(sender: Mailbox) -> str:
    return formataddr((sender.name, sender.address))


def _readable(letter: Letter, boundary: bytes) -> bytes:
    """The best form last (RFC 2046 §5.1.4)."""
    return _joined(
        b"alternative",
        boundary,
        _part(b"text/plain", plain_part(letter).replace("\n", "\r\n").encode()),
        _part(b"text/html", page(letter).encode()),
    )


def _with_day(letter: Letter, readable: bytes, boundary: bytes, *, at: datetime) -> bytes:
    assert letter.due
    day = _part(b"text/calendar", appointment(letter.due, at=at), _FILE)
    return _joined(b"mixed", boundary, readable, day)


def _part(kind: bytes, content: bytes, more: bytes = b"") -> bytes:
    return _PART % kind + more + b"\r\n" + _quoted(content)


def _quoted(content: bytes) -> bytes:
    """Quoted-printable. Soft ends of lines are as bare as the first end in the text was."""
    quoted = b2a_qp(content)
    return quoted if b"\r\n" in content else quoted.replace(b"\n", b"\r\n")


def _joined(kind: bytes, boundary: bytes, *parts: bytes) -> bytes:
    """In quoted-printable no line begins with a "=_" of its own: no part holds the boundary."""
    head = b'Content-Type: multipart/%b; boundary="%b"\r\n\r\n' % (kind, boundary)
    cut = b"--" + boundary
    return head + b"".join(b"%b\r\n%b\r\n" % (cut, part) for part in parts) + cut + b"--\r\n"
