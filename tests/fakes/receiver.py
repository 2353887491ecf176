"""A server on loopback that says what a test tells it to, and remembers what it was told."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread

Script = Callable[[socket.socket, Event], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def saying(answer: bytes) -> Script:
    """Answer with these very bytes."""
    return lambda client, _over: client.sendall(answer)


def answering(status: int, body: bytes = b"", **headers: str) -> Script:
    """Answer with a status, perhaps a body and headers: ``Retry_After="7"``."""
    lines = [f"HTTP/1.1 {status} As told", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return saying("\r\n".join([*lines, "", ""]).encode() + body)


@dataclass
class Receiver:
    """What stands on a port. ``script`` may be changed at any time."""

    port: int
    script: Script
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    over: Event = field(default_factory=Event)

    def serve(self, listener: socket.socket, context: ssl.SSLContext | None) -> None:
        while not self.over.is_set():
            with suppress(OSError):
                client, _ = listener.accept()
                self.connections += 1
                Thread(target=self._hear, args=(client, context), daemon=True).start()

    def _hear(self, client: socket.socket, context: ssl.SSLContext | None) -> None:
        with suppress(OSError), client:
            if context:
                client = context.wrap_socket(client, server_side=True)
            with client:
                while request := _one_request(client):
                    self.requests.append(request)
                    self.script(client, self.over)


def _one_request(client: socket.socket) -> bytes:
    client.settimeout(20)
    head = b""
    while b"\r\n\r\n" not in head:
        piece = client.recv(65536)
        if not piece:
            return b""
        head += piece
    head, _, body = head.partition(b"\r\n\r\n")
    lengths = [
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    ]
    while len(body) < sum(lengths):
        body += client.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def a_receiver(
    host: str = "127.0.0.1", *, context: ssl.SSLContext | None = None, port: int = 0
) -> Iterator[Receiver]:
    """A receiver that listens until the end of the block."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.bind((host, port))
        listener.listen()
        listener.settimeout(0.05)
        receiver = Receiver(listener.getsockname()[1], saying(OK))
        thread = Thread(target=receiver.serve, args=(listener, context), daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            receiver.over.set()
            thread.join()
