"""Mails, handed in over SMTP: what became of each, as sure as it can be known.

Connections are kept, and renewed before servers tire of them. A mail is handed in twice only where
nobody can know whether it was accepted; that is told as *unknown*, and left to the caller.
"""

import os
import ssl
from collections.abc import Iterator, Sequence
from datetime import datetime
from smtplib import SMTPServerDisconnected
from time import monotonic
from typing import Final

from tracker.connectors.email.message import message
from tracker.connectors.email.replies import LATER, SET_RIGHT, judged
from tracker.connectors.email.wire import GOING, REFUSAL, Closing, Connection, Reply, Unreachable
from tracker.connectors.letter import Answer, Outcome, Parcel
from tracker.kernel.clock import utcnow
from tracker.kernel.mail import Mailbox, MailServer, is_mailbox, transport_form

TOTAL_SECONDS: Final = 15.0
# After one mail that took all its time the next get a part of it: a call has to end in a lease.
_HURRY: Final = 4
_OLDEST_SECONDS: Final = 300.0
_IDLE_SECONDS: Final = 20.0  # many servers hang up after 30
_STAGES: Final = ("MAIL", "RCPT", "DATA")
_OK: Final = range(200, 300)


class EmailCarrier:
    """Hands letters in at one mail server; safe to use from many threads."""

    def __init__(
        self,
        server: MailServer,
        sender: Mailbox,
        *,
        tls: ssl.SSLContext | None = None,
        seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._server, self._sender, self._seconds = server, sender, seconds
        self._tls = tls or ssl.create_default_context()
        self._rested: list[tuple[int, Connection]] = []  # each with the process that opened it

    def deliver(self, parcels: Sequence[Parcel]) -> list[Answer]:
        """Hand in each; answers in the same order. Takes 20 seconds where nothing answers."""
        answers: list[Answer] = []
        seconds, at = self._seconds, utcnow()
        for parcel in parcels:
            deadline = monotonic() + seconds
            try:
                answers.append(self._deliver(parcel, deadline, at=at))
            except Unreachable as error:
                # No letter is to blame, so none is tried any more.
                wait = SET_RIGHT if error.is_ours else None
                away = Answer(outcome=Outcome.DEFERRED, detail=str(error), retry_in=wait)
                answers += [away] * (len(parcels) - len(answers))
                break
            if monotonic() >= deadline:
                if seconds < self._seconds:
                    slow = Answer(outcome=Outcome.DEFERRED, detail="the server does not answer")
                    answers += [slow] * (len(parcels) - len(answers))
                    break
                seconds /= _HURRY
        return answers

    def check(self) -> None:
        """Say hello and log in, and hand nothing in. Raises Unreachable."""
        Connection(self._server, self._tls, deadline=monotonic() + self._seconds).close()

    def close(self) -> None:
        """Hang up."""
        while self._rested:
            self._rested.pop()[1].close()

    def _deliver(self, parcel: Parcel, deadline: float, *, at: datetime) -> Answer:
        address = transport_form(parcel.address)
        if not is_mailbox(address):
            return Answer(outcome=Outcome.GONE, detail="not an address")
        content = message(parcel.letter, self._sender, address, at=at)
        commands = _commands(self._sender.address, address)
        for connection in self._connections(deadline):
            if not address.isascii() and not connection.has_utf8:
                self._rest(connection)
                return Answer(outcome=Outcome.REFUSED, detail="SMTPUTF8 is not offered")
            try:
                replies = connection.open_data(commands)
            except SMTPServerDisconnected:
                continue  # a rested one may have been hung up long ago
            answer = _finished(connection, replies, content)
            self._rest(connection)
            return answer
        return Answer(outcome=Outcome.DEFERRED, detail="lost before DATA")

    def _connections(self, deadline: float) -> Iterator[Connection]:
        """One that has rested, if there is any, then one that is new."""
        while self._rested:
            owner, connection = self._rested.pop()
            if owner == os.getpid() and _is_fresh(connection):
                connection.until(deadline)
                yield connection
                break
            connection.close()
        yield Connection(self._server, self._tls, deadline=deadline)

    def _rest(self, connection: Connection) -> None:
        if connection.is_open:
            connection.used_at = monotonic()
            self._rested.append((os.getpid(), connection))


def _is_fresh(connection: Connection) -> bool:
    now = monotonic()
    is_young = now - connection.opened_at < _OLDEST_SECONDS
    return is_young and now - connection.used_at < _IDLE_SECONDS


def _commands(sender: str, recipient: str) -> tuple[bytes, ...]:
    unusual = "" if recipient.isascii() else " BODY=8BITMIME SMTPUTF8"
    return (
        f"MAIL FROM:<{sender}>{unusual}".encode(),
        f"RCPT TO:<{recipient}>".encode(),
        b"DATA",
    )


def _finished(connection: Connection, replies: Sequence[Reply], content: bytes) -> Answer:
    """What becomes of a mail after its first commands. Only its end hands it in."""
    for stage, (code, said) in zip(_STAGES, replies, strict=False):
        if not 0 < code < REFUSAL or (stage == "DATA" and code != GOING):
            connection.reset()
            return judged(stage, code, said)
    try:
        connection.send_data(content)
    except SMTPServerDisconnected:
        return Answer(outcome=Outcome.DEFERRED, detail="lost before the end of the mail")
    try:
        code, said = connection.reply()
    except Closing:
        return Answer(outcome=Outcome.DEFERRED, detail="421 at END", retry_in=LATER)
    except SMTPServerDisconnected:
        return Answer(outcome=Outcome.UNKNOWN, detail="lost after the end of the mail")
    if code in _OK:
        return Answer(outcome=Outcome.ACCEPTED, detail=str(code))
    return judged("END", code, said)
