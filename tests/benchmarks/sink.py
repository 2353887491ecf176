"""A mail server that takes everything at once: `python -m tests.benchmarks.sink PORT`.

As fast as one can be in Python, so that what is measured is the one who sends.
"""

import asyncio
import sys
from typing import Final, cast

from tests.servers.home import LOOPBACK

END: Final = b"\r\n.\r\n"
GREETING: Final = b"220 a sink\r\n"
HELLO: Final = b"250-sink\r\n250-PIPELINING\r\n250-SMTPUTF8\r\n250 8BITMIME\r\n"
GO_ON, HAVE_IT, FINE, BYE = (
    f"{line}\r\n".encode() for line in ("354 go on", "250 2.0.0 have it", "250 fine", "221 bye")
)


class Conversation(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self.rest, self.has_begun = b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.transport.write(GREETING)

    def data_received(self, data: bytes) -> None:
        self.rest += data
        while self.has_begun or b"\n" in self.rest:
            if not self._take():
                return

    def _take(self) -> bool:
        """One line, or one mail; whether it was all there."""
        if self.has_begun:
            _mail, end, rest = self.rest.partition(END)
            if not end:
                return False
            self.rest, self.has_begun = rest, False
            self.transport.write(HAVE_IT)
            return True
        line, _, self.rest = self.rest.partition(b"\n")
        word = line[:4].upper()
        self.has_begun = word == b"DATA"
        self.transport.write({b"EHLO": HELLO, b"DATA": GO_ON, b"QUIT": BYE}.get(word, FINE))
        return True


async def serve(port: int) -> None:
    """Until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Conversation, LOOPBACK, port)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
