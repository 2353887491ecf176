"""Receivers of webhooks as they are found in the wild: slow, broken, greedy, and sly ones."""

import gzip
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Event
from typing import Final

from tests.fakes.receiver import Script, answering, saying

_HEAD: Final = b"HTTP/1.1 200 OK\r\n"
BOMB: Final = gzip.compress(b"\0" * 50_000_000)


@dataclass(frozen=True)
class Animal:
    """How it behaves, and what is written down of an attempt there: outcome and status."""

    script: Script
    outcome: str
    status: int | None = None


def late(seconds: float) -> Script:
    """Answers well, when nobody waits any more."""

    def answer(client: socket.socket, over: Event) -> None:
        if not over.wait(seconds):
            client.sendall(_HEAD + b"Content-Length: 2\r\n\r\nok")

    return answer


def drip(every: float) -> Script:
    """Says the head of its answer byte by byte."""

    def answer(client: socket.socket, over: Event) -> None:
        client.sendall(_HEAD + b"X-Slow: ")
        while not over.wait(every):
            client.sendall(b"x")

    return answer


def drip_the_body(every: float) -> Script:
    """Answers well, and then says more, byte by byte."""

    def answer(client: socket.socket, over: Event) -> None:
        client.sendall(_HEAD + b"Content-Length: 99999\r\n\r\n")
        while not over.wait(every):
            client.sendall(b"x")

    return answer


def endless(client: socket.socket, over: Event) -> None:
    """Answers well, in chunks without end."""
    client.sendall(_HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while not over.is_set():
        client.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def reset(client: socket.socket, _over: Event) -> None:
    """Takes the request and hangs up, rudely."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def truncated(client: socket.socket, _over: Event) -> None:
    """Promises more than it says."""
    client.sendall(_HEAD + b"Content-Length: 99999\r\n\r\nhalf")
    client.close()


def animals(canary: int, *, slow: float) -> Mapping[str, Animal]:
    """All of them; ``canary`` is the port where redirects point, ``slow`` what is too long."""
    there = f"http://127.0.0.1:{canary}/stolen"
    redirects = {
        f"{status} to a canary": Animal(answering(status, Location=there), "refused", status)
        for status in (301, 302, 303, 307, 308)
    }
    return {
        **redirects,
        "500": Animal(answering(500, b"sorry"), "refused", 500),
        "404": Animal(answering(404), "refused", 404),
        "204": Animal(saying(b"HTTP/1.1 204 No Content\r\n\r\n"), "delivered", 204),
        "101": Animal(saying(b"HTTP/1.1 101 Switching\r\n\r\n"), "refused", 101),
        "29 s": Animal(late(slow), "no_answer"),
        "one byte a second": Animal(drip(slow / 20), "no_answer"),
        "a body of one byte a second": Animal(drip_the_body(slow / 20), "delivered", 200),
        "endless chunks": Animal(endless, "delivered", 200),
        "gzip bomb": Animal(
            answering(200, BOMB, Content_Encoding="gzip", Content_Type="application/json"),
            "delivered",
            200,
        ),
        "huge headers": Animal(saying(_HEAD + b"X: " + b"y" * 200_000 + b"\r\n\r\n"), "no_answer"),
        "many headers": Animal(saying(_HEAD + b"X: y\r\n" * 20_000 + b"\r\n"), "no_answer"),
        "reset": Animal(reset, "no_answer"),
        "truncated": Animal(truncated, "delivered", 200),
        "no HTTP": Animal(saying(b"SSH-2.0-OpenSSH_9.2\r\n"), "no_answer"),
        "zero bytes": Animal(answering(500, b"a\0b\xff"), "refused", 500),
    }
