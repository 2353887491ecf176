"""A small and fast web server for fakes: on loopback, on a thread of its own, connections kept."""

import asyncio
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any, Protocol, cast
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson


@dataclass(frozen=True)
class Asked:
    """One request, taken apart. ``parts`` are those of the path, decoded each by itself."""

    method: str
    path: str
    parts: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: Any = None
    raw: bytes = b""  # the body as it came: signatures are over this


@dataclass
class Told:
    """One answer. ``body`` is what JSON is made of; bytes are said as they are."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0  # seconds
    breaks_off_after: int | None = None  # bytes

    def encoded(self) -> bytes:
        body = self.body if isinstance(self.body, bytes) else orjson.dumps(self.body)
        if self.body is None:
            body = b""
        usual = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        lines = [f"{name}: {value}" for name, value in (usual | self.headers).items()]
        head = "\r\n".join([f"HTTP/1.1 {self.status} As told", *lines, "", ""]).encode()
        return head + body[: self.breaks_off_after]


class Vendor(Protocol):
    """A platform, as far as it is played."""

    def answer(self, asked: Asked) -> Told: ...


@dataclass
class Remembering:
    """A vendor who says the same again without thinking: for measuring those who ask."""

    vendor: Vendor
    said: dict[tuple[str, str], Told] = field(default_factory=dict)

    def answer(self, asked: Asked) -> Told:
        key = (asked.path, repr(asked.query))
        if key not in self.said:
            told = self.vendor.answer(asked)
            told.body = orjson.dumps(told.body)
            self.said[key] = told
        return self.said[key]


class _Conversation(asyncio.Protocol):
    def __init__(self, vendor: Vendor, open_ones: set[asyncio.Transport]) -> None:
        self.vendor, self.rest, self.open_ones = vendor, b"", open_ones

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.open_ones.add(self.transport)

    def connection_lost(self, _reason: Exception | None) -> None:
        self.open_ones.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        self.rest += data
        while request := self._one():
            told = self.vendor.answer(request)
            if told.delay:
                asyncio.get_running_loop().call_later(told.delay, self._tell, told)
            else:
                self._tell(told)

    def _tell(self, told: Told) -> None:
        if not self.transport.is_closing():
            self.transport.write(told.encoded())
            if told.breaks_off_after is not None:
                self.transport.close()

    def _one(self) -> Asked | None:
        head, end, rest = self.rest.partition(b"\r\n\r\n")
        if not end:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return None
        self.rest = rest[length:]
        method, target, _version = first.split(" ")
        url = urlsplit(target)
        return Asked(
            method=method,
            path=url.path,
            parts=tuple(map(unquote, url.path.strip("/").split("/"))),
            query=dict(parse_qsl(url.query, keep_blank_values=True)),
            headers=headers,
            body=orjson.loads(rest[:length]) if length else None,
            raw=rest[:length],
        )


async def _serve(vendor: Vendor, port: int, ready: Callable[[int], None]) -> None:
    loop = asyncio.get_running_loop()
    open_ones: set[asyncio.Transport] = set()
    server = await loop.create_server(lambda: _Conversation(vendor, open_ones), "127.0.0.1", port)
    ready(server.sockets[0].getsockname()[1])
    try:
        await server.serve_forever()
    finally:
        for transport in open_ones:
            transport.abort()


def _say_ready(port: int) -> None:
    sys.stdout.write(f"ready {port}\n")
    sys.stdout.flush()


def serve_until_killed(vendor: Vendor, port: int) -> None:
    """In the foreground, for a process of its own; says “ready” once it listens."""
    asyncio.run(_serve(vendor, port, _say_ready))


@contextmanager
def a_server(vendor: Vendor) -> Iterator[int]:
    """The port that the vendor answers on, until the end of the block."""
    loop, listening, ports = asyncio.new_event_loop(), Event(), list[int]()

    def ready(port: int) -> None:
        ports.append(port)
        listening.set()

    task = loop.create_task(_serve(vendor, 0, ready))
    thread = Thread(target=_run, args=(loop, task), daemon=True)
    thread.start()
    listening.wait(10)
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)


def _run(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None]) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(asyncio.wait([task]))
        loop.run_until_complete(asyncio.sleep(0))  # transports close in the next round
    finally:
        loop.close()
