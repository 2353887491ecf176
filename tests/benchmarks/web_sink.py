"""A web server that takes everything: `python -m tests.benchmarks.web_sink PORT`.

As fast as one can be in Python. The first word of a path is how many milliseconds it thinks:
`/0/…` answers at once, `/50/…` later, `/hang/…` never.
"""

import asyncio
import sys
from typing import Final, cast

from tests.servers.home import LOOPBACK

FINE: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
HEAD_ENDS: Final = b"\r\n\r\n"
HANG: Final = b"hang"


class Conversation(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self.rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self.rest += data
        head, found, body = self.rest.partition(HEAD_ENDS)
        if not found:
            return
        lower = head.lower()
        place = lower.find(b"content-length:")
        length = int(lower[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
        if len(body) < length:
            return
        self.rest = body[length:]
        self._answer(head.split(b"/", 2)[1])

    def _answer(self, word: bytes) -> None:
        if word == b"0":
            self.transport.write(FINE)
        elif word != HANG:
            loop = asyncio.get_running_loop()
            loop.call_later(int(word) / 1000, self.transport.write, FINE)


async def serve(port: int) -> None:
    """Until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Conversation, LOOPBACK, port, backlog=512)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
