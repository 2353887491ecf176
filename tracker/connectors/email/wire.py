"""One connection to a mail server, with an end to every wait and TLS before anything is said."""

import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from io import BufferedReader, RawIOBase
from time import monotonic
from typing import Any, Final

from tracker.kernel.mail import MailServer

CONNECT_SECONDS: Final = 3.0
_LEAST: Final = 0.05
_READY: Final = 220
GOING: Final = 354
REFUSAL: Final = 400
_SERVICE_CLOSES: Final = 421

Reply = tuple[int, bytes]


class Unreachable(Exception):
    """Nothing was handed in, and no mail is to blame. The text holds no address."""

    def __init__(self, detail: str, *, is_ours: bool = False) -> None:
        self.is_ours = is_ours  # something to set right: trying again soon is of no use
        super().__init__(detail)


class Closing(smtplib.SMTPServerDisconnected):
    """The server has said that it hangs up: what was asked for is not done."""


class _Wire(smtplib.SMTP):
    """``smtplib`` waits anew for each byte; here all that is said until ``deadline`` has to fit."""

    deadline = 0.0

    def getreply(self) -> Reply:
        """The next reply. Raises SMTPServerDisconnected when it is not there in time."""
        if self.file is None and self.sock is not None:
            self.file = BufferedReader(_UntilDeadline(self))
        return super().getreply()

    def send(self, s: Any) -> None:
        """Send all of it in time."""
        if self.sock is not None:
            self.sock.settimeout(self.left())
        super().send(s)

    def left(self) -> float:
        """Seconds that are left; never 0, which would mean not to wait at all."""
        return max(self.deadline - monotonic(), _LEAST)


class _TlsWire(_Wire, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte on."""


class _UntilDeadline(RawIOBase):
    """What the socket says, as long as there is time."""

    def __init__(self, wire: _Wire) -> None:
        self._wire = wire

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Wait for some bytes."""
        sock = self._wire.sock
        if sock is None or monotonic() >= self._wire.deadline:
            raise TimeoutError
        sock.settimeout(self._wire.left())
        count: int = sock.recv_into(buffer)
        return count


class Connection:
    """A connection that is ready to take mails. Raises Unreachable where there is none to have."""

    def __init__(self, server: MailServer, tls: ssl.SSLContext, *, deadline: float) -> None:
        self.opened_at = self.used_at = monotonic()
        self._wire = _dial(server, tls, deadline)
        try:
            self._greet(server, tls)
        except smtplib.SMTPAuthenticationError as error:
            raise self._given_up(f"login refused ({error.smtp_code})", is_ours=True) from error
        except smtplib.SMTPNotSupportedError as error:
            raise self._given_up("a login is not offered", is_ours=True) from error
        except smtplib.SMTPResponseException as error:
            raise self._given_up(f"greeted with {error.smtp_code}") from error
        except ssl.SSLCertVerificationError as error:
            raise self._given_up("its certificate is not good", is_ours=True) from error
        except (smtplib.SMTPException, OSError) as error:
            raise self._given_up("lost while greeting") from error

    def _greet(self, server: MailServer, tls: ssl.SSLContext) -> None:
        wire = self._wire
        wire.local_hostname = _own_name(wire)
        wire.ehlo_or_helo_if_needed()
        if server.has_starttls:
            # A server, or whoever sits before it, that does not offer it must not see the mail.
            if not wire.has_extn("starttls"):
                raise self._given_up("STARTTLS is not offered", is_ours=True)
            code, _ = wire.starttls(context=tls)
            if code != _READY:
                raise self._given_up(f"STARTTLS refused ({code})")
            wire.ehlo_or_helo_if_needed()
        if server.user is not None:
            wire.login(server.user, server.password)

    def _given_up(self, detail: str, *, is_ours: bool = False) -> Unreachable:
        self.close()
        return Unreachable(detail, is_ours=is_ours)

    @property
    def has_utf8(self) -> bool:
        """Whether addresses may hold more than ASCII (RFC 6531)."""
        return self._wire.has_extn("smtputf8")

    @property
    def is_open(self) -> bool:
        """Whether nobody has hung up, as far as we know."""
        return self._wire.sock is not None

    @property
    def is_late(self) -> bool:
        """Whether the time that was given is over."""
        return monotonic() >= self._wire.deadline

    def until(self, deadline: float) -> None:
        """All that follows has to be over by then."""
        self._wire.deadline = deadline

    def open_data(self, commands: Sequence[bytes]) -> list[Reply]:
        """Say MAIL, RCPT and DATA, at once where the server can (RFC 2920); replies so far.

        Nothing has been handed in by then. Raises SMTPServerDisconnected.
        """
        if not self._wire.has_extn("pipelining"):
            return self._one_by_one(commands)
        self._wire.send(b"\r\n".join((*commands, b"")))
        replies = [self.reply() for _ in commands]
        if replies[-1][0] == GOING and any(code >= REFUSAL for code, _ in replies):
            self.send_data(b"")  # nobody is to have it: an empty mail ends what was begun
            self.reply()
        return replies

    def _one_by_one(self, commands: Sequence[bytes]) -> list[Reply]:
        replies: list[Reply] = []
        for command in commands:
            self._wire.send(command + b"\r\n")
            replies.append(self.reply())
            if replies[-1][0] >= REFUSAL:
                break
        return replies

    def send_data(self, content: bytes) -> None:
        """Send a mail to its end. Raises SMTPServerDisconnected if its end was never sent."""
        self._wire.send(content.replace(b"\r\n.", b"\r\n..") + b".\r\n")

    def reply(self) -> Reply:
        """What the server says next. Raises SMTPServerDisconnected when it says nothing."""
        try:
            code, said = self._wire.getreply()
        except smtplib.SMTPResponseException:  # a line without an end
            raise smtplib.SMTPServerDisconnected("no reply") from None
        if code == _SERVICE_CLOSES:
            self.close()
            raise Closing
        return code, said

    def reset(self) -> None:
        """Forget a mail that came to nothing; hang up where that does not work."""
        with suppress(smtplib.SMTPException, OSError):
            if self.is_open and self._wire.rset()[0] == 250:  # noqa: PLR2004 - "OK"
                return
        self.close()

    def close(self) -> None:
        """Hang up, without a word: nobody is to be waited for."""
        self._wire.close()


def _dial(server: MailServer, tls: ssl.SSLContext, deadline: float) -> _Wire:
    wait = min(CONNECT_SECONDS, max(deadline - monotonic(), _LEAST))
    # With a name given, smtplib asks no name server for ours.
    wire = (
        _TlsWire(local_hostname="localhost", timeout=wait, context=tls)
        if server.is_tls
        else _Wire(local_hostname="localhost", timeout=wait)
    )
    wire.deadline = deadline
    # TLS checks the certificate against this name, which connect() leaves empty.
    wire._host = server.host  # type: ignore[attr-defined] # noqa: SLF001
    try:
        code, _ = wire.connect(server.host, server.port)
    except ssl.SSLCertVerificationError as error:
        wire.close()
        raise Unreachable("its certificate is not good", is_ours=True) from error
    except (smtplib.SMTPException, OSError) as error:
        wire.close()
        raise Unreachable(f"no connection ({type(error).__name__})") from error
    if code != _READY:
        wire.close()
        raise Unreachable(f"greeted with {code}")
    return wire


def _own_name(wire: _Wire) -> str:
    """The address from which we come, as RFC 5321 §4.1.3 has it for those without a name."""
    address: str = wire.sock.getsockname()[0]  # type: ignore[union-attr]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
