"""A mail server of the tests' own that does what it is told: takes, refuses, hangs, or dies.

In a thread of the test (``start_mailbox``), or as a process that notes each mail in a file:
``python -m tests.servers.smtp PORT FILE [--dedupe] [--fault KIND:SHARE …]``.
"""

import argparse
import asyncio
import json
import ssl
import threading
from base64 import b64encode
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from random import Random
from time import time
from typing import Final

from tests.servers.home import LOOPBACK

# Faults. A stage (mail, rcpt, data, end), then what happens there: a reply, or one of these words.
CLOSE: Final = "close"  # hangs up instead of a reply
HANG: Final = "hang"  # says nothing any more
TAKE_AND_CLOSE: Final = "take-and-close"  # at the end: has the mail, and dies before it says so
_LIMIT: Final = 16 * 1024 * 1024


@dataclass(frozen=True)
class Fault:
    """At ``stage`` answer ``reply`` (a line such as ``450 4.7.1 later``) or do what it says."""

    stage: str
    reply: str


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail that was taken. ``at`` is in seconds since 1970."""

    message_id: str
    recipient: str
    at: float
    content: bytes = field(repr=False)

    @property
    def parsed(self) -> EmailMessage:
        """As a mail client reads it."""
        return message_from_bytes(self.content, policy=policy.default)


@dataclass(kw_only=True)
class Mailbox:
    """Everything that a test says to the server and hears of it."""

    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    faults: deque[Fault | None] = field(default_factory=deque)  # one for each mail to come
    by_recipient: dict[str, Fault] = field(default_factory=dict)  # for every mail to somebody
    always: Fault | None = None
    dedupes: bool = False  # an id that is known is taken, and not kept again
    extensions: tuple[str, ...] = ("PIPELINING", "8BITMIME", "SMTPUTF8")
    tls: ssl.SSLContext | None = None  # offers STARTTLS
    login: tuple[str, str] | None = None
    greeting: str = "220 a mailbox of the tests"
    connections: int = 0
    commands: list[str] = field(default_factory=list)  # without what was in the mails
    ledger: Path | None = None
    shares: Mapping[Fault, float] = field(default_factory=dict)  # how often, of a process
    known: set[str] = field(default_factory=set)
    dice: Random = field(default_factory=lambda: Random(4))

    @property
    def url(self) -> str:
        """For TRACKER_SMTP_URL."""
        return f"smtp://{LOOPBACK}:{self.port}"

    def fault_for(self, recipient: str) -> Fault | None:
        """What is to happen to a mail."""
        if self.faults:
            return self.faults.popleft()
        for fault, share in self.shares.items():
            if self.dice.random() < share:
                return fault
        return self.by_recipient.get(recipient, self.always)

    def stages_to_come(self) -> set[str]:
        """Where the next mail may fail, whoever it is for."""
        faults = (self.faults[0] if self.faults else self.always, *self.shares)
        return {fault.stage for fault in faults if fault}

    def take(self, recipient: str, content: bytes) -> None:
        """Have a mail: for ever, once this returns."""
        mail = Mail(
            message_id=_header(content, b"message-id"),
            recipient=recipient,
            at=time(),
            content=content,
        )
        is_known = mail.message_id in self.known
        self.known.add(mail.message_id)
        if is_known and self.dedupes:
            return
        if self.ledger is None:
            self.mails.append(mail)
            return
        row = {name: value for name, value in asdict(mail).items() if name != "content"}
        with self.ledger.open("a") as file:
            file.write(f"{json.dumps(row)}\n")


def _header(content: bytes, name: bytes) -> str:
    for line in content.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        key, _, value = line.partition(b":")
        if key.lower() == name:
            return value.strip().decode("ascii", "replace")
    return ""


class _Over(Exception):
    """This conversation has ended."""


class _Conversation:
    """One connection, from the greeting on."""

    def __init__(
        self, mailbox: Mailbox, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._box, self._reader, self._writer = mailbox, reader, writer
        self._recipient: str | None = None
        self._fault: Fault | None = None
        self._is_told = False  # whether this mail's fault has been chosen
        self._is_in = False

    async def run(self) -> None:
        """Answer until it is over."""
        self._box.connections += 1
        self._say(self._box.greeting)
        try:
            with suppress(
                _Over, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError
            ):
                while True:
                    line = (await self._reader.readuntil(b"\n")).rstrip(b"\r\n").decode()
                    self._box.commands.append(line)
                    await self._answer(line)
        finally:
            self._writer.close()

    async def _answer(self, line: str) -> None:
        word = line.split(" ", 1)[0].upper()
        match word:
            case "EHLO":
                self._hello()
            case "HELO" | "RSET" | "NOOP":
                self._forget()
                self._say("250 fine")
            case "STARTTLS" if self._box.tls:
                self._say("220 go on")
                await self._writer.drain()
                await self._writer.start_tls(self._box.tls)
            case "AUTH":
                await self._check(line)
            case "QUIT":
                self._say("221 bye")
                raise _Over
            case "MAIL" | "RCPT" | "DATA":
                await self._step(word, line)
            case _:
                self._say("502 unknown here")

    def _hello(self) -> None:
        has_tls = self._writer.get_extra_info("sslcontext") is not None
        told = list(self._box.extensions)
        told += ["STARTTLS"] if self._box.tls and not has_tls else []
        told += ["AUTH PLAIN"] if self._box.login else []
        for extension in told:
            self._say(f"250-{extension}")
        self._say("250 HELP")

    async def _check(self, line: str) -> None:
        user, password = self._box.login or ("", "")
        said = line.rpartition(" ")[2]
        is_right = said == _plain(user, password)
        self._is_in = is_right
        self._say("235 welcome" if is_right else "535 5.7.8 no")

    async def _step(self, word: str, line: str) -> None:
        if self._box.login and not self._is_in:
            self._say("530 5.7.0 log in first")
            return
        if word == "RCPT":
            self._recipient = line[line.index("<") + 1 : line.rindex(">")]
            self._choose()
        elif word == "MAIL" and "mail" in self._box.stages_to_come():
            self._choose()
        if await self._is_faulty(word.lower()):
            if word == "RCPT":
                self._recipient = None
        elif word != "DATA":
            self._say("250 fine")
        elif self._recipient is None:
            self._say("554 5.5.1 nobody to send it to")
        else:
            await self._data()

    def _choose(self) -> None:
        if not self._is_told:
            self._fault = self._box.fault_for(self._recipient or "")
            self._is_told = True

    async def _is_faulty(self, stage: str) -> bool:
        """Whether something else has been said, or done, than what is usual here."""
        if self._fault is None or self._fault.stage != stage:
            return False
        reply = self._fault.reply
        if reply == HANG:
            await self._reader.read(-1)
        if reply in (HANG, CLOSE, TAKE_AND_CLOSE):
            raise _Over
        self._say(reply)
        if reply.startswith("421"):
            raise _Over
        return True

    async def _data(self) -> None:
        self._say("354 go on")
        content = await self._reader.readuntil(b"\r\n.\r\n")
        content = content[:-3].replace(b"\r\n..", b"\r\n.")
        recipient = self._recipient or ""
        if self._fault and self._fault == Fault("end", TAKE_AND_CLOSE):
            self._box.take(recipient, content)
        if not await self._is_faulty("end"):
            self._box.take(recipient, content)
            self._say("250 2.0.0 have it")
        self._forget()

    def _forget(self) -> None:
        self._recipient, self._fault, self._is_told = None, None, False

    def _say(self, line: str) -> None:
        self._writer.write(line.encode() + b"\r\n")


def _plain(user: str, password: str) -> str:
    joined = f"\0{user}\0{password}".encode()
    return b64encode(joined).decode()


async def _serve(mailbox: Mailbox) -> asyncio.Server:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _Conversation(mailbox, reader, writer).run()

    server = await asyncio.start_server(talk, LOOPBACK, mailbox.port, limit=_LIMIT)
    mailbox.port = server.sockets[0].getsockname()[1]
    return server


@contextmanager
def start_mailbox(**given: object) -> Iterator[Mailbox]:
    """A mail server in a thread, until the end of the block."""
    mailbox = Mailbox(**given)  # type: ignore[arg-type]  # a test's own spelling
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(_serve(mailbox))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield mailbox
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)  # sockets are let go on the next turn


def _fault(text: str) -> tuple[Fault, float]:
    """``end/450 later=0.1``: at the end of one mail in ten."""
    what, _, share = text.rpartition("=")
    stage, _, reply = what.partition("/")
    return Fault(stage, reply), float(share)


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--dedupe", action="store_true")
    parser.add_argument("--fault", action="append", default=[], type=_fault)
    parser.add_argument("--seed", type=int, default=4)
    given = parser.parse_args()
    mailbox = Mailbox(
        port=given.port,
        ledger=given.ledger,
        dedupes=given.dedupe,
        shares=dict(given.fault),
        dice=Random(given.seed),
    )
    if given.ledger.exists():
        rows = given.ledger.read_text().splitlines()
        mailbox.known = {json.loads(row)["message_id"] for row in rows}
    asyncio.run(_forever(mailbox))


async def _forever(mailbox: Mailbox) -> None:
    async with await _serve(mailbox) as server:
        await server.serve_forever()


if __name__ == "__main__":
    main()
