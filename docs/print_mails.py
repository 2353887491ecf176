# ruff: noqa: INP001, T201 - a script to read and to run beside the pages, not a package
"""A mailbox for trying things out: takes every mail and prints it, as its reader would see it.

    python3 docs/print_mails.py [PORT]

and, for the tracker, `TRACKER_SMTP_URL=smtp://127.0.0.1:2525`. It keeps nothing, sends nothing on,
listens on this machine alone, and needs nothing but Python.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Final

PORT: Final = 2525
LONGEST: Final = 10 * 1024 * 1024
LINE: Final = "─" * 72
ANSWERS: Final = {"DATA": "354 go on", "QUIT": "221 bye"}


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection: say yes to everything, and print each mail."""
    writer.write(b"220 a mailbox that prints\r\n")
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            word = (await reader.readuntil(b"\r\n"))[:4].decode("ascii", "replace").upper()
            writer.write(f"{ANSWERS.get(word, '250 fine')}\r\n".encode())
            if word == "QUIT":
                break
            if word == "DATA":
                content = await reader.readuntil(b"\r\n.\r\n")
                show(content[:-3].replace(b"\r\n..", b"\r\n."))
                writer.write(b"250 printed\r\n")
    writer.close()


def show(content: bytes) -> None:
    """Print a mail."""
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    print("\n".join(lines(mail)), flush=True)


def lines(mail: EmailMessage) -> Iterator[str]:
    """Who writes to whom, about what; the text; the names of what is attached."""
    yield LINE
    for name in ("From", "To", "Subject", "Message-ID"):
        yield f"{name}: {mail[name]}"
    yield ""
    text = mail.get_body(("plain",))
    yield "\n".join(str(text.get_content()).splitlines()).rstrip() if text else "(no text)"
    for part in mail.iter_attachments():
        yield f"[{part.get_filename()}]"


async def serve(port: int) -> None:
    """Take mails until stopped."""
    async with await asyncio.start_server(talk, "127.0.0.1", port, limit=LONGEST) as server:
        print(f"Mails to smtp://127.0.0.1:{port} are printed here. Ctrl-C ends it.", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else PORT))
