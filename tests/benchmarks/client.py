"""One keep-alive connection that speaks as little HTTP as it can: the clock is on the server."""

import socket
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

END: Final = b"\r\n\r\n"
LENGTH: Final = b"content-length:"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes

    def json(self, status: int = 200) -> Any:
        """The body, once the status is the one that was wanted."""
        assert self.status == status, self.body
        return orjson.loads(self.body)


@dataclass
class Client:
    """A caller with a token, or without."""

    port: int
    token: str = ""
    buffer: bytes = field(default=b"", init=False)
    line: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self.line = socket.create_connection(("127.0.0.1", self.port))
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str) -> Answer:
        """Read."""
        return self._exchange(self._request("GET", path))

    def post(self, path: str, json: object, *headers: str) -> Answer:
        """Create, or act."""
        return self._exchange(self._request("POST", path, orjson.dumps(json), *headers))

    def patch(self, path: str, json: object) -> Answer:
        """Change."""
        return self._exchange(self._request("PATCH", path, orjson.dumps(json)))

    def close(self) -> None:
        """Hang up."""
        self.line.close()

    def _request(self, method: str, path: str, body: bytes = b"", *headers: str) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
        if self.token:
            lines.append(f"Authorization: Bearer {self.token}")
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join(lines).encode() + END + body

    def _exchange(self, request: bytes) -> Answer:
        self.line.sendall(request)
        while (end := self.buffer.find(END)) < 0:
            self._receive()
        head = self.buffer[:end].lower()
        at = head.index(LENGTH) + len(LENGTH)
        length = int(head[at:].split(b"\r\n", 1)[0])
        total = end + len(END) + length
        while len(self.buffer) < total:
            self._receive()
        body, self.buffer = self.buffer[end + len(END) : total], self.buffer[total:]
        return Answer(int(head.split(b" ", 2)[1]), body)

    def _receive(self) -> None:
        received = self.line.recv(1 << 18)
        assert received, "the server hung up"
        self.buffer += received
