"""The yardstick of sending: smtplib on one open connection, each message built on the way."""

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from smtplib import SMTP
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

from tracker.connectors.email.message import message
from tracker.connectors.letter import Letter
from tracker.kernel.mail import Mailbox

SENDER: Final = "tracker@localhost"


class BareMail:
    """Sends messages with the three parts of a letter of ours, and keeps no books."""

    def __init__(self, url: str, sample: Letter) -> None:
        parts = urlsplit(url)
        self._server = SMTP(parts.hostname or "", parts.port or 25)
        self._server.ehlo()
        raw = message(sample, Mailbox(SENDER), SENDER, at=datetime.fromtimestamp(0).astimezone())
        read = message_from_bytes(raw, policy=policy.default)
        contents = [part.get_content() for part in read.walk() if not part.is_multipart()]
        self._subject = sample.subject
        self._text, self._html = (str(content) for content in contents[:2])
        self._day = str(contents[2]) if len(contents) > 2 else ""

    def send(self, count: int, at: datetime) -> None:
        """Build and hand in so many."""
        for number in range(count):
            self._server.send_message(self._built(f"person{number}@example.org", at))

    def _built(self, recipient: str, at: datetime) -> EmailMessage:
        mail = EmailMessage()
        mail["Message-ID"] = f"<{uuid4()}@localhost>"
        mail["Date"] = format_datetime(at)
        mail["From"], mail["To"], mail["Subject"] = SENDER, recipient, self._subject
        mail["Auto-Submitted"] = "auto-generated"
        mail["List-Unsubscribe"] = f"<http://localhost/{uuid4()}>"
        mail.set_content(self._text)
        mail.add_alternative(self._html, subtype="html")
        if self._day:
            mail.add_attachment(self._day, subtype="calendar", filename="due.ics")
        return mail

    def close(self) -> None:
        """Hang up."""
        self._server.quit()
